mock_provider "aws" {
  source = "./tests/mocks/aws"
}

mock_provider "aws" {
  alias  = "recovery"
  source = "./tests/mocks/aws"
}

mock_provider "helm" {}

variables {
  account_id          = "123456789012"
  owner               = "platform"
  domain              = "api.example.com"
  chart               = "oci://registry.example.com/charts/weir"
  chart_version       = "1.4.2"
  app_version         = "1.4.0"
  image_registry      = "registry.example.com"
  kafka_passwords     = {}
  cache_user_group_id = "weir"
  cache_secret_arn    = "arn:aws:secretsmanager:::secret:cache"
  clickhouse          = { host = "clickhouse.internal", secret_arn = "arn:aws:secretsmanager:::secret:clickhouse" }
}

# Before anything is there: nothing that decides how many of a thing there are may wait for what is not made yet.
run "production_can_be_planned_from_nothing" {
  command = plan

  module {
    source = "./environments/prod"
  }

  variables {
    enterprise_tenants = {
      northwind = { cidr = "10.32.0.0/20", allowed_cidrs = ["198.51.100.0/24"] }
      contoso   = { cidr = "10.32.16.0/20", allowed_cidrs = ["203.0.113.0/24"] }
    }
  }

  assert {
    condition     = output.release.chart_version == "1.4.2" && output.release.app_version == "1.4.0" && join(",", keys(output.tenants)) == "contoso,northwind"
    error_message = "release ${jsonencode(output.release)}"
  }
}

run "development_can_be_planned_from_nothing" {
  command = plan

  module {
    source = "./environments/dev"
  }

  assert {
    condition     = output.release.chart_version == "1.4.2"
    error_message = "release ${jsonencode(output.release)}"
  }
}
