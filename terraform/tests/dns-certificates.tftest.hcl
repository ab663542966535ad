mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  domain = "api.example.com"
}

run "a_certificate_for_domain_and_tenants" {
  module {
    source = "./modules/dns-certificates"
  }

  assert {
    condition     = aws_acm_certificate.this[0].subject_alternative_names == toset(["*.api.example.com"]) && aws_route53_record.validation[0].name == "_x.api.example.com"
    error_message = "certificate"
  }

  assert {
    condition     = contains(aws_route53_record.authorities.records, "0 issuewild \"amazon.com\"") && length(aws_route53_record.primary) == 0
    error_message = "records"
  }
}

run "names_fail_over" {
  module {
    source = "./modules/dns-certificates"
  }

  variables {
    balancer = { dns_name = "a.elb.amazonaws.com", zone_id = "Z1" }
    failover = { dns_name = "b.elb.amazonaws.com", zone_id = "Z2" }
  }

  assert {
    condition     = aws_route53_record.primary["tenants"].name == "*.api.example.com" && aws_route53_record.primary["tenants"].failover_routing_policy[0].type == "PRIMARY" && aws_route53_record.spare["tenants"].failover_routing_policy[0].type == "SECONDARY"
    error_message = "no failover"
  }

  assert {
    condition     = aws_route53_health_check.primary[0].resource_path == "/ready" && aws_route53_record.primary["apex"].health_check_id == aws_route53_health_check.primary[0].id
    error_message = "nobody looks whether the primary answers"
  }
}

run "zone_and_certificate_of_ones_own" {
  command = plan

  module {
    source = "./modules/dns-certificates"
  }

  variables {
    existing_zone_id         = "Z9"
    existing_certificate_arn = "arn:aws:acm:::certificate/own"
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && length(aws_acm_certificate.this) == 0 && output.zone_id == "Z9" && output.certificate_arn == "arn:aws:acm:::certificate/own"
    error_message = "something is made"
  }
}

run "failover_needs_something_to_fail_over_from" {
  command = plan

  module {
    source = "./modules/dns-certificates"
  }

  variables {
    failover = { dns_name = "b.elb.amazonaws.com", zone_id = "Z2" }
  }

  expect_failures = [var.failover]
}

run "a_url_is_no_domain" {
  command = plan

  module {
    source = "./modules/dns-certificates"
  }

  variables {
    domain = "https://api.example.com"
  }

  expect_failures = [var.domain]
}
