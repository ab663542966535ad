mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name        = "weir-test"
  environment = "test"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/logs"
}

run "what_is_there_is_watched" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    postgres_instance_id = "weir-test-postgres"
    kafka_cluster_name   = "weir-test-kafka"
    cache_group_id       = "weir-test-cache"
    monthly_budget_usd   = 1000
    alarm_emails         = ["ops@example.com"]
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 6 && alltrue([for alarm in aws_cloudwatch_metric_alarm.this : strcontains(alarm.alarm_description, "docs/runbooks/")])
    error_message = "${length(aws_cloudwatch_metric_alarm.this)} alarms"
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : fileexists("../docs/runbooks/${element(split("/", alarm.alarm_description), -1)}")])
    error_message = "an alarm names a runbook that is not there"
  }

  # A tenth of 100 GB, in bytes.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["postgres-storage"].threshold == 10737418240 && aws_cloudwatch_metric_alarm.this["postgres-connections"].threshold == 400
    error_message = "threshold ${aws_cloudwatch_metric_alarm.this["postgres-storage"].threshold}"
  }

  assert {
    condition     = one(aws_budgets_budget.this[0].cost_filter).values[0] == "user:environment$test"
    error_message = "budget of ${jsonencode(one(aws_budgets_budget.this[0].cost_filter).values)}"
  }
}

run "what_is_not_there_is_not" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    metrics = false
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 0 && length(aws_budgets_budget.this) == 0 && output.metrics_endpoint == null
    error_message = "alarms of nothing"
  }
}

run "logs_are_under_a_key_of_ones_own" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    kms_key_arn = "alias/aws/logs"
  }

  expect_failures = [var.kms_key_arn]
}
