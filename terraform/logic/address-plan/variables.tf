variable "cidr" {
  description = "Addresses of the network; /16 to /20."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(cidrsubnet(var.cidr, 0, 0) == var.cidr, false)
    error_message = "cidr must be a network such as 10.20.0.0/16, without host bits."
  }

  validation {
    condition     = try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 20, false)
    error_message = "cidr must be /16 to /20: a larger one is not allowed in a network, a smaller one leaves public subnets below /28."
  }

  validation {
    condition = try(anytrue([
      cidrhost("${split("/", var.cidr)[0]}/8", 0) == "10.0.0.0",
      cidrhost("${split("/", var.cidr)[0]}/12", 0) == "172.16.0.0",
      cidrhost("${split("/", var.cidr)[0]}/16", 0) == "192.168.0.0",
      cidrhost("${split("/", var.cidr)[0]}/10", 0) == "100.64.0.0",
    ]), false)
    error_message = "cidr must be private: of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10."
  }
}

variable "zones" {
  description = "Availability zones, 2 to 4, in a fixed order: a zone's place decides its addresses."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 4 && length(distinct(var.zones)) == length(var.zones)
    error_message = "zones must be 2 to 4 different ones."
  }
}

variable "taken" {
  description = "Networks that are to be reached from this one, which its addresses must therefore not overlap: peers, tenants, other regions, the office."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.taken : can(cidrhost(network, 0))])
    error_message = "taken must be networks such as 10.30.0.0/16."
  }

  # Two networks overlap if and only if they are the same under the shorter of their two masks.
  validation {
    condition = try(alltrue([
      for network in var.taken : (
        cidrhost("${split("/", network)[0]}/${min(tonumber(split("/", network)[1]), tonumber(split("/", var.cidr)[1]))}", 0) !=
        cidrhost("${split("/", var.cidr)[0]}/${min(tonumber(split("/", network)[1]), tonumber(split("/", var.cidr)[1]))}", 0)
      )
    ]), false)
    error_message = "cidr overlaps a network of taken: traffic between the two could not be routed. Choose another cidr."
  }
}
