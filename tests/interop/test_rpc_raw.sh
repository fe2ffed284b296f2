#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Samba's black-box protocol tests at our RPC server, which must miss exactly what
# rpc_raw_protocol.list says, and nothing that Samba's own server passes. Much of what they send is wrong on purpose; what we answer must not be.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
domain_up
epmapd_up
rpc_up_mapped
MAX_NUM_AUTH=16 # as many security contexts as our server keeps on a connection
export MAX_NUM_AUTH
RPC_PATIENCE=500

wire_begin raw "tcp port $RPC_PORT"
rpc_run "$(dirname "$0")/rpc_raw_protocol.py" 127.0.0.1 "$RPC_PORT" "$EPM_PORT" "$HOST_NAME" \
    "$(dirname "$0")/rpc_raw_protocol.list"
wire_end raw
# shellcheck disable=SC2153 # domain_up sets DC_ADDRESS
rpc_run "$(dirname "$0")/rpc_raw_protocol.py" "$DC_ADDRESS" 135 135 "$DC_NAME" \
    "$(dirname "$0")/rpc_raw_protocol.list" misses
wire_check raw "$RPC_PORT" "tcp.srcport == $RPC_PORT"
rpc_down
epmapd_down
