mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name                      = "weir-test-cache"
  kms_key_arn               = "arn:aws:kms:eu-central-1:123456789012:key/data"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-a", "subnet-b"]
  client_security_group_ids = { nodes = "sg-nodes" }
  node_type                 = "cache.m6g.large"
  shards                    = 2
  replicas                  = 1
  user_group_id             = "weir-test"
  secret_arn                = "arn:aws:secretsmanager:::secret:cache"
}

run "encrypted_and_signed_in_to" {
  module {
    source = "./modules/cache"
  }

  assert {
    condition = (
      tobool(aws_elasticache_replication_group.this[0].at_rest_encryption_enabled) && aws_elasticache_replication_group.this[0].transit_encryption_enabled
      && aws_elasticache_replication_group.this[0].transit_encryption_mode == "required" && aws_elasticache_replication_group.this[0].kms_key_id == var.kms_key_arn
    )
    error_message = "not encrypted"
  }

  assert {
    condition     = aws_elasticache_replication_group.this[0].user_group_ids == toset(["weir-test"]) && aws_elasticache_replication_group.this[0].auth_token == null
    error_message = "no users, or a password in the state"
  }

  assert {
    condition     = aws_elasticache_replication_group.this[0].num_node_groups == 2 && aws_elasticache_replication_group.this[0].multi_az_enabled
    error_message = "shards"
  }
}

run "without_a_replica_there_is_one_zone" {
  command = plan

  module {
    source = "./modules/cache"
  }

  variables {
    replicas = 0
  }

  assert {
    condition     = !aws_elasticache_replication_group.this[0].multi_az_enabled
    error_message = "two zones with one node"
  }
}

run "an_existing_cache_is_left_alone" {
  command = plan

  module {
    source = "./modules/cache"
  }

  variables {
    existing = { host = "redis.example.internal", secret_arn = "arn:aws:secretsmanager:::secret:x", clustered = false }
  }

  assert {
    condition     = length(aws_elasticache_replication_group.this) == 0 && output.host == "redis.example.internal" && !output.clustered
    error_message = "something is made"
  }
}

run "a_cache_without_users_is_refused" {
  command = plan

  module {
    source = "./modules/cache"
  }

  variables {
    user_group_id = ""
  }

  expect_failures = [var.user_group_id]
}
