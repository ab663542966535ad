# What the cloud fills in and the modules read. All else a mocked provider makes up.
mock_resource "aws_eks_cluster" {
  defaults = {
    certificate_authority = [{ data = "Zm9v" }]
  }
}

mock_resource "aws_db_instance" {
  defaults = {
    master_user_secret = [{ kms_key_id = "key", secret_arn = "arn:aws:secretsmanager:::secret:made", secret_status = "active" }]
  }
}

mock_resource "aws_kms_key" {
  defaults = {
    arn = "arn:aws:kms:eu-central-1:123456789012:key/made"
  }
}

mock_resource "aws_acm_certificate" {
  defaults = {
    domain_validation_options = [{
      domain_name = "api.example.com", resource_record_name = "_x.api.example.com", resource_record_type = "CNAME", resource_record_value = "y.acm.aws"
    }]
  }
}

mock_data "aws_region" {
  defaults = {
    region = "eu-central-1"
  }
}
