output "bootstrap_servers" {
  description = "Brokers, `host:port`, comma-separated; SASL/SCRAM over TLS."
  value       = local.own ? aws_msk_cluster.this[0].bootstrap_brokers_sasl_scram : var.existing.bootstrap_servers
}

output "secret_arns" {
  description = "Secret with user name and password of each user."
  value       = local.own ? { for user, secret in aws_secretsmanager_secret.user : user => secret.arn } : var.existing.secret_arns
}

output "cluster_arn" {
  description = "The cluster, for replication to another region; null for an existing one."
  value       = local.own ? aws_msk_cluster.this[0].arn : null
}

output "cluster_name" {
  description = "Its name, for alarms; null for an existing one."
  value       = local.own ? var.name : null
}

output "replication_factor" {
  description = "Copies of a record: the setting `weir.kafka.replication-factor`."
  value       = local.copies
}
