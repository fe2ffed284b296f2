#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# MIT's GSS-API with its IOV calls against ours, both ways: Kerberos and SPNEGO, mutual, one-way
# and in DCE style; messages with a signed head and tail, and signatures, of ten sizes each way.
# A second choice signs the list of mechanisms first, and a wrong signature ends it.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
domain_kinit person
export KRB5_KTNAME="FILE:$SERVICE_KEYTAB"
ours=$COUNTERSIGN_BUILD/tests/interop/gssapi_peer
theirs=$(dirname "$0")/gssapi_peer.py

begin_server() { # TITLE COMMAND
    rm -f "$TEST_TMP/server"
    # shellcheck disable=SC2086
    timeout 120 $2 >"$TEST_TMP/server" 2>&1 &
    server=$!
    port=
    for _ in $(seq 600); do
        port=$(sed -n 's/^port //p' "$TEST_TMP/server" 2>/dev/null || true)
        [ -n "$port" ] && break
        sleep 0.1
    done
    [ -n "$port" ] || fail "$1: no server: $(cat "$TEST_TMP/server")"
}

run_client() { # PROGRAM MECHANISM HOW
    timeout 120 "$1" client "$port" "$SERVICE_SPN" "$2" "$3" >"$TEST_TMP/client" 2>&1
}

conversation() { # TITLE SERVER-COMMAND CLIENT-PROGRAM MECHANISM HOW
    begin_server "$1, $5" "$2"
    run_client "$3" "$4" "$5" ||
        fail "$1, $5: $(cat "$TEST_TMP/client") (the server: $(cat "$TEST_TMP/server"))"
    wait "$server" || fail "$1, $5: $(cat "$TEST_TMP/server")"
    grep -q '^10 rounds' "$TEST_TMP/client" || fail "$1, $5: the client: $(cat "$TEST_TMP/client")"
    grep -q '^10 rounds' "$TEST_TMP/server" || fail "$1, $5: the server: $(cat "$TEST_TMP/server")"
    echo "- $1, $5"
}

altered() { # TITLE OURS SERVER-COMMAND CLIENT-PROGRAM MECHANISM HOW: SEC_E_MESSAGE_ALTERED at ours
    begin_server "$1, $6" "$3"
    run_client "$4" "$5" "$6" && fail "$1, $6: $(cat "$TEST_TMP/client")"
    wait "$server" && fail "$1, $6: $(cat "$TEST_TMP/server")"
    grep -q 'authentication: 0x8009030f$' "$TEST_TMP/$2" || fail "$1, $6: $(cat "$TEST_TMP/$2")"
    echo "- $1, $6: refused"
}

for how in mutual one-way dce; do
    conversation "ours to MIT's, Kerberos" "$theirs server krb5" "$ours" Kerberos $how
    conversation "MIT's to ours, Kerberos" "$ours server Kerberos" "$theirs" krb5 $how
    conversation "ours to MIT's, SPNEGO" "$theirs server spnego" "$ours" Negotiate $how
    conversation "MIT's to ours, SPNEGO" "$ours server Negotiate" "$theirs" spnego $how
    conversation "MIT's Kerberos to our Negotiate" "$ours server Negotiate" "$theirs" krb5 $how
    conversation "ours to ours, Negotiate" "$ours server Negotiate" "$ours" Negotiate $how
    conversation "ours to a second choice" "$theirs server second" "$ours" Negotiate $how
    conversation "a second choice to ours" "$ours server Negotiate" "$theirs" second $how
    altered "ours to a wrong list" client "$theirs server spoiled" "$ours" Negotiate $how
    altered "a wrong list to ours" server "$ours server Negotiate" "$theirs" spoiled $how
done
