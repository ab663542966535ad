module "stack" {
  source = "../../modules/stack"

  environment             = "staging"
  class                   = "staging"
  region                  = var.region
  zones                   = var.zones
  account_id              = var.account_id
  owner                   = var.owner
  overrides               = var.overrides
  cidr                    = var.cidr
  domain                  = var.domain
  balancer                = var.balancer
  api_cidrs               = var.api_cidrs
  admin_role_arns         = var.admin_role_arns
  kafka_passwords         = var.kafka_passwords
  kafka_passwords_version = var.kafka_passwords_version
  cache_user_group_id     = var.cache_user_group_id
  cache_secret_arn        = var.cache_secret_arn
  readable_secret_arns    = concat([var.clickhouse.secret_arn], [for provider in values(var.model_providers) : provider.secret_arn])
  alarm_emails            = var.alarm_emails
  monthly_budget_usd      = var.monthly_budget_usd
  bring_your_own          = var.bring_your_own
}

module "platform" {
  source = "../../modules/platform"

  chart                    = var.chart
  chart_version            = var.chart_version
  app_version              = var.app_version
  profile                  = "medium"
  image_registry           = var.image_registry
  region                   = var.region
  cloud_region             = var.region
  domain                   = var.domain
  certificate_arn          = module.stack.certificate_arn
  postgres                 = module.stack.postgres
  kafka                    = module.stack.kafka
  cache                    = module.stack.cache
  clickhouse               = var.clickhouse
  providers_of_models      = var.model_providers
  network_cidr             = module.stack.network.cidr
  external_secrets_version = var.external_secrets_version
}
