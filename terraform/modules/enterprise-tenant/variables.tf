variable "tenant" {
  description = "Short name of the tenant, as in its subdomain."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.tenant))
    error_message = "tenant must be 3 to 20 lower-case letters, digits and hyphens, begin with a letter and not end with a hyphen."
  }
}

variable "name" {
  description = "What names begin with; logic/names makes it."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "account_id" {
  description = "Account, whose administrators may use the tenant's key."
  type        = string
}

variable "cidr" {
  description = "Addresses of the tenant's own network, /16 to /20."
  type        = string
}

variable "zones" {
  description = "Availability zones, 2 to 4."
  type        = list(string)
}

variable "platform" {
  description = "The platform's network: what is peered with, and from where the tenant's database is reached."
  type = object({
    vpc_id          = string
    cidr            = string
    route_table_ids = list(string)
  })
}

variable "taken" {
  description = "Networks of other tenants and regions, which this one's must not overlap."
  type        = list(string)
  default     = []
}

variable "allowed_cidrs" {
  description = "Where the tenant calls from: its calls from anywhere else are refused. Its tenant record's `network.allowedCidrs` must say the same."
  type        = list(string)

  validation {
    condition     = length(var.allowed_cidrs) > 0
    error_message = "allowed_cidrs must not be empty: an allow-list that allows nobody, or everybody, is none."
  }

  validation {
    condition     = alltrue([for network in var.allowed_cidrs : can(cidrhost(network, 0)) && try(tonumber(split("/", network)[1]) >= 16, false)])
    error_message = "allowed_cidrs must be networks of /16 or smaller, for example 198.51.100.0/24; 0.0.0.0/0 is no allow-list."
  }
}

variable "private_link_principals" {
  description = "Accounts or roles of the tenant that may connect through PrivateLink; empty: none may."
  type        = set(string)
  default     = []

  validation {
    condition     = !contains(var.private_link_principals, "*")
    error_message = "private_link_principals must not be *: name the tenant's accounts."
  }
}

variable "gateway_balancer_arns" {
  description = "Network load balancers of the gateway, which PrivateLink leads to; needed with `private_link_principals`."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.private_link_principals) == 0 || length(var.gateway_balancer_arns) > 0
    error_message = "gateway_balancer_arns is needed with private_link_principals: there must be something to connect to."
  }
}

variable "postgres" {
  description = "Size of the tenant's own database."
  type = object({
    instance_class = optional(string, "db.r8g.large")
    multi_az       = optional(bool, true)
    replicas       = optional(number, 0)
    storage_gb     = optional(number, 100)
  })
  default  = {}
  nullable = false
}

variable "existing_kms_key_arn" {
  description = "Key of the tenant, from its own account; null: one is made. Taking the right to use it away makes the tenant's data unreadable."
  type        = string
  default     = null
}

variable "backup_days" {
  description = "How far back the tenant's database can be restored, in days."
  type        = number
  default     = 35
}

variable "log_retention_days" {
  description = "How long logs of its network and database are kept, in days."
  type        = number
  default     = 400
}

variable "key_deletion_days" {
  description = "For how many days a deleted key can be had back."
  type        = number
  default     = 30
}

variable "deletion_protection" {
  description = "Whether database and bucket refuse to be deleted."
  type        = bool
  default     = true
}

variable "replica" {
  description = "Copies of the tenant's files in another region: ARN of the bucket and key there; null: none."
  type = object({
    bucket_arn  = string
    kms_key_arn = string
  })
  default = null
}
