output "settings" {
  description = "What the environment is: output `settings` of logic/environment."
  value       = local.settings
}

output "name" {
  description = "What every name begins with."
  value       = local.prefix
}

output "tags" {
  description = "Tags of every resource."
  value       = local.tags
}

output "network" {
  description = "The network, for peers and tenants of their own."
  value = {
    vpc_id                  = module.network.vpc_id
    cidr                    = module.network.cidr
    private_route_table_ids = module.network.private_route_table_ids
    egress_addresses        = module.network.egress_addresses
  }
}

output "cluster" {
  description = "The cluster, for the Helm provider."
  value = {
    name                  = module.cluster.name
    endpoint              = module.cluster.endpoint
    certificate_authority = module.cluster.certificate_authority
  }
}

output "postgres" {
  description = "Postgres, for the platform."
  value = {
    host         = module.postgres.host
    port         = module.postgres.port
    replica_host = try(module.postgres.replica_hosts[0], "")
    secret_arn   = module.postgres.secret_arn
    instance_arn = module.postgres.instance_arn
  }
}

output "kafka" {
  description = "Kafka, for the platform."
  value = {
    bootstrap_servers  = module.kafka.bootstrap_servers
    replication_factor = module.kafka.replication_factor
    secret_arns        = module.kafka.secret_arns
  }
}

output "cache" {
  description = "The cache, for the platform."
  value = {
    host       = module.cache.host
    port       = module.cache.port
    secret_arn = module.cache.secret_arn
  }
}

output "certificate_arn" {
  description = "Certificate of the domain."
  value       = module.dns.certificate_arn
}

output "buckets" {
  description = "Name of each bucket."
  value       = module.object_store.buckets
}

output "secret_names" {
  description = "Names of the secrets that wait for a value."
  value       = module.secrets.secret_names
}
