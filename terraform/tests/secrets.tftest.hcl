mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name       = "weir-test"
  account_id = "123456789012"
}

run "keys_turn_and_secrets_have_no_value" {
  module {
    source = "./modules/secrets"
  }

  assert {
    condition     = alltrue([for key in aws_kms_key.this : key.enable_key_rotation && key.deletion_window_in_days == 30])
    error_message = "a key does not"
  }

  assert {
    condition     = length(aws_secretsmanager_secret.this) == 10 && alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == output.key_arns["secrets"]])
    error_message = "${length(aws_secretsmanager_secret.this)} secrets"
  }
}

run "copies_are_under_a_key_of_the_other_region" {
  command = plan

  module {
    source = "./modules/secrets"
  }

  variables {
    replica_region      = "eu-west-1"
    replica_kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/there"
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : [for copy in secret.replica : copy.kms_key_id] == ["arn:aws:kms:eu-west-1:123456789012:key/there"]])
    error_message = "a copy is not"
  }
}

run "keys_of_ones_own_are_used" {
  module {
    source = "./modules/secrets"
  }

  variables {
    existing_keys        = { data = "arn:aws:kms:::key/own-data", logs = "arn:aws:kms:::key/own-logs", secrets = "arn:aws:kms:::key/own-secrets" }
    existing_secrets     = { stripe = "arn:aws:secretsmanager:::secret:own-stripe" }
    readable_secret_arns = ["arn:aws:secretsmanager:::secret:of-postgres"]
  }

  assert {
    condition     = strcontains(output.read_policy, "secret:own-stripe") && strcontains(output.read_policy, "secret:of-postgres")
    error_message = output.read_policy
  }

  assert {
    condition     = length(aws_kms_key.this) == 0 && output.key_arns["data"] == "arn:aws:kms:::key/own-data" && output.secret_arns["stripe"] == "arn:aws:secretsmanager:::secret:own-stripe" && length(aws_secretsmanager_secret.this) == 9
    error_message = "keys: ${jsonencode(output.key_arns)}"
  }
}

run "a_copy_without_a_key_is_refused" {
  command = plan

  module {
    source = "./modules/secrets"
  }

  variables {
    replica_region = "eu-west-1"
  }

  expect_failures = [var.replica_kms_key_arn]
}

run "a_key_is_not_gone_at_once" {
  command = plan

  module {
    source = "./modules/secrets"
  }

  variables {
    key_deletion_days = 1
  }

  expect_failures = [var.key_deletion_days]
}
