variable "prices" {
  description = "Prices of your own; see logic/cost."
  type        = map(number)
  default     = {}
}

variable "calls_per_month" {
  description = "Calls a month in each environment."
  type        = object({ dev = number, staging = number, prod = number })
  default     = { dev = 100000, staging = 10000000, prod = 2000000000 }
}

variable "peak_calls_per_minute" {
  description = "Calls a minute at the busiest time of the last two columns."
  type        = map(number)
  default     = { "1,000,000 a minute" = 1000000, "100 times that" = 100000000 }
}

variable "average_share" {
  description = "Average of a month as a share of its busiest minute, 0 to 1: what is paid for by the hour is paid for at night, too."
  type        = number
  default     = 0.5

  validation {
    condition     = var.average_share > 0 && var.average_share <= 1
    error_message = "average_share must be above 0 and at most 1."
  }
}
