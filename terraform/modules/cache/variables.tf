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
  description = "Network that the cache is in."
  type        = string
}

variable "subnet_ids" {
  description = "Data subnets."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups that may connect: the cluster's nodes'."
  type        = map(string)
}

variable "engine_version" {
  description = "Version of Valkey."
  type        = string
  default     = "8.1"
}

variable "node_type" {
  description = "Type of a node."
  type        = string
}

variable "shards" {
  description = "Shards; keys are spread over them."
  type        = number
  default     = 1

  validation {
    condition     = var.shards >= 1 && var.shards <= 90
    error_message = "shards must be 1 to 90."
  }
}

variable "replicas" {
  description = "Replicas of each shard, 0 to 5; with at least one, a shard survives the loss of a zone."
  type        = number
  default     = 1

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5
    error_message = "replicas must be 0 to 5."
  }
}

variable "user_group_id" {
  description = "Group of users that may sign in. A password that Terraform sets would be in its state, so users and group are made beside it, see README."
  type        = string

  validation {
    condition     = length(var.user_group_id) > 0
    error_message = "user_group_id must name a user group: a cache without users is open to every pod."
  }
}

variable "secret_arn" {
  description = "Secret with the services' user name and password."
  type        = string
}

variable "snapshot_days" {
  description = "How many daily snapshots are kept; 0: none. What is in the cache can be made again, so none are needed."
  type        = number
  default     = 0
}

variable "log_retention_days" {
  description = "How long its log is kept, in days."
  type        = number
  default     = 30
}

variable "existing" {
  description = "A Redis or Valkey that is there already: then none is made. It must speak TLS."
  type = object({
    host       = string
    port       = optional(number, 6379)
    clustered  = optional(bool, true)
    secret_arn = string
  })
  default = null
}
