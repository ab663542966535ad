output "prefix" {
  description = "What every name begins with: project, environment and a short form of the region."
  value       = local.prefix
}

output "region_code" {
  description = "Short form of the region."
  value       = local.region_code
}

output "names" {
  description = "Name of each component, cut to what its kind allows."
  value       = local.names
}

output "tags" {
  description = "Tags of every resource."
  value = merge(var.tags, {
    project     = var.project
    environment = var.environment
    owner       = var.owner
    cost-center = var.cost_center
    managed-by  = "terraform"
  })
}
