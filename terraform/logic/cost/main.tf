locals {
  listed = jsondecode(file("${path.module}/prices/${var.cloud}.json"))
  usd    = merge({ for name, price in local.listed : name => price.usd }, var.prices)

  types = distinct(concat(
    [for group in values(var.settings.nodes) : group.instance_type],
    [var.settings.postgres.instance_class, var.settings.kafka.instance_type, var.settings.cache.node_type],
  ))
  unpriced = [for type in local.types : type if !contains(keys(local.usd), type)]
  used = toset(concat(local.types, [
    "eks.cluster", "ebs.gp3", "rds.gp3", "rds.backup", "kafka.storage", "nat.gateway", "nat.gb", "lb.hour", "lb.unit", "out.gb", "zone.gb",
    "region.gb", "s3.gb", "logs.gb", "kms.key", "secret",
  ]))

  hours     = 730
  databases = (var.settings.postgres.multi_az ? 2 : 1) + var.settings.postgres.replicas
  caches    = var.settings.cache.shards * (1 + var.settings.cache.replicas)
  gateways  = var.settings.nat_per_zone ? var.settings.zones : 1

  # US dollars a month, whatever the calls.
  fixed = {
    "control plane" = local.hours * local.usd["eks.cluster"]
    "nodes"         = local.hours * sum([for group in values(var.settings.nodes) : group.count * lookup(local.usd, group.instance_type, 0)])
    "node disks"    = local.usd["ebs.gp3"] * sum([for group in values(var.settings.nodes) : group.count * group.disk_gb])
    "Postgres" = local.databases * (
      local.hours * lookup(local.usd, var.settings.postgres.instance_class, 0) + var.settings.postgres.storage_gb * local.usd["rds.gp3"]
    )
    "Kafka" = var.settings.kafka.brokers * (
      local.hours * lookup(local.usd, var.settings.kafka.instance_type, 0) + var.settings.kafka.storage_gb * local.usd["kafka.storage"]
    )
    "cache"                = local.caches * local.hours * lookup(local.usd, var.settings.cache.node_type, 0)
    "NAT and balancer"     = local.hours * (local.gateways * local.usd["nat.gateway"] + local.usd["lb.hour"])
    "keys and secrets"     = var.keys * local.usd["kms.key"] + var.secrets * local.usd["secret"]
    "copies of the backup" = var.settings.cross_region_copies ? var.settings.postgres.storage_gb * local.usd["rds.backup"] : 0
  }
  fixed_total = sum(values(local.fixed))

  # US dollars for a thousand calls: a kilobyte of each is a megabyte, a thousandth of a gigabyte.
  both_kb = var.traffic.request_kb + var.traffic.answer_kb
  per_thousand = {
    # The request to the provider and the answer to the client leave; what comes in is free.
    "to the internet" = local.both_kb / 1000 * local.usd["out.gb"]
    # The way to the provider passes a NAT gateway both ways.
    "through NAT"      = local.both_kb / 1000 * local.usd["nat.gb"]
    "through balancer" = local.both_kb / 1000 * local.usd["lb.unit"]
    # Both ends are billed.
    "between zones"  = var.traffic.cross_zone_kb / 1000 * 2 * local.usd["zone.gb"]
    "records kept"   = var.traffic.record_kb / 1000 * var.traffic.months_kept * local.usd["s3.gb"] * (var.settings.cross_region_copies ? 2 : 1)
    "records copied" = var.settings.cross_region_copies ? var.traffic.record_kb / 1000 * local.usd["region.gb"] : 0
    "logs"           = var.traffic.log_kb / 1000 * local.usd["logs.gb"]
  }
  per_thousand_total = sum(values(local.per_thousand))

  thousands = var.calls_per_month / 1000
  room      = var.goal_per_thousand - local.per_thousand_total
}
