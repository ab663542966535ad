output "vpc_id" {
  description = "The tenant's own network."
  value       = module.network.vpc_id
}

output "cidr" {
  description = "Its addresses: `taken` of the next tenant."
  value       = var.cidr
}

output "postgres" {
  description = "The tenant's own database, for its placement `silo`: host, port and the secret of its owner."
  value = {
    host       = module.postgres.host
    port       = module.postgres.port
    secret_arn = module.postgres.secret_arn
  }
}

output "bucket" {
  description = "The tenant's own bucket for files."
  value       = module.files.buckets["files"]
}

output "kms_key_arn" {
  description = "The tenant's own key."
  value       = module.keys.key_arns["secrets"]
}

output "allowed_ip_set_arn" {
  description = "Allow-list, for a rule of the firewall in front of the gateway."
  value       = aws_wafv2_ip_set.allowed.arn
}

output "private_link_service_name" {
  description = "What the tenant's endpoint connects to; null without PrivateLink."
  value       = length(var.private_link_principals) > 0 ? aws_vpc_endpoint_service.gateway[0].service_name : null
}
