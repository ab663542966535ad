output "fixed" {
  description = "US dollars a month of each part, whatever the calls."
  value       = local.fixed

  precondition {
    condition     = length(local.unpriced) == 0
    error_message = "no price for ${join(", ", local.unpriced)}: add it to prices, or to prices/${var.cloud}.json with its source."
  }
}

output "per_thousand" {
  description = "US dollars of each part for a thousand calls, beside what is fixed."
  value       = local.per_thousand
}

output "month" {
  description = "US dollars a month for these calls."
  value       = local.fixed_total + local.thousands * local.per_thousand_total
}

output "fixed_month" {
  description = "US dollars a month, whatever the calls."
  value       = local.fixed_total
}

output "per_thousand_calls" {
  description = "US dollars for a thousand calls, all in."
  value       = local.fixed_total / local.thousands + local.per_thousand_total
}

output "goal_met" {
  description = "Whether a thousand calls cost less than the goal."
  value       = local.fixed_total / local.thousands + local.per_thousand_total < var.goal_per_thousand
}

output "calls_for_goal" {
  description = "Calls a month from which on a thousand cost less than the goal; null where no number of calls would do."
  value       = local.room > 0 ? ceil(local.fixed_total / local.room) * 1000 : null
}

output "assumed" {
  description = "Names of the prices used that no page was found for."
  value       = sort([for name in local.used : name if try(local.listed[name].assumed, false) && !contains(keys(var.prices), name)])
}
