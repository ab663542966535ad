# All of this is in the other region: call the module with `providers = { aws = aws.recovery }`.
module "keys" {
  source = "../secrets"

  name              = var.name
  account_id        = var.account_id
  key_deletion_days = var.key_deletion_days
  secrets           = {}
  tags              = var.tags
}

module "network" {
  source = "../network"

  name               = var.name
  cidr               = var.cidr
  zones              = var.zones
  taken              = [var.primary_cidr]
  kms_key_arn        = module.keys.key_arns["logs"]
  nat_per_zone       = false
  log_retention_days = var.log_retention_days
  # Paid by the hour; made on the day.
  interface_endpoints = []
  tags                = var.tags
}

module "copies" {
  source = "../object-store"

  name                = var.name
  account_id          = var.account_id
  kms_key_arn         = module.keys.key_arns["data"]
  buckets             = var.buckets
  deletion_protection = var.deletion_protection
  tags                = var.tags
}

resource "aws_db_instance_automated_backups_replication" "this" {
  count = var.copy_database && var.mode == "backups" ? 1 : 0

  source_db_instance_arn = var.primary_instance_arn
  kms_key_id             = module.keys.key_arns["data"]
  retention_period       = var.backup_days
}

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = module.network.data_subnet_ids
  tags       = var.tags
}

# Nobody connects before it is promoted; the cluster of the day adds its rule.
resource "aws_security_group" "postgres" {
  name        = "${var.name}-postgres"
  description = "Postgres of the disaster-recovery region"
  vpc_id      = module.network.vpc_id
  tags        = merge(var.tags, { Name = "${var.name}-postgres" })
}

resource "aws_db_instance" "replica" {
  count = var.copy_database && var.mode == "replica" ? 1 : 0

  identifier          = "${var.name}-replica"
  replicate_source_db = var.primary_instance_arn
  instance_class      = var.instance_class

  storage_type          = "gp3"
  max_allocated_storage = var.storage_gb * 4
  storage_encrypted     = true
  kms_key_id            = module.keys.key_arns["data"]

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.postgres.id]
  publicly_accessible    = false
  multi_az               = false

  backup_retention_period = var.backup_days
  copy_tags_to_snapshot   = true
  deletion_protection     = var.deletion_protection
  skip_final_snapshot     = true

  tags = var.tags
}
