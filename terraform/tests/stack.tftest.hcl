mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  environment         = "prod"
  class               = "prod"
  region              = "eu-central-1"
  zones               = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  account_id          = "123456789012"
  owner               = "platform"
  domain              = "api.example.com"
  cache_user_group_id = "weir-prod"
  cache_secret_arn    = "arn:aws:secretsmanager:::secret:cache"
  kafka_passwords     = {}
}

run "production_fits_together" {
  command = plan

  module {
    source = "./modules/stack"
  }

  assert {
    condition     = output.name == "weir-prod-euc1" && output.settings.deletion_protection && output.kafka.replication_factor == 3
    error_message = "name ${output.name}"
  }

  assert {
    condition     = length(output.network.private_route_table_ids) == 3 && length(output.network.egress_addresses) == 3
    error_message = "zones"
  }

  assert {
    condition     = output.buckets["files"] == "weir-prod-euc1-files-123456789012" && output.tags.owner == "platform"
    error_message = "buckets ${jsonencode(output.buckets)}"
  }
}

run "everything_can_be_brought_along" {
  command = plan

  module {
    source = "./modules/stack"
  }

  variables {
    bring_your_own = {
      network         = { vpc_id = "vpc-1", cidr = "10.40.0.0/16", private_subnet_ids = ["a", "b", "c"], data_subnet_ids = ["d", "e", "f"] }
      cluster         = { name = "ours", endpoint = "https://example.internal", certificate_authority = "Zm9v", node_security_group_id = "sg-1" }
      postgres        = { host = "postgres.example.internal", secret_arn = "arn:x" }
      kafka           = { bootstrap_servers = "kafka.example.internal:9096" }
      cache           = { host = "redis.example.internal", secret_arn = "arn:y" }
      buckets         = { files = "our-files" }
      keys            = { data = "arn:own-data", logs = "arn:own-logs", secrets = "arn:own-secrets" }
      zone_id         = "Z9"
      certificate_arn = "arn:own-certificate"
    }
  }

  assert {
    condition = (
      output.network.vpc_id == "vpc-1" && output.cluster.name == "ours" && output.postgres.host == "postgres.example.internal"
      && output.kafka.bootstrap_servers == "kafka.example.internal:9096" && output.cache.host == "redis.example.internal"
      && output.buckets["files"] == "our-files" && output.certificate_arn == "arn:own-certificate"
    )
    error_message = "something else is used"
  }
}

run "zones_are_of_the_region" {
  command = plan

  module {
    source = "./modules/stack"
  }

  variables {
    zones = ["us-east-1a", "us-east-1b"]
  }

  expect_failures = [var.zones]
}
