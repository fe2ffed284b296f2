#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our RPC client at our server, at every level, as measure for the peers: every kind of parameter,
# sizes of one and of many fragments, context handles. Wireshark reads along, and opens what is sealed.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
domain_up
domain_kinit person
rpc_up

ask() { # SERVICE LEVEL EXPECTED-LEVEL NUMBER
    rpc_run "$COUNTERSIGN_BUILD/tests/interop/rpc_client" "ncacn_ip_tcp:127.0.0.1[$RPC_PORT]" \
        "host/$HOST_NAME" "$1" "$2"
    grep -q "^caller .* level $3 service $4\$" "$TEST_TMP/peer" || fail "$1 at level $2"
}

wire_begin ours "tcp port $RPC_PORT"
ask none 1 1 0
for level in 2 3 4 5 6; do
    expected=$level
    [ $level != 3 ] || expected=4 # over TCP a call's level is the packet's
    ask kerberos $level $expected 16
    ask negotiate $level $expected 9
done
wire_end ours
wire_check ours "$RPC_PORT"
wire_opened ours "$RPC_PORT" "$HOST_KEYTAB"
rpc_down
