output "private" {
  description = "Subnet of nodes and pods of each zone."
  value       = local.private
}

output "data" {
  description = "Subnet of databases, brokers and caches of each zone; without a route to the internet."
  value       = local.data
}

output "public" {
  description = "Subnet of load balancers and NAT gateways of each zone."
  value       = local.public
}

output "reserved" {
  description = "What is left free."
  value       = cidrsubnet(var.cidr, 2, 3)
}

output "pods" {
  description = "How many pods and nodes the private subnets have addresses for: five of each subnet are the cloud's own."
  value       = length(var.zones) * (pow(2, 32 - local.prefix - 3) - 5)
}
