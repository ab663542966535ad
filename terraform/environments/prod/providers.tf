provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]
}

provider "aws" {
  alias               = "recovery"
  region              = var.recovery_region
  allowed_account_ids = [var.account_id]
}

# A token is asked for at each run; none is in the state.
provider "helm" {
  kubernetes = {
    host                   = module.stack.cluster.endpoint
    cluster_ca_certificate = base64decode(module.stack.cluster.certificate_authority)
    exec = {
      api_version = "client.authentication.k8s.io/v1"
      command     = "aws"
      args        = ["eks", "get-token", "--cluster-name", module.stack.cluster.name, "--region", var.region]
    }
  }
}
