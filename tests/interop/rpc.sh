# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# rpc.sh - our RPC server in the domain of the run, for a peer's client; brings domain.sh and
# wire.sh.
#
#   rpc_up               rpc_server, which is host/$HOST_NAME; sets RPC_PORT, exports SMB_CONF_PATH,
#                        a client's configuration for Samba's programs
#   rpc_up_mapped        the same, entered into the endpoint map
#   rpc_at_135           sets RPC_ADDRESS, where port 135 leads to that server
#   rpc_down             ends it; says what it said if it did not live until then
#   rpc_run COMMAND...   for a minute at most, or RPC_PATIENCE seconds; what it says is shown, and
#                        fails the test with it

# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/wire.sh
. "$(dirname "$0")/../lib/wire.sh"

# What rpc_server is given: [--mapped] SPN.
rpc_start() {
    mkdir -p "$TEST_TMP/samba"
    SMB_CONF_PATH=$TEST_TMP/samba/client.conf
    export SMB_CONF_PATH
    cat >"$SMB_CONF_PATH" <<EOF
[global]
    workgroup = $DOMAIN
    realm = $REALM
    private dir = $TEST_TMP/samba
    lock directory = $TEST_TMP/samba
    state directory = $TEST_TMP/samba
    cache directory = $TEST_TMP/samba
EOF
    : >"$TEST_TMP/rpc_server" # there before anyone looks
    KRB5_KTNAME="FILE:$HOST_KEYTAB" timeout 590 "$COUNTERSIGN_BUILD/tests/interop/rpc_server" \
        "$@" >"$TEST_TMP/rpc_server" 2>&1 &
    rpc_process=$!
    background="$background $rpc_process"
    RPC_PORT=
    for _ in $(seq 300); do
        RPC_PORT=$(sed -n 's/^port //p' "$TEST_TMP/rpc_server")
        [ -n "$RPC_PORT" ] && return 0
        kill -0 "$rpc_process" 2>/dev/null || break
        sleep 0.2
    done
    fail "no server: $(cat "$TEST_TMP/rpc_server")"
}

rpc_up() {
    rpc_start "host/$HOST_NAME"
}

rpc_up_mapped() {
    rpc_start --mapped "host/$HOST_NAME"
}

# An address of this test's own, since 127.0.0.1's port may be another's.
rpc_at_135() {
    RPC_ADDRESS=127.54.$(($$ / 250 % 250)).$(($$ % 250 + 1))
    : >"$TEST_TMP/forward"
    "$(dirname "$0")/rpc_forward.py" "$RPC_ADDRESS" 135 "$RPC_PORT" >"$TEST_TMP/forward" 2>&1 &
    rpc_forward=$!
    background="$background $rpc_forward"
    for _ in $(seq 300); do
        grep -q '^ready$' "$TEST_TMP/forward" && return 0
        kill -0 "$rpc_forward" 2>/dev/null || break
        sleep 0.2
    done
    fail "port 135 of $RPC_ADDRESS: $(cat "$TEST_TMP/forward")"
}

rpc_down() {
    kill -0 "$rpc_process" || fail "the server is gone: $(cat "$TEST_TMP/rpc_server")"
    kill "$rpc_process"
    wait "$rpc_process" 2>/dev/null || :
}

rpc_run() { # COMMAND...
    timeout "${RPC_PATIENCE:-60}" "$@" >"$TEST_TMP/peer" 2>&1 || {
        cat "$TEST_TMP/peer" >&2
        fail "$1 (the server: $(cat "$TEST_TMP/rpc_server"))"
    }
    cat "$TEST_TMP/peer"
}
