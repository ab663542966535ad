variables {
  environment = "prod"
  region      = "eu-central-1"
  owner       = "platform"
}

run "names_carry_project_environment_and_region" {
  command = plan

  variables {
    components = { postgres = 63, cache = 40 }
  }

  assert {
    condition     = output.prefix == "weir-prod-euc1"
    error_message = "prefix is ${output.prefix}"
  }

  assert {
    condition     = output.names == { postgres = "weir-prod-euc1-postgres", cache = "weir-prod-euc1-cache" }
    error_message = "names are ${jsonencode(output.names)}"
  }
}

run "a_long_name_is_cut_and_stays_unique" {
  command = plan

  variables {
    components = {
      enterprise-tenant-northwind-traders-a = 40
      enterprise-tenant-northwind-traders-b = 40
    }
  }

  assert {
    condition     = alltrue([for name in values(output.names) : length(name) <= 40])
    error_message = "too long: ${jsonencode(output.names)}"
  }

  assert {
    condition     = length(distinct(values(output.names))) == 2
    error_message = "two components share a name: ${jsonencode(output.names)}"
  }

  assert {
    condition     = alltrue([for name in values(output.names) : can(regex("^[a-z][a-z0-9-]*[a-z0-9]$", name)) && !strcontains(name, "--")])
    error_message = "not a legal name: ${jsonencode(output.names)}"
  }
}

run "south_and_southeast_are_two_regions" {
  command = plan

  variables {
    region = "ap-southeast-1"
  }

  assert {
    condition     = output.region_code == "apse1"
    error_message = "code is ${output.region_code}"
  }
}

run "regions_of_google_cloud_have_a_code_too" {
  command = plan

  variables {
    region = "europe-west3"
  }

  assert {
    condition     = output.prefix == "weir-prod-europew3"
    error_message = "prefix is ${output.prefix}"
  }
}

run "tags_say_who_answers" {
  command = plan

  variables {
    tags = { data-class = "confidential" }
  }

  assert {
    condition     = output.tags.owner == "platform" && output.tags.managed-by == "terraform" && output.tags.data-class == "confidential"
    error_message = "tags are ${jsonencode(output.tags)}"
  }
}

run "a_zone_is_not_a_region" {
  command = plan

  variables {
    region = "eu-central-1a"
  }

  expect_failures = [var.region]
}

run "reserved_tags_are_refused" {
  command = plan

  variables {
    tags = { owner = "somebody else" }
  }

  expect_failures = [var.tags]
}

run "an_owner_is_needed" {
  command = plan

  variables {
    owner = " "
  }

  expect_failures = [var.owner]
}

run "capitals_are_refused" {
  command = plan

  variables {
    environment = "Prod"
  }

  expect_failures = [var.environment]
}
