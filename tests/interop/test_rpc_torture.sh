#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# smbtorture's test of the management interface, at our server; Wireshark reads along. It asks at
# every endpoint mapper it knows an address of, so the server stands at port 135 of one.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
domain_up
rpc_up
rpc_at_135

torture() { # OPTIONS USER
    rpc_run smbtorture -s "$SMB_CONF_PATH" "ncacn_ip_tcp:${RPC_ADDRESS}[135$1]" -U "$2" rpc.mgmt
    grep -q '^success: mgmt$' "$TEST_TMP/peer" || fail "rpc.mgmt at $1"
    grep -q 'uuid 5f1c7a52-3c0e-4b7e-9d0a-6a1f0c2e84d7  version 0x00030001' "$TEST_TMP/peer" ||
        fail "the server does not list its interface"
    grep -q 'server is listening' "$TEST_TMP/peer" || fail "the server says it does not listen"
    grep -q 'server refused to stop listening' "$TEST_TMP/peer" || fail "the server may be stopped"
}

wire_begin torture "tcp port $RPC_PORT"
torture "" %
torture ",seal,krb5,target_hostname=$HOST_NAME" "$PERSON@$REALM%$PERSON_PASSWORD"
torture ",sign,spnego,target_hostname=$HOST_NAME" "$PERSON@$REALM%$PERSON_PASSWORD"
wire_end torture
wire_check torture "$RPC_PORT"
wire_opened torture "$RPC_PORT" "$HOST_KEYTAB"
for auth in -/- 16/6 9/5; do
    [ "$(wire_count torture "from=$RPC_PORT Response .*auth=$auth\$")" -gt 0 ] ||
        fail "no response was protected by service/level $auth"
done
rpc_down
