{{- define "weir.major" -}}{{ index (splitList "." (trimPrefix "v" .)) 0 }}{{- end -}}

{{/* Names of the services whose state is on claims of their own, with commas. */}}
{{- define "weir.claims" -}}
{{- $claims := list -}}
{{- range $name, $own := .Values.services -}}
{{- $s := deepCopy $.Values.defaults -}}
{{- include "weir.merge" (list $s $own) -}}
{{- if and $s.enabled (eq $s.kind "StatefulSet") $s.state.persistent -}}{{- $claims = append $claims $name -}}{{- end -}}
{{- end -}}
{{- join "," $claims -}}
{{- end -}}

{{/* What the secret setup makes, and what nobody gives: passwords, keys, missing. */}}
{{- define "weir.secretPlan" -}}
{{- $passwords := list -}}
{{- $keys := list -}}
{{- $missing := list -}}
{{- range uniq (splitList "\n" (trim (include "weir.passwordIds" .))) -}}
{{- $id := trim . -}}
{{- if $id -}}
{{- $said := default dict (get $.Values.secrets $id) -}}
{{- if not (or $said.value ($said.existingSecret).name) -}}
{{- $ofStore := regexMatch "^(postgres-|kafka-|redis$|clickhouse$)" $id -}}
{{- if and $ofStore $.Values.secretSetup.enabled $.Values.secretSetup.storePasswords -}}
{{- $passwords = append $passwords $id -}}
{{- else -}}
{{- $missing = append $missing (printf "secrets.%s" $id) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range uniq (splitList "\n" (trim (include "weir.keyIds" .))) -}}
{{- $id := trim . -}}
{{- if $id -}}
{{- if not (default dict (get $.Values.keys $id)).existingSecret -}}
{{- if $.Values.secretSetup.enabled -}}
{{- $keys = append $keys $id -}}
{{- else -}}
{{- $missing = append $missing (printf "keys.%s" $id) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.gateway.tls.enabled (not .Values.gateway.tls.existingSecret) -}}
{{- $missing = append $missing "gateway.tls" -}}
{{- end -}}
{{- toYaml (dict "passwords" (uniq $passwords) "keys" (uniq $keys) "missing" (uniq $missing)) -}}
{{- end -}}

{{/* What the schema cannot see. Each sentence: what is wrong; which value to set; which page to read. */}}
{{- define "weir.checks" -}}
{{- $wrong := list -}}
{{- $plan := fromYaml (include "weir.secretPlan" .) -}}
{{- with $plan.missing -}}
{{- $wrong = append $wrong (printf "these secrets are not given: %s; set existingSecret for each (or value, for passwords), or turn on secretSetup; see helm/README.md, Secrets" (join ", " .)) -}}
{{- end -}}
{{- $production := ne .Values.profile "eval" -}}
{{- $reserved := list "SERVER_PORT" "MANAGEMENT_SERVER_PORT" "WEIR_STATEDIRECTORY" "WEIR_SECURITY_SIGNINGKEY" "WEIR_SECURITY_TRUSTEDKEYS" "WEIR_LEDGER_PRODUCERID" "JDK_JAVA_OPTIONS" "KAFKA_PASSWORD" "REDIS_PASSWORD" -}}
{{- range $name, $own := .Values.services -}}
{{- $s := deepCopy $.Values.defaults -}}
{{- include "weir.merge" (list $s $own) -}}
{{- if $s.enabled -}}
{{- if not $s.wiring -}}
{{- $wrong = append $wrong (printf "services.%s has no wiring, so the chart does not know the program; correct the service's name, or give it a wiring; see helm/README.md, Services" $name) -}}
{{- else -}}
{{- $most := int (include "weir.mostReplicas" $s) -}}
{{- $least := int (include "weir.leastReplicas" $s) -}}
{{- if and $s.autoscaling.hpa.enabled $s.autoscaling.keda.enabled -}}
{{- $wrong = append $wrong (printf "services.%s has two autoscalers, which would work against each other; turn off autoscaling.hpa.enabled or autoscaling.keda.enabled of it; see helm/README.md, Scaling" $name) -}}
{{- end -}}
{{- if gt $least $most -}}
{{- $wrong = append $wrong (printf "services.%s scales from %d to %d, which is downwards; set autoscaling min below max; see helm/README.md, Scaling" $name $least $most) -}}
{{- end -}}
{{- $min := toString $s.pdb.minAvailable -}}
{{- $max := toString $s.pdb.maxUnavailable -}}
{{- if and $s.pdb.enabled (gt $least 1) -}}
{{- if and (ne $min "") (ne $max "") -}}
{{- $wrong = append $wrong (printf "services.%s.pdb says both minAvailable and maxUnavailable; set the other one to \"\"; see helm/README.md, Disruptions" $name) -}}
{{- else if and (eq $min "") (eq $max "") -}}
{{- $wrong = append $wrong (printf "services.%s.pdb says neither minAvailable nor maxUnavailable; set one, or pdb.enabled=false; see helm/README.md, Disruptions" $name) -}}
{{- else if or (eq $max "0") (eq $max "0%") (eq $min "100%") (and (regexMatch "^[0-9]+$" $min) (ge (int $min) $least)) -}}
{{- $wrong = append $wrong (printf "services.%s.pdb never lets a pod go, so every drain of a node would hang; set maxUnavailable to 1 or minAvailable below %d; see helm/README.md, Disruptions" $name $least) -}}
{{- end -}}
{{- end -}}
{{- $shutdown := $s.shutdown -}}
{{- $needed := add (int $shutdown.preStopSeconds) (int $shutdown.drainSeconds) (int $shutdown.streamsSeconds) -}}
{{- if and (ne (toString $shutdown.graceSeconds) "") (le (int $shutdown.graceSeconds) (int $needed)) -}}
{{- $wrong = append $wrong (printf "services.%s is killed after %d s while its streams may need %d s; set shutdown.graceSeconds above that, or to \"\"; see helm/README.md, Long streams" $name (int $shutdown.graceSeconds) (int $needed)) -}}
{{- end -}}
{{- if and $s.state.persistent (ne $s.kind "StatefulSet") -}}
{{- $wrong = append $wrong (printf "services.%s keeps its state, which only a StatefulSet's pods can; set kind to StatefulSet or state.persistent to false; see helm/README.md, Storage" $name) -}}
{{- end -}}
{{- if and (include "weir.shares" (dict "root" $ "s" $s) | fromYaml) (gt $most 1) (not $s.shared.enabled) -}}
{{- $wrong = append $wrong (printf "services.%s may have %d pods, but each has its own files, so that one does not find another's; set shared.enabled and a ReadWriteMany class; see helm/README.md, Storage" $name $most) -}}
{{- end -}}
{{- if and $s.shared.enabled (gt $most 1) (eq $s.shared.accessMode "ReadWriteOnce") (not $s.shared.existingClaim) -}}
{{- $wrong = append $wrong (printf "services.%s may have %d pods, but its shared volume takes one node; set shared.accessMode to ReadWriteMany; see helm/README.md, Storage" $name $most) -}}
{{- end -}}
{{- with $.Values.external.objectStore -}}
{{- if and (include "weir.usesBucket" (dict "root" $ "s" $s)) (not .region) -}}
{{- $wrong = append $wrong "external.objectStore.bucket is set, but nothing says where it is; set external.objectStore.region (what speaks like S3 mostly takes us-east-1); see helm/README.md, Storage" -}}
{{- end -}}
{{- if and (include "weir.usesBucket" (dict "root" $ "s" $s)) .kmsKey (ne .encryption "kms") -}}
{{- $wrong = append $wrong (printf "external.objectStore.kmsKey is set, but encryption is %s; set encryption to kms, or kmsKey to \"\"; see helm/README.md, Storage" .encryption) -}}
{{- end -}}
{{- end -}}
{{- range $variable, $value := $s.env -}}
{{- if has $variable $reserved -}}
{{- $wrong = append $wrong (printf "services.%s.env.%s is set by the chart; remove it and set the value that it comes from; see helm/README.md, Environment" $name $variable) -}}
{{- end -}}
{{- if and (kindIs "string" $value) (regexMatch "(PASSWORD|APIKEY|SECRET|PEPPER)$" $variable) -}}
{{- $wrong = append $wrong (printf "services.%s.env.%s would put a secret into the pod's description; use valueFrom.secretKeyRef; see helm/README.md, Secrets" $name $variable) -}}
{{- end -}}
{{- end -}}
{{- range $s.wiring.stores -}}
{{- if not (has . (list "kafka" "postgres" "redis" "clickhouse")) -}}
{{- $wrong = append $wrong (printf "services.%s.wiring.stores names %s; it can be kafka, postgres, redis or clickhouse; see helm/README.md, Services" $name .) -}}
{{- else if and $.Values.networkPolicy.enabled (not (index $.Values.external .).peers) -}}
{{- $wrong = append $wrong (printf "network policies are on but nothing says where %s is; set external.%s.peers, for example to its ipBlock; see helm/README.md, Network" . .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $chaos := deepCopy .Values.defaults -}}
{{- include "weir.merge" (list $chaos (default dict .Values.services.chaos)) -}}
{{- if and .Values.services.chaos $chaos.enabled $production (not .Values.chaos.allow) -}}
{{- $wrong = append $wrong (printf "chaos-service is on in profile %s, where it breaks what customers use; set chaos.allow=true if that is meant, or services.chaos.enabled=false; see helm/README.md, Chaos" .Values.profile) -}}
{{- end -}}
{{- if $production -}}
{{- if and .Values.secretSetup.enabled .Values.secretSetup.storePasswords -}}
{{- $wrong = append $wrong (printf "profile %s would make up passwords that its stores do not know; set secretSetup.storePasswords=false and give secrets.*; see helm/README.md, Secrets" .Values.profile) -}}
{{- end -}}
{{- if lt (int .Values.external.kafka.replicationFactor) 3 -}}
{{- $wrong = append $wrong (printf "profile %s would keep each record on %d brokers, so that the loss of one can lose billed usage; set external.kafka.replicationFactor to 3; see helm/README.md, Stores" .Values.profile (int .Values.external.kafka.replicationFactor)) -}}
{{- end -}}
{{- range $part, $host := dict "postgres" .Values.external.postgres.host "clickhouse" .Values.external.clickhouse.host -}}
{{- if hasPrefix "weir-eval-" $host -}}
{{- $wrong = append $wrong (printf "profile %s would use the evaluation's %s, which keeps nothing; set external.%s.host; see helm/README.md, Stores" $.Values.profile $part $part) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (ne .Values.external.postgres.pooler.mode "none") (not .Values.external.postgres.pooler.host) -}}
{{- $wrong = append $wrong "a pooler is asked for but nothing says where it is; set external.postgres.pooler.host; see helm/README.md, Stores" -}}
{{- end -}}
{{- if and (eq .Values.external.kafka.acls.mode "strimzi") (not .Values.external.kafka.acls.cluster) -}}
{{- $wrong = append $wrong "Strimzi needs to know whose users these are; set external.kafka.acls.cluster to the Kafka object's name; see helm/README.md, Kafka" -}}
{{- end -}}
{{- if and (ne .Values.external.kafka.acls.mode "none") (not .Values.external.kafka.sasl.mechanism) -}}
{{- $wrong = append $wrong "access-control lists are asked for but nobody logs in to Kafka, so that they would bind nobody; set external.kafka.sasl.mechanism; see helm/README.md, Kafka" -}}
{{- end -}}
{{- range $name, $provider := .Values.external.providers -}}
{{- if and $provider (not $provider.baseUrl) -}}
{{- $wrong = append $wrong (printf "provider %s has no address; set external.providers.%s.baseUrl, or the whole entry to null; see helm/README.md, Providers" $name $name) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- $wrong = append $wrong "an Ingress without hosts catches every name in the cluster; set ingress.hosts; see helm/README.md, Reaching it" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- $wrong = append $wrong "an HTTPRoute without a Gateway is reached by nobody; set httpRoute.parentRefs; see helm/README.md, Reaching it" -}}
{{- end -}}
{{- if and (or .Values.ingress.enabled .Values.httpRoute.enabled) .Values.gateway.tls.enabled (eq .Values.gateway.tls.plainHttp "nobody") -}}
{{- $wrong = append $wrong "the Ingress or HTTPRoute ends TLS and speaks plain HTTP to a gateway that refuses it; set gateway.tls.enabled=false, or gateway.tls.plainHttp=everybody; see helm/README.md, Reaching it" -}}
{{- end -}}
{{- $api := .Capabilities.APIVersions -}}
{{- $previous := .Values.upgrade.previousVersion -}}
{{- $claims := .Values.upgrade.previousClaims -}}
{{- if .Release.IsUpgrade -}}
{{- $release := lookup "v1" "ConfigMap" .Release.Namespace (include "weir.component" (list . "release")) -}}
{{- if $release -}}
{{- $previous = $release.data.version -}}
{{- $claims = compact (splitList "," (default "" $release.data.claims)) -}}
{{- end -}}
{{- end -}}
{{- if $previous -}}
{{- $from := int (include "weir.major" $previous) -}}
{{- $to := int (include "weir.major" .Chart.Version) -}}
{{- if gt $to (int (add $from 1)) -}}
{{- $wrong = append $wrong (printf "an upgrade from %s to %s skips a major version, whose migrations would be missing; install the last %d.x first; see helm/UPGRADING.md" $previous .Chart.Version (int (add $from 1))) -}}
{{- end -}}
{{- if lt $to $from -}}
{{- $wrong = append $wrong (printf "chart %s is older than what is installed (%s) by a major version; use helm rollback within a major version only; see helm/UPGRADING.md, Going back" .Chart.Version $previous) -}}
{{- end -}}
{{- end -}}
{{- $now := splitList "," (include "weir.claims" .) -}}
{{- range $claims -}}
{{- if not (has . $now) -}}
{{- $wrong = append $wrong (printf "this upgrade would take the volume of services.%s away, which may hold usage that is not billed yet; keep kind StatefulSet and state.persistent=true, or follow the page; see helm/UPGRADING.md, Volumes" .) -}}
{{- end -}}
{{- end -}}
{{- with uniq $wrong -}}
{{- fail (printf "\n\nThe values of weir do not fit together:\n  - %s\n" (join "\n  - " .)) -}}
{{- end -}}
{{- end -}}
