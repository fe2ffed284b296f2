#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Samba's client runtime at our RPC server: each security, each level, each byte order, at mgmt and
# at an interface of ours. Wireshark reads along, and opens what is sealed.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
domain_up
rpc_up

for interface in mgmt trial; do
    wire_begin $interface "tcp port $RPC_PORT"
    rpc_run "$(dirname "$0")/rpc_samba_client.py" 127.0.0.1 "$RPC_PORT" "$HOST_NAME" $interface
    wire_end $interface
    wire_check $interface "$RPC_PORT"
    wire_opened $interface "$RPC_PORT" "$HOST_KEYTAB"
    for auth in -/- 9/4 9/5 9/6; do
        [ "$(wire_count $interface "from=$RPC_PORT Response .*auth=$auth\$")" -gt 0 ] ||
            fail "$interface: no response was protected by service/level $auth"
    done
    [ "$(wire_count $interface ' Fault ')" = 0 ] || fail "$interface: a fault"
done
for level in 4 5 6; do
    [ "$(wire_count mgmt "from=$RPC_PORT Response .*auth=16/$level\$")" -gt 0 ] ||
        fail "no response was protected by Kerberos at level $level"
done
rpc_down
