# What a user of curl does on the gateway, step by step. Prints one line a step; a line that is not as it should be ends it.
set -euo pipefail
base=http://$1
post() { curl --silent --show-error --max-time 20 --fail-with-body -X POST "$base$1" -d "$2"; }
b64() { printf %s "$1" | base64 -w0; }
expect() { case "$2" in *"$1"*) ;; *) echo "expected $1 in $2" >&2; exit 1 ;; esac; }
step() { echo "ok $1"; }

key=$(b64 curl/a) value=$(b64 1)
expect '"revision":"' "$(post /v3/kv/put "{\"key\":\"$key\",\"value\":\"$value\"}")"
expect "\"value\":\"$value\"" "$(post /v3/kv/range "{\"key\":\"$key\"}")"
expect "\"value\":\"$value\"" "$(post /v3beta/kv/range "{\"key\":\"$key\"}")"
expect '"count":"1"' "$(post /v3/kv/range "{\"key\":\"$(b64 curl/)\",\"range_end\":\"$(b64 curl0)\",\"count_only\":true}")"
expect '"succeeded":true' "$(post /v3/kv/txn "{\"compare\":[{\"target\":\"VALUE\",\"key\":\"$key\",\"value\":\"$value\"}],\"success\":[{\"requestPut\":{\"key\":\"$key\",\"value\":\"$(b64 2)\"}}]}")"
expect '"deleted":"1"' "$(post /v3/kv/deleterange "{\"key\":\"$key\"}")"
step keys

lease=$(post /v3/lease/grant '{"TTL":30}' | sed -E 's/.*"ID":"([0-9]+)".*/\1/')
post /v3/kv/put "{\"key\":\"$key\",\"value\":\"$value\",\"lease\":\"$lease\"}" >/dev/null
expect '"grantedTTL":"30"' "$(post /v3/lease/timetolive "{\"ID\":\"$lease\",\"keys\":true}")"
expect '"TTL":"30"' "$(post /v3/lease/keepalive "{\"ID\":\"$lease\"}")"
post /v3/lease/revoke "{\"ID\":\"$lease\"}" >/dev/null
expect 'requested lease not found' "$(post /v3/lease/revoke "{\"ID\":\"$lease\"}" || true)"
step leases

# The stream's first line says that the watch is there, and from then on nothing is missed.
exec 3< <(curl --silent --no-buffer --max-time 20 -X POST "$base/v3/watch" -d "{\"create_request\":{\"key\":\"$(b64 curl/w)\"}}")
read -r line <&3
expect '"created":true' "$line"
post /v3/kv/put "{\"key\":\"$(b64 curl/w)\",\"value\":\"$value\"}" >/dev/null
read -r line <&3
expect "\"value\":\"$value\"" "$line"
exec 3<&-
step watches

lock=$(post /v3/lock/lock "{\"name\":\"$(b64 curl-lock)\"}" | sed -E 's/.*"key":"([^"]+)".*/\1/')
post /v3/lock/unlock "{\"key\":\"$lock\"}" >/dev/null
step locks

get() { curl --silent --show-error --max-time 20 --fail "$base$1"; }
expect '"health":"true"' "$(get /health)"
expect '"etcdserver":"3.' "$(get /version)"
expect 'etcd_server_has_leader 1' "$(get /metrics)"
expect '"members":[{' "$(post /v3/cluster/member/list '{}')"
expect '"code":5' "$(post /v3/lease/revoke '{"ID":"12345"}' || true)"
step maintenance
echo done
