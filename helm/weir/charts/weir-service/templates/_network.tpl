{{- define "weir.dnsRule" -}}
- to:
    {{- toYaml .Values.networkPolicy.dnsTo | nindent 4 }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end -}}

{{/* (peers, ports) */}}
{{- define "weir.peersRule" -}}
- to:
    {{- toYaml (index . 0) | nindent 4 }}
  ports:
    {{- range uniq (index . 1) }}
    - {protocol: TCP, port: {{ int . }}}
    {{- end }}
{{- end -}}

{{/* The ports of addresses such as host:6379. */}}
{{- define "weir.portsOf" -}}
{{- range . }}{{ last (splitList ":" .) }},{{ end -}}
{{- end -}}

{{/* (root, name of the called service): names of those that may call it, one a line */}}
{{- define "weir.callers" -}}
{{- $root := index . 0 -}}
{{- $called := index . 1 -}}
{{- range $name, $own := $root.Values.services -}}
{{- if and (include "weir.enabled" (list $root $own)) (has $called (default list ($own.wiring).calls)) }}
{{ $name }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "weir.networkPolicy" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $s := .s -}}
{{- $external := $root.Values.external -}}
{{- $policy := $root.Values.networkPolicy -}}
{{- $tls := and $s.wiring.tls $root.Values.gateway.tls.enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "weir.component" (list $root $name) }}
  {{- include "weir.metadata" (list $root "network" dict) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "weir.selector" (list $root $name) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if $s.wiring.edge }}
    - ports:
        - {protocol: TCP, port: 8080}
        {{- if $tls }}
        - {protocol: TCP, port: 8443}
        {{- end }}
      {{- with $policy.ingressFrom }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- $callers := compact (splitList "\n" (trim (include "weir.callers" (list $root $name)))) }}
    {{- if $root.Values.test.enabled }}{{ $callers = append $callers "test" }}{{ end }}
    {{- with $callers }}
    - from:
        {{- range . }}
        - podSelector:
            matchLabels:
              {{- include "weir.selector" (list $root .) | nindent 14 }}
        {{- end }}
      ports:
        - {protocol: TCP, port: 8080}
        {{- if $tls }}
        - {protocol: TCP, port: 8443}
        {{- end }}
    {{- end }}
    {{- with $policy.monitoringFrom }}
    - from:
        {{- toYaml . | nindent 8 }}
      ports:
        - {protocol: TCP, port: 9090}
    {{- end }}
    {{- with $s.networkPolicy.extraIngress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  egress:
    {{- include "weir.dnsRule" $root | nindent 4 }}
    {{- range $s.wiring.calls }}
    {{- $called := get $root.Values.services . }}
    {{- if and $called (include "weir.enabled" (list $root $called)) }}
    - to:
        - podSelector:
            matchLabels:
              {{- include "weir.selector" (list $root .) | nindent 14 }}
      ports:
        - {protocol: TCP, port: 8080}
    {{- end }}
    {{- end }}
    {{- if has "kafka" $s.wiring.stores }}
    {{- include "weir.peersRule" (list $external.kafka.peers (compact (splitList "," (include "weir.portsOf" $external.kafka.bootstrap)))) | nindent 4 }}
    {{- end }}
    {{- if has "redis" $s.wiring.stores }}
    {{- include "weir.peersRule" (list $external.redis.peers (compact (splitList "," (include "weir.portsOf" $external.redis.nodes)))) | nindent 4 }}
    {{- end }}
    {{- if has "clickhouse" $s.wiring.stores }}
    {{- include "weir.peersRule" (list $external.clickhouse.peers (list $external.clickhouse.port)) | nindent 4 }}
    {{- end }}
    {{- if has "postgres" $s.wiring.stores }}
    {{- $ports := list $external.postgres.port }}
    {{- if ne $external.postgres.pooler.mode "none" }}{{ $ports = append $ports $external.postgres.pooler.port }}{{ end }}
    {{- if $external.postgres.replica.host }}{{ $ports = append $ports $external.postgres.replica.port }}{{ end }}
    {{- include "weir.peersRule" (list $external.postgres.peers $ports) | nindent 4 }}
    {{- end }}
    {{- if $s.wiring.providers }}
    {{- range $provider, $settings := $external.providers }}
    {{- if and $settings $settings.peers }}
    {{- include "weir.peersRule" (list $settings.peers (list (default 443 $settings.port))) | nindent 4 }}
    {{- end }}
    {{- end }}
    {{- end }}
    {{- if and (include "weir.usesBucket" .) $external.objectStore.peers }}
    {{- include "weir.peersRule" (list $external.objectStore.peers (list $external.objectStore.port)) | nindent 4 }}
    {{- end }}
    {{- if and (include "weir.internet" .) (eq $policy.fqdn.engine "none") }}
    {{- include "weir.peersRule" (list (list (dict "ipBlock" (dict "cidr" $policy.internet.cidr "except" $policy.internet.except))) $policy.internet.ports) | nindent 4 }}
    {{- end }}
    {{- if and $root.Values.monitoring.tracing.endpoint $root.Values.monitoring.tracing.peers }}
    {{- include "weir.peersRule" (list $root.Values.monitoring.tracing.peers (list $root.Values.monitoring.tracing.port)) | nindent 4 }}
    {{- end }}
    {{- with $s.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- $names := compact (splitList "\n" (trim (include "weir.internetNames" .))) }}
{{- if and (eq $policy.fqdn.engine "cilium") $names }}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: {{ include "weir.component" (list $root $name) }}
  {{- include "weir.metadata" (list $root "network" dict) | nindent 2 }}
spec:
  endpointSelector:
    matchLabels:
      {{- include "weir.selector" (list $root $name) | nindent 6 }}
  egress:
    # Names are learned from the answers of DNS.
    - toEndpoints:
        - matchLabels:
            k8s:io.kubernetes.pod.namespace: kube-system
            k8s:k8s-app: kube-dns
      toPorts:
        - ports: [{port: "53", protocol: ANY}]
          rules:
            dns: [{matchPattern: "*"}]
    - toFQDNs:
        {{- range uniq $names }}
        - matchName: {{ . | quote }}
        {{- end }}
      toPorts:
        - ports:
            {{- range $policy.internet.ports }}
            - {port: {{ . | toString | quote }}, protocol: TCP}
            {{- end }}
{{- end }}
{{- end -}}

{{/* "yes" where the service needs the internet, by what is set up. */}}
{{- define "weir.internet" -}}
{{- $root := .root -}}
{{- $needs := "" -}}
{{- range .s.wiring.internet -}}
{{- if eq . "tenants" }}{{ $needs = "yes" }}{{ end -}}
{{- if and (eq . "oidc") $root.Values.gateway.oidc }}{{ $needs = "yes" }}{{ end -}}
{{- if and (eq . "stripe") $root.Values.external.stripe.enabled }}{{ $needs = "yes" }}{{ end -}}
{{- if and (eq . "objectStore") $root.Values.external.objectStore.bucket (not $root.Values.external.objectStore.peers) }}{{ $needs = "yes" }}{{ end -}}
{{- if eq . "providers" -}}
{{- range $provider, $settings := $root.Values.external.providers -}}
{{- if and $settings (not $settings.peers) }}{{ $needs = "yes" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $needs -}}
{{- end -}}

{{- define "weir.internetNames" -}}
{{- $root := .root -}}
{{- range .s.wiring.internet -}}
{{- if and (eq . "stripe") $root.Values.external.stripe.enabled }}
{{ (urlParse (default "https://api.stripe.com" $root.Values.external.stripe.baseUrl)).hostname }}
{{- end -}}
{{- if and (eq . "objectStore") $root.Values.external.objectStore.bucket (not $root.Values.external.objectStore.peers) }}
{{- $store := $root.Values.external.objectStore }}
{{- if $store.endpoint }}
{{ (urlParse $store.endpoint).hostname }}
{{- else }}
{{ printf "%s.s3.%s.amazonaws.com" $store.bucket $store.region }}
{{ printf "sts.%s.amazonaws.com" $store.region }}
{{- end }}
{{- end -}}
{{- if eq . "oidc" -}}
{{- range $root.Values.gateway.oidc }}
{{ (urlParse .issuer).hostname }}
{{- end -}}
{{- end -}}
{{- if or (eq . "providers") -}}
{{- range $provider, $settings := $root.Values.external.providers -}}
{{- if and $settings (not $settings.peers) }}
{{ (urlParse $settings.baseUrl).hostname }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if eq . "tenants" -}}
{{- range $root.Values.networkPolicy.fqdn.extra }}
{{ . }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
