mock_provider "helm" {}

variables {
  chart         = "oci://registry.example.com/charts/weir"
  chart_version = "1.4.2"
  app_version   = "1.4.0"
  profile       = "large"
  region        = "eu-central-1"
  cloud_region  = "eu-central-1"
  domain        = "api.example.com"
  network_cidr  = "10.20.0.0/16"
  postgres      = { host = "postgres.internal", port = 5432, secret_arn = "arn:aws:secretsmanager:::secret:postgres" }
  kafka = {
    bootstrap_servers  = "b-1.internal:9096,b-2.internal:9096"
    replication_factor = 3
    secret_arns        = { weir-gateway = "arn:aws:secretsmanager:::secret:gateway" }
  }
  cache      = { host = "cache.internal", port = 6379, secret_arn = "arn:aws:secretsmanager:::secret:cache" }
  clickhouse = { host = "clickhouse.internal", secret_arn = "arn:aws:secretsmanager:::secret:clickhouse" }
  providers_of_models = {
    openai = { base_url = "https://api.openai.com/v1", secret_arn = "arn:aws:secretsmanager:::secret:openai" }
  }
}

run "chart_and_images_are_of_the_versions_named" {
  module {
    source = "./modules/platform"
  }

  assert {
    condition     = helm_release.weir.version == "1.4.2" && output.values.image.tag == "1.4.0" && helm_release.weir.atomic
    error_message = "release ${helm_release.weir.version}"
  }

  assert {
    condition     = join(" ", output.values.external.kafka.bootstrap) == "b-1.internal:9096 b-2.internal:9096" && output.values.external.kafka.tls.enabled && output.values.external.redis.tls && output.values.external.postgres.tls.mode == "require"
    error_message = "stores are reached in the clear"
  }

  assert {
    condition     = output.values.secrets["kafka-gateway"].existingSecret == { name = "weir-stores", key = "kafka-gateway" } && contains(keys(output.values.secrets), "provider-openai") && contains(keys(output.values.secrets), "postgres-superuser")
    error_message = "secrets: ${jsonencode(keys(output.values.secrets))}"
  }

  assert {
    condition     = !strcontains(jsonencode(output.values), "password=") && length(helm_release.external_secrets) == 0
    error_message = "a password is in the values"
  }
}

# Whatever this module sets must be there in the chart.
run "the_chart_knows_the_values" {
  command = plan

  module {
    source = "./modules/platform"
  }

  assert {
    condition = try(alltrue(flatten([
      for store in ["postgres", "kafka", "redis", "clickhouse"] : [
        for key in keys(output.values.external[store]) : contains(keys(yamldecode(file("../helm/weir/values.yaml")).external[store]), key)
      ]
    ])), !fileexists("../helm/weir/values.yaml"))
    error_message = "the chart has no such value of a store"
  }

  assert {
    condition = try(alltrue([
      for key in keys(output.values) : contains(keys(yamldecode(file("../helm/weir/values.yaml"))), key)
    ]), !fileexists("../helm/weir/values.yaml"))
    error_message = "the chart has no such value"
  }
}

run "a_range_is_no_version" {
  command = plan

  module {
    source = "./modules/platform"
  }

  variables {
    chart_version = "~> 1.4"
  }

  expect_failures = [var.chart_version]
}

run "latest_is_no_version" {
  command = plan

  module {
    source = "./modules/platform"
  }

  variables {
    app_version = "latest"
  }

  expect_failures = [var.app_version]
}

run "an_unknown_profile_is_refused" {
  command = plan

  module {
    source = "./modules/platform"
  }

  variables {
    profile = "huge"
  }

  expect_failures = [var.profile]
}
