#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# smbtorture's tests of the endpoint mapper, at ours: over ncalrpc all of them, over TCP those that
# change nothing; and impacket's clients of it.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"

# Ten entries of its own, with ncalrpc: smbtorture looks for them ten at a time, and wants to be told
# that there are no more when it asks for the next ten.
more=
for _ in 1 2 3 4 5 6 7 8 9; do more="$more --listen 127.0.0.1:0"; done
# shellcheck disable=SC2086
epmapd_up $more

cat >"$TEST_TMP/client.conf" <<EOF
[global]
    ncalrpc dir = $COUNTERSIGN_NCALRPC_DIR
    private dir = $TEST_TMP
    lock directory = $TEST_TMP
    state directory = $TEST_TMP
    cache directory = $TEST_TMP
EOF

torture() { # BINDING TEST
    timeout 60 smbtorture -s "$TEST_TMP/client.conf" "$1" -U % "rpc.epmapper.epmapper.$2" \
        >"$TEST_TMP/torture" 2>&1 || :
    grep -E '^(success|failure|error|epm_)' "$TEST_TMP/torture"
}

passes() { # BINDING TEST
    torture "$@" | grep -qx "success: epmapper.$2" || fail "$2 at $1: $(cat "$TEST_TMP/torture")"
}

for test in Map_simple Lookup_simple Lookup_terminate_search Insert_noreplace; do
    passes 'ncalrpc:[EPMAPPER]' "$test"
done
epmapd_says 'registered .* at ncalrpc:\[SMBTORTURE\] .*"smbtorture endpoint"'
epmapd_says 'unregistered .* at ncalrpc:\[SMBTORTURE\]'

# It registers an address of somewhere else, which is root's to do.
if [ "$(id -u)" = 0 ]; then
    passes 'ncalrpc:[EPMAPPER]' Map_full
else
    torture 'ncalrpc:[EPMAPPER]' Map_full | grep -q '^epm_Insert failed - .*0x06d7' ||
        fail "another host's address may be registered: $(cat "$TEST_TMP/torture")"
fi

for test in Map_simple Lookup_simple Lookup_terminate_search; do
    passes "ncacn_ip_tcp:127.0.0.1[$EPM_PORT]" "$test"
done

# EPT_S_CANT_PERFORM_OP, which it shows of one and compares with 0 of the other
torture "ncacn_ip_tcp:127.0.0.1[$EPM_PORT]" Map_full | grep -qx 'epm_Insert failed - .*0x06d8' ||
    fail "ept_insert over TCP: $(cat "$TEST_TMP/torture")"
torture "ncacn_ip_tcp:127.0.0.1[$EPM_PORT]" Insert_noreplace |
    grep -qx 'failure: epmapper.Insert_noreplace \[' ||
    fail "ept_insert over TCP: $(cat "$TEST_TMP/torture")"
[ "$(grep -c ' registered ' "$EPM_LOG")" -le 2 ] || fail "TCP: $(cat "$EPM_LOG")"

# impacket reads the list and maps an interface.
rpc_run /usr/bin/python3 "$(dirname "$0")/rpc_impacket_epm.py" 127.0.0.1 "$EPM_PORT"
grep -qx 'entries 10' "$TEST_TMP/peer" || fail "impacket's list"
grep -q "^ncacn_ip_tcp:127.0.0.1\[$EPM_PORT\] endpoint mapper\$" "$TEST_TMP/peer" ||
    fail "impacket's list has not the mapper"
grep -qx 'mapped 9 ways' "$TEST_TMP/peer" || fail "equal entries are not given in turn"

# A server registers by RpcEpRegister, a client of ours finds it by name alone, and when the server
# is gone it is told so.
domain_up
challenge=12345678-1234-abcd-ef00-01234567cffb
ping_it() {
    COUNTERSIGN_EPMAPPER_PORT=$EPM_PORT timeout 60 "$COUNTERSIGN" ping ncacn_ip_tcp:127.0.0.1 \
        --level none --interface "$challenge,1.0" >"$TEST_TMP/ping" 2>&1
}
rpc_up_mapped
epmapd_says "registered $challenge v1.0 at ncacn_ip_tcp:.*\[$RPC_PORT] .*: \"a challenge\"\$"
ping_it || fail "the server is not found: $(cat "$TEST_TMP/ping")"
grep -q "127.0.0.1:$RPC_PORT\$" "$TEST_TMP/ping" || fail "another server: $(cat "$TEST_TMP/ping")"
rpc_down
epmapd_says 'a process is over, and [0-9]* entries with it$'
! ping_it || fail "a server that is gone is found: $(cat "$TEST_TMP/ping")"
grep -q 'has no endpoint of' "$TEST_TMP/ping" || fail "why: $(cat "$TEST_TMP/ping")"
epmapd_down
