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

variable "account_id" {
  description = "Account; part of the buckets' names, which are one world's."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id must be twelve digits."
  }
}

variable "buckets" {
  description = "Buckets: for how many days objects stay, null for good; and whether each is copied to `replica`."
  type = map(object({
    expire_days = optional(number)
    replicated  = optional(bool, true)
  }))
  default = {
    files   = { replicated = true }
    exports = { expire_days = 30, replicated = false }
    backups = { expire_days = 400, replicated = true }
    audit   = { replicated = true }
  }

  validation {
    condition     = alltrue([for bucket in keys(var.buckets) : can(regex("^[a-z][a-z0-9-]{1,20}$", bucket))])
    error_message = "buckets: names are 2 to 21 lower-case letters, digits and hyphens."
  }
}

variable "replica" {
  description = "Where copies go: ARNs of the buckets in another region, by name, and the key there; null: no copies. Enterprise tenants' contracts ask for it."
  type = object({
    bucket_arns = map(string)
    kms_key_arn = string
  })
  default = null
}

variable "locked_days" {
  description = "For how many days nobody, not even the account's owner, can delete an object of the bucket `audit`; 0: no lock. It cannot be undone."
  type        = number
  default     = 0

  validation {
    condition     = var.locked_days >= 0
    error_message = "locked_days must not be negative."
  }
}

variable "deletion_protection" {
  description = "Whether a bucket that holds objects refuses to be deleted."
  type        = bool
}

variable "existing" {
  description = "Buckets that are there already, by name; each stands in place of the one of that name in `buckets`."
  type        = map(string)
  default     = {}
}
