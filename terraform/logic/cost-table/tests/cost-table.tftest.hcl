run "the_page_holds_the_tables" {
  command = plan

  assert {
    condition     = strcontains(file("../../COSTS.md"), output.tables.costs)
    error_message = "COSTS.md has other costs; they are:\n${output.tables.costs}"
  }

  assert {
    condition     = strcontains(file("../../COSTS.md"), output.tables.sizes)
    error_message = "COSTS.md has other sizes; they are:\n${output.tables.sizes}"
  }

  assert {
    condition     = strcontains(file("../../COSTS.md"), output.tables.traffic)
    error_message = "COSTS.md has other figures of traffic; they are:\n${output.tables.traffic}"
  }

  assert {
    condition     = strcontains(file("../../COSTS.md"), output.tables.prices)
    error_message = "COSTS.md has other prices; they are:\n${output.tables.prices}"
  }

  assert {
    condition     = strcontains(file("../../COSTS.md"), output.tables.capacity)
    error_message = "COSTS.md has other figures of capacity; they are:\n${output.tables.capacity}"
  }

  assert {
    condition     = strcontains(file("../../COSTS.md"), output.tables.ceilings)
    error_message = "COSTS.md has other ceilings; they are:\n${output.tables.ceilings}"
  }
}

run "production_meets_the_goal_and_dev_does_not" {
  command = plan

  assert {
    condition     = output.goal["prod"] && output.goal["1,000,000 a minute"] && !output.goal["dev"]
    error_message = "goal: ${jsonencode(output.goal)}"
  }
}

run "prices_ten_times_as_high_are_seen" {
  command = plan

  variables {
    prices = { "out.gb" = 0.9, "nat.gb" = 0.45 }
  }

  assert {
    condition     = !output.goal["prod"] && strcontains(output.tables.costs, "never")
    error_message = "goal: ${jsonencode(output.goal)}"
  }
}

run "assumed_prices_are_few_and_named" {
  command = plan

  assert {
    condition     = output.assumed == tolist(["cache.t4g.small", "kafka.m7g.large", "kafka.m7g.xlarge"])
    error_message = "assumed: ${jsonencode(output.assumed)}"
  }
}
