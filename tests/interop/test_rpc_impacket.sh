#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# impacket as a client of our RPC server, at the levels it has; Wireshark reads along.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
domain_up
domain_kinit person
kvno -q "host/$HOST_NAME"
rpc_up

wire_begin impacket "tcp port $RPC_PORT"
rpc_run "$(dirname "$0")/rpc_impacket_client.py" 127.0.0.1 "$RPC_PORT" "$HOST_NAME"
wire_end impacket
wire_check impacket "$RPC_PORT"
for auth in -/- 9/6; do
    [ "$(wire_count impacket "from=$RPC_PORT Response .*auth=$auth\$")" -gt 0 ] ||
        fail "no response was protected by service/level $auth"
done
rpc_down
