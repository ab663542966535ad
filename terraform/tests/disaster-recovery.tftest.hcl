mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name                 = "weir-test-euw1"
  account_id           = "123456789012"
  cidr                 = "10.24.0.0/16"
  zones                = ["eu-west-1a", "eu-west-1b"]
  primary_cidr         = "10.20.0.0/16"
  primary_instance_arn = "arn:aws:rds:eu-central-1:123456789012:db:weir-test"
}

run "a_replica_runs" {
  module {
    source = "./modules/disaster-recovery"
  }

  assert {
    condition     = length(aws_db_instance.replica) == 1 && aws_db_instance.replica[0].deletion_protection && aws_db_instance.replica[0].kms_key_id == output.replica.kms_key_arn && length(aws_db_instance_automated_backups_replication.this) == 0
    error_message = "no replica, or not protected"
  }

  assert {
    condition     = join(",", keys(output.replica.bucket_arns)) == "audit,backups,files"
    error_message = "copies: ${jsonencode(output.replica)}"
  }
}

run "backups_alone_are_cheaper" {
  command = plan

  module {
    source = "./modules/disaster-recovery"
  }

  variables {
    mode = "backups"
  }

  assert {
    condition     = length(aws_db_instance.replica) == 0 && aws_db_instance_automated_backups_replication.this[0].retention_period == 35 && output.postgres_host == null
    error_message = "a replica runs"
  }
}

run "a_database_that_is_not_ours_is_not_copied" {
  command = plan

  module {
    source = "./modules/disaster-recovery"
  }

  variables {
    copy_database        = false
    primary_instance_arn = null
  }

  assert {
    condition     = length(aws_db_instance.replica) == 0 && length(aws_db_instance_automated_backups_replication.this) == 0
    error_message = "something is copied"
  }
}

run "a_mode_that_is_none_is_refused" {
  command = plan

  module {
    source = "./modules/disaster-recovery"
  }

  variables {
    mode = "hope"
  }

  expect_failures = [var.mode]
}
