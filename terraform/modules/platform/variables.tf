variable "release" {
  description = "Name of the Helm release."
  type        = string
  default     = "weir"
}

variable "namespace" {
  description = "Namespace of the release."
  type        = string
  default     = "weir"
}

variable "chart" {
  description = "The chart: `oci://...`, or a directory."
  type        = string
}

variable "chart_version" {
  description = "Version of the chart, exactly: what is deployed must be what was reviewed."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$", var.chart_version))
    error_message = "chart_version must be one version such as 1.4.2: ranges, `latest` and a leading v are not allowed."
  }
}

variable "app_version" {
  description = "Version of the services' images, exactly; beside the chart's, because the two go forward and back apart."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$", var.app_version))
    error_message = "app_version must be one version such as 1.4.2: ranges, `latest` and a leading v are not allowed."
  }
}

variable "profile" {
  description = "Profile of the chart: `eval`, `small`, `medium` or `large`."
  type        = string

  validation {
    condition     = contains(["eval", "small", "medium", "large"], var.profile)
    error_message = "profile must be eval, small, medium or large."
  }
}

variable "image_registry" {
  description = "Registry of the images."
  type        = string
  default     = ""
}

variable "region" {
  description = "Home region of tenants that name none."
  type        = string
}

variable "domain" {
  description = "Domain of the API."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of the load balancer; null: TLS ends elsewhere."
  type        = string
  default     = null
}

variable "postgres" {
  description = "Postgres: host, port, and the secret of its owner (JSON with `username` and `password`)."
  type = object({
    host         = string
    port         = number
    replica_host = optional(string, "")
    secret_arn   = string
    superuser    = optional(string, "weir_owner")
  })
}

variable "kafka" {
  description = "Kafka: brokers, comma-separated, copies of a record, and the secret of each user (JSON with `password`)."
  type = object({
    bootstrap_servers  = string
    replication_factor = number
    secret_arns        = map(string)
  })
}

variable "cache" {
  description = "Redis or Valkey: host, port and the secret (JSON with `username` and `password`)."
  type = object({
    host       = string
    port       = number
    username   = optional(string, "weir")
    secret_arn = string
  })
}

variable "clickhouse" {
  description = "ClickHouse, which no module here makes: its own cloud's, or an operator's on the nodes that are dedicated to it."
  type = object({
    host       = string
    port       = optional(number, 8443)
    tls        = optional(bool, true)
    database   = optional(string, "weir")
    username   = optional(string, "weir")
    secret_arn = string
  })
}

variable "providers_of_models" {
  description = "Model providers: by the price book's name, base URL and the secret of the API key."
  type = map(object({
    base_url   = string
    secret_arn = string
  }))
  default = {}
}

variable "network_cidr" {
  description = "Addresses of the stores, to which network policies let the services through."
  type        = string
}

variable "cloud_region" {
  description = "Region whose secret store is read."
  type        = string
}

variable "external_secrets_version" {
  description = "Version of External Secrets, which brings the secrets into the cluster; null: it is there already."
  type        = string
  default     = null
}

variable "values" {
  description = "Further values of the chart, as YAML; later ones win over earlier ones, and all over what this module sets."
  type        = list(string)
  default     = []
}

variable "timeout_seconds" {
  description = "How long an upgrade may take; then it is rolled back."
  type        = number
  default     = 900
}
