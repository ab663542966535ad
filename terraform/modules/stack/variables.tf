variable "project" {
  description = "First part of every name."
  type        = string
  default     = "weir"
}

variable "environment" {
  description = "Name of the environment."
  type        = string
}

variable "class" {
  description = "Which defaults: `dev`, `staging` or `prod`."
  type        = string
}

variable "region" {
  description = "Region of the cloud."
  type        = string
}

variable "zones" {
  description = "Availability zones; the first ones are used, as many as the class has."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && alltrue([for zone in var.zones : startswith(zone, var.region)])
    error_message = "zones must be at least two of the region."
  }
}

variable "account_id" {
  description = "Account."
  type        = string
}

variable "owner" {
  description = "Team that answers for the environment."
  type        = string
}

variable "cost_center" {
  description = "What the environment is booked on."
  type        = string
  default     = "platform"
}

variable "tags" {
  description = "Further tags of every resource."
  type        = map(string)
  default     = {}
}

variable "overrides" {
  description = "What is to be otherwise than the class has it; see logic/environment."
  type        = any
  default     = {}
}

variable "cidr" {
  description = "Addresses of the network."
  type        = string
  default     = "10.20.0.0/16"
}

variable "taken" {
  description = "Networks that the addresses must not overlap."
  type        = list(string)
  default     = []
}

variable "domain" {
  description = "Domain of the API."
  type        = string
}

variable "balancer" {
  description = "Load balancer of the gateway, once it is there."
  type        = object({ dns_name = string, zone_id = string })
  default     = null
}

variable "failover" {
  description = "Load balancer of the disaster-recovery region."
  type        = object({ dns_name = string, zone_id = string })
  default     = null
}

variable "api_cidrs" {
  description = "Networks from which the cluster's API server may be reached over the internet; empty: none."
  type        = list(string)
  default     = []
}

variable "admin_role_arns" {
  description = "Roles that administer the cluster, by a name for each."
  type        = map(string)
  default     = {}
}

variable "namespace" {
  description = "Namespace of the services."
  type        = string
  default     = "weir"
}

variable "kafka_passwords" {
  description = "Password of each user of Kafka; in no plan and no state file."
  type        = map(string)
  default     = {}
  ephemeral   = true
  sensitive   = true
}

variable "kafka_passwords_version" {
  description = "Raise it to hand new passwords over."
  type        = number
  default     = 1
}

variable "cache_user_group_id" {
  description = "Users of the cache; see modules/cache."
  type        = string
}

variable "cache_secret_arn" {
  description = "Secret with the services' user name and password of the cache."
  type        = string
}

variable "readable_secret_arns" {
  description = "Secrets of yours that are to be brought into the cluster: ClickHouse's, the model providers'."
  type        = list(string)
  default     = []
}

variable "replica" {
  description = "Where copies of objects go: output `replica` of disaster-recovery; null: nowhere."
  type        = object({ bucket_arns = map(string), kms_key_arn = string })
  default     = null
}

variable "secrets_replica" {
  description = "Region and key for copies of secrets; null: none."
  type        = object({ region = string, kms_key_arn = string })
  default     = null
}

variable "audit_locked_days" {
  description = "For how many days nobody can delete what the audit log exports; it cannot be undone."
  type        = number
  default     = 0
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = set(string)
  default     = []
}

variable "monthly_budget_usd" {
  description = "What the environment may cost a month, in US dollars; null: no budget."
  type        = number
  default     = null
}

variable "bring_your_own" {
  description = "What is there already, in place of what would be made; each as `existing` of its module."
  type = object({
    network         = optional(object({ vpc_id = string, cidr = string, private_subnet_ids = list(string), data_subnet_ids = list(string), public_subnet_ids = optional(list(string), []) }))
    cluster         = optional(object({ name = string, endpoint = string, certificate_authority = string, node_security_group_id = string }))
    postgres        = optional(object({ host = string, port = optional(number, 5432), secret_arn = string }))
    kafka           = optional(object({ bootstrap_servers = string, secret_arns = optional(map(string), {}) }))
    cache           = optional(object({ host = string, port = optional(number, 6379), clustered = optional(bool, true), secret_arn = string }))
    buckets         = optional(map(string), {})
    keys            = optional(map(string), {})
    secrets         = optional(map(string), {})
    zone_id         = optional(string)
    certificate_arn = optional(string)
  })
  default  = {}
  nullable = false
}
