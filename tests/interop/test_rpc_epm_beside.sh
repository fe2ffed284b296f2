#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two endpoint mappers on one host: Samba's domain controller has port 135 of its address, ours that
# of another. Clients find in each what is registered there. And ours where callers must prove who
# they are.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
domain_up
domain_kinit person
client=$COUNTERSIGN_BUILD/tests/interop/rpc_dc_client
mapper=e1af8308 # the first digits of its interface, as the client says them
samr=12345778

ask() { # ADDRESS SERVICE LEVEL
    timeout 60 "$client" epm "$1" "host/$HOST_NAME" "$2" "$3" - >"$TEST_TMP/found" 2>&1
}
has() { grep -q "^endpoint $1 port $2\$" "$TEST_TMP/found"; }

beside=127.54.$(($$ / 250 % 250)).$(($$ % 250 + 1))
epmapd_up --listen "$beside"
[ "$EPM_PORT" = 135 ] || fail "the mapper has port $EPM_PORT"
epmapd_says "listening at ncacn_ip_tcp:$beside\[135]"
ask "$beside" none 1 || fail "ours: $(cat "$TEST_TMP/found")"
has "$mapper" 135 || fail "ours has not itself: $(cat "$TEST_TMP/found")"
! has "$samr" '[0-9]*' || fail "ours has Samba's"
grep -q '^entries 2,' "$TEST_TMP/found" || fail "ours has more: $(cat "$TEST_TMP/found")"
ask "$DC_ADDRESS" none 1 || fail "Samba's: $(cat "$TEST_TMP/found")"
has "$samr" '[0-9]*' || fail "Samba's has not samr: $(cat "$TEST_TMP/found")"

# The address is taken, and the daemon says so.
expect 1 "$COUNTERSIGN_BUILD/bin/countersign-epmapd" --listen "$DC_ADDRESS" 2>"$TEST_TMP/second"
grep -q "listening at $DC_ADDRESS: somebody listens there, maybe Samba" "$TEST_TMP/second" ||
    fail "a second one says: $(cat "$TEST_TMP/second")"
epmapd_down

# What a client may not ask without proof, it may ask over ncalrpc, and with it.
KRB5_KTNAME=FILE:$HOST_KEYTAB
export KRB5_KTNAME
epmapd_up --authenticated
! ask "127.0.0.1[$EPM_PORT]" none 1 || fail "anybody may ask: $(cat "$TEST_TMP/found")"
grep -q ' 5$\| 5 \|0x00000005' "$TEST_TMP/found" || fail "that is no denial: $(cat "$TEST_TMP/found")"
for service in kerberos negotiate; do
    ask "127.0.0.1[$EPM_PORT]" $service 5 || fail "$service: $(cat "$TEST_TMP/found")"
    has "$mapper" "$EPM_PORT" || fail "$service: $(cat "$TEST_TMP/found")"
done
epmapd_down
