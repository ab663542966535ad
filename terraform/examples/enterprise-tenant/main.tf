# One tenant with a network, a database, a bucket and a key of its own, beside a platform that runs.
provider "aws" {
  region = "eu-central-1"
}

module "northwind" {
  source = "../../modules/enterprise-tenant"

  tenant        = "northwind"
  name          = "weir-prod-euc1"
  account_id    = "123456789012"
  cidr          = "10.32.0.0/20"
  zones         = ["eu-central-1a", "eu-central-1b"]
  allowed_cidrs = ["198.51.100.0/24"]

  platform = {
    vpc_id          = "vpc-0123456789abcdef0"
    cidr            = "10.20.0.0/16"
    route_table_ids = ["rtb-0a", "rtb-0b", "rtb-0c"]
  }
}

output "postgres" {
  description = "What the tenant's placement `silo` needs."
  value       = module.northwind.postgres
}
