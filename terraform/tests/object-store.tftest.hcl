mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name                = "weir-test"
  account_id          = "123456789012"
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/data"
  deletion_protection = true
}

run "private_versioned_encrypted" {
  module {
    source = "./modules/object-store"
  }

  assert {
    condition     = alltrue([for name in keys(var.buckets) : aws_s3_bucket_public_access_block.this[name].restrict_public_buckets && aws_s3_bucket_versioning.this[name].versioning_configuration[0].status == "Enabled" && !aws_s3_bucket.this[name].force_destroy])
    error_message = "a bucket is not"
  }

  assert {
    condition = alltrue(flatten([
      for encryption in aws_s3_bucket_server_side_encryption_configuration.this : [
        for rule in encryption.rule : [for default in rule.apply_server_side_encryption_by_default : default.kms_master_key_id == var.kms_key_arn]
      ]
    ]))
    error_message = "a bucket is under another key"
  }

  assert {
    condition     = output.buckets["files"] == "weir-test-files-123456789012" && length(aws_s3_bucket_replication_configuration.this) == 0
    error_message = "buckets: ${jsonencode(output.buckets)}"
  }
}

run "copies_go_to_the_other_region" {
  command = plan

  module {
    source = "./modules/object-store"
  }

  variables {
    replica = {
      bucket_arns = { files = "arn:aws:s3:::there-files", backups = "arn:aws:s3:::there-backups", audit = "arn:aws:s3:::there-audit" }
      kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/there"
    }
  }

  # Exports are made for a download and gone in a month: they stay.
  assert {
    condition     = join(",", keys(aws_s3_bucket_replication_configuration.this)) == "audit,backups,files"
    error_message = "copied: ${jsonencode(keys(aws_s3_bucket_replication_configuration.this))}"
  }

  assert {
    condition = alltrue([
      for copies in aws_s3_bucket_replication_configuration.this :
      copies.rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == "arn:aws:kms:eu-west-1:123456789012:key/there" && copies.rule[0].delete_marker_replication[0].status == "Enabled"
    ])
    error_message = "a copy is under another key, or outlives its original"
  }
}

run "the_audit_log_can_be_locked" {
  command = plan

  module {
    source = "./modules/object-store"
  }

  variables {
    locked_days = 400
  }

  assert {
    condition     = join(",", keys(aws_s3_bucket_object_lock_configuration.this)) == "audit" && aws_s3_bucket.this["audit"].object_lock_enabled && !aws_s3_bucket.this["files"].object_lock_enabled
    error_message = "locked: ${jsonencode(keys(aws_s3_bucket_object_lock_configuration.this))}"
  }
}

run "an_existing_bucket_is_left_alone" {
  command = plan

  module {
    source = "./modules/object-store"
  }

  variables {
    existing = { files = "our-files" }
  }

  assert {
    condition     = !contains(keys(aws_s3_bucket.this), "files") && output.buckets["files"] == "our-files" && strcontains(output.policy, "arn:aws:s3:::our-files/*")
    error_message = "buckets: ${jsonencode(output.buckets)}"
  }
}

run "an_account_is_twelve_digits" {
  command = plan

  module {
    source = "./modules/object-store"
  }

  variables {
    account_id = "1234"
  }

  expect_failures = [var.account_id]
}
