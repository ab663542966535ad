output "key_arns" {
  description = "ARN of each key."
  value       = local.arns
}

output "secret_arns" {
  description = "ARN of each secret."
  value       = merge({ for name, secret in aws_secretsmanager_secret.this : name => secret.arn }, var.existing_secrets)
}

output "secret_names" {
  description = "Name of each secret that was made here, as External Secrets reads it."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.name }
}

output "read_policy" {
  description = "Right to read the secrets, as JSON, for the cluster's `pod_roles`."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
        Resource = concat([for secret in aws_secretsmanager_secret.this : secret.arn], values(var.existing_secrets), var.readable_secret_arns)
      },
      {
        Effect = "Allow"
        Action = ["kms:Decrypt"]
        # Secrets of the stores are under other keys, yours maybe under keys of yours.
        Resource  = ["*"]
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${data.aws_region.current.region}.amazonaws.com" } }
      },
    ]
  })
}
