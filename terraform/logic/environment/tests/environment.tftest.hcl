run "production_is_protected_and_copied" {
  command = plan

  variables {
    class = "prod"
  }

  assert {
    condition = (
      output.settings.deletion_protection && output.settings.backup_days == 35 && output.settings.cross_region_copies
      && output.settings.postgres.multi_az && output.settings.postgres.replicas == 2 && output.settings.nat_per_zone
    )
    error_message = "prod is ${jsonencode(output.settings)}"
  }
}

run "every_class_has_point_in_time_recovery" {
  command = plan

  variables {
    class = "dev"
  }

  assert {
    condition     = output.settings.backup_days >= 1
    error_message = "dev keeps no backups"
  }

  assert {
    condition     = !output.settings.deletion_protection
    error_message = "dev cannot be taken down"
  }
}

run "an_override_of_false_stays_false" {
  command = plan

  variables {
    class     = "staging"
    overrides = { deletion_protection = false, cross_region_copies = true }
  }

  assert {
    condition     = !output.settings.deletion_protection && output.settings.cross_region_copies && output.settings.backup_days == 7
    error_message = "staging is ${jsonencode(output.settings)}"
  }
}

run "sizes_can_be_overridden_one_by_one" {
  command = plan

  variables {
    class     = "prod"
    overrides = { kafka = { instance_type = "kafka.m7g.2xlarge", brokers = 6, storage_gb = 2000 } }
  }

  assert {
    condition     = output.settings.kafka.brokers == 6 && output.settings.postgres.instance_class == "db.r8g.xlarge"
    error_message = "prod is ${jsonencode(output.settings)}"
  }
}

run "production_stays_protected" {
  command = plan

  variables {
    class     = "prod"
    overrides = { deletion_protection = false }
  }

  expect_failures = [var.overrides]
}

run "production_keeps_a_week" {
  command = plan

  variables {
    class     = "prod"
    overrides = { backup_days = 3 }
  }

  expect_failures = [var.overrides]
}

run "recovery_cannot_be_turned_off" {
  command = plan

  variables {
    class     = "dev"
    overrides = { backup_days = 0 }
  }

  expect_failures = [var.overrides]
}

run "production_has_a_standby" {
  command = plan

  variables {
    class     = "prod"
    overrides = { postgres = { instance_class = "db.r8g.xlarge", multi_az = false, replicas = 0, storage_gb = 500 } }
  }

  expect_failures = [var.overrides]
}

run "brokers_are_spread_evenly" {
  command = plan

  variables {
    class     = "prod"
    overrides = { kafka = { instance_type = "kafka.m7g.xlarge", brokers = 4, storage_gb = 1000 } }
  }

  expect_failures = [output.settings]
}

run "an_unknown_class_is_refused" {
  command = plan

  variables {
    class = "production"
  }

  expect_failures = [var.class]
}
