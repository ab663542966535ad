module "environment" {
  source = "../../logic/environment"

  class     = var.class
  overrides = var.overrides
}

module "names" {
  source = "../../logic/names"

  project     = var.project
  environment = var.environment
  region      = var.region
  owner       = var.owner
  cost_center = var.cost_center
  tags        = var.tags
  components  = { cache = 40, cluster = 100, kafka = 64, postgres = 63 }
}

locals {
  settings = module.environment.settings
  zones    = slice(var.zones, 0, min(length(var.zones), local.settings.zones))
  prefix   = module.names.prefix
  tags     = module.names.tags
}

module "secrets" {
  source = "../secrets"

  name                 = local.prefix
  account_id           = var.account_id
  key_deletion_days    = local.settings.key_deletion_days
  secret_recovery_days = local.settings.secret_recovery_days
  existing_keys        = var.bring_your_own.keys
  existing_secrets     = var.bring_your_own.secrets
  replica_region       = try(var.secrets_replica.region, null)
  replica_kms_key_arn  = try(var.secrets_replica.kms_key_arn, null)
  readable_secret_arns = concat([module.postgres.secret_arn, module.cache.secret_arn], values(module.kafka.secret_arns), var.readable_secret_arns)
  tags                 = local.tags
}

module "network" {
  source = "../network"

  name               = local.prefix
  cidr               = var.cidr
  zones              = local.zones
  taken              = var.taken
  nat_per_zone       = local.settings.nat_per_zone
  log_retention_days = local.settings.log_retention_days
  kms_key_arn        = module.secrets.key_arns["logs"]
  cluster_name       = module.names.names["cluster"]
  existing           = var.bring_your_own.network
  tags               = local.tags
}

module "object_store" {
  source = "../object-store"

  name                = local.prefix
  account_id          = var.account_id
  kms_key_arn         = module.secrets.key_arns["data"]
  replica             = local.settings.cross_region_copies ? var.replica : null
  locked_days         = var.audit_locked_days
  deletion_protection = local.settings.deletion_protection
  existing            = var.bring_your_own.buckets
  tags                = local.tags
}

module "cluster" {
  source = "../cluster"

  name                = module.names.names["cluster"]
  subnet_ids          = module.network.private_subnet_ids
  api_cidrs           = var.api_cidrs
  admin_role_arns     = var.admin_role_arns
  node_groups         = local.settings.nodes
  kms_key_arn         = module.secrets.key_arns["data"]
  deletion_protection = local.settings.deletion_protection
  log_retention_days  = local.settings.log_retention_days
  existing            = var.bring_your_own.cluster
  tags                = local.tags
  pod_roles = {
    files   = { namespace = var.namespace, service_account = "weir-orchestration", policy = module.object_store.policy }
    exports = { namespace = var.namespace, service_account = "weir-tenant", policy = module.object_store.policy }
    # It reads with the rights of its own pod.
    secrets = { namespace = "external-secrets", service_account = "external-secrets", policy = module.secrets.read_policy }
  }
}

module "postgres" {
  source = "../postgres"

  name                      = module.names.names["postgres"]
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = { nodes = module.cluster.node_security_group_id }
  kms_key_arn               = module.secrets.key_arns["data"]
  instance_class            = local.settings.postgres.instance_class
  storage_gb                = local.settings.postgres.storage_gb
  multi_az                  = local.settings.postgres.multi_az
  # One of them is in the other region, where there is one.
  replicas            = max(0, local.settings.postgres.replicas - (local.settings.cross_region_copies ? 1 : 0))
  backup_days         = local.settings.backup_days
  deletion_protection = local.settings.deletion_protection
  log_retention_days  = local.settings.log_retention_days
  existing            = var.bring_your_own.postgres
  tags                = local.tags
}

module "kafka" {
  source = "../kafka"

  name                      = module.names.names["kafka"]
  vpc_id                    = module.network.vpc_id
  subnet_ids                = slice(module.network.data_subnet_ids, 0, min(length(module.network.data_subnet_ids), local.settings.zones))
  client_security_group_ids = { nodes = module.cluster.node_security_group_id }
  kms_key_arn               = module.secrets.key_arns["data"]
  instance_type             = local.settings.kafka.instance_type
  brokers                   = local.settings.kafka.brokers
  storage_gb                = local.settings.kafka.storage_gb
  log_retention_days        = local.settings.log_retention_days
  passwords                 = var.kafka_passwords
  passwords_version         = var.kafka_passwords_version
  secret_recovery_days      = local.settings.secret_recovery_days
  existing                  = var.bring_your_own.kafka
  tags                      = local.tags
}

module "cache" {
  source = "../cache"

  name                      = module.names.names["cache"]
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = { nodes = module.cluster.node_security_group_id }
  kms_key_arn               = module.secrets.key_arns["data"]
  node_type                 = local.settings.cache.node_type
  shards                    = local.settings.cache.shards
  replicas                  = local.settings.cache.replicas
  user_group_id             = var.cache_user_group_id
  secret_arn                = var.cache_secret_arn
  log_retention_days        = local.settings.log_retention_days
  existing                  = var.bring_your_own.cache
  tags                      = local.tags
}

module "dns" {
  source = "../dns-certificates"

  domain                   = var.domain
  existing_zone_id         = var.bring_your_own.zone_id
  existing_certificate_arn = var.bring_your_own.certificate_arn
  balancer                 = var.balancer
  failover                 = var.failover
  tags                     = local.tags
}

module "observability" {
  source = "../observability"

  name                 = local.prefix
  environment          = var.environment
  kms_key_arn          = module.secrets.key_arns["logs"]
  log_retention_days   = local.settings.log_retention_days
  alarm_emails         = var.alarm_emails
  monthly_budget_usd   = var.monthly_budget_usd
  postgres_instance_id = module.postgres.instance_id
  postgres_storage_gb  = local.settings.postgres.storage_gb
  kafka_cluster_name   = module.kafka.cluster_name
  cache_group_id       = module.cache.group_id
  tags                 = local.tags
}
