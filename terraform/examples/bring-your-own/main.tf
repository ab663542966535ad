# A network, a Postgres and a Kafka that are there already; cluster, cache and buckets are made.
provider "aws" {
  region = "eu-central-1"
}

module "weir" {
  source = "../../modules/stack"

  environment         = "staging"
  class               = "staging"
  region              = "eu-central-1"
  zones               = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  account_id          = "123456789012"
  owner               = "platform"
  domain              = "api.example.com"
  cache_user_group_id = "weir-staging"
  cache_secret_arn    = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:weir-cache"

  bring_your_own = {
    network = {
      vpc_id             = "vpc-0123456789abcdef0"
      cidr               = "10.40.0.0/16"
      private_subnet_ids = ["subnet-0a", "subnet-0b", "subnet-0c"]
      data_subnet_ids    = ["subnet-1a", "subnet-1b", "subnet-1c"]
    }
    postgres = {
      host       = "postgres.example.internal"
      secret_arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:postgres-owner"
    }
    kafka = {
      bootstrap_servers = "kafka-1.example.internal:9096,kafka-2.example.internal:9096"
    }
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0123"
  }
}

output "postgres" {
  description = "What the platform is told of Postgres."
  value       = module.weir.postgres
}
