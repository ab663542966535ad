module "stack" {
  source = "../../modules/stack"

  environment             = "prod"
  class                   = "prod"
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
  taken                   = concat([var.recovery_cidr], [for tenant in values(var.enterprise_tenants) : tenant.cidr])
  failover                = var.failover
  audit_locked_days       = var.audit_locked_days
  replica                 = module.recovery.replica
  secrets_replica         = { region = var.recovery_region, kms_key_arn = module.recovery.secrets_kms_key_arn }
}

module "platform" {
  source = "../../modules/platform"

  chart                    = var.chart
  chart_version            = var.chart_version
  app_version              = var.app_version
  profile                  = "large"
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

module "recovery_names" {
  source = "../../logic/names"

  environment = "prod"
  region      = var.recovery_region
  owner       = var.owner
}

module "recovery" {
  source = "../../modules/disaster-recovery"

  providers = {
    aws = aws.recovery
  }

  name                 = module.recovery_names.prefix
  account_id           = var.account_id
  cidr                 = var.recovery_cidr
  zones                = var.recovery_zones
  primary_cidr         = var.cidr
  copy_database        = try(var.bring_your_own.postgres, null) == null
  primary_instance_arn = module.stack.postgres.instance_arn
  mode                 = var.recovery_mode
  instance_class       = module.stack.settings.postgres.instance_class
  storage_gb           = module.stack.settings.postgres.storage_gb
  backup_days          = module.stack.settings.backup_days
  deletion_protection  = module.stack.settings.deletion_protection
  key_deletion_days    = module.stack.settings.key_deletion_days
  log_retention_days   = module.stack.settings.log_retention_days
  tags                 = module.recovery_names.tags
}

module "tenant" {
  source   = "../../modules/enterprise-tenant"
  for_each = var.enterprise_tenants

  tenant                  = each.key
  name                    = module.stack.name
  account_id              = var.account_id
  cidr                    = each.value.cidr
  zones                   = slice(var.zones, 0, 2)
  taken                   = concat([var.recovery_cidr], [for name, tenant in var.enterprise_tenants : tenant.cidr if name != each.key])
  allowed_cidrs           = each.value.allowed_cidrs
  private_link_principals = each.value.private_link_principals
  gateway_balancer_arns   = each.value.gateway_balancer_arns
  postgres                = each.value.postgres
  existing_kms_key_arn    = each.value.kms_key_arn
  backup_days             = module.stack.settings.backup_days
  log_retention_days      = module.stack.settings.log_retention_days
  key_deletion_days       = module.stack.settings.key_deletion_days
  deletion_protection     = module.stack.settings.deletion_protection
  tags                    = module.stack.tags
  platform = {
    vpc_id          = module.stack.network.vpc_id
    cidr            = module.stack.network.cidr
    route_table_ids = module.stack.network.private_route_table_ids
  }
}
