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

variable "cidr" {
  description = "Addresses of the network, /16 to /20; not needed with `existing`."
  type        = string
  default     = "10.20.0.0/16"
}

variable "zones" {
  description = "Availability zones, 2 to 4, in a fixed order."
  type        = list(string)
}

variable "taken" {
  description = "Networks that the addresses must not overlap."
  type        = list(string)
  default     = []
}

variable "nat_per_zone" {
  description = "Whether each zone has a NAT gateway of its own; else one serves all, and its zone is a single point of failure of calls to providers."
  type        = bool
  default     = true
}

variable "internet" {
  description = "Whether there are public subnets and ways out; false makes a network that only its peers reach."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long flow logs are kept, in days."
  type        = number
  default     = 30
}

variable "cluster_name" {
  description = "Cluster whose load balancers may be put into the subnets; null: none."
  type        = string
  default     = null
}

variable "interface_endpoints" {
  description = "Services of the cloud that are reached without the internet."
  type        = set(string)
  default     = ["ecr.api", "ecr.dkr", "sts", "kms", "secretsmanager", "logs"]
}

variable "existing" {
  description = "A network that is there already: then none is made. Its data subnets need no way to the internet."
  type = object({
    vpc_id             = string
    cidr               = string
    private_subnet_ids = list(string)
    data_subnet_ids    = list(string)
    public_subnet_ids  = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.existing == null || try(length(var.existing.private_subnet_ids) >= 2 && length(var.existing.data_subnet_ids) >= 2, false)
    error_message = "existing: private_subnet_ids and data_subnet_ids must be at least two each, in different zones."
  }
}
