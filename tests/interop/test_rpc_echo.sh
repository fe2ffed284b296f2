#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# smbtorture's tests of the interface rpcecho, at our server: every size of number, unions, arrays of many
# fragments, and three calls at once on one connection. Wireshark reads along.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
domain_up
rpc_up

torture() { # OPTIONS USER TESTS...
    torture_at="ncacn_ip_tcp:127.0.0.1[$RPC_PORT$1]"
    torture_as=$2
    shift 2
    timeout 100 smbtorture -s "$SMB_CONF_PATH" "$torture_at" -U "$torture_as" "$@" \
        >"$TEST_TMP/peer" 2>&1 || { torture_status=$?; return "$torture_status"; }
}

# quick: without the test of sleeping.
all() { # OPTIONS USER
    torture "$1" "$2" --option=torture:quick=yes rpc.echo || {
        cat "$TEST_TMP/peer" >&2
        fail "rpc.echo at \"$1\""
    }
    for subject in addone sinkdata echodata sourcedata testcall testcall2 enum surrounding doublepointer; do
        grep -q "^success: echo.$subject\$" "$TEST_TMP/peer" || fail "$subject at \"$1\""
    done
}

# In the other transfer syntax; but for echo.surrounding, whose two parameters here are the one structure
# there in NDR alone.
ndr64() { # OPTIONS USER
    for subject in addone sinkdata echodata sourcedata testcall testcall2 enum doublepointer; do
        torture ",ndr64$1" "$2" "rpc.echo.echo.$subject" || {
            cat "$TEST_TMP/peer" >&2
            fail "$subject at \",ndr64$1\""
        }
        grep -q "^success: echo.$subject\$" "$TEST_TMP/peer" || fail "$subject at \",ndr64$1\""
    done
}

wire_begin echo "tcp port $RPC_PORT"
all "" %
all ",seal,krb5,target_hostname=$HOST_NAME" "$PERSON@$REALM%$PERSON_PASSWORD"
all ",sign,spnego,target_hostname=$HOST_NAME" "$PERSON@$REALM%$PERSON_PASSWORD"
ndr64 "" %
ndr64 ",seal,krb5,target_hostname=$HOST_NAME" "$PERSON@$REALM%$PERSON_PASSWORD"
wire_end echo
wire_check echo "$RPC_PORT"
wire_opened echo "$RPC_PORT" "$HOST_KEYTAB"
syntax=71710533-beba-4937-8319-b5dbef9ccc36
[ "$(wire_read echo "$RPC_PORT" -Y "dcerpc.cn_ack_trans_id == $syntax" | wc -l)" -ge 16 ] ||
    fail "not every bind was answered with NDR64"
for auth in -/- 16/6 9/5; do
    [ "$(wire_count echo "from=$RPC_PORT Response .*auth=$auth\$")" -gt 0 ] ||
        fail "no response was protected by service/level $auth"
done

# Calls of 3, 2 and 1 seconds, sent together: it fails where an answer is half a second late, which a
# busy machine may be. That they wait for each other would be late each time.
for _ in 1 2 3 4 5 6; do
    slept=yes
    torture "" % rpc.echo.echo.sleep && break
    slept=no
done
[ "$slept" = yes ] || {
    cat "$TEST_TMP/peer" >&2
    fail "calls on one connection wait for each other"
}
rpc_down
