output "tables" {
  description = "The tables of COSTS.md, as they must stand there."
  value = {
    costs    = join("\n", local.table)
    traffic  = join("\n", local.traffic)
    sizes    = join("\n", local.sizes)
    prices   = join("\n", local.prices)
    capacity = join("\n", local.capacity)
    ceilings = join("\n", local.ceilings)
  }
}

output "goal" {
  description = "Whether a thousand calls cost less than $0.01, in each column."
  value       = { for column in local.columns : column => module.cost[column].goal_met }
}

output "assumed" {
  description = "Prices used that no page was found for."
  value       = sort(distinct(flatten([for column in local.columns : module.cost[column].assumed])))
}
