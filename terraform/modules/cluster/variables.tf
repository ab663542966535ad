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

variable "kubernetes_version" {
  description = "Version of Kubernetes."
  type        = string
  default     = "1.34"

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "kubernetes_version must be a minor version such as 1.34; patches are the cloud's."
  }
}

variable "subnet_ids" {
  description = "Private subnets of nodes and pods."
  type        = list(string)
}

variable "api_cidrs" {
  description = "Networks from which the API server may be reached over the internet; empty: only from within the network."
  type        = list(string)
  default     = []

  validation {
    condition     = !contains(var.api_cidrs, "0.0.0.0/0") && !contains(var.api_cidrs, "::/0")
    error_message = "api_cidrs must not be the whole internet: name the office or the VPN."
  }
}

variable "admin_role_arns" {
  description = "Roles that administer the cluster, by a name for each."
  type        = map(string)
  default     = {}
}

variable "node_groups" {
  description = "Groups of nodes. `dedicated_to` taints a group, so that only pods that tolerate `weir.io/dedicated=<value>` run there: ClickHouse, or one tenant."
  type = map(object({
    instance_type = string
    count         = number
    max           = number
    disk_gb       = number
    dedicated_to  = optional(string)
  }))

  validation {
    condition     = alltrue([for group in values(var.node_groups) : group.count >= 1 && group.count <= group.max])
    error_message = "node_groups: count must be at least 1 and at most max."
  }

  validation {
    condition     = anytrue([for group in values(var.node_groups) : try(group.dedicated_to, null) == null])
    error_message = "node_groups: at least one group must be dedicated to nobody, or the services have nowhere to run."
  }
}

variable "deletion_protection" {
  description = "Whether the cluster refuses to be deleted."
  type        = bool
}

variable "log_retention_days" {
  description = "How long the control plane's log is kept, in days."
  type        = number
  default     = 30
}

variable "pod_roles" {
  description = "Rights of pods: by a name, the service account that has them and the policy as JSON."
  type = map(object({
    namespace       = string
    service_account = string
    policy          = string
  }))
  default = {}
}

variable "existing" {
  description = "A cluster that is there already: then none is made, and node groups and pod roles are yours."
  type = object({
    name                   = string
    endpoint               = string
    certificate_authority  = string
    node_security_group_id = string
  })
  default = null
}
