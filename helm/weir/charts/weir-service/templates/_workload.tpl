{{- define "weir.probe" -}}
httpGet: {path: {{ .path }}, port: http}
periodSeconds: {{ .period }}
timeoutSeconds: {{ .timeout }}
failureThreshold: {{ .failures }}
{{- end -}}

{{/* (root, name, s): how long the pod is given to end */}}
{{- define "weir.graceSeconds" -}}
{{- $shutdown := .shutdown -}}
{{- $needed := add (int $shutdown.preStopSeconds) (int $shutdown.drainSeconds) (int $shutdown.streamsSeconds) -}}
{{- if $shutdown.graceSeconds -}}{{ int $shutdown.graceSeconds }}{{- else -}}{{ add $needed 30 }}{{- end -}}
{{- end -}}

{{- define "weir.workload" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $s := .s -}}
{{- $component := include "weir.component" (list $root $name) -}}
{{- $scaled := or $s.autoscaling.hpa.enabled $s.autoscaling.keda.enabled -}}
{{- $env := dict -}}
{{- include "weir.serviceEnvironment" (dict "root" $root "name" $name "s" $s "env" $env) -}}
apiVersion: apps/v1
kind: {{ $s.kind }}
metadata:
  name: {{ $component }}
  {{- include "weir.metadata" (list $root $name dict) | nindent 2 }}
spec:
  {{- if not $scaled }}
  replicas: {{ int $s.replicas }}
  {{- end }}
  minReadySeconds: {{ int $s.minReadySeconds }}
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      {{- include "weir.selector" (list $root $name) | nindent 6 }}
  {{- if eq $s.kind "StatefulSet" }}
  serviceName: {{ $component }}-pods
  podManagementPolicy: Parallel
  updateStrategy:
    type: RollingUpdate
  {{- if $s.state.persistent }}
  # What is in a write-ahead file is money: a claim outlives its pod and the release.
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: Retain
    whenScaled: Retain
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: state
      spec:
        accessModes: [ReadWriteOnce]
        {{- with default ($root.Values.global).storageClass $s.state.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ $s.state.size }}
  {{- end }}
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1
      maxUnavailable: 0
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "weir.labels" (list $root $name) | nindent 8 }}
        {{- with $s.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/settings: {{ toJson $env | sha256sum }}
        checksum/secrets: {{ toJson (list $root.Values.secrets $root.Values.keys) | sha256sum }}
        {{- with $s.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ $component }}
      automountServiceAccountToken: false
      # Else a service named weir-postgres would overwrite WEIR_POSTGRES_PORT.
      enableServiceLinks: false
      {{- with include "weir.pullSecrets" $root }}
      {{- . | nindent 6 }}
      {{- end }}
      terminationGracePeriodSeconds: {{ include "weir.graceSeconds" $s }}
      {{- with include "weir.priorityClass" (list $root $s.priorityClass) }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with $s.runtimeClass }}
      runtimeClassName: {{ . }}
      {{- end }}
      securityContext:
        {{- include "weir.podSecurity" . | nindent 8 }}
      containers:
        - name: {{ $name }}
          image: {{ include "weir.image" (list $root $s $name) | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          securityContext:
            {{- include "weir.containerSecurity" . | nindent 12 }}
          {{- include "weir.environment" $env | nindent 10 }}
          {{- with $s.extraEnvFrom }}
          envFrom:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          ports:
            - {name: http, containerPort: 8080, protocol: TCP}
            - {name: management, containerPort: 9090, protocol: TCP}
            {{- if and $s.wiring.tls $root.Values.gateway.tls.enabled }}
            - {name: https, containerPort: 8443, protocol: TCP}
            {{- end }}
          {{- $p := $s.probes }}
          startupProbe:
            {{- include "weir.probe" (dict "path" "/health" "period" 2 "timeout" $p.timeoutSeconds "failures" (div (int $p.startupSeconds) 2)) | nindent 12 }}
          livenessProbe:
            {{- include "weir.probe" (dict "path" "/health" "period" (mul 2 (int $p.periodSeconds)) "timeout" $p.timeoutSeconds "failures" (mul 2 (int $p.failureThreshold))) | nindent 12 }}
          readinessProbe:
            {{- include "weir.probe" (dict "path" "/ready" "period" $p.periodSeconds "timeout" $p.timeoutSeconds "failures" $p.failureThreshold) | nindent 12 }}
          lifecycle:
            preStop:
              sleep:
                seconds: {{ int $s.shutdown.preStopSeconds }}
          resources:
            {{- toYaml $s.resources | nindent 12 }}
          volumeMounts:
            {{- include "weir.volumeMounts" . | nindent 12 }}
      volumes:
        {{- include "weir.volumes" . | nindent 8 }}
      {{- with $s.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $s.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $s.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if $s.topologySpread.enabled }}
      topologySpreadConstraints:
        {{- range $s.topologySpread.keys }}
        - maxSkew: {{ int $s.topologySpread.maxSkew }}
          topologyKey: {{ . }}
          whenUnsatisfiable: {{ $s.topologySpread.whenUnsatisfiable }}
          labelSelector:
            matchLabels:
              {{- include "weir.selector" (list $root $name) | nindent 14 }}
          matchLabelKeys: [{{ ternary "controller-revision-hash" "pod-template-hash" (eq $s.kind "StatefulSet") }}]
        {{- end }}
      {{- end }}
{{- end -}}

{{- define "weir.service" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $s := .s -}}
{{- $edge := $s.wiring.edge -}}
{{- $front := $root.Values.gateway.service -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "weir.component" (list $root $name) }}
  {{- include "weir.metadata" (list $root $name (merge (dict) $s.serviceAnnotations (ternary $front.annotations dict (not (not $edge))))) | nindent 2 }}
spec:
  type: {{ if $edge }}{{ $front.type }}{{ else }}ClusterIP{{ end }}
  {{- if and $edge (eq $front.type "LoadBalancer") }}
  externalTrafficPolicy: Local
  {{- with $front.loadBalancerSourceRanges }}
  loadBalancerSourceRanges:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  selector:
    {{- include "weir.selector" (list $root $name) | nindent 4 }}
  ports:
    - name: http
      port: {{ if $edge }}{{ int $front.port }}{{ else }}8080{{ end }}
      targetPort: http
      protocol: TCP
    {{- if and $edge (ne (int $front.port) 8080) }}
    - {name: http-direct, port: 8080, targetPort: http, protocol: TCP}
    {{- end }}
    {{- if and $s.wiring.tls $root.Values.gateway.tls.enabled }}
    - name: https
      port: {{ int $front.tlsPort }}
      targetPort: https
      protocol: TCP
    {{- end }}
---
# Every pod by itself: metrics, and the names of a StatefulSet's pods.
apiVersion: v1
kind: Service
metadata:
  name: {{ include "weir.component" (list $root $name) }}-pods
  {{- include "weir.metadata" (list $root $name dict) | nindent 2 }}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "weir.selector" (list $root $name) | nindent 4 }}
  ports:
    - {name: management, port: 9090, targetPort: management, protocol: TCP}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "weir.component" (list $root $name) }}
  {{- include "weir.metadata" (list $root $name $s.serviceAccount.annotations) | nindent 2 }}
automountServiceAccountToken: false
{{- if and (include "weir.shares" (dict "root" $root "s" $s) | fromYaml) $s.shared.enabled (not $s.shared.existingClaim) }}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "weir.component" (list $root $name) }}-shared
  {{- include "weir.metadata" (list $root $name (dict "helm.sh/resource-policy" "keep")) | nindent 2 }}
spec:
  accessModes: [{{ $s.shared.accessMode }}]
  {{- with default ($root.Values.global).storageClass $s.shared.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ $s.shared.size }}
{{- end }}
{{- end -}}
