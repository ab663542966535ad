output "settings" {
  description = "What the environment is: protection, retention, zones and sizes."
  value = {
    deletion_protection  = local.settings.deletion_protection
    backup_days          = local.settings.backup_days
    zones                = local.settings.zones
    nat_per_zone         = local.settings.nat_per_zone
    cross_region_copies  = local.settings.cross_region_copies
    log_retention_days   = local.settings.log_retention_days
    key_deletion_days    = local.settings.key_deletion_days
    secret_recovery_days = local.settings.secret_recovery_days
    nodes                = local.settings.nodes
    postgres             = local.settings.postgres
    kafka                = local.settings.kafka
    cache                = local.settings.cache
  }

  precondition {
    condition     = local.settings.kafka.brokers % local.settings.zones == 0
    error_message = "kafka.brokers (${local.settings.kafka.brokers}) must be a multiple of zones (${local.settings.zones}): brokers are spread evenly over zones."
  }

  precondition {
    condition     = alltrue([for group in values(local.settings.nodes) : group.count <= group.max])
    error_message = "nodes: count must not exceed max."
  }
}
