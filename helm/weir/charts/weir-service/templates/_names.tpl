{{- define "weir.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 36 | trimSuffix "-" -}}
{{- end -}}

{{/* Short enough for the longest suffix of the chart: a StatefulSet's name is also in a label, with a hash behind it. */}}
{{- define "weir.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 36 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "weir.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 36 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 36 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (root, component) */}}
{{- define "weir.component" -}}
{{- printf "%s-%s" (include "weir.fullname" (index . 0)) (index . 1) -}}
{{- end -}}

{{/* (root, component) */}}
{{- define "weir.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "weir.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* (root, component) */}}
{{- define "weir.labels" -}}
{{- $root := index . 0 -}}
{{ include "weir.selector" . }}
app.kubernetes.io/part-of: weir
app.kubernetes.io/version: {{ default $root.Chart.AppVersion $root.Values.image.tag | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* (root, component, annotations of this object): metadata after the name */}}
{{- define "weir.metadata" -}}
{{- $root := index . 0 -}}
labels:
  {{- include "weir.labels" (list $root (index . 1)) | nindent 2 }}
{{- $annotations := merge (dict) (index . 2) $root.Values.commonAnnotations }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* (base, over): puts what `over` says into `base`, key by key; null means: as in `base`. */}}
{{- define "weir.merge" -}}
{{- $base := index . 0 -}}
{{- range $key, $value := index . 1 -}}
{{- if not (kindIs "invalid" $value) -}}
{{- if and (kindIs "map" $value) (hasKey $base $key) (kindIs "map" (index $base $key)) -}}
{{- include "weir.merge" (list (index $base $key) $value) -}}
{{- else -}}
{{- $_ := set $base $key $value -}}
{{- end -}}
{{- else if not (hasKey $base $key) -}}
{{- $_ := set $base $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (root, service's settings, service's name) */}}
{{- define "weir.image" -}}
{{- $root := index . 0 -}}
{{- $image := (index . 1).image -}}
{{- $repository := default (printf "%s/%s-service" $root.Values.image.repository (index . 2)) $image.repository -}}
{{- $registry := default $root.Values.image.registry ($root.Values.global).imageRegistry -}}
{{- $tag := default $root.Chart.AppVersion (default $root.Values.image.tag $image.tag) -}}
{{- with $registry }}{{ . }}/{{ end }}{{ $repository }}:{{ $tag }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- define "weir.pullSecrets" -}}
{{- $all := concat (default list .Values.image.pullSecrets) (default list (.Values.global).imagePullSecrets) -}}
{{- with $all -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ if kindIs "map" . }}{{ .name }}{{ else }}{{ . }}{{ end }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What the restricted profile of pod security asks for, and no more. */}}
{{- define "weir.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "weir.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* (root, class) */}}
{{- define "weir.priorityClass" -}}
{{- $root := index . 0 -}}
{{- $class := index . 1 -}}
{{- if $class -}}
{{- if hasKey $root.Values.priorityClasses.classes $class -}}
{{- if $root.Values.priorityClasses.create }}{{ include "weir.component" (list $root $class) }}{{ end -}}
{{- else -}}
{{ $class }}
{{- end -}}
{{- end -}}
{{- end -}}
