variable "class" {
  description = "Which defaults: `dev`, `staging` or `prod`."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.class)
    error_message = "class must be dev, staging or prod: it decides what is protected, how long it is kept and how large it is."
  }
}

variable "overrides" {
  description = "What is to be otherwise than the class has it; a member that is left out, or null, is as the class has it."
  type = object({
    deletion_protection  = optional(bool)
    backup_days          = optional(number)
    zones                = optional(number)
    nat_per_zone         = optional(bool)
    cross_region_copies  = optional(bool)
    log_retention_days   = optional(number)
    key_deletion_days    = optional(number)
    secret_recovery_days = optional(number)
    nodes = optional(map(object({
      instance_type = string
      count         = number
      max           = number
      disk_gb       = number
      dedicated_to  = optional(string)
    })))
    postgres = optional(object({
      instance_class = string
      multi_az       = bool
      replicas       = number
      storage_gb     = number
    }))
    kafka = optional(object({
      instance_type = string
      brokers       = number
      storage_gb    = number
    }))
    cache = optional(object({
      node_type = string
      shards    = number
      replicas  = number
    }))
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.class != "prod" || coalesce(var.overrides.deletion_protection, true)
    error_message = "deletion_protection cannot be turned off in prod. To take production down, first set class to staging, apply, and read the page on deletion in terraform/README.md."
  }

  validation {
    condition     = try(var.overrides.backup_days >= 1 && var.overrides.backup_days <= 35, true)
    error_message = "backup_days must be 1 to 35: 0 turns point-in-time recovery off, and more than 35 no managed Postgres keeps."
  }

  validation {
    condition     = var.class != "prod" || try(var.overrides.backup_days >= 7, true)
    error_message = "backup_days must be at least 7 in prod."
  }

  validation {
    condition     = try(var.overrides.kafka.brokers >= 2, true)
    error_message = "kafka.brokers must be at least 2."
  }

  validation {
    condition     = var.class != "prod" || try(var.overrides.postgres.multi_az, true)
    error_message = "postgres.multi_az cannot be turned off in prod: the ledger of money is behind it."
  }

  validation {
    condition     = try(contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.overrides.log_retention_days), true)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731."
  }
}
