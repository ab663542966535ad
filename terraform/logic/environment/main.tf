locals {
  classes = {
    dev = {
      deletion_protection  = false
      backup_days          = 1
      zones                = 2
      nat_per_zone         = false
      cross_region_copies  = false
      log_retention_days   = 7
      key_deletion_days    = 7
      secret_recovery_days = 0
      nodes = {
        general    = { instance_type = "m7g.xlarge", count = 2, max = 4, disk_gb = 50, dedicated_to = null }
        clickhouse = { instance_type = "m7g.large", count = 1, max = 1, disk_gb = 100, dedicated_to = "clickhouse" }
      }
      postgres = { instance_class = "db.t4g.medium", multi_az = false, replicas = 0, storage_gb = 50 }
      kafka    = { instance_type = "kafka.t3.small", brokers = 2, storage_gb = 50 }
      cache    = { node_type = "cache.t4g.small", shards = 1, replicas = 0 }
    }
    staging = {
      deletion_protection  = true
      backup_days          = 7
      zones                = 3
      nat_per_zone         = false
      cross_region_copies  = false
      log_retention_days   = 30
      key_deletion_days    = 14
      secret_recovery_days = 7
      nodes = {
        general    = { instance_type = "m7g.xlarge", count = 3, max = 9, disk_gb = 50, dedicated_to = null }
        clickhouse = { instance_type = "m7g.xlarge", count = 2, max = 2, disk_gb = 300, dedicated_to = "clickhouse" }
      }
      postgres = { instance_class = "db.r8g.large", multi_az = true, replicas = 1, storage_gb = 100 }
      kafka    = { instance_type = "kafka.m7g.large", brokers = 3, storage_gb = 200 }
      cache    = { node_type = "cache.m6g.large", shards = 1, replicas = 1 }
    }
    prod = {
      deletion_protection  = true
      backup_days          = 35
      zones                = 3
      nat_per_zone         = true
      cross_region_copies  = true
      log_retention_days   = 400
      key_deletion_days    = 30
      secret_recovery_days = 30
      nodes = {
        general    = { instance_type = "m7g.2xlarge", count = 6, max = 24, disk_gb = 100, dedicated_to = null }
        clickhouse = { instance_type = "m7g.2xlarge", count = 3, max = 3, disk_gb = 1000, dedicated_to = "clickhouse" }
      }
      postgres = { instance_class = "db.r8g.xlarge", multi_az = true, replicas = 2, storage_gb = 500 }
      kafka    = { instance_type = "kafka.m7g.xlarge", brokers = 3, storage_gb = 1000 }
      cache    = { node_type = "cache.m6g.xlarge", shards = 2, replicas = 1 }
    }
  }

  # Only null stands for "as the class has it": a `false` or a 0 is meant.
  settings = {
    for name, value in local.classes[var.class] : name => var.overrides[name] != null ? var.overrides[name] : value
  }
}
