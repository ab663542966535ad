mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name                      = "weir-test-kafka"
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/data"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-a", "subnet-b", "subnet-c"]
  client_security_group_ids = { nodes = "sg-nodes" }
  instance_type             = "kafka.m7g.large"
  brokers                   = 3
  storage_gb                = 100
  passwords                 = {}
}

run "tls_passwords_and_three_copies" {
  module {
    source = "./modules/kafka"
  }

  assert {
    condition     = aws_msk_cluster.this[0].encryption_info[0].encryption_in_transit[0].client_broker == "TLS" && aws_msk_cluster.this[0].encryption_info[0].encryption_at_rest_kms_key_arn == var.kms_key_arn
    error_message = "not encrypted"
  }

  assert {
    condition     = aws_msk_cluster.this[0].client_authentication[0].sasl[0].scram && !aws_msk_cluster.this[0].client_authentication[0].unauthenticated
    error_message = "clients without a name are let in"
  }

  assert {
    condition     = strcontains(aws_msk_configuration.this[0].server_properties, "min.insync.replicas=2") && strcontains(aws_msk_configuration.this[0].server_properties, "allow.everyone.if.no.acl.found=false") && output.replication_factor == 3
    error_message = aws_msk_configuration.this[0].server_properties
  }

  assert {
    condition     = length(aws_secretsmanager_secret.user) == 5 && alltrue([for secret in aws_secretsmanager_secret.user : startswith(secret.name, "AmazonMSK_") && secret.kms_key_id == var.kms_key_arn])
    error_message = "secrets"
  }
}

run "passwords_are_in_no_state" {
  command = plan

  module {
    source = "./modules/kafka"
  }

  variables {
    passwords = { weir-gateway = "not-in-the-state" }
  }

  assert {
    condition     = alltrue([for version in aws_secretsmanager_secret_version.user : version.secret_string_wo == null && version.secret_string == null])
    error_message = "a password is kept"
  }
}

run "two_brokers_keep_two_copies_and_write_with_one" {
  command = plan

  module {
    source = "./modules/kafka"
  }

  variables {
    subnet_ids = ["subnet-a", "subnet-b"]
    brokers    = 2
  }

  assert {
    condition     = output.replication_factor == 2 && strcontains(aws_msk_configuration.this[0].server_properties, "min.insync.replicas=1")
    error_message = aws_msk_configuration.this[0].server_properties
  }
}

run "an_existing_kafka_is_left_alone" {
  command = plan

  module {
    source = "./modules/kafka"
  }

  variables {
    existing = { bootstrap_servers = "kafka.example.internal:9096" }
  }

  assert {
    condition     = length(aws_msk_cluster.this) == 0 && length(aws_secretsmanager_secret.user) == 0 && output.bootstrap_servers == "kafka.example.internal:9096"
    error_message = "something is made"
  }
}

run "brokers_are_spread_evenly" {
  command = plan

  module {
    source = "./modules/kafka"
  }

  variables {
    brokers = 4
  }

  expect_failures = [var.brokers]
}
