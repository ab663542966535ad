mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name        = "weir-test"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/logs"
  cidr        = "10.20.0.0/16"
  zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
}

run "a_gateway_for_each_zone" {
  module {
    source = "./modules/network"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3 && length(aws_subnet.private) == 3 && length(aws_subnet.data) == 3
    error_message = "${length(aws_nat_gateway.this)} gateways"
  }

  assert {
    condition     = alltrue([for zone in var.zones : aws_route.private[zone].nat_gateway_id == aws_nat_gateway.this[zone].id])
    error_message = "a zone's way out leads through another zone"
  }

  assert {
    condition     = length(aws_route_table.data) == 1 && !anytrue([for route in aws_route.private : route.route_table_id == aws_route_table.data[0].id])
    error_message = "the data subnets have a way out"
  }

  assert {
    condition     = aws_flow_log.this[0].traffic_type == "ALL" && aws_cloudwatch_log_group.flow[0].kms_key_id == var.kms_key_arn
    error_message = "flow logs"
  }
}

run "one_gateway_where_that_will_do" {
  module {
    source = "./modules/network"
  }

  variables {
    nat_per_zone = false
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && alltrue([for route in aws_route.private : route.nat_gateway_id == aws_nat_gateway.this["eu-central-1a"].id])
    error_message = "${length(aws_nat_gateway.this)} gateways"
  }
}

run "without_the_internet_there_is_no_way_out" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    internet = false
  }

  assert {
    condition     = length(aws_internet_gateway.this) == 0 && length(aws_nat_gateway.this) == 0 && length(aws_route.private) == 0 && length(output.public_subnet_ids) == 0
    error_message = "there is a way out"
  }
}

run "an_existing_network_is_left_alone" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    existing = { vpc_id = "vpc-1", cidr = "10.40.0.0/16", private_subnet_ids = ["subnet-a", "subnet-b"], data_subnet_ids = ["subnet-c", "subnet-d"] }
  }

  assert {
    condition     = length(aws_vpc.this) == 0 && length(aws_vpc_endpoint.interface) == 0 && output.vpc_id == "vpc-1" && output.data_subnet_ids == tolist(["subnet-c", "subnet-d"])
    error_message = "something is made"
  }
}

run "an_existing_network_in_one_zone_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    existing = { vpc_id = "vpc-1", cidr = "10.40.0.0/16", private_subnet_ids = ["subnet-a"], data_subnet_ids = ["subnet-c"] }
  }

  expect_failures = [var.existing]
}

run "the_clouds_own_key_is_refused" {
  command = plan

  module {
    source = "./modules/network"
  }

  variables {
    kms_key_arn = ""
  }

  expect_failures = [var.kms_key_arn]
}
