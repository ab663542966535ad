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
  description = "Account, whose administrators may use the keys through their own rights."
  type        = string
}

variable "keys" {
  description = "Keys to make: by a name, the services of the cloud that may use each for this account."
  type        = map(list(string))
  default = {
    data    = ["rds.amazonaws.com", "kafka.amazonaws.com", "elasticache.amazonaws.com", "s3.amazonaws.com", "ec2.amazonaws.com", "eks.amazonaws.com", "autoscaling.amazonaws.com"]
    logs    = ["logs.amazonaws.com", "sns.amazonaws.com", "cloudwatch.amazonaws.com"]
    secrets = ["secretsmanager.amazonaws.com"]
  }
}

variable "key_deletion_days" {
  description = "For how many days a deleted key can be had back, 7 to 30. What it encrypted is lost with it."
  type        = number
  default     = 30

  validation {
    condition     = var.key_deletion_days >= 7 && var.key_deletion_days <= 30
    error_message = "key_deletion_days must be 7 to 30."
  }
}

variable "existing_keys" {
  description = "Keys of your own, by name: each stands in place of the one of that name in `keys`."
  type        = map(string)
  default     = {}
}

variable "secrets" {
  description = "Secrets to make, without a value: by a name, what each is. Values are put in by whoever has them, never by Terraform."
  type        = map(string)
  default = {
    signing-keys    = "Ed25519 keys of the services, for passports and snapshots"
    trusted-keys    = "Public keys of the services"
    pepper          = "Pepper of API keys"
    envelope-keyset = "Tink keyset for tenants' data at rest"
    provider-keyset = "Tink keyset for tenants' own provider keys"
    provider-keys   = "API keys of the model providers"
    stripe          = "Stripe's API key and webhook secret"
    postgres-roles  = "Passwords of the services' roles in Postgres"
    clickhouse      = "User and password of ClickHouse"
    first-admin     = "First administrator's key, written by the chart's first run"
  }
}

variable "secret_recovery_days" {
  description = "For how many days a deleted secret can be had back; 0 (at once gone) or 7 to 30."
  type        = number
  default     = 30

  validation {
    condition     = var.secret_recovery_days == 0 || (var.secret_recovery_days >= 7 && var.secret_recovery_days <= 30)
    error_message = "secret_recovery_days must be 0 or 7 to 30."
  }
}

variable "replica_region" {
  description = "Region to which secrets are copied; null: none."
  type        = string
  default     = null
}

variable "replica_kms_key_arn" {
  description = "Key there."
  type        = string
  default     = null

  validation {
    condition     = var.replica_region == null || var.replica_kms_key_arn != null
    error_message = "replica_kms_key_arn is needed with replica_region: a copy is never under the key of the cloud."
  }
}

variable "existing_secrets" {
  description = "Secrets that are there already: ARNs, by name."
  type        = map(string)
  default     = {}
}

variable "readable_secret_arns" {
  description = "Further secrets that the output `read_policy` is to cover: those of the stores and of what you bring along."
  type        = list(string)
  default     = []
}
