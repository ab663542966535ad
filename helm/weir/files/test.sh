#!/bin/sh
# What `helm test` does: every service is ready, a call is answered, and it is in the ledger.
set -eu

# The name in the certificate is the base domain; the address is the service's.
call() {
  if [ "${GATEWAY#https}" != "$GATEWAY" ]; then
    port="${GATEWAY##*:}"; host="${GATEWAY#https://}"; host="${host%:*}"
    path="$1"; shift
    curl -sS --max-time 30 --cacert /etc/weir/tls/tls.crt \
      --connect-to "$BASE_DOMAIN:$port:$host:$port" "$@" "https://$BASE_DOMAIN:$port$path"
  else
    path="$1"; shift
    curl -sS --max-time 30 "$@" "$GATEWAY$path"
  fi
}

# field NAME: the first such member of the JSON on standard input
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p" | head -n 1; }

for service in $SERVICES; do
  name="${service%%=*}"; url="${service#*=}"
  tries=0
  until [ "$(curl -s -o /tmp/ready -w '%{http_code}' --max-time 5 "$url/ready")" = 200 ]; do
    tries=$((tries + 1))
    if [ "$tries" -ge 24 ]; then
      echo "$name-service is not ready after two minutes: $(cat /tmp/ready 2>/dev/null)" >&2
      exit 1
    fi
    sleep 5
  done
  echo "$name-service is ready"
done

admin="$(cat /etc/weir/keys/admin-key/admin-api-key)"
code="$(call /v1/models -o /tmp/models -w '%{http_code}' -H "Authorization: Bearer $admin")"
echo "models answered $code"

[ -n "$MODEL" ] || { echo "no model is set for the test: no call is made"; exit 0; }

slug="helm-test-$(date +%s)"
call /api/tenants/provision -o /tmp/tenant -H "Authorization: Bearer $admin" -H 'Content-Type: application/json' \
  -d "{\"slug\": \"$slug\", \"adminEmail\": \"$slug@example.com\", \"planTier\": \"free\"}"
key="$(field apiKey </tmp/tenant)"
[ -n "$key" ] || { echo "no tenant could be provisioned: $(cat /tmp/tenant)" >&2; exit 1; }

tries=0
until [ "$(call /v1/chat/completions -o /tmp/answer -D /tmp/head -w '%{http_code}' -H "Authorization: Bearer $key" \
    -H 'Content-Type: application/json' \
    -d "{\"model\": \"$MODEL\", \"max_tokens\": 8, \"messages\": [{\"role\": \"user\", \"content\": \"ping\"}]}")" = 200 ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 12 ]; then
    echo "a call of $MODEL failed: $(cat /tmp/answer)" >&2
    exit 1
  fi
  sleep 5
done
id="$(tr -d '\r' </tmp/head | sed -n 's/^[Xx]-[Rr]equest-[Ii]d: *//p' | head -n 1)"
echo "call $id was answered"

tries=0
until [ "$(call "/api/analytics/requests/$id" -o /tmp/request -w '%{http_code}' -H "Authorization: Bearer $key")" = 200 ]; do
  tries=$((tries + 1))
  if [ "$tries" -ge 24 ]; then
    echo "call $id is not in the ledger after two minutes: $(cat /tmp/request)" >&2
    exit 1
  fi
  sleep 5
done
echo "call $id is in the ledger"
