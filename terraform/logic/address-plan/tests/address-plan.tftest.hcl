variables {
  cidr  = "10.20.0.0/16"
  zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

run "subnets_of_a_16" {
  command = plan

  assert {
    condition = output.private == {
      eu-central-1a = "10.20.0.0/19", eu-central-1b = "10.20.32.0/19", eu-central-1c = "10.20.64.0/19"
    }
    error_message = "private: ${jsonencode(output.private)}"
  }

  assert {
    condition = output.data == {
      eu-central-1a = "10.20.128.0/22", eu-central-1b = "10.20.132.0/22", eu-central-1c = "10.20.136.0/22"
    }
    error_message = "data: ${jsonencode(output.data)}"
  }

  assert {
    condition = output.public == {
      eu-central-1a = "10.20.144.0/24", eu-central-1b = "10.20.145.0/24", eu-central-1c = "10.20.146.0/24"
    }
    error_message = "public: ${jsonencode(output.public)}"
  }

  assert {
    condition     = output.reserved == "10.20.192.0/18"
    error_message = "reserved: ${output.reserved}"
  }

  assert {
    condition     = output.pods == 3 * 8187
    error_message = "pods: ${output.pods}"
  }
}

run "a_fourth_zone_moves_no_subnet" {
  command = plan

  variables {
    zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c", "eu-central-1d"]
  }

  assert {
    condition     = output.private["eu-central-1a"] == "10.20.0.0/19" && output.private["eu-central-1d"] == "10.20.96.0/19"
    error_message = "private: ${jsonencode(output.private)}"
  }
}

run "no_two_subnets_overlap_in_the_smallest_network" {
  command = plan

  variables {
    cidr  = "172.16.16.0/20"
    zones = ["a1", "b1", "c1", "d1"]
  }

  # First and last address of each subnet, as numbers, sorted: each begins after the one before has ended.
  assert {
    condition = alltrue(flatten([
      for a in concat(values(output.private), values(output.data), values(output.public), [output.reserved]) : [
        for b in concat(values(output.private), values(output.data), values(output.public), [output.reserved]) :
        a == b || cidrhost("${split("/", a)[0]}/${min(split("/", a)[1], split("/", b)[1])}", 0) != cidrhost("${split("/", b)[0]}/${min(split("/", a)[1], split("/", b)[1])}", 0)
      ]
    ]))
    error_message = "subnets overlap"
  }

  assert {
    condition     = alltrue([for subnet in values(output.public) : tonumber(split("/", subnet)[1]) <= 28])
    error_message = "a public subnet is smaller than /28"
  }
}

run "a_neighbour_is_no_overlap" {
  command = plan

  variables {
    taken = ["10.21.0.0/16", "10.19.0.0/16", "192.168.0.0/24"]
  }
}

run "a_peer_inside_is_an_overlap" {
  command = plan

  variables {
    taken = ["10.20.64.0/24"]
  }

  expect_failures = [var.taken]
}

run "a_peer_around_is_an_overlap" {
  command = plan

  variables {
    taken = ["10.0.0.0/8"]
  }

  expect_failures = [var.taken]
}

run "public_addresses_are_refused" {
  command = plan

  variables {
    cidr = "8.8.0.0/16"
  }

  expect_failures = [var.cidr]
}

run "host_bits_are_refused" {
  command = plan

  variables {
    cidr = "10.20.1.0/16"
  }

  expect_failures = [var.cidr]
}

run "a_24_is_too_small" {
  command = plan

  variables {
    cidr = "10.20.0.0/24"
  }

  expect_failures = [var.cidr]
}

run "one_zone_is_none_to_fail_over_to" {
  command = plan

  variables {
    zones = ["eu-central-1a"]
  }

  expect_failures = [var.zones]
}
