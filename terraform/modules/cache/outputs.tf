output "host" {
  description = "Name under which the cluster is found."
  value       = local.own ? aws_elasticache_replication_group.this[0].configuration_endpoint_address : var.existing.host
}

output "port" {
  description = "Its port; TLS."
  value       = local.own ? 6379 : var.existing.port
}

output "clustered" {
  description = "Whether keys are spread over shards."
  value       = local.own ? true : var.existing.clustered
}

output "secret_arn" {
  description = "Secret with the services' user name and password."
  value       = local.own ? var.secret_arn : var.existing.secret_arn
}

output "group_id" {
  description = "Replication group, for alarms; null for an existing one."
  value       = local.own ? var.name : null
}
