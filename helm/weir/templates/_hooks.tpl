{{/* (root, weight, what it runs): annotations of a job and of what it needs. */}}
{{- define "weir.hook" -}}
{{- $root := index . 0 -}}
{{- $weight := index . 1 -}}
{{- if eq $root.Values.hooks.mode "helm" }}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ $weight | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- else if eq $root.Values.hooks.mode "argocd" }}
argocd.argoproj.io/hook: PreSync
argocd.argoproj.io/sync-wave: {{ $weight | quote }}
argocd.argoproj.io/hook-delete-policy: BeforeHookCreation,HookSucceeded
{{- end }}
{{- end -}}

{{/* (root, job, weight, image, args, env, mounts, volumes, serviceAccount, token) */}}
{{- define "weir.job" -}}
{{- $root := .root -}}
{{- $annotations := fromYaml (include "weir.hook" (list $root .weight)) -}}
{{- $_ := set $annotations "weir.io/image" .image -}}
{{- $spec := toJson (list .image .args .env) | sha256sum | trunc 8 -}}
apiVersion: batch/v1
kind: Job
metadata:
  # A job cannot be changed: what it runs is in its name.
  name: {{ include "weir.component" (list $root .job) | trunc 54 | trimSuffix "-" }}-{{ $spec }}
  {{- include "weir.metadata" (list $root "jobs" $annotations) | nindent 2 }}
spec:
  backoffLimit: {{ int $root.Values.hooks.backoffLimit }}
  activeDeadlineSeconds: {{ int $root.Values.hooks.activeDeadlineSeconds }}
  ttlSecondsAfterFinished: {{ int $root.Values.hooks.ttlSecondsAfterFinished }}
  template:
    metadata:
      labels:
        {{- include "weir.labels" (list $root "jobs") | nindent 8 }}
        weir.io/job: {{ .job }}
    spec:
      restartPolicy: OnFailure
      {{- with .serviceAccount }}
      serviceAccountName: {{ . }}
      {{- end }}
      automountServiceAccountToken: {{ .token }}
      enableServiceLinks: false
      {{- with include "weir.pullSecrets" $root }}
      {{- . | nindent 6 }}
      {{- end }}
      securityContext:
        {{- include "weir.podSecurity" . | nindent 8 }}
      containers:
        - name: {{ .job }}
          image: {{ .image | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          command: [java, -XX:+UseSerialGC, "-XX:TieredStopAtLevel=1", -cp, {{ $root.Values.image.classPath | quote }}]
          args:
            {{- toYaml .args | nindent 12 }}
          securityContext:
            {{- include "weir.containerSecurity" . | nindent 12 }}
          {{- include "weir.environment" .env | nindent 10 }}
          resources:
            {{- toYaml $root.Values.hooks.resources | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- with .mounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- with .volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end -}}

{{- define "weir.jobCaMounts" -}}
{{- if and (ne .Values.external.postgres.tls.mode "disable") .Values.external.postgres.tls.caSecret }}
- {name: postgres-ca, mountPath: /etc/weir/ca/postgres, readOnly: true}
{{- end }}
{{- end -}}

{{- define "weir.jobCaVolumes" -}}
{{- if and (ne .Values.external.postgres.tls.mode "disable") .Values.external.postgres.tls.caSecret }}
- name: postgres-ca
  secret: {secretName: {{ .Values.external.postgres.tls.caSecret }}, defaultMode: 288}
{{- end }}
{{- end -}}
