mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name                      = "weir-test-postgres"
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/data"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-a", "subnet-b"]
  client_security_group_ids = { nodes = "sg-nodes" }
  instance_class            = "db.r8g.large"
  storage_gb                = 100
  multi_az                  = true
  replicas                  = 2
  backup_days               = 35
  deletion_protection       = true
}

run "protected_encrypted_and_restorable" {
  module {
    source = "./modules/postgres"
  }

  assert {
    condition = alltrue([
      for instance in concat(aws_db_instance.primary, aws_db_instance.replica) :
      instance.deletion_protection && instance.storage_encrypted && instance.kms_key_id == var.kms_key_arn && instance.backup_retention_period == 35 && !instance.publicly_accessible
    ])
    error_message = "an instance is not"
  }

  assert {
    condition     = length(aws_db_instance.replica) == 2 && length(output.replica_hosts) == 2 && aws_db_instance.primary[0].multi_az
    error_message = "${length(aws_db_instance.replica)} replicas"
  }

  assert {
    condition     = aws_db_instance.primary[0].manage_master_user_password && aws_db_instance.primary[0].password == null && !aws_db_instance.primary[0].skip_final_snapshot
    error_message = "the password is ours, or the last snapshot is skipped"
  }

  assert {
    condition     = contains([for parameter in aws_db_parameter_group.this[0].parameter : parameter.value if parameter.name == "rds.force_ssl"], "1")
    error_message = "connections without TLS are taken"
  }

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.groups) == 1 && length(aws_vpc_security_group_ingress_rule.networks) == 0
    error_message = "others than the nodes may connect"
  }
}

run "an_existing_postgres_is_left_alone" {
  command = plan

  module {
    source = "./modules/postgres"
  }

  variables {
    existing = { host = "postgres.example.internal", secret_arn = "arn:aws:secretsmanager:::secret:x" }
  }

  assert {
    condition     = length(aws_db_instance.primary) == 0 && length(aws_db_instance.replica) == 0 && length(aws_security_group.this) == 0
    error_message = "something is made"
  }

  assert {
    condition     = output.host == "postgres.example.internal" && output.port == 5432 && output.instance_arn == null
    error_message = "host is ${output.host}"
  }
}

run "recovery_cannot_be_turned_off" {
  command = plan

  module {
    source = "./modules/postgres"
  }

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}

run "the_whole_internet_may_not_connect" {
  command = plan

  module {
    source = "./modules/postgres"
  }

  variables {
    client_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.client_cidrs]
}

run "an_old_version_is_refused" {
  command = plan

  module {
    source = "./modules/postgres"
  }

  variables {
    engine_version = "14.9"
  }

  expect_failures = [var.engine_version]
}
