{{- define "countersign.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* Short enough that the longest suffix still fits into a name. */}}
{{- define "countersign.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "countersign.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "countersign.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* For objects of no component. */}}
{{- define "countersign.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "countersign.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: countersign
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Takes (list $ annotations): those of commonAnnotations and the object's own, which win. Nothing where there are none. */}}
{{- define "countersign.annotations" -}}
{{- with merge (dict) (index . 1 | default dict) (index . 0).Values.commonAnnotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The three below take (list $ "controller"), or the name of another component. */}}
{{- define "countersign.componentLabels" -}}
{{- include "countersign.labels" (index . 0) }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "countersign.selectorLabels" -}}
app.kubernetes.io/name: {{ include "countersign.name" (index . 0) }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "countersign.componentName" -}}
{{ include "countersign.fullname" (index . 0) }}-{{ index . 1 }}
{{- end }}

{{/* The admission policies know the operator by this name. */}}
{{- define "countersign.operator" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ include "countersign.controller.serviceAccountName" . }}
{{- end }}

{{- define "countersign.controller.serviceAccountName" -}}
{{ .Values.controller.serviceAccount.name | default (include "countersign.componentName" (list . "controller")) }}
{{- end }}

{{- define "countersign.inbox.serviceAccountName" -}}
{{ .Values.inbox.serviceAccount.name | default (include "countersign.componentName" (list . "inbox")) }}
{{- end }}

{{/* Takes (list $ image): the image's own fields win over those of .Values.image. */}}
{{- define "countersign.image" -}}
{{- $root := index . 0 }}
{{- $image := mergeOverwrite (deepCopy $root.Values.image) (index . 1) }}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default $root.Chart.AppVersion }}{{ end }}
{{- end }}

{{/* Takes a security context of the values: a field that is null is left to the platform. */}}
{{- define "countersign.securityContext" -}}
{{- $given := dict }}
{{- range $name, $value := . }}
{{- if not (kindIs "invalid" $value) }}
{{- $_ := set $given $name $value }}
{{- end }}
{{- end }}
{{- toYaml $given }}
{{- end }}

{{/* How Pods find names; takes (list $ "controller"). */}}
{{- define "countersign.nameResolution" -}}
{{- $values := get (index . 0).Values (camelcase (index . 1) | untitle) }}
{{- with $values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with $values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Gateways to be attached to, and the Service behind a route: with the defaults written out, since tools that compare know them not.
The second takes (list name port).
*/}}
{{- define "countersign.parentRefs" -}}
{{- range . }}
- {{- merge (dict) . (dict "group" "gateway.networking.k8s.io" "kind" "Gateway") | toYaml | nindent 2 }}
{{- end }}
{{- end }}

{{- define "countersign.backendRef" -}}
- group: ''
  kind: Service
  name: {{ index . 0 }}
  port: {{ index . 1 }}
  weight: 1
{{- end }}

{{/* Which addresses Services get. */}}
{{- define "countersign.serviceAddresses" -}}
{{- with .Values.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Where the Pods of a component may run; takes (list $ "controller"). */}}
{{- define "countersign.scheduling" -}}
{{- $root := index . 0 }}
{{- $component := index . 1 }}
{{- $values := get $root.Values (camelcase $component | untitle) }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
{{- if kindIs "slice" $values.topologySpreadConstraints }}
  {{- toYaml $values.topologySpreadConstraints | nindent 2 }}
{{- else }}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "countersign.selectorLabels" (list $root $component) | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Pods that may be disturbed one at a time; takes (list $ "controller"). */}}
{{- define "countersign.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "countersign.componentName" . }}
  namespace: {{ (index . 0).Release.Namespace }}
  labels:
    {{- include "countersign.componentLabels" . | nindent 4 }}
  {{- include "countersign.annotations" (list (index . 0) dict) | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "countersign.selectorLabels" . | nindent 6 }}
{{- end }}

{{- define "countersign.imagePullSecrets" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/*
Whether the MutatingAdmissionPolicy is installed: "true", or nothing. `helm template` and GitOps tools do not ask a cluster what it
serves; there the version that they are given decides.
*/}}
{{- define "countersign.stampsRequesters" -}}
{{- $served := or (.Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy") (semverCompare ">=1.36.0-0" .Capabilities.KubeVersion.Version) }}
{{- if or (eq .Values.admission.requesterStamping "Always") (and (eq .Values.admission.requesterStamping "Auto") $served) }}true{{ end }}
{{- end }}

{{/* Certificates to trust besides those of Node.js: an entry for env, volumeMounts and volumes each. */}}
{{- define "countersign.env" -}}
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- if .Values.extraCA.configMapName }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/countersign/ca/ca.crt
{{- end }}
{{- with .Values.proxy }}
{{- with .httpsProxy }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
{{- end }}
{{- if or .httpsProxy .noProxy }}
- name: NO_PROXY
  value: {{ list .noProxy ".svc" ".cluster.local" | compact | join "," | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "countersign.extraCA.mount" -}}
{{- if .Values.extraCA.configMapName -}}
- name: extra-ca
  mountPath: /etc/countersign/ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "countersign.extraCA.volume" -}}
{{- if .Values.extraCA.configMapName -}}
- name: extra-ca
  configMap:
    name: {{ .Values.extraCA.configMapName }}
    items:
      - { key: {{ .Values.extraCA.key }}, path: ca.crt }
{{- end }}
{{- end }}

{{/* Without the versions of chart and program: a Pod is not replaced because of a label. */}}
{{- define "countersign.podLabels" -}}
{{- include "countersign.selectorLabels" . }}
app.kubernetes.io/part-of: countersign
{{- with (index . 0).Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "countersign.identityProvider.issuer" -}}
{{- $host := printf "%s.%s.svc" (include "countersign.componentName" (list . "identity-provider")) .Release.Namespace }}
{{- .Values.identityProvider.issuer | default (printf "https://%s" $host) }}
{{- end }}

{{/* Where the OpenID Provider brings prompts: by the inbox's routes if it is outside of the cluster, else by its Service. */}}
{{- define "countersign.inbox.channel" -}}
{{- $service := printf "http://%s.%s.svc" (include "countersign.componentName" (list . "inbox")) .Release.Namespace }}
{{- if .Values.inbox.channel.route }}
{{- if not (or .Values.inbox.ingress.enabled .Values.inbox.httpRoute.enabled) }}
{{- fail "inbox.channel.route leads nowhere: enable inbox.ingress or inbox.httpRoute, or leave it false and route /channel yourself." }}
{{- end }}
{{- end }}
{{- ternary .Values.inbox.publicUrl $service .Values.inbox.channel.route }}/channel
{{- end }}

{{/* Where Argo Rollouts asks. */}}
{{- define "countersign.gate.url" -}}
{{- $host := .Values.gate.host | default (printf "%s-gate.%s.svc" (include "countersign.fullname" .) .Release.Namespace) }}
{{- ternary "http" "https" (eq .Values.gate.tls "None") }}://{{ $host }}
{{- end }}

{{/* Nothing if the gate speaks plain HTTP. */}}
{{- define "countersign.gate.tlsSecretName" -}}
{{- if ne .Values.gate.tls "None" }}
{{- $made := ternary (printf "%s-gate-tls" (include "countersign.fullname" .)) "" (not (empty .Values.gate.issuerRef)) }}
{{- required "gate.tlsSecretName: which Secret holds the gate's certificate? Or let cert-manager make one by gate.issuerRef." (.Values.gate.tlsSecretName | default $made) }}
{{- end }}
{{- end }}

{{/* What OpenID Providers register for each client. */}}
{{- define "countersign.ping.url" -}}
{{- $service := printf "%s-ping.%s.svc" (include "countersign.fullname" .) .Release.Namespace }}
{{- if or .Values.ping.ingress.enabled .Values.ping.httpRoute.enabled }}
{{- $_ := required "ping.host: under which name do OpenID Providers find it from outside?" .Values.ping.host }}
{{- end }}
{{- $isPlain := and (empty .Values.ping.host) (empty (include "countersign.ping.tlsSecretName" .)) }}
{{- ternary "http" "https" $isPlain }}://{{ .Values.ping.host | default $service }}/v1/ping
{{- end }}

{{/* Nothing if the controller takes pings by plain HTTP. */}}
{{- define "countersign.ping.tlsSecretName" -}}
{{- if .Values.ping.enabled }}
{{- $made := ternary (printf "%s-ping-tls" (include "countersign.fullname" .)) "" (not (empty .Values.ping.issuerRef)) }}
{{- .Values.ping.tlsSecretName | default $made }}
{{- end }}
{{- end }}

{{- define "countersign.identityProvider.tlsSecretName" -}}
{{- $made := ternary (printf "%s-tls" (include "countersign.componentName" (list . "identity-provider"))) "" (not (empty .Values.identityProvider.issuerRef)) }}
{{- required "identityProvider.tlsSecretName: which Secret holds the issuer's certificate? Or let cert-manager make one by identityProvider.issuerRef." (.Values.identityProvider.tlsSecretName | default $made) }}
{{- end }}

{{/* One that cert-manager makes; takes (dict "root" $ "component" … "name" … "secretName" … "url" … "issuerRef" …). */}}
{{- define "countersign.certificate" -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "countersign.componentLabels" (list .root .component) | nindent 4 }}
  {{- include "countersign.annotations" (list .root dict) | nindent 2 }}
spec:
  secretName: {{ .secretName }}
  dnsNames: [{{ get (urlParse .url) "hostname" }}]
  privateKey: { algorithm: ECDSA, size: 256, rotationPolicy: Always }
  issuerRef:
    {{- toYaml .issuerRef | nindent 4 }}
{{- end }}

{{/*
Until every node knows that a Pod ends, requests still come to it. Longer than the programs keep idle connections (6 s), so that
none is closed under a client that just writes to it.
*/}}
{{- define "countersign.shutdownDelay" -}}
--shutdown-delay-seconds=7
{{- end }}
