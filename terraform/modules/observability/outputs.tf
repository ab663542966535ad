output "alarm_topic_arn" {
  description = "Topic to which alarms go."
  value       = aws_sns_topic.alarms.arn
}

output "metrics_endpoint" {
  description = "Managed Prometheus; null without one."
  value       = var.metrics ? aws_prometheus_workspace.this[0].prometheus_endpoint : null
}

output "log_groups" {
  description = "Name of each group of logs."
  value       = { for name, group in aws_cloudwatch_log_group.this : name => group.name }
}
