output "egress_addresses" {
  description = "Public addresses from which providers are called."
  value       = module.stack.network.egress_addresses
}

output "release" {
  description = "What is deployed: chart and images, with versions."
  value       = module.platform.release
}

output "secret_names" {
  description = "Secrets that wait for a value."
  value       = module.stack.secret_names
}

output "tenants" {
  description = "What each enterprise tenant's placement needs."
  value       = { for name, tenant in module.tenant : name => { postgres = tenant.postgres, bucket = tenant.bucket, kms_key_arn = tenant.kms_key_arn } }
}
