locals {
  # Key in the cluster's Secret, where it comes from, which member of it.
  stores = merge(
    { postgres-superuser = { arn = var.postgres.secret_arn, member = "password" } },
    { redis = { arn = var.cache.secret_arn, member = "password" } },
    { clickhouse = { arn = var.clickhouse.secret_arn, member = "password" } },
    { for user, arn in var.kafka.secret_arns : "kafka-${trimprefix(user, "weir-")}" => { arn = arn, member = "password" } },
    { for name, provider in var.providers_of_models : "provider-${name}" => { arn = provider.secret_arn, member = "" } },
  )
  secret = "${var.release}-stores"
  peers  = [{ ipBlock = { cidr = var.network_cidr } }]
  # Load balancers keep a connection that streams nothing for this long; the longest pause between two frames is shorter.
  idle_seconds = 350

  values = {
    profile = var.profile
    region  = { name = var.region }
    image   = { registry = var.image_registry, tag = var.app_version }
    gateway = {
      baseDomain = var.domain
      service = var.certificate_arn == null ? { type = "ClusterIP", annotations = {} } : {
        type = "LoadBalancer"
        annotations = {
          "service.beta.kubernetes.io/aws-load-balancer-type"                        = "external"
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"             = "ip"
          "service.beta.kubernetes.io/aws-load-balancer-scheme"                      = "internet-facing"
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert"                    = var.certificate_arn
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports"                   = "443"
          "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"      = "ELBSecurityPolicy-TLS13-1-2-2021-06"
          "service.beta.kubernetes.io/aws-load-balancer-attributes"                  = "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true"
          "service.beta.kubernetes.io/aws-load-balancer-listener-attributes.TCP-443" = "tcp.idle_timeout.seconds=${local.idle_seconds}"
        }
      }
    }
    external = {
      postgres = {
        host    = var.postgres.host
        port    = var.postgres.port
        tls     = { mode = "require" }
        replica = { host = var.postgres.replica_host, port = var.postgres.port }
        peers   = local.peers
      }
      kafka = {
        bootstrap         = split(",", var.kafka.bootstrap_servers)
        replicationFactor = var.kafka.replication_factor
        tls               = { enabled = true }
        sasl              = { mechanism = "SCRAM-SHA-512", userPrefix = "weir-" }
        acls              = { mode = "job" }
        peers             = local.peers
      }
      redis = {
        nodes    = ["${var.cache.host}:${var.cache.port}"]
        username = var.cache.username
        auth     = true
        tls      = true
        peers    = local.peers
      }
      clickhouse = {
        host     = var.clickhouse.host
        port     = var.clickhouse.port
        tls      = var.clickhouse.tls
        database = var.clickhouse.database
        username = var.clickhouse.username
        peers    = local.peers
      }
      providers = {
        for name, provider in var.providers_of_models : name => { baseUrl = provider.base_url, keyless = false, port = 443, peers = [] }
      }
    }
    databaseSetup = { superuser = var.postgres.superuser }
    secrets       = { for name in keys(local.stores) : name => { existingSecret = { name = local.secret, key = name } } }
  }
}

resource "helm_release" "external_secrets" {
  count = var.external_secrets_version == null ? 0 : 1

  name             = "external-secrets"
  namespace        = "external-secrets"
  create_namespace = true
  chart            = "oci://ghcr.io/external-secrets/charts/external-secrets"
  version          = var.external_secrets_version
  atomic           = true
  timeout          = var.timeout_seconds
}

# Values of secrets go from the cloud's store into the cluster; they are in no state and no values file.
resource "helm_release" "secret_sync" {
  name             = "${var.release}-secret-sync"
  namespace        = var.namespace
  create_namespace = true
  chart            = "${path.module}/charts/secret-sync"
  version          = "1.0.0"
  atomic           = true
  timeout          = 120
  values           = [yamlencode({ region = var.cloud_region, secret = local.secret, entries = local.stores })]
  depends_on       = [helm_release.external_secrets]
}

resource "helm_release" "weir" {
  name             = var.release
  namespace        = var.namespace
  create_namespace = true
  chart            = var.chart
  version          = var.chart_version
  # A failed upgrade is rolled back, not left half done.
  atomic          = true
  cleanup_on_fail = true
  wait            = true
  wait_for_jobs   = true
  max_history     = 10
  timeout         = var.timeout_seconds
  values          = concat([yamlencode(local.values)], var.values)
  depends_on      = [helm_release.secret_sync]
}
