{{/* The most replicas that a service has by its settings. */}}
{{- define "weir.mostReplicas" -}}
{{- if .autoscaling.hpa.enabled }}{{ int .autoscaling.hpa.max }}{{ else if .autoscaling.keda.enabled }}{{ int .autoscaling.keda.max }}{{ else }}{{ int .replicas }}{{ end -}}
{{- end -}}

{{- define "weir.leastReplicas" -}}
{{- if .autoscaling.hpa.enabled }}{{ int .autoscaling.hpa.min }}{{ else if .autoscaling.keda.enabled }}{{ int .autoscaling.keda.min }}{{ else }}{{ int .replicas }}{{ end -}}
{{- end -}}

{{- define "weir.scaling" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $s := .s -}}
{{- $component := include "weir.component" (list $root $name) -}}
{{- $hpa := $s.autoscaling.hpa -}}
{{- if $hpa.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $component }}
  {{- include "weir.metadata" (list $root $name dict) | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: {{ $s.kind }}, name: {{ $component }}}
  minReplicas: {{ int $hpa.min }}
  maxReplicas: {{ int $hpa.max }}
  metrics:
    {{- range $resource := list "cpu" "memory" }}
    {{- with index $hpa $resource }}
    - type: Resource
      resource:
        name: {{ $resource }}
        target: {type: Utilization, averageUtilization: {{ int . }}}
    {{- end }}
    {{- end }}
  behavior:
    scaleUp:
      stabilizationWindowSeconds: 0
      selectPolicy: Max
      policies:
        - {type: Percent, value: 100, periodSeconds: {{ int $hpa.scaleUpSeconds }}}
        - {type: Pods, value: 4, periodSeconds: {{ int $hpa.scaleUpSeconds }}}
    scaleDown:
      stabilizationWindowSeconds: {{ int $hpa.scaleDownSeconds }}
      policies:
        - {type: Pods, value: 1, periodSeconds: 60}
{{- end }}
{{- $keda := $s.autoscaling.keda -}}
{{- if $keda.enabled }}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ $component }}
  {{- include "weir.metadata" (list $root $name dict) | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: {{ $s.kind }}, name: {{ $component }}}
  minReplicaCount: {{ int $keda.min }}
  maxReplicaCount: {{ int $keda.max }}
  pollingInterval: {{ int $keda.pollingSeconds }}
  cooldownPeriod: {{ int $keda.cooldownSeconds }}
  triggers:
    {{- if $keda.triggers }}
    {{- toYaml $keda.triggers | nindent 4 }}
    {{- else }}
    - type: kafka
      metadata:
        bootstrapServers: {{ join "," $root.Values.external.kafka.bootstrap | quote }}
        consumerGroup: {{ $root.Values.external.kafka.topicPrefix }}{{ $name }}.usage.v1
        topic: {{ $root.Values.external.kafka.topicPrefix }}usage.v1
        lagThreshold: "50000"
        offsetResetPolicy: earliest
    {{- end }}
{{- end }}
{{- if and $s.pdb.enabled (gt (int (include "weir.leastReplicas" $s)) 1) }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $component }}
  {{- include "weir.metadata" (list $root $name dict) | nindent 2 }}
spec:
  {{- if ne (toString $s.pdb.minAvailable) "" }}
  minAvailable: {{ $s.pdb.minAvailable }}
  {{- else }}
  maxUnavailable: {{ $s.pdb.maxUnavailable }}
  {{- end }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "weir.selector" (list $root $name) | nindent 6 }}
{{- end }}
{{- end -}}
