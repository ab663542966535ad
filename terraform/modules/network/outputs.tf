output "vpc_id" {
  description = "The network."
  value       = local.own ? aws_vpc.this[0].id : var.existing.vpc_id
}

output "cidr" {
  description = "Its addresses."
  value       = local.own ? var.cidr : var.existing.cidr
}

output "private_subnet_ids" {
  description = "Subnets of nodes and pods."
  value       = local.own ? [for subnet in aws_subnet.private : subnet.id] : var.existing.private_subnet_ids
}

output "data_subnet_ids" {
  description = "Subnets of databases, brokers and caches."
  value       = local.own ? [for subnet in aws_subnet.data : subnet.id] : var.existing.data_subnet_ids
}

output "public_subnet_ids" {
  description = "Subnets of load balancers."
  value       = local.own ? [for subnet in aws_subnet.public : subnet.id] : var.existing.public_subnet_ids
}

output "private_route_table_ids" {
  description = "Route tables of the private subnets, for peering; empty for an existing network."
  value       = [for table in aws_route_table.private : table.id]
}

output "data_route_table_ids" {
  description = "Route tables of the data subnets, for peering; empty for an existing network."
  value       = [for table in aws_route_table.data : table.id]
}

output "egress_addresses" {
  description = "Public addresses from which providers are called, for their allow-lists; empty for an existing network."
  value       = [for address in aws_eip.nat : address.public_ip]
}
