output "buckets" {
  description = "Name of each bucket."
  value       = merge({ for name, bucket in aws_s3_bucket.this : name => bucket.bucket }, var.existing)
}

output "bucket_arns" {
  description = "ARN of each bucket that was made here: what another region's `replica` takes."
  value       = { for name, bucket in aws_s3_bucket.this : name => bucket.arn }
}

output "policy" {
  description = "Rights of the services on the buckets, as JSON, for the cluster's `pod_roles`."
  value = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource = concat([for bucket in aws_s3_bucket.this : "${bucket.arn}/*"], [for bucket in values(var.existing) : "arn:aws:s3:::${bucket}/*"])
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:ListBucketMultipartUploads"]
        Resource = concat([for bucket in aws_s3_bucket.this : bucket.arn], [for bucket in values(var.existing) : "arn:aws:s3:::${bucket}"])
      },
      {
        Effect   = "Allow"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = [var.kms_key_arn]
      },
    ]
  })
}
