output "replica" {
  description = "Where copies of objects go: `replica` of the primary's object store."
  value = {
    bucket_arns = module.copies.bucket_arns
    kms_key_arn = module.keys.key_arns["data"]
  }
}

output "secrets_kms_key_arn" {
  description = "Key for copies of secrets."
  value       = module.keys.key_arns["secrets"]
}

output "network" {
  description = "The network there, for the cluster of the day."
  value = {
    vpc_id             = module.network.vpc_id
    private_subnet_ids = module.network.private_subnet_ids
    data_subnet_ids    = module.network.data_subnet_ids
    public_subnet_ids  = module.network.public_subnet_ids
  }
}

output "postgres_host" {
  description = "Replica to promote; null where backups alone are copied."
  value       = var.copy_database && var.mode == "replica" ? aws_db_instance.replica[0].address : null
}
