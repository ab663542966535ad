{{/* (root, id): where a password lies, as a secretKeyRef. */}}
{{- define "weir.secretRef" -}}
{{- $root := index . 0 -}}
{{- $id := index . 1 -}}
{{- $said := default dict (get $root.Values.secrets $id) -}}
{{- $existing := default dict $said.existingSecret -}}
{{- if $existing.name -}}
name: {{ $existing.name }}
key: {{ default $id $existing.key }}
{{- else if $said.value -}}
name: {{ include "weir.component" (list $root "given") }}
key: {{ $id }}
{{- else -}}
name: {{ include "weir.component" (list $root "passwords") }}
key: {{ $id }}
{{- end -}}
{{- end -}}

{{/* (root, id): the Secret that is mounted as a directory. */}}
{{- define "weir.keySecret" -}}
{{- $root := index . 0 -}}
{{- $id := index . 1 -}}
{{- default (include "weir.component" (list $root $id)) (default dict (get $root.Values.keys $id)).existingSecret -}}
{{- end -}}

{{- define "weir.databaseRoles" -}}
app,platform,migrator{{ if .Values.external.postgres.placement }},mover,provisioner{{ end }}
{{- end -}}

{{/* (root): ids of all passwords that the enabled parts read, one a line */}}
{{- define "weir.passwordIds" -}}
{{- $root := . -}}
{{- range $name, $own := .Values.services -}}
{{- if and $own.wiring (include "weir.enabled" (list $root $own)) -}}
{{- if has "postgres" $own.wiring.stores }}
{{- range splitList "," (include "weir.databaseRoles" $root) }}
postgres-{{ $own.wiring.database }}-{{ . }}
{{- end }}
{{- end }}
{{- if and $root.Values.external.kafka.sasl.mechanism (has "kafka" $own.wiring.stores) }}
kafka-{{ $name }}
{{- end }}
{{- if and $root.Values.external.redis.auth (has "redis" $own.wiring.stores) }}
redis
{{- end }}
{{- if has "clickhouse" $own.wiring.stores }}
clickhouse
{{- end }}
{{- if $own.wiring.providers }}
{{- range $provider, $settings := $root.Values.external.providers }}
{{- if and $settings (not $settings.keyless) }}
provider-{{ $provider }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $own.wiring.bucket $root.Values.external.objectStore.bucket $root.Values.external.objectStore.accessKeys }}
object-store-access-key-id
object-store-secret-access-key
{{- end }}
{{- if and $own.wiring.stripe $root.Values.external.stripe.enabled }}
stripe-api-key
stripe-webhook
{{- end }}
{{- end -}}
{{- end -}}
{{- if .Values.databaseSetup.enabled }}
postgres-superuser
{{- end }}
{{- end -}}

{{/* (root): ids of all key directories that the enabled parts read, one a line */}}
{{- define "weir.keyIds" -}}
{{- $root := . }}
trusted-keys
{{- range $name, $own := .Values.services -}}
{{- if and $own.wiring (include "weir.enabled" (list $root $own)) }}
signing-{{ $name }}
{{- range $own.wiring.keys }}
{{ . }}
{{- end }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (root, service's own entry): "yes" or nothing */}}
{{- define "weir.enabled" -}}
{{- $own := index . 1 -}}
{{- $enabled := (index . 0).Values.defaults.enabled -}}
{{- if and (hasKey $own "enabled") (not (kindIs "invalid" $own.enabled)) -}}
{{- $enabled = $own.enabled -}}
{{- end -}}
{{- if $enabled }}yes{{ end -}}
{{- end -}}
