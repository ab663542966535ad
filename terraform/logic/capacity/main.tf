locals {
  per_second = var.calls_per_minute / 60

  services = ["gateway", "orchestration", "tenant", "analytics", "billing"]
  us = {
    nodes      = sum([for service in local.services : var.cpu_us_per_call[service]])
    brokers    = var.cpu_us_per_call.kafka * var.kafka_replication
    postgres   = var.cpu_us_per_call.postgres
    cache      = var.cpu_us_per_call.redis
    clickhouse = var.cpu_us_per_call.clickhouse
  }
  # Of a cache node one processor runs commands, whatever the node has.
  vcpus = {
    nodes      = var.vcpus.node
    brokers    = var.vcpus.broker
    postgres   = var.vcpus.postgres
    cache      = var.vcpus.cache
    clickhouse = var.vcpus.clickhouse
  }

  busy = { for part, us in local.us : part => local.per_second * us / 1000000 }
  # A tenth of each node is the system's and the kubelet's.
  usable = { for part, vcpu in local.vcpus : part => vcpu * var.utilization * (part == "nodes" ? 0.9 : 1) }
  needed = { for part, busy in local.busy : part => ceil(busy / local.usable[part]) }

  parts = {
    nodes      = ceil(max(local.needed.nodes, var.zones) / var.zones) * var.zones
    brokers    = ceil(max(local.needed.brokers, var.zones) / var.zones) * var.zones
    postgres   = max(local.needed.postgres, 1)
    cache      = max(local.needed.cache, 1)
    clickhouse = max(local.needed.clickhouse, 1)
  }

  deployed = var.deployed == null ? local.parts : {
    nodes      = var.deployed.nodes
    brokers    = var.deployed.brokers
    postgres   = var.deployed.postgres
    cache      = var.deployed.cache
    clickhouse = var.deployed.clickhouse
  }
  ceilings = { for part, count in local.deployed : part => floor(count * local.usable[part] * 1000000 / local.us[part] * 60) }
  first    = [for part, calls in local.ceilings : part if calls == min(values(local.ceilings)...)][0]

  # A partition is read by one consumer, one record after the other: what analytics-service does for a call, at the same share of a processor.
  partitions = max(12, ceil(local.per_second * var.cpu_us_per_call.analytics / 1000000 / var.utilization))

  replicas = {
    for service in local.services : service => max(
      service == "gateway" || service == "orchestration" ? 3 : 2,
      ceil(local.per_second * var.cpu_us_per_call[service] / 1000000 / (2 * var.utilization))
    )
  }
}
