output "values" {
  description = "What this module sets of the chart's values."
  value       = local.values
}

output "release" {
  description = "Release, its chart and version."
  value       = { name = helm_release.weir.name, namespace = helm_release.weir.namespace, chart_version = var.chart_version, app_version = var.app_version }
}
