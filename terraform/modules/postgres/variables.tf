variable "name" {
  description = "What names begin with; logic/names makes it."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "kms_key_arn" {
  description = "Key that encrypts what is stored; one of your own."
  type        = string

  validation {
    condition     = startswith(var.kms_key_arn, "arn:")
    error_message = "kms_key_arn must be the ARN of a key: what is stored is never under the key of the cloud."
  }
}

variable "vpc_id" {
  description = "Network that the database is in."
  type        = string
}

variable "subnet_ids" {
  description = "Data subnets, at least two zones."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids must be at least two, in different zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups that may connect: the cluster's nodes'."
  type        = map(string)
}

variable "client_cidrs" {
  description = "Networks that may connect, beside the groups; for clients of a peered network. Never the whole internet."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.client_cidrs : try(tonumber(split("/", network)[1]) >= 16, false)])
    error_message = "client_cidrs must be networks of /16 or smaller."
  }
}

variable "engine_version" {
  description = "Version of Postgres; at least 17."
  type        = string
  default     = "18.1"

  validation {
    condition     = try(tonumber(split(".", var.engine_version)[0]) >= 17, false)
    error_message = "engine_version must be 17 or newer."
  }
}

variable "instance_class" {
  description = "Class of primary, standby and replicas."
  type        = string
}

variable "storage_gb" {
  description = "Storage at first, in GB; it grows by itself to four times as much."
  type        = number

  validation {
    condition     = var.storage_gb >= 20
    error_message = "storage_gb must be at least 20."
  }
}

variable "multi_az" {
  description = "Whether a standby in another zone takes over."
  type        = bool
}

variable "replicas" {
  description = "Read replicas in the same region, 0 to 5."
  type        = number
  default     = 0

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5
    error_message = "replicas must be 0 to 5."
  }
}

variable "backup_days" {
  description = "How far back the database can be restored to any second, in days, 1 to 35."
  type        = number

  validation {
    condition     = var.backup_days >= 1 && var.backup_days <= 35
    error_message = "backup_days must be 1 to 35: 0 turns point-in-time recovery off."
  }
}

variable "deletion_protection" {
  description = "Whether the database refuses to be deleted."
  type        = bool
}

variable "log_retention_days" {
  description = "How long its log is kept, in days."
  type        = number
  default     = 30
}

variable "max_connections" {
  description = "Connections that it allows."
  type        = number
  default     = 500
}

variable "existing" {
  description = "A Postgres that is there already: then none is made."
  type = object({
    host       = string
    port       = optional(number, 5432)
    secret_arn = string
  })
  default = null
}
