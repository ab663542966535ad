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

variable "log_retention_days" {
  description = "How long logs are kept, in days."
  type        = number
  default     = 30
}

variable "log_groups" {
  description = "Groups of logs to make, beside those of the stores."
  type        = set(string)
  default     = ["services", "ingress"]
}

variable "metrics" {
  description = "Whether a managed Prometheus is made, which the cluster's writes to."
  type        = bool
  default     = true
}

variable "alarm_emails" {
  description = "Who is told of alarms of the cloud's own metrics; what the services export is the chart's rules' business."
  type        = set(string)
  default     = []
}

variable "postgres_instance_id" {
  description = "Primary to watch; null: none."
  type        = string
  default     = null
}

variable "postgres_max_connections" {
  description = "Connections that it allows; the alarm comes at 80%."
  type        = number
  default     = 500
}

variable "postgres_storage_gb" {
  description = "Its storage at first; the alarm comes when a tenth of it is free."
  type        = number
  default     = 100
}

variable "kafka_cluster_name" {
  description = "Kafka to watch; null: none."
  type        = string
  default     = null
}

variable "cache_group_id" {
  description = "Cache to watch; null: none."
  type        = string
  default     = null
}

variable "monthly_budget_usd" {
  description = "What the environment may cost a month, in US dollars: mail comes at 80%, and when the forecast passes it; null: no budget. logic/cost says what to expect."
  type        = number
  default     = null
}

variable "environment" {
  description = "Value of the tag `environment` by which costs are counted."
  type        = string
}

variable "runbook_base" {
  description = "Where the runbooks are read: an alarm's text ends with its page."
  type        = string
  default     = "docs/runbooks"
}
