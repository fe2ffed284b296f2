#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# MIT's GSS-API with its IOV calls against ours, both ways: Kerberos and SPNEGO, mutual, one-way
# and in DCE style; messages with a signed head and tail, and signatures, of ten sizes each way.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
domain_kinit person
export KRB5_KTNAME="FILE:$SERVICE_KEYTAB"
ours=$COUNTERSIGN_BUILD/tests/interop/gssapi_peer
theirs=$(dirname "$0")/gssapi_peer.py

conversation() { # TITLE SERVER-COMMAND CLIENT-COMMAND HOW
    rm -f "$TEST_TMP/server"
    # shellcheck disable=SC2086
    timeout 20 $2 >"$TEST_TMP/server" 2>&1 &
    server=$!
    port=
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        port=$(sed -n 's/^port //p' "$TEST_TMP/server" 2>/dev/null || true)
        [ -n "$port" ] && break
        sleep 0.1
    done
    [ -n "$port" ] || fail "$1: no server: $(cat "$TEST_TMP/server")"
    # shellcheck disable=SC2086
    set -- "$1" $3 "$4"
    title=$1
    program=$2
    shift 3
    timeout 20 "$program" client "$port" "$SERVICE_SPN" "$@" >"$TEST_TMP/client" 2>&1 ||
        fail "$title: $(cat "$TEST_TMP/client") (the server: $(cat "$TEST_TMP/server"))"
    wait "$server" || fail "$title: $(cat "$TEST_TMP/server")"
    grep -q '^10 rounds' "$TEST_TMP/client" || fail "$title: the client: $(cat "$TEST_TMP/client")"
    grep -q '^10 rounds' "$TEST_TMP/server" || fail "$title: the server: $(cat "$TEST_TMP/server")"
    echo "- $title"
}

for how in mutual one-way dce; do
    conversation "ours to MIT's, Kerberos, $how" "$theirs server krb5" "$ours client Kerberos" $how
    conversation "MIT's to ours, Kerberos, $how" "$ours server Kerberos" "$theirs client krb5" $how
    conversation "ours to MIT's, SPNEGO, $how" "$theirs server spnego" "$ours client Negotiate" $how
    conversation "MIT's to ours, SPNEGO, $how" "$ours server Negotiate" "$theirs client spnego" $how
    conversation "MIT's Kerberos to our Negotiate, $how" "$ours server Negotiate" \
        "$theirs client krb5" $how
    conversation "ours to ours, Negotiate, $how" "$ours server Negotiate" "$ours client Negotiate" \
        $how
done
