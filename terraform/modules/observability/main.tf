locals {
  alarms = merge(
    var.postgres_instance_id == null ? {} : {
      postgres-cpu = {
        namespace = "AWS/RDS", metric = "CPUUtilization", dimension = "DBInstanceIdentifier", value = var.postgres_instance_id
        statistic = "Average", comparison = "GreaterThanThreshold", threshold = 80
        text      = "Postgres is busier than 80%: look for a tenant's statement first."
        page      = "database-share.md"
      }
      postgres-connections = {
        namespace = "AWS/RDS", metric = "DatabaseConnections", dimension = "DBInstanceIdentifier", value = var.postgres_instance_id
        statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = var.postgres_max_connections * 0.8
        text      = "Postgres has 80% of its connections in use."
        page      = "database-share.md"
      }
      postgres-storage = {
        namespace = "AWS/RDS", metric = "FreeStorageSpace", dimension = "DBInstanceIdentifier", value = var.postgres_instance_id
        statistic = "Minimum", comparison = "LessThanThreshold", threshold = var.postgres_storage_gb * 107374182.4
        text      = "Postgres has less than a tenth of its storage free; it grows by itself, at most every six hours."
        page      = "database-share.md"
      }
    },
    var.kafka_cluster_name == null ? {} : {
      kafka-disk = {
        namespace = "AWS/Kafka", metric = "KafkaDataLogsDiskUsed", dimension = "Cluster Name", value = var.kafka_cluster_name
        statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 80
        text      = "A broker's disk is over 80% full: a full one stops the ledger."
        page      = "broker-away.md"
      }
      kafka-offline = {
        namespace = "AWS/Kafka", metric = "OfflinePartitionsCount", dimension = "Cluster Name", value = var.kafka_cluster_name
        statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 0
        text      = "A partition has no leader: calls go on from the write-ahead file, money waits."
        page      = "broker-away.md"
      }
    },
    var.cache_group_id == null ? {} : {
      cache-memory = {
        namespace = "AWS/ElastiCache", metric = "DatabaseMemoryUsagePercentage", dimension = "ReplicationGroupId", value = var.cache_group_id
        statistic = "Maximum", comparison = "GreaterThanThreshold", threshold = 80
        text      = "The cache's memory is over 80% full."
        page      = "README.md"
      }
    },
  )
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = var.log_groups

  name              = "/${var.name}/${each.value}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_prometheus_workspace" "this" {
  count = var.metrics ? 1 : 0

  alias       = var.name
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
}

resource "aws_sns_topic" "alarms" {
  name              = "${var.name}-alarms"
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.text} ${var.runbook_base}/${each.value.page}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = { (each.value.dimension) = each.value.value }
  statistic           = each.value.statistic
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 5
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
  tags                = var.tags
}

resource "aws_budgets_budget" "this" {
  count = var.monthly_budget_usd == null ? 0 : 1

  name         = var.name
  budget_type  = "COST"
  limit_amount = tostring(var.monthly_budget_usd)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"
  tags         = var.tags

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:environment$%s", var.environment)]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    notification_type         = "ACTUAL"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }

  notification {
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    notification_type         = "FORECASTED"
    subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
  }
}
