variable "project" {
  description = "First part of every name."
  type        = string
  default     = "weir"

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.project))
    error_message = "project must be 2 to 12 lower-case letters and digits and begin with a letter: it is part of names of buckets and databases."
  }
}

variable "environment" {
  description = "Environment: `dev`, `staging`, `prod`, or one of your own."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,11}$", var.environment))
    error_message = "environment must be 2 to 12 lower-case letters and digits and begin with a letter."
  }
}

variable "region" {
  description = "Region of the cloud, for example `eu-central-1` or `europe-west3`."
  type        = string

  validation {
    condition     = can(regex("^([a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-[0-9]|[a-z]+-[a-z]+[0-9]{1,2})$", var.region))
    error_message = "region must be a region of AWS (eu-central-1) or of Google Cloud (europe-west3); a zone such as eu-central-1a is not one."
  }
}

variable "components" {
  description = "Name of each component and how many characters its kind of resource allows."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for length in values(var.components) : length >= 20 && length <= 255])
    error_message = "components: a limit below 20 or above 255 characters is none that a cloud has."
  }

  validation {
    condition     = alltrue([for component in keys(var.components) : can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", component))])
    error_message = "components: names are lower-case letters, digits and hyphens, begin with a letter and do not end with a hyphen."
  }
}

variable "owner" {
  description = "Team that answers for the environment; a tag."
  type        = string

  validation {
    condition     = length(trimspace(var.owner)) > 0
    error_message = "owner must name a team: an environment that belongs to nobody is deleted by nobody."
  }
}

variable "cost_center" {
  description = "What the environment is booked on; a tag."
  type        = string
  default     = "platform"
}

variable "tags" {
  description = "Further tags of every resource."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.tags), ["project", "environment", "owner", "cost-center", "managed-by"])) == 0
    error_message = "tags must not hold project, environment, owner, cost-center or managed-by: these are set from the other inputs."
  }
}
