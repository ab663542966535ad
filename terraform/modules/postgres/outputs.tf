output "host" {
  description = "Name of the primary; it stays the same when the standby takes over."
  value       = local.own ? aws_db_instance.primary[0].address : var.existing.host
}

output "port" {
  description = "Its port."
  value       = local.own ? 5432 : var.existing.port
}

output "replica_hosts" {
  description = "Names of the read replicas."
  value       = [for replica in aws_db_instance.replica : replica.address]
}

output "secret_arn" {
  description = "Secret with the owner's user name and password; the owner migrates, services have roles of their own."
  value       = local.own ? aws_db_instance.primary[0].master_user_secret[0].secret_arn : var.existing.secret_arn
}

output "instance_arn" {
  description = "The primary, for copies of its backups in another region; null for an existing one."
  value       = local.own ? aws_db_instance.primary[0].arn : null
}

output "instance_id" {
  description = "Identifier of the primary, for alarms; null for an existing one."
  value       = local.own ? var.name : null
}
