output "vcpus_busy" {
  description = "Processors that each part keeps busy at the busiest time."
  value       = { for part, busy in local.busy : part => ceil(busy * 100) / 100 }
}

output "parts" {
  description = "How many nodes, brokers, databases (shards by placement), cache shards and ClickHouse nodes the calls need."
  value       = local.parts
}

output "replicas" {
  description = "Pods of each service, of two processors each."
  value       = local.replicas
}

output "partitions" {
  description = "Partitions of the ledger's topic, at least."
  value       = local.partitions
}

output "connections" {
  description = "Connections to Postgres that tenants in the pool may hold at once: shared, so they do not grow with tenants; 20 for each pod of a service that has tables."
  value       = 20 * (local.replicas.tenant + local.replicas.billing + local.replicas.orchestration)
}

output "provisioning_hours" {
  description = "How long it takes to set up all tenants anew, at the measured 59 a second."
  value       = ceil(var.tenants / 59 / 36) / 100
}

output "ceilings" {
  description = "Calls a minute at which each part that is deployed is as busy as it may be."
  value       = local.ceilings
}

output "saturates_first" {
  description = "The part with the lowest ceiling."
  value       = local.first
}
