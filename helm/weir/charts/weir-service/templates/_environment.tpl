{{/* (root, environment): what every program that speaks to Postgres is told. */}}
{{- define "weir.postgresEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $postgres := $root.Values.external.postgres -}}
{{- $_ := set $env "WEIR_POSTGRES_HOST" $postgres.host -}}
{{- $_ := set $env "WEIR_POSTGRES_PORT" (int $postgres.port) -}}
{{- $_ := set $env "WEIR_POSTGRES_DATABASE" .database -}}
{{- range .roles -}}
{{- $variable := upper . -}}
{{- $_ := set $env (printf "WEIR_POSTGRES_%s_USERNAME" $variable) (printf "%s_%s" $.database .) -}}
{{- $ref := include "weir.secretRef" (list $root (printf "postgres-%s-%s" $.database .)) | fromYaml -}}
{{- $_ := set $env (printf "WEIR_POSTGRES_%s_PASSWORD" $variable) (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}
{{- if ne $postgres.tls.mode "disable" -}}
{{- $_ := set $env "WEIR_POSTGRES_TLS_MODE" $postgres.tls.mode -}}
{{- if $postgres.tls.caSecret -}}
{{- $_ := set $env "WEIR_POSTGRES_TLS_ROOTCERTIFICATE" (printf "/etc/weir/ca/postgres/%s" $postgres.tls.caKey) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "weir.kafkaEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $kafka := $root.Values.external.kafka -}}
{{- $_ := set $env "WEIR_KAFKA_BOOTSTRAPSERVERS" (join "," $kafka.bootstrap) -}}
{{- $_ := set $env "WEIR_KAFKA_TOPICPREFIX" $kafka.topicPrefix -}}
{{- $_ := set $env "WEIR_KAFKA_REPLICATIONFACTOR" (int $kafka.replicationFactor) -}}
{{- $protocol := ternary "SSL" "PLAINTEXT" $kafka.tls.enabled -}}
{{- if $kafka.sasl.mechanism -}}
{{- $protocol = printf "SASL_%s" $protocol -}}
{{- $module := ternary "plain.PlainLoginModule" "scram.ScramLoginModule" (eq $kafka.sasl.mechanism "PLAIN") -}}
{{- $ref := include "weir.secretRef" (list $root (printf "kafka-%s" .name)) | fromYaml -}}
{{- $_ := set $env "KAFKA_PASSWORD" (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- $_ := set $env "WEIR_KAFKA_CLIENT_SASL_MECHANISM" $kafka.sasl.mechanism -}}
{{- $_ := set $env "WEIR_KAFKA_CLIENT_SASL_JAAS_CONFIG" (printf "org.apache.kafka.common.security.%s required username=\"%s%s\" password=\"$(KAFKA_PASSWORD)\";" $module $kafka.sasl.userPrefix .name) -}}
{{- end -}}
{{- if ne $protocol "PLAINTEXT" -}}
{{- $_ := set $env "WEIR_KAFKA_CLIENT_SECURITY_PROTOCOL" $protocol -}}
{{- end -}}
{{- if and $kafka.tls.enabled $kafka.tls.caSecret -}}
{{- $_ := set $env "WEIR_KAFKA_CLIENT_SSL_TRUSTSTORE_TYPE" "PEM" -}}
{{- $_ := set $env "WEIR_KAFKA_CLIENT_SSL_TRUSTSTORE_LOCATION" (printf "/etc/weir/ca/kafka/%s" $kafka.tls.caKey) -}}
{{- end -}}
{{- end -}}

{{- define "weir.redisEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $redis := $root.Values.external.redis -}}
{{- $login := "" -}}
{{- if $redis.auth -}}
{{- $ref := include "weir.secretRef" (list $root "redis") | fromYaml -}}
{{- $_ := set $env "REDIS_PASSWORD" (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- $login = printf "%s:$(REDIS_PASSWORD)@" $redis.username -}}
{{- end -}}
{{- $urls := list -}}
{{- range $redis.nodes -}}
{{- $urls = append $urls (printf "%s://%s%s" (ternary "rediss" "redis" $redis.tls) $login .) -}}
{{- end -}}
{{- $_ := set $env "WEIR_REDIS_URL" (join "," $urls) -}}
{{- end -}}

{{- define "weir.clickhouseEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $clickhouse := $root.Values.external.clickhouse -}}
{{- $_ := set $env "WEIR_CLICKHOUSE_URL" (printf "%s://%s:%d" (ternary "https" "http" $clickhouse.tls) $clickhouse.host (int $clickhouse.port)) -}}
{{- $_ := set $env "WEIR_CLICKHOUSE_DATABASE" $clickhouse.database -}}
{{- $_ := set $env "WEIR_CLICKHOUSE_USERNAME" $clickhouse.username -}}
{{- $ref := include "weir.secretRef" (list $root "clickhouse") | fromYaml -}}
{{- $_ := set $env "WEIR_CLICKHOUSE_PASSWORD" (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}

{{- define "weir.providersEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- range $name, $provider := $root.Values.external.providers -}}
{{- if $provider -}}
{{- $prefix := printf "WEIR_PROVIDERS_%s" (upper $name) -}}
{{- $_ := set $env (printf "%s_BASEURL" $prefix) $provider.baseUrl -}}
{{- with $provider.dialect -}}{{- $_ := set $env (printf "%s_DIALECT" $prefix) . -}}{{- end -}}
{{- with $provider.requestsPerMinute -}}{{- $_ := set $env (printf "%s_REQUESTSPERMINUTE" $prefix) (int64 .) -}}{{- end -}}
{{- with $provider.tokensPerMinute -}}{{- $_ := set $env (printf "%s_TOKENSPERMINUTE" $prefix) (int64 .) -}}{{- end -}}
{{- if not $provider.keyless -}}
{{- $ref := include "weir.secretRef" (list $root (printf "provider-%s" $name)) | fromYaml -}}
{{- $_ := set $env (printf "%s_APIKEY" $prefix) (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* (root, s): "yes" where the service's files are in a bucket */}}
{{- define "weir.usesBucket" -}}
{{- if and .s.wiring.bucket .root.Values.external.objectStore.bucket }}yes{{ end -}}
{{- end -}}

{{/* (root, s): the directories that all pods of the service share, by the variable that names each */}}
{{- define "weir.shares" -}}
{{- if not (include "weir.usesBucket" .) -}}{{- toYaml (default dict .s.wiring.shares) -}}{{- end -}}
{{- end -}}

{{- define "weir.bucketEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $store := $root.Values.external.objectStore -}}
{{- $prefix := .s.wiring.bucket -}}
{{- $_ := set $env (printf "%s_BUCKET" $prefix) $store.bucket -}}
{{- with $store.region -}}{{- $_ := set $env (printf "%s_REGION" $prefix) . -}}{{- end -}}
{{- with $store.endpoint -}}{{- $_ := set $env (printf "%s_ENDPOINT" $prefix) . -}}{{- end -}}
{{- with $store.prefix -}}{{- $_ := set $env (printf "%s_PREFIX" $prefix) . -}}{{- end -}}
{{- $_ := set $env (printf "%s_PATHSTYLE" $prefix) $store.pathStyle -}}
{{- $_ := set $env (printf "%s_ENCRYPTION" $prefix) $store.encryption -}}
{{- with $store.kmsKey -}}{{- $_ := set $env (printf "%s_KMSKEY" $prefix) . -}}{{- end -}}
{{- if $store.accessKeys -}}
{{- range $variable, $id := dict "AWS_ACCESS_KEY_ID" "object-store-access-key-id" "AWS_SECRET_ACCESS_KEY" "object-store-secret-access-key" -}}
{{- $ref := include "weir.secretRef" (list $root $id) | fromYaml -}}
{{- $_ := set $env $variable (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "weir.gatewayEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $gateway := $root.Values.gateway -}}
{{- $_ := set $env "WEIR_GATEWAY_BASEDOMAIN" $gateway.baseDomain -}}
{{- $own := printf "%s.%s.svc" (include "weir.component" (list $root "gateway")) $root.Release.Namespace -}}
{{- $hosts := concat (list $gateway.baseDomain (printf "*.%s" $gateway.baseDomain) "localhost" "127.0.0.1" (include "weir.component" (list $root "gateway")) $own (printf "%s.cluster.local" $own)) $gateway.hosts -}}
{{- $_ := set $env "WEIR_GATEWAY_HOSTS" (join "," $hosts) -}}
{{- with $gateway.allowedOrigins -}}{{- $_ := set $env "WEIR_GATEWAY_ALLOWEDORIGINS" (join "," .) -}}{{- end -}}
{{- with $gateway.trustedProxies -}}{{- $_ := set $env "WEIR_GATEWAY_TRUSTEDPROXIES" (join "," .) -}}{{- end -}}
{{- $least := .s.replicas -}}
{{- if .s.autoscaling.hpa.enabled -}}{{- $least = .s.autoscaling.hpa.min -}}{{- end -}}
{{- if .s.autoscaling.keda.enabled -}}{{- $least = .s.autoscaling.keda.min -}}{{- end -}}
{{- $_ := set $env "WEIR_GATEWAY_LIMITS_INSTANCES" (max 1 (int $least)) -}}
{{- range $index, $issuer := $gateway.oidc -}}
{{- range $key, $value := $issuer -}}
{{- $prefix := printf "WEIR_OIDC_ISSUERS_%d_%s" $index (upper $key) -}}
{{- if kindIs "map" $value -}}
{{- range $word, $role := $value -}}{{- $_ := set $env (printf "%s_%s" $prefix (upper $word)) $role -}}{{- end -}}
{{- else if kindIs "slice" $value -}}
{{- $_ := set $env $prefix (join "," $value) -}}
{{- else -}}
{{- $_ := set $env $prefix $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $gateway.tls.enabled -}}
{{- $_ := set $env "WEIR_TLS_PORT" 8443 -}}
{{- $_ := set $env "WEIR_TLS_CERTIFICATE" "/etc/weir/tls/tls.crt" -}}
{{- $_ := set $env "WEIR_TLS_PRIVATEKEY" "/etc/weir/tls/tls.key" -}}
{{- $_ := set $env "WEIR_TLS_PROTOCOLS" $gateway.tls.protocols -}}
{{- $_ := set $env "WEIR_TLS_PLAINHTTP" $gateway.tls.plainHttp -}}
{{- end -}}
{{- end -}}

{{/* (root, name, s, env): puts everything that a service is told into env. */}}
{{- define "weir.serviceEnvironment" -}}
{{- $root := .root -}}
{{- $env := .env -}}
{{- $s := .s -}}
{{- $wiring := $s.wiring -}}
{{- $_ := set $env "SERVER_PORT" 8080 -}}
{{- $_ := set $env "MANAGEMENT_SERVER_PORT" 9090 -}}
{{- $options := list (printf "-XX:MaxRAMPercentage=%v" $s.jvm.maxRamPercentage) "-XX:+ExitOnOutOfMemoryError" "-Xshare:auto" "-Duser.timezone=UTC" "--enable-native-access=ALL-UNNAMED" "--sun-misc-unsafe-memory-access=allow" -}}
{{- if $root.Values.trustStore.existingSecret -}}
{{- $options = concat $options (list (printf "-Djavax.net.ssl.trustStore=/etc/weir/truststore/%s" $root.Values.trustStore.key) "-Djavax.net.ssl.trustStoreType=PKCS12") -}}
{{- end -}}
{{- $_ := set $env "JDK_JAVA_OPTIONS" (join " " (concat $options $s.jvm.options)) -}}
{{- $_ := set $env "WEIR_STATEDIRECTORY" "/var/lib/weir" -}}
{{- $_ := set $env "WEIR_SECURITY_SIGNINGKEY" "/etc/weir/keys/signing" -}}
{{- $_ := set $env "WEIR_SECURITY_TRUSTEDKEYS" "/etc/weir/keys/trusted" -}}
{{- $_ := set $env "WEIR_HEALTH_DRAINDELAY" (printf "%ds" (int $s.shutdown.drainSeconds)) -}}
{{- $_ := set $env "SPRING_LIFECYCLE_TIMEOUTPERSHUTDOWNPHASE" (printf "%ds" (int $s.shutdown.streamsSeconds)) -}}
{{- if $root.Values.monitoring.tracing.endpoint -}}
{{- $_ := set $env "MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT" $root.Values.monitoring.tracing.endpoint -}}
{{- with $root.Values.monitoring.tracing.sampling -}}{{- $_ := set $env "WEIR_TRACING_SAMPLING" . -}}{{- end -}}
{{- end -}}
{{- if has "kafka" $wiring.stores -}}{{- include "weir.kafkaEnvironment" . -}}{{- end -}}
{{- if has "redis" $wiring.stores -}}{{- include "weir.redisEnvironment" . -}}{{- end -}}
{{- if has "clickhouse" $wiring.stores -}}{{- include "weir.clickhouseEnvironment" . -}}{{- end -}}
{{- if has "postgres" $wiring.stores -}}
{{- $roles := splitList "," (include "weir.databaseRoles" $root) -}}
{{- include "weir.postgresEnvironment" (dict "root" $root "env" $env "database" $wiring.database "roles" $roles) -}}
{{- $pooler := $root.Values.external.postgres.pooler -}}
{{- if ne $pooler.mode "none" -}}
{{- $_ := set $env "WEIR_POSTGRES_POOLER_MODE" $pooler.mode -}}
{{- $_ := set $env "WEIR_POSTGRES_POOLER_HOST" $pooler.host -}}
{{- $_ := set $env "WEIR_POSTGRES_POOLER_PORT" (int $pooler.port) -}}
{{- end -}}
{{- with $root.Values.external.postgres.replica -}}
{{- if .host -}}
{{- $_ := set $env "WEIR_POSTGRES_REPLICA_HOST" .host -}}
{{- $_ := set $env "WEIR_POSTGRES_REPLICA_PORT" (int .port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $wiring.calls -}}
{{- if not (eq $.name "chaos") -}}
{{- $_ := set $env (printf "WEIR_SERVICES_%s" (upper .)) (printf "http://%s:8080" (include "weir.component" (list $root .))) -}}
{{- end -}}
{{- end -}}
{{- $keys := dict "pepper" (list "WEIR_SECURITY_PEPPER" "/etc/weir/keys/pepper") "envelope-keyset" (list "WEIR_SECURITY_ENVELOPEKEYSET" "/etc/weir/keys/envelope-keyset/keyset.json") "provider-keyset" (list "WEIR_SECURITY_PROVIDERKEYSET" "/etc/weir/keys/provider-keyset/keyset.json") "audit-signing" (list "WEIR_AUDIT_SIGNINGKEY" "/etc/weir/keys/audit-signing") "admin-key" (list "WEIR_BOOTSTRAP_ADMINKEYFILE" "/etc/weir/keys/admin-key/admin-api-key") -}}
{{- range $wiring.keys -}}
{{- $setting := get $keys . -}}
{{- $_ := set $env (index $setting 0) (index $setting 1) -}}
{{- end -}}
{{- if include "weir.usesBucket" . -}}{{- include "weir.bucketEnvironment" . -}}{{- end -}}
{{- range $variable, $directory := include "weir.shares" . | fromYaml -}}
{{- $_ := set $env $variable (printf "%s/%s" (ternary "/var/lib/weir-shared" "/var/lib/weir" $s.shared.enabled) $directory) -}}
{{- end -}}
{{- if $wiring.ledger -}}
{{- $_ := set $env "WEIR_LEDGER_PRODUCERID" (dict "valueFrom" (dict "fieldRef" (dict "fieldPath" "metadata.name"))) -}}
{{- $_ := set $env "WEIR_LEDGER_FILE_DURABLE" (and (eq $s.kind "StatefulSet") $s.state.persistent) -}}
{{- end -}}
{{- if $wiring.providers -}}{{- include "weir.providersEnvironment" . -}}{{- end -}}
{{- if $wiring.edge -}}{{- include "weir.gatewayEnvironment" . -}}{{- end -}}
{{- if and $wiring.stripe $root.Values.external.stripe.enabled -}}
{{- range $variable, $id := dict "WEIR_STRIPE_APIKEY" "stripe-api-key" "WEIR_STRIPE_WEBHOOKSECRET" "stripe-webhook" -}}
{{- $ref := include "weir.secretRef" (list $root $id) | fromYaml -}}
{{- $_ := set $env $variable (dict "valueFrom" (dict "secretKeyRef" $ref)) -}}
{{- end -}}
{{- with $root.Values.external.stripe.baseUrl -}}{{- $_ := set $env "WEIR_STRIPE_BASEURL" . -}}{{- end -}}
{{- end -}}
{{- if eq .name "tenant" -}}
{{- $_ := set $env "WEIR_PROVISIONING_DEFAULTREGION" $root.Values.region.name -}}
{{- with $root.Values.region.all -}}{{- $_ := set $env "WEIR_PROVISIONING_REGIONS" (join "," .) -}}{{- end -}}
{{- $_ := set $env "WEIR_DASHBOARD_BASEDOMAIN" $root.Values.gateway.baseDomain -}}
{{- end -}}
{{- range $variable, $value := $s.env -}}
{{- if kindIs "invalid" $value -}}{{- $_ := unset $env $variable -}}{{- else -}}{{- $_ := set $env $variable $value -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* (environment): the list of a container. In the order of names: what others refer to stands before WEIR_. */}}
{{- define "weir.environment" -}}
env:
  {{- range $variable, $value := . }}
  - name: {{ $variable }}
    {{- if kindIs "map" $value }}
    {{- toYaml $value | nindent 4 }}
    {{- else }}
    value: {{ $value | toString | quote }}
    {{- end }}
  {{- end }}
{{- end -}}
