{{- define "weir.volumeMounts" -}}
{{- $root := .root -}}
{{- $s := .s -}}
- {name: tmp, mountPath: /tmp}
- {name: state, mountPath: /var/lib/weir}
- {name: signing, mountPath: /etc/weir/keys/signing, readOnly: true}
- {name: trusted, mountPath: /etc/weir/keys/trusted, readOnly: true}
{{- range $s.wiring.keys }}
- {name: {{ . }}, mountPath: /etc/weir/keys/{{ . }}, readOnly: true}
{{- end }}
{{- if and (include "weir.shares" . | fromYaml) $s.shared.enabled }}
- {name: shared, mountPath: /var/lib/weir-shared}
{{- end }}
{{- if and $s.wiring.tls $root.Values.gateway.tls.enabled }}
- {name: tls, mountPath: /etc/weir/tls, readOnly: true}
{{- end }}
{{- if $root.Values.trustStore.existingSecret }}
- {name: truststore, mountPath: /etc/weir/truststore, readOnly: true}
{{- end }}
{{- if and (has "kafka" $s.wiring.stores) $root.Values.external.kafka.tls.enabled $root.Values.external.kafka.tls.caSecret }}
- {name: kafka-ca, mountPath: /etc/weir/ca/kafka, readOnly: true}
{{- end }}
{{- if and (has "postgres" $s.wiring.stores) (ne $root.Values.external.postgres.tls.mode "disable") $root.Values.external.postgres.tls.caSecret }}
- {name: postgres-ca, mountPath: /etc/weir/ca/postgres, readOnly: true}
{{- end }}
{{- with $s.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Secrets are whole directories, never a subPath: those are not updated when keys are rotated. */}}
{{- define "weir.volumes" -}}
{{- $root := .root -}}
{{- $s := .s -}}
- name: tmp
  emptyDir: {sizeLimit: 512Mi}
{{- if not (and (eq $s.kind "StatefulSet") $s.state.persistent) }}
- name: state
  emptyDir: {sizeLimit: {{ $s.state.size }}}
{{- end }}
- name: signing
  secret: {secretName: {{ include "weir.keySecret" (list $root (printf "signing-%s" .name)) }}, defaultMode: 0440}
- name: trusted
  secret: {secretName: {{ include "weir.keySecret" (list $root "trusted-keys") }}, defaultMode: 0440}
{{- range $s.wiring.keys }}
- name: {{ . }}
  secret: {secretName: {{ include "weir.keySecret" (list $root .) }}, defaultMode: 0440}
{{- end }}
{{- if and (include "weir.shares" . | fromYaml) $s.shared.enabled }}
- name: shared
  persistentVolumeClaim:
    claimName: {{ default (printf "%s-shared" (include "weir.component" (list $root .name))) $s.shared.existingClaim }}
{{- end }}
{{- if and $s.wiring.tls $root.Values.gateway.tls.enabled }}
- name: tls
  secret: {secretName: {{ $root.Values.gateway.tls.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- if $root.Values.trustStore.existingSecret }}
- name: truststore
  secret: {secretName: {{ $root.Values.trustStore.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- if and (has "kafka" $s.wiring.stores) $root.Values.external.kafka.tls.enabled $root.Values.external.kafka.tls.caSecret }}
- name: kafka-ca
  secret: {secretName: {{ $root.Values.external.kafka.tls.caSecret }}, defaultMode: 0440}
{{- end }}
{{- if and (has "postgres" $s.wiring.stores) (ne $root.Values.external.postgres.tls.mode "disable") $root.Values.external.postgres.tls.caSecret }}
- name: postgres-ca
  secret: {secretName: {{ $root.Values.external.postgres.tls.caSecret }}, defaultMode: 0440}
{{- end }}
{{- with $s.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
