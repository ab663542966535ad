module "environment" {
  source   = "../environment"
  for_each = toset(["dev", "staging", "prod"])

  class = each.value
}

module "capacity" {
  source   = "../capacity"
  for_each = var.peak_calls_per_minute

  calls_per_minute = each.value
}

# What prod, as it is, bears.
module "prod" {
  source = "../capacity"

  calls_per_minute = var.calls_per_month.prod / 43800
  deployed = {
    nodes      = module.environment["prod"].settings.nodes["general"].count
    brokers    = module.environment["prod"].settings.kafka.brokers
    postgres   = 1
    cache      = module.environment["prod"].settings.cache.shards
    clickhouse = module.environment["prod"].settings.nodes["clickhouse"].count
  }
}

locals {
  # Of two records of a kilobyte for each call, a week in three copies.
  kafka_gb = { for name, peak in var.peak_calls_per_minute : name => peak * var.average_share * 60 * 24 * 7 * 2 * 3 / 1000000 }
  # A hundred bytes of a call, compressed, for 13 months, in two copies.
  clickhouse_gb = { for name, peak in var.peak_calls_per_minute : name => peak * var.average_share * 43800 * 13 * 100 * 2 / 1000000000 }

  # In pairs; a volume has 16 TB at most.
  clickhouse_nodes = { for name, gb in local.clickhouse_gb : name => 2 * max(2, module.capacity[name].parts.clickhouse, ceil(gb / 2 / 15000)) }

  sized = {
    for name, parts in module.capacity : name => {
      zones               = 3
      nat_per_zone        = true
      cross_region_copies = true
      nodes = {
        general = { instance_type = "m7g.2xlarge", count = parts.parts.nodes, disk_gb = 100 }
        clickhouse = {
          instance_type = "m7g.2xlarge", count = max(3, parts.parts.clickhouse * 2)
          disk_gb       = ceil(local.clickhouse_gb[name] / max(3, parts.parts.clickhouse * 2))
        }
      }
      # One for each 1,000,000 a minute, by placement of tenants, each with a standby and two replicas.
      postgres = { instance_class = "db.r8g.2xlarge", multi_az = true, replicas = parts.parts.postgres * 4 - 2, storage_gb = 1000 }
      kafka    = { instance_type = "kafka.m7g.xlarge", brokers = parts.parts.brokers, storage_gb = ceil(local.kafka_gb[name] / parts.parts.brokers) }
      cache    = { node_type = "cache.m6g.xlarge", shards = max(2, parts.parts.cache), replicas = 1 }
    }
  }

  columns  = concat(["dev", "staging", "prod"], keys(var.peak_calls_per_minute))
  settings = merge({ for name, environment in module.environment : name => environment.settings }, local.sized)
  calls = merge(
    { for name, calls in var.calls_per_month : name => calls },
    { for name, peak in var.peak_calls_per_minute : name => peak * var.average_share * 43800 },
  )
}

module "cost" {
  source   = "../cost"
  for_each = toset(local.columns)

  settings        = local.settings[each.value]
  calls_per_month = local.calls[each.value]
  prices          = var.prices
}

locals {
  one   = module.cost["dev"]
  lines = keys(local.one.fixed)
  table = concat(
    ["| US dollars a month | ${join(" | ", local.columns)} |", "|---|${join("|", [for column in local.columns : "--:"])}|"],
    [for line in local.lines : "| ${line} | ${join(" | ", [for column in local.columns : format("%.0f", module.cost[column].fixed[line])])} |"],
    ["| **whatever the calls** | ${join(" | ", [for column in local.columns : format("**%.0f**", module.cost[column].fixed_month)])} |"],
    ["| calls a month, in millions | ${join(" | ", [for column in local.columns : format("%.1f", local.calls[column] / 1000000)])} |"],
    ["| for the calls | ${join(" | ", [for column in local.columns : format("%.0f", module.cost[column].month - module.cost[column].fixed_month)])} |"],
    ["| **in all** | ${join(" | ", [for column in local.columns : format("**%.0f**", module.cost[column].month)])} |"],
    ["| **a thousand calls** | ${join(" | ", [for column in local.columns : format("**$%.4f**", module.cost[column].per_thousand_calls)])} |"],
    ["| under $0.01 from, millions of calls a month | ${join(" | ", [for column in local.columns : try(format("%.0f", ceil(module.cost[column].calls_for_goal / 1000000)), "never")])} |"],
  )

  traffic = concat(
    ["| A thousand calls, beside what is fixed | prod |", "|---|--:|"],
    [for line, usd in module.cost["prod"].per_thousand : format("| %s | $%.5f |", line, usd)],
    [format("| **together** | **$%.5f** |", sum(values(module.cost["prod"].per_thousand)))],
  )

  sizes = concat(
    ["| | ${join(" | ", local.columns)} |", "|---|${join("|", [for column in local.columns : "---"])}|"],
    ["| nodes | ${join(" | ", [for column in local.columns : "${local.settings[column].nodes["general"].count} x ${local.settings[column].nodes["general"].instance_type}"])} |"],
    ["| nodes of ClickHouse | ${join(" | ", [for column in local.columns : "${local.settings[column].nodes["clickhouse"].count} x ${local.settings[column].nodes["clickhouse"].instance_type}, ${local.settings[column].nodes["clickhouse"].disk_gb} GB"])} |"],
    ["| Postgres | ${join(" | ", [for column in local.columns : "${(local.settings[column].postgres.multi_az ? 2 : 1) + local.settings[column].postgres.replicas} x ${local.settings[column].postgres.instance_class}, ${local.settings[column].postgres.storage_gb} GB"])} |"],
    ["| Kafka | ${join(" | ", [for column in local.columns : "${local.settings[column].kafka.brokers} x ${local.settings[column].kafka.instance_type}, ${local.settings[column].kafka.storage_gb} GB"])} |"],
    ["| cache | ${join(" | ", [for column in local.columns : "${local.settings[column].cache.shards * (1 + local.settings[column].cache.replicas)} x ${local.settings[column].cache.node_type}"])} |"],
  )

  prices = concat(
    ["| Price | US dollars | for | of | |", "|---|--:|---|---|---|"],
    [
      for name, price in jsondecode(file("${path.module}/../cost/prices/aws.json")) :
      "| `${name}` | ${price.usd} | ${price.per} | ${price.source == "" ? "**assumed**" : "[${price.dated}](${price.source})"} | ${price.assumed && price.source != "" ? "**assumed**: " : ""}${price.note} |"
    ],
  )

  capacity = concat(
    ["| | ${join(" | ", keys(var.peak_calls_per_minute))} |", "|---|${join("|", [for column in keys(var.peak_calls_per_minute) : "--:"])}|"],
    ["| processors of services that are busy | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : module.capacity[column].vcpus_busy.nodes])} |"],
    ["| processors of brokers that are busy | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : module.capacity[column].vcpus_busy.brokers])} |"],
    ["| nodes of 8, half busy | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : module.capacity[column].parts.nodes])} |"],
    ["| brokers of 4, half busy | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : module.capacity[column].parts.brokers])} |"],
    ["| partitions of the ledger | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : module.capacity[column].partitions])} |"],
    ["| pods of gateway, orchestration | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : "${module.capacity[column].replicas.gateway}, ${module.capacity[column].replicas.orchestration}"])} |"],
    ["| ClickHouse nodes | ${join(" | ", [for column in keys(var.peak_calls_per_minute) : module.capacity[column].parts.clickhouse])} |"],
  )
  ceilings = concat(
    ["| Part of prod | full at calls a minute |", "|---|--:|"],
    [for part, calls in module.prod.ceilings : "| ${part}${part == module.prod.saturates_first ? ", first" : ""} | ${calls} |"],
  )
}
