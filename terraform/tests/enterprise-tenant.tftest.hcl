mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  tenant        = "northwind"
  name          = "weir-test"
  account_id    = "123456789012"
  cidr          = "10.32.0.0/20"
  zones         = ["eu-central-1a", "eu-central-1b"]
  allowed_cidrs = ["198.51.100.0/24"]
  platform      = { vpc_id = "vpc-1", cidr = "10.20.0.0/16", route_table_ids = ["rtb-a", "rtb-b"] }
}

run "a_network_of_its_own_and_an_allow_list" {
  module {
    source = "./modules/enterprise-tenant"
  }

  assert {
    condition     = aws_wafv2_ip_set.allowed.addresses == toset(["198.51.100.0/24"]) && length(output.vpc_id) > 0 && length(aws_route.to_tenant) == 2
    error_message = "allow-list"
  }

  assert {
    condition     = alltrue([for route in aws_route.to_tenant : route.destination_cidr_block == "10.32.0.0/20"]) && alltrue([for route in aws_route.to_platform : route.destination_cidr_block == "10.20.0.0/16"])
    error_message = "routes"
  }

  assert {
    condition     = length(aws_vpc_endpoint_service.gateway) == 0 && output.private_link_service_name == null && output.bucket == "weir-test-northwind-files-123456789012"
    error_message = "bucket ${output.bucket}"
  }
}

run "private_link_for_its_accounts_alone" {
  command = plan

  module {
    source = "./modules/enterprise-tenant"
  }

  variables {
    private_link_principals = ["arn:aws:iam::210987654321:root"]
    gateway_balancer_arns   = ["arn:aws:elasticloadbalancing:::loadbalancer/net/weir"]
  }

  assert {
    condition     = aws_vpc_endpoint_service.gateway[0].acceptance_required && join(",", keys(aws_vpc_endpoint_service_allowed_principal.tenant)) == "arn:aws:iam::210987654321:root"
    error_message = "others may connect"
  }
}

run "a_key_of_the_tenants_own" {
  command = plan

  module {
    source = "./modules/enterprise-tenant"
  }

  variables {
    existing_kms_key_arn = "arn:aws:kms:eu-central-1:210987654321:key/theirs"
  }

  assert {
    condition     = output.kms_key_arn == "arn:aws:kms:eu-central-1:210987654321:key/theirs"
    error_message = "key is ${output.kms_key_arn}"
  }
}

run "everybody_is_no_allow_list" {
  command = plan

  module {
    source = "./modules/enterprise-tenant"
  }

  variables {
    allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.allowed_cidrs]
}

run "nobody_is_none_either" {
  command = plan

  module {
    source = "./modules/enterprise-tenant"
  }

  variables {
    allowed_cidrs = []
  }

  expect_failures = [var.allowed_cidrs]
}

run "private_link_needs_something_to_lead_to" {
  command = plan

  module {
    source = "./modules/enterprise-tenant"
  }

  variables {
    private_link_principals = ["arn:aws:iam::210987654321:root"]
  }

  expect_failures = [var.gateway_balancer_arns]
}

run "a_name_fits_into_a_subdomain" {
  command = plan

  module {
    source = "./modules/enterprise-tenant"
  }

  variables {
    tenant = "North Wind"
  }

  expect_failures = [var.tenant]
}
