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
