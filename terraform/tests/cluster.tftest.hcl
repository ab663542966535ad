mock_provider "aws" {
  source = "./tests/mocks/aws"
}

variables {
  name                = "weir-test-cluster"
  kms_key_arn         = "arn:aws:kms:eu-central-1:123456789012:key/data"
  subnet_ids          = ["subnet-a", "subnet-b"]
  deletion_protection = true
  node_groups = {
    general    = { instance_type = "m7g.xlarge", count = 3, max = 9, disk_gb = 50 }
    clickhouse = { instance_type = "m7i.xlarge", count = 1, max = 1, disk_gb = 100, dedicated_to = "clickhouse" }
  }
}

run "closed_to_the_internet_and_encrypted" {
  module {
    source = "./modules/cluster"
  }

  assert {
    condition     = !aws_eks_cluster.this[0].vpc_config[0].endpoint_public_access && aws_eks_cluster.this[0].vpc_config[0].endpoint_private_access
    error_message = "the API server is on the internet"
  }

  assert {
    condition     = aws_eks_cluster.this[0].encryption_config[0].provider[0].key_arn == var.kms_key_arn && aws_eks_cluster.this[0].deletion_protection
    error_message = "not encrypted, or not protected"
  }

  assert {
    condition     = alltrue([for template in aws_launch_template.node : template.metadata_options[0].http_tokens == "required" && template.metadata_options[0].http_put_response_hop_limit == 1 && tobool(template.block_device_mappings[0].ebs[0].encrypted)])
    error_message = "pods can ask for the node's rights, or disks are open"
  }

  assert {
    condition     = aws_eks_node_group.this["general"].ami_type == "AL2023_ARM_64_STANDARD" && aws_eks_node_group.this["clickhouse"].ami_type == "AL2023_x86_64_STANDARD"
    error_message = "images"
  }

  assert {
    condition     = [for taint in aws_eks_node_group.this["clickhouse"].taint : taint.value] == ["clickhouse"] && length(aws_eks_node_group.this["general"].taint) == 0
    error_message = "taints"
  }

  assert {
    condition     = strcontains(aws_eks_addon.this["vpc-cni"].configuration_values, "enableNetworkPolicy")
    error_message = "network policies do nothing"
  }
}

run "the_office_may_reach_it" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    api_cidrs = ["198.51.100.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.this[0].vpc_config[0].endpoint_public_access && aws_eks_cluster.this[0].vpc_config[0].public_access_cidrs == toset(["198.51.100.0/24"])
    error_message = "it may not"
  }
}

run "an_existing_cluster_is_left_alone" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    existing = { name = "ours", endpoint = "https://example.internal", certificate_authority = "Zm9v", node_security_group_id = "sg-1" }
  }

  assert {
    condition     = length(aws_eks_cluster.this) == 0 && length(aws_eks_node_group.this) == 0 && length(aws_iam_role.node) == 0 && output.name == "ours"
    error_message = "something is made"
  }
}

run "the_whole_internet_is_refused" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    api_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_cidrs]
}

run "services_need_a_group_of_their_own" {
  command = plan

  module {
    source = "./modules/cluster"
  }

  variables {
    node_groups = { clickhouse = { instance_type = "m7g.xlarge", count = 1, max = 1, disk_gb = 100, dedicated_to = "clickhouse" } }
  }

  expect_failures = [var.node_groups]
}
