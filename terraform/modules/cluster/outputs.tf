output "name" {
  description = "Name of the cluster."
  value       = local.own ? aws_eks_cluster.this[0].name : var.existing.name
}

output "endpoint" {
  description = "Address of its API server."
  value       = local.own ? aws_eks_cluster.this[0].endpoint : var.existing.endpoint
}

output "certificate_authority" {
  description = "Certificate of its API server, base64."
  value       = local.own ? aws_eks_cluster.this[0].certificate_authority[0].data : var.existing.certificate_authority
}

output "node_security_group_id" {
  description = "Security group of nodes and pods: what stores admit."
  value       = local.own ? aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id : var.existing.node_security_group_id
}
