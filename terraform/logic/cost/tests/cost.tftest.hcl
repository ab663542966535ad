variables {
  settings = {
    zones               = 3
    nat_per_zone        = false
    cross_region_copies = false
    nodes               = { general = { instance_type = "m7g.large", count = 2, disk_gb = 100 } }
    postgres            = { instance_class = "db.r8g.xlarge", multi_az = true, replicas = 1, storage_gb = 100 }
    kafka               = { instance_type = "kafka.t3.small", brokers = 3, storage_gb = 10 }
    cache               = { node_type = "cache.m6g.large", shards = 2, replicas = 1 }
  }
  calls_per_month = 1000000
}

run "lines_are_what_a_person_reckons" {
  command = plan

  # 2 x 0.0816 x 730
  assert {
    condition     = format("%.2f", output.fixed["nodes"]) == "119.14"
    error_message = "nodes: ${output.fixed["nodes"]}"
  }

  # Primary, standby, replica: 3 x (0.478 x 730 + 100 x 0.115)
  assert {
    condition     = format("%.2f", output.fixed["Postgres"]) == "1081.32"
    error_message = "Postgres: ${output.fixed["Postgres"]}"
  }

  # 3 x (0.0456 x 730 + 10 x 0.10)
  assert {
    condition     = format("%.2f", output.fixed["Kafka"]) == "102.86"
    error_message = "Kafka: ${output.fixed["Kafka"]}"
  }

  # 2 shards x 2 nodes x 0.1482 x 730
  assert {
    condition     = format("%.2f", output.fixed["cache"]) == "432.74"
    error_message = "cache: ${output.fixed["cache"]}"
  }

  # 9 KB of a call are 9 MB of a thousand: 0.009 GB x 0.09
  assert {
    condition     = format("%.5f", output.per_thousand["to the internet"]) == "0.00081"
    error_message = "internet: ${output.per_thousand["to the internet"]}"
  }

  # 20 MB, billed at both ends: 0.02 x 2 x 0.01
  assert {
    condition     = format("%.5f", output.per_thousand["between zones"]) == "0.00040"
    error_message = "zones: ${output.per_thousand["between zones"]}"
  }
}

run "a_month_is_its_lines" {
  command = plan

  assert {
    condition     = abs(output.month - sum(values(output.fixed)) - 1000 * sum(values(output.per_thousand))) < 0.000001
    error_message = "month: ${output.month}"
  }

  assert {
    condition     = abs(output.per_thousand_calls * 1000 - output.month) < 0.000001
    error_message = "a thousand: ${output.per_thousand_calls}"
  }
}

run "a_million_calls_do_not_bear_the_fixed_part" {
  command = plan

  assert {
    condition     = !output.goal_met && output.calls_for_goal > 1000000
    error_message = "goal met at ${output.per_thousand_calls}"
  }
}

run "a_billion_do" {
  command = plan

  variables {
    calls_per_month = 1000000000
  }

  assert {
    condition     = output.goal_met && output.per_thousand_calls < 0.01
    error_message = "a thousand: ${output.per_thousand_calls}"
  }
}

run "traffic_that_costs_more_than_the_goal_has_no_such_number" {
  command = plan

  variables {
    traffic = { request_kb = 100, answer_kb = 100, cross_zone_kb = 200, record_kb = 1, log_kb = 1, months_kept = 13 }
  }

  assert {
    condition     = output.calls_for_goal == null && !output.goal_met
    error_message = "calls: ${jsonencode(output.calls_for_goal)}"
  }
}

run "a_price_of_ones_own_counts" {
  command = plan

  variables {
    prices = { "m7g.large" = 0 }
  }

  assert {
    condition     = output.fixed["nodes"] == 0
    error_message = "nodes: ${output.fixed["nodes"]}"
  }
}

run "assumed_prices_are_named" {
  command = plan

  variables {
    settings = {
      zones               = 3
      nat_per_zone        = false
      cross_region_copies = false
      nodes               = { general = { instance_type = "m7g.large", count = 2, disk_gb = 100 } }
      postgres            = { instance_class = "db.r8g.xlarge", multi_az = true, replicas = 1, storage_gb = 100 }
      kafka               = { instance_type = "kafka.m7g.large", brokers = 3, storage_gb = 10 }
      cache               = { node_type = "cache.m6g.large", shards = 2, replicas = 1 }
    }
  }

  assert {
    condition     = output.assumed == tolist(["kafka.m7g.large"])
    error_message = "assumed: ${jsonencode(output.assumed)}"
  }
}

run "a_type_without_a_price_is_an_error_not_a_zero" {
  command = plan

  variables {
    settings = {
      zones               = 3
      nat_per_zone        = false
      cross_region_copies = false
      nodes               = { general = { instance_type = "m99g.large", count = 2, disk_gb = 100 } }
      postgres            = { instance_class = "db.r8g.xlarge", multi_az = true, replicas = 1, storage_gb = 100 }
      kafka               = { instance_type = "kafka.t3.small", brokers = 3, storage_gb = 10 }
      cache               = { node_type = "cache.m6g.large", shards = 2, replicas = 1 }
    }
  }

  expect_failures = [output.fixed]
}
