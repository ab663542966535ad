variable "domain" {
  description = "Domain of the API: tenants' subdomains are under it."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain))
    error_message = "domain must be a domain name such as api.example.com, in lower case and without a dot at its end."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
  default     = {}
}

variable "existing_zone_id" {
  description = "Zone that is there already; null: one is made, and its name servers must be named by the domain above."
  type        = string
  default     = null
}

variable "existing_certificate_arn" {
  description = "Certificate that is there already, for the domain and `*.` the domain; null: one is made."
  type        = string
  default     = null
}

variable "certificate_authorities" {
  description = "Who may issue certificates for the domain."
  type        = list(string)
  default     = ["amazon.com", "letsencrypt.org"]

  validation {
    condition     = length(var.certificate_authorities) > 0
    error_message = "certificate_authorities must name at least one."
  }
}

variable "balancer" {
  description = "Load balancer that the names point at, once it is there."
  type = object({
    dns_name = string
    zone_id  = string
  })
  default = null
}

variable "failover" {
  description = "Load balancer of the disaster-recovery region, to which names go when `balancer` fails its checks."
  type = object({
    dns_name = string
    zone_id  = string
  })
  default = null

  validation {
    condition     = var.failover == null || var.balancer != null
    error_message = "failover needs balancer: there is nothing to fail over from."
  }
}
