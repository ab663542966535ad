locals {
  own   = var.existing == null
  users = local.own ? var.users : []
  # With two brokers there is no third copy; one of two must then do, or a restart stops all writers.
  copies = min(3, var.brokers)
}

resource "aws_security_group" "this" {
  count = local.own ? 1 : 0

  name        = "${var.name}-kafka"
  description = "Kafka, from the services"
  vpc_id      = var.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-kafka" })
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = local.own ? var.client_security_group_ids : {}

  security_group_id            = aws_security_group.this[0].id
  description                  = "SASL over TLS from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 9096
  to_port                      = 9096
  tags                         = var.tags
}

resource "aws_vpc_security_group_ingress_rule" "metrics" {
  for_each = local.own ? var.client_security_group_ids : {}

  security_group_id            = aws_security_group.this[0].id
  description                  = "Metrics from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 11001
  to_port                      = 11002
  tags                         = var.tags
}

resource "aws_cloudwatch_log_group" "this" {
  count = local.own ? 1 : 0

  name              = "/${var.name}/kafka"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_msk_configuration" "this" {
  count = local.own ? 1 : 0

  name           = var.name
  description    = "No topic by accident, no record in one copy alone"
  kafka_versions = [var.kafka_version]

  server_properties = <<-EOT
    auto.create.topics.enable=false
    allow.everyone.if.no.acl.found=false
    default.replication.factor=${local.copies}
    min.insync.replicas=${max(1, local.copies - 1)}
    unclean.leader.election.enable=false
    log.retention.hours=168
    num.partitions=12
    offsets.topic.replication.factor=${local.copies}
    transaction.state.log.replication.factor=${local.copies}
    transaction.state.log.min.isr=${max(1, local.copies - 1)}
  EOT

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_msk_cluster" "this" {
  count = local.own ? 1 : 0

  cluster_name           = var.name
  kafka_version          = var.kafka_version
  number_of_broker_nodes = var.brokers
  enhanced_monitoring    = "PER_TOPIC_PER_BROKER"

  broker_node_group_info {
    instance_type   = var.instance_type
    client_subnets  = var.subnet_ids
    security_groups = [aws_security_group.this[0].id]

    storage_info {
      ebs_storage_info {
        volume_size = var.storage_gb
      }
    }
  }

  configuration_info {
    arn      = aws_msk_configuration.this[0].arn
    revision = aws_msk_configuration.this[0].latest_revision
  }

  client_authentication {
    unauthenticated = false

    sasl {
      scram = true
      iam   = false
    }
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = var.kms_key_arn

    encryption_in_transit {
      client_broker = "TLS"
      in_cluster    = true
    }
  }

  open_monitoring {
    prometheus {
      jmx_exporter {
        enabled_in_broker = true
      }

      node_exporter {
        enabled_in_broker = true
      }
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.this[0].name
      }
    }
  }

  tags = var.tags

  lifecycle {
    # Grown by the policy below.
    ignore_changes = [broker_node_group_info[0].storage_info[0].ebs_storage_info[0].volume_size]
  }
}

resource "aws_appautoscaling_target" "storage" {
  count = local.own ? 1 : 0

  service_namespace  = "kafka"
  resource_id        = aws_msk_cluster.this[0].arn
  scalable_dimension = "kafka:broker-storage:VolumeSize"
  min_capacity       = 1
  max_capacity       = var.storage_gb * 4
  tags               = var.tags
}

resource "aws_appautoscaling_policy" "storage" {
  count = local.own ? 1 : 0

  name               = "${var.name}-kafka-storage"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.storage[0].service_namespace
  resource_id        = aws_appautoscaling_target.storage[0].resource_id
  scalable_dimension = aws_appautoscaling_target.storage[0].scalable_dimension

  target_tracking_scaling_policy_configuration {
    disable_scale_in = true
    target_value     = 60

    predefined_metric_specification {
      predefined_metric_type = "KafkaBrokerStorageUtilization"
    }
  }
}

# The name must begin so: the brokers read no other secret.
resource "aws_secretsmanager_secret" "user" {
  for_each = local.users

  name                    = "AmazonMSK_${var.name}-${each.value}"
  description             = "Password of Kafka's user ${each.value}"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = var.secret_recovery_days
  tags                    = var.tags
}

resource "aws_secretsmanager_secret_version" "user" {
  for_each = local.users

  secret_id                = aws_secretsmanager_secret.user[each.value].id
  secret_string_wo         = jsonencode({ username = each.value, password = lookup(var.passwords, each.value, "") })
  secret_string_wo_version = var.passwords_version
}

resource "aws_msk_single_scram_secret_association" "user" {
  for_each = local.users

  cluster_arn = aws_msk_cluster.this[0].arn
  secret_arn  = aws_secretsmanager_secret_version.user[each.value].arn
}
