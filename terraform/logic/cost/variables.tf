variable "cloud" {
  description = "Whose prices: `aws`."
  type        = string
  default     = "aws"

  validation {
    condition     = contains(["aws"], var.cloud)
    error_message = "cloud must be aws: for others there is no list of prices in prices/."
  }
}

variable "prices" {
  description = "Prices of your own, in US dollars by name as in prices/aws.json, in place of the listed ones: a contract's, or another region's."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for price in values(var.prices) : price >= 0])
    error_message = "prices must not be negative."
  }
}

variable "settings" {
  description = "Output `settings` of logic/environment: what is deployed."
  type = object({
    zones               = number
    nat_per_zone        = bool
    cross_region_copies = bool
    nodes               = map(object({ instance_type = string, count = number, disk_gb = number }))
    postgres            = object({ instance_class = string, multi_az = bool, replicas = number, storage_gb = number })
    kafka               = object({ instance_type = string, brokers = number, storage_gb = number })
    cache               = object({ node_type = string, shards = number, replicas = number })
  })
}

variable "calls_per_month" {
  description = "Calls of models a month."
  type        = number

  validation {
    condition     = var.calls_per_month > 0
    error_message = "calls_per_month must be more than 0."
  }
}

variable "traffic" {
  description = "Kilobytes of a call: its request, its answer, what passes between zones on its behalf (services, broker, stores), what its records take in the object store and the logs; and for how many months records are kept. Assumed, not measured: set your own."
  type = object({
    request_kb    = number
    answer_kb     = number
    cross_zone_kb = number
    record_kb     = number
    log_kb        = number
    months_kept   = number
  })
  default = { request_kb = 6, answer_kb = 3, cross_zone_kb = 20, record_kb = 1, log_kb = 0.1, months_kept = 13 }
}

variable "keys" {
  description = "Encryption keys."
  type        = number
  default     = 6
}

variable "secrets" {
  description = "Secrets."
  type        = number
  default     = 12
}

variable "goal_per_thousand" {
  description = "What a thousand calls may cost, in US dollars."
  type        = number
  default     = 0.01
}
