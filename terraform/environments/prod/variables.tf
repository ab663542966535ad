variable "account_id" {
  description = "Account; another one is refused."
  type        = string
}

variable "region" {
  description = "Region."
  type        = string
  default     = "eu-central-1"
}

variable "zones" {
  description = "Availability zones, in a fixed order."
  type        = list(string)
  default     = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

variable "owner" {
  description = "Team that answers for the environment."
  type        = string
}

variable "domain" {
  description = "Domain of the API."
  type        = string
}

variable "cidr" {
  description = "Addresses of the network."
  type        = string
  default     = "10.20.0.0/16"
}

variable "chart" {
  description = "The chart: `oci://...`, or a directory."
  type        = string
}

variable "chart_version" {
  description = "Version of the chart, exactly."
  type        = string
}

variable "app_version" {
  description = "Version of the services' images, exactly."
  type        = string
}

variable "image_registry" {
  description = "Registry of the images."
  type        = string
}

variable "external_secrets_version" {
  description = "Version of External Secrets; null: it is in the cluster already."
  type        = string
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

variable "kafka_passwords" {
  description = "Password of each user of Kafka; set it in the environment, TF_VAR_kafka_passwords. In no plan and no state file."
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

variable "clickhouse" {
  description = "ClickHouse: host, and the secret with its password."
  type        = object({ host = string, secret_arn = string })
}

variable "model_providers" {
  description = "Model providers: by the price book's name, base URL and the secret of the API key."
  type        = map(object({ base_url = string, secret_arn = string }))
  default     = {}
}

variable "balancer" {
  description = "Load balancer of the gateway, once it is there: the second run points the domain at it."
  type        = object({ dns_name = string, zone_id = string })
  default     = null
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = set(string)
  default     = []
}

variable "monthly_budget_usd" {
  description = "What the environment may cost a month, in US dollars; see COSTS.md."
  type        = number
  default     = 11000
}

variable "overrides" {
  description = "What is to be otherwise than the class has it; see logic/environment."
  type        = any
  default     = {}
}

variable "bring_your_own" {
  description = "What is there already; see modules/stack."
  type        = any
  default     = {}
}

variable "recovery_region" {
  description = "Region of disaster recovery."
  type        = string
  default     = "eu-west-1"
}

variable "recovery_zones" {
  description = "Availability zones there."
  type        = list(string)
  default     = ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
}

variable "recovery_cidr" {
  description = "Addresses of the network there."
  type        = string
  default     = "10.24.0.0/16"
}

variable "recovery_mode" {
  description = "`replica` or `backups`; see modules/disaster-recovery."
  type        = string
  default     = "replica"
}

variable "failover" {
  description = "Load balancer of the disaster-recovery region, once there is one."
  type        = object({ dns_name = string, zone_id = string })
  default     = null
}

variable "audit_locked_days" {
  description = "For how many days nobody can delete what the audit log exports; it cannot be undone."
  type        = number
  default     = 0
}

variable "enterprise_tenants" {
  description = "Tenants with a network, a database and a key of their own; see modules/enterprise-tenant."
  type = map(object({
    cidr                    = string
    allowed_cidrs           = list(string)
    private_link_principals = optional(set(string), [])
    gateway_balancer_arns   = optional(list(string), [])
    postgres                = optional(any, {})
    kms_key_arn             = optional(string)
  }))
  default = {}
}
