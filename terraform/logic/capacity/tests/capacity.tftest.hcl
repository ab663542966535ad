run "a_million_a_minute" {
  command = plan

  variables {
    calls_per_minute = 1000000
  }

  # 16,666.7 calls a second at 2,658 us: 44.3 processors; nodes give 8 x 0.5 x 0.9 = 3.6: 13, to a multiple of three zones.
  assert {
    condition     = output.vcpus_busy.nodes == 44.3 && output.parts.nodes == 15
    error_message = "busy ${output.vcpus_busy.nodes}, nodes ${output.parts.nodes}"
  }

  # Three copies at 412 us: 20.6 processors; brokers give 2: 11, to 12.
  assert {
    condition     = output.vcpus_busy.brokers == 20.6 && output.parts.brokers == 12
    error_message = "busy ${output.vcpus_busy.brokers}, brokers ${output.parts.brokers}"
  }

  assert {
    condition     = output.partitions == 12 && output.parts.clickhouse == 2 && output.parts.postgres == 1 && output.parts.cache == 1
    error_message = "parts ${jsonencode(output.parts)}, partitions ${output.partitions}"
  }

  assert {
    condition     = alltrue([for calls in values(output.ceilings) : calls >= 1000000])
    error_message = "a part that was sized for it does not bear it: ${jsonencode(output.ceilings)}"
  }

  # 16,666.7 x 1,361 us = 22.7 processors, pods of two at a half: 23.
  assert {
    condition     = output.replicas.orchestration == 23 && output.replicas.billing == 2
    error_message = "replicas ${jsonencode(output.replicas)}"
  }
}

run "a_hundred_times_that_is_a_hundred_times_the_nodes" {
  command = plan

  variables {
    calls_per_minute = 100000000
  }

  assert {
    condition     = output.parts.nodes == 1233 && output.partitions == 1010
    error_message = "nodes ${output.parts.nodes}, partitions ${output.partitions}"
  }
}

run "little_load_still_spreads_over_zones" {
  command = plan

  variables {
    calls_per_minute = 10
  }

  assert {
    condition     = output.parts.nodes == 3 && output.parts.brokers == 3 && output.replicas.gateway == 3
    error_message = "parts ${jsonencode(output.parts)}"
  }
}

run "what_saturates_first_is_named" {
  command = plan

  variables {
    calls_per_minute = 1000
    deployed         = { nodes = 6, brokers = 3, postgres = 1, cache = 2, clickhouse = 3 }
  }

  # 3 brokers x 2 processors / 1,236 us x 60 = 291,262 a minute.
  assert {
    condition     = output.saturates_first == "brokers" && output.ceilings.brokers == 291262
    error_message = "${output.saturates_first}: ${jsonencode(output.ceilings)}"
  }
}

run "processors_are_not_planned_full" {
  command = plan

  variables {
    calls_per_minute = 1000
    utilization      = 0.95
  }

  expect_failures = [var.utilization]
}

run "no_calls_are_no_plan" {
  command = plan

  variables {
    calls_per_minute = 0
  }

  expect_failures = [var.calls_per_minute]
}
