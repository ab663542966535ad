locals {
  name = "${var.name}-${var.tenant}"
  tags = merge(var.tags, { tenant = var.tenant })
}

# One key for everything of the tenant, and for nothing else.
module "keys" {
  source = "../secrets"

  name              = local.name
  account_id        = var.account_id
  key_deletion_days = var.key_deletion_days
  tags              = local.tags
  keys = {
    secrets = ["rds.amazonaws.com", "s3.amazonaws.com", "secretsmanager.amazonaws.com", "logs.amazonaws.com"]
  }
  existing_keys = var.existing_kms_key_arn == null ? {} : { secrets = var.existing_kms_key_arn }
  secrets       = {}
}

module "network" {
  source = "../network"

  name        = local.name
  cidr        = var.cidr
  zones       = var.zones
  taken       = concat([var.platform.cidr], var.taken)
  kms_key_arn = module.keys.key_arns["secrets"]
  tags        = local.tags
  # Nothing of the tenant's is on the internet: the platform reaches it through the peering alone.
  internet            = false
  interface_endpoints = []
  log_retention_days  = var.log_retention_days
}

resource "aws_vpc_peering_connection" "platform" {
  vpc_id      = module.network.vpc_id
  peer_vpc_id = var.platform.vpc_id
  auto_accept = true
  tags        = merge(local.tags, { Name = local.name })
}

resource "aws_route" "to_tenant" {
  count = length(var.platform.route_table_ids)

  route_table_id            = var.platform.route_table_ids[count.index]
  destination_cidr_block    = var.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.platform.id
}

resource "aws_route" "to_platform" {
  count = length(module.network.data_route_table_ids)

  route_table_id            = module.network.data_route_table_ids[count.index]
  destination_cidr_block    = var.platform.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection.platform.id
}

module "postgres" {
  source = "../postgres"

  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.data_subnet_ids
  client_security_group_ids = {}
  client_cidrs              = [var.platform.cidr]
  kms_key_arn               = module.keys.key_arns["secrets"]
  instance_class            = var.postgres.instance_class
  multi_az                  = var.postgres.multi_az
  replicas                  = var.postgres.replicas
  storage_gb                = var.postgres.storage_gb
  backup_days               = var.backup_days
  deletion_protection       = var.deletion_protection
  log_retention_days        = var.log_retention_days
  tags                      = local.tags
}

module "files" {
  source = "../object-store"

  name                = local.name
  account_id          = var.account_id
  kms_key_arn         = module.keys.key_arns["secrets"]
  buckets             = { files = { replicated = true } }
  replica             = var.replica == null ? null : { bucket_arns = { files = var.replica.bucket_arn }, kms_key_arn = var.replica.kms_key_arn }
  deletion_protection = var.deletion_protection
  tags                = local.tags
}

# For the web application firewall in front of the gateway: the tenant's subdomain, from these addresses alone.
resource "aws_wafv2_ip_set" "allowed" {
  name               = "${local.name}-allowed"
  description        = "Where ${var.tenant} calls from"
  scope              = "REGIONAL"
  ip_address_version = "IPV4"
  addresses          = var.allowed_cidrs
  tags               = local.tags
}

resource "aws_vpc_endpoint_service" "gateway" {
  count = length(var.private_link_principals) > 0 ? 1 : 0

  acceptance_required        = true
  network_load_balancer_arns = var.gateway_balancer_arns
  tags                       = merge(local.tags, { Name = local.name })
}

resource "aws_vpc_endpoint_service_allowed_principal" "tenant" {
  for_each = var.private_link_principals

  vpc_endpoint_service_id = aws_vpc_endpoint_service.gateway[0].id
  principal_arn           = each.value
}
