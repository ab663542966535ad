variable "calls_per_minute" {
  description = "Calls of models a minute at the busiest time."
  type        = number

  validation {
    condition     = var.calls_per_minute > 0
    error_message = "calls_per_minute must be more than 0."
  }
}

variable "tenants" {
  description = "How many tenants there are; each costs the control plane some, whether it calls or not."
  type        = number
  default     = 10000

  validation {
    condition     = var.tenants >= 1 && floor(var.tenants) == var.tenants
    error_message = "tenants must be a whole number of at least 1."
  }
}

variable "cpu_us_per_call" {
  description = "Microseconds of processor time that each part takes of a call, as measured; see loadtests/RESULTS.md, \"Lanes\". Kafka's is of one copy of each record."
  type = object({
    gateway       = number
    orchestration = number
    tenant        = number
    analytics     = number
    billing       = number
    kafka         = number
    postgres      = number
    redis         = number
    clickhouse    = number
  })
  default = {
    gateway       = 793
    orchestration = 1361
    tenant        = 170
    analytics     = 303
    billing       = 31
    kafka         = 412
    postgres      = 44
    redis         = 3
    clickhouse    = 284
  }

  validation {
    condition     = alltrue([for us in values(var.cpu_us_per_call) : us > 0])
    error_message = "cpu_us_per_call: each must be more than 0."
  }
}

variable "kafka_replication" {
  description = "Copies of each record; each broker that holds one does about the work that was measured."
  type        = number
  default     = 3
}

variable "utilization" {
  description = "How busy processors may be at the busiest time, 0 to 1: above about 0.7 waiting grows faster than load, and one zone of three may be away."
  type        = number
  default     = 0.5

  validation {
    condition     = var.utilization > 0 && var.utilization <= 0.8
    error_message = "utilization must be above 0 and at most 0.8: at more than that a burst, or the loss of a zone, is an outage."
  }
}

variable "vcpus" {
  description = "Virtual processors of one node, broker, database, cache node and ClickHouse node."
  type = object({
    node       = number
    broker     = number
    postgres   = number
    cache      = number
    clickhouse = number
  })
  default = { node = 8, broker = 4, postgres = 4, cache = 1, clickhouse = 8 }
}

variable "zones" {
  description = "Availability zones over which parts are spread."
  type        = number
  default     = 3

  validation {
    condition     = var.zones >= 1 && var.zones <= 4
    error_message = "zones must be 1 to 4."
  }
}

variable "deployed" {
  description = "How many of each part there are; null: as many as the calls need. Decides `ceilings`."
  type = object({
    nodes      = number
    brokers    = number
    postgres   = number
    cache      = number
    clickhouse = number
  })
  default = null
}
