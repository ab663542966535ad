variable "name" {
  description = "What names begin with, in the other region; logic/names makes it."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "account_id" {
  description = "Account."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network there."
  type        = string
}

variable "zones" {
  description = "Availability zones there, 2 to 4."
  type        = list(string)
}

variable "primary_cidr" {
  description = "Addresses of the primary region's network: the two must not overlap, so that they can be peered on the day."
  type        = string
}

variable "copy_database" {
  description = "Whether the primary database is copied; false where it is not ours."
  type        = bool
  default     = true
}

variable "primary_instance_arn" {
  description = "Primary database; needed with `copy_database`."
  type        = string
  default     = null

  validation {
    condition     = !var.copy_database || var.primary_instance_arn != null
    error_message = "primary_instance_arn is needed with copy_database."
  }
}

variable "mode" {
  description = "`backups`: backups of the database are copied, to be restored in about an hour, with at most about five minutes lost. `replica`: a replica runs, to be promoted in minutes, with seconds lost."
  type        = string
  default     = "replica"

  validation {
    condition     = contains(["backups", "replica"], var.mode)
    error_message = "mode must be backups or replica."
  }
}

variable "instance_class" {
  description = "Class of the replica."
  type        = string
  default     = "db.r8g.large"
}

variable "storage_gb" {
  description = "Storage of the primary at first, in GB: the replica may grow to four times as much."
  type        = number
  default     = 100
}

variable "backup_days" {
  description = "How long copies of the database's backups are kept, in days, 1 to 35."
  type        = number
  default     = 35

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "backup_days must be 1 to 35."
  }
}

variable "buckets" {
  description = "Buckets whose copies come here; as `buckets` of the primary's object store."
  type = map(object({
    expire_days = optional(number)
    replicated  = optional(bool, true)
  }))
  default = {
    files   = {}
    backups = { expire_days = 400 }
    audit   = {}
  }
}

variable "deletion_protection" {
  description = "Whether replica and buckets refuse to be deleted."
  type        = bool
  default     = true
}

variable "key_deletion_days" {
  description = "For how many days a deleted key can be had back."
  type        = number
  default     = 30
}

variable "log_retention_days" {
  description = "How long flow logs are kept, in days."
  type        = number
  default     = 30
}
