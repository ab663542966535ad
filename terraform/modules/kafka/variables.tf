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
  description = "Network that the brokers are in."
  type        = string
}

variable "subnet_ids" {
  description = "Data subnets, one for each zone; brokers are spread evenly over them."
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

variable "kafka_version" {
  description = "Version of Kafka; without ZooKeeper."
  type        = string
  default     = "4.1.x.kraft"

  validation {
    condition     = endswith(var.kafka_version, ".kraft")
    error_message = "kafka_version must be one that ends in .kraft, for example 4.1.x.kraft."
  }
}

variable "instance_type" {
  description = "Type of a broker."
  type        = string
}

variable "brokers" {
  description = "How many brokers; a multiple of the zones."
  type        = number

  validation {
    condition     = var.brokers >= 2 && var.brokers % length(var.subnet_ids) == 0
    error_message = "brokers must be a multiple of the zones (subnet_ids), and at least 2."
  }
}

variable "storage_gb" {
  description = "Storage of a broker at first, in GB; it grows by itself to four times as much."
  type        = number
}

variable "log_retention_days" {
  description = "How long the brokers' log is kept, in days."
  type        = number
  default     = 30
}

variable "users" {
  description = "Users of SASL/SCRAM, one for each service. Which topics each may use is the access-control lists' of the chart."
  type        = set(string)
  default     = ["weir-gateway", "weir-tenant", "weir-orchestration", "weir-analytics", "weir-billing"]
}

variable "passwords" {
  description = "Password of each user; in no plan and no state file. Needed when a user is made, or when `passwords_version` rises."
  type        = map(string)
  default     = {}
  ephemeral   = true
  sensitive   = true
}

variable "passwords_version" {
  description = "Raise it to hand new `passwords` over."
  type        = number
  default     = 1
}

variable "secret_recovery_days" {
  description = "For how many days a deleted secret can be had back; 0 or 7 to 30."
  type        = number
  default     = 30
}

variable "existing" {
  description = "A Kafka that is there already: then none is made. It must speak TLS."
  type = object({
    bootstrap_servers = string
    secret_arns       = optional(map(string), {})
  })
  default = null
}
