output "zone_id" {
  description = "Zone of the domain."
  value       = local.zone_id
}

output "name_servers" {
  description = "Name servers that the domain above must name; empty for an existing zone."
  value       = var.existing_zone_id == null ? aws_route53_zone.this[0].name_servers : []
}

output "certificate_arn" {
  description = "Certificate of the domain and its subdomains, validated."
  value       = var.existing_certificate_arn == null ? aws_acm_certificate_validation.this[0].certificate_arn : var.existing_certificate_arn
}
