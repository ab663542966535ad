locals {
  zone_id = var.existing_zone_id == null ? aws_route53_zone.this[0].zone_id : var.existing_zone_id
  names   = var.balancer == null ? {} : { apex = var.domain, tenants = "*.${var.domain}" }
  spare   = var.failover == null ? {} : local.names
}

resource "aws_route53_zone" "this" {
  count = var.existing_zone_id == null ? 1 : 0

  name = var.domain
  tags = var.tags
}

resource "aws_route53_record" "authorities" {
  zone_id = local.zone_id
  name    = var.domain
  type    = "CAA"
  ttl     = 3600
  records = flatten([for authority in var.certificate_authorities : ["0 issue \"${authority}\"", "0 issuewild \"${authority}\""]])
}

resource "aws_acm_certificate" "this" {
  count = var.existing_certificate_arn == null ? 1 : 0

  domain_name               = var.domain
  subject_alternative_names = ["*.${var.domain}"]
  validation_method         = "DNS"
  key_algorithm             = "EC_prime256v1"
  tags                      = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

# The domain and its wildcard are validated by one and the same record.
resource "aws_route53_record" "validation" {
  count = var.existing_certificate_arn == null ? 1 : 0

  zone_id         = local.zone_id
  name            = tolist(aws_acm_certificate.this[0].domain_validation_options)[0].resource_record_name
  type            = tolist(aws_acm_certificate.this[0].domain_validation_options)[0].resource_record_type
  records         = [tolist(aws_acm_certificate.this[0].domain_validation_options)[0].resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  count = var.existing_certificate_arn == null ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [aws_route53_record.validation[0].fqdn]
}

resource "aws_route53_health_check" "primary" {
  count = var.failover == null ? 0 : 1

  fqdn              = var.balancer.dns_name
  port              = 443
  type              = "HTTPS"
  resource_path     = "/ready"
  failure_threshold = 3
  request_interval  = 10
  enable_sni        = true
  tags              = var.tags
}

resource "aws_route53_record" "primary" {
  for_each = local.names

  zone_id         = local.zone_id
  name            = each.value
  type            = "A"
  set_identifier  = var.failover == null ? null : "primary"
  health_check_id = var.failover == null ? null : aws_route53_health_check.primary[0].id

  alias {
    name                   = var.balancer.dns_name
    zone_id                = var.balancer.zone_id
    evaluate_target_health = true
  }

  dynamic "failover_routing_policy" {
    for_each = var.failover == null ? [] : ["PRIMARY"]

    content {
      type = failover_routing_policy.value
    }
  }
}

resource "aws_route53_record" "spare" {
  for_each = local.spare

  zone_id        = local.zone_id
  name           = each.value
  type           = "A"
  set_identifier = "spare"

  alias {
    name                   = var.failover.dns_name
    zone_id                = var.failover.zone_id
    evaluate_target_health = true
  }

  failover_routing_policy {
    type = "SECONDARY"
  }
}
