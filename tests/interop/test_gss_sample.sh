#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# MIT's gss-client and gss-server against ours: Kerberos and SPNEGO, wrapped, sealed and signed.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
domain_kinit person
export KRB5_KTNAME="FILE:$SERVICE_KEYTAB"
ours=$COUNTERSIGN_BUILD/tests/interop/gss_sample
service=${SERVICE_SPN%%/*}@${SERVICE_SPN#*/}
kerberos='{ 1 2 840 113554 1 2 2 }'

to_mit() { # TITLE PACKAGE mutual|one-way
    started=
    for try in 1 2 3 4 5; do # another program may have the port
        port=$((20000 + ($$ * 13 + try * 977) % 30000))
        rm -f "$TEST_TMP/server"
        timeout 120 gss-server -port "$port" -once "$service" >"$TEST_TMP/server" 2>&1 &
        server=$!
        for _ in $(seq 300); do
            if grep -qs '^starting' "$TEST_TMP/server"; then
                started=yes
                break 2
            fi
            kill -0 "$server" 2>/dev/null || break
            sleep 0.1
        done
    done
    [ -n "$started" ] || fail "$1: no gss-server: $(cat "$TEST_TMP/server")"
    timeout 120 "$ours" client "$port" "$SERVICE_SPN" "$2" "$3" >"$TEST_TMP/client" 2>&1 ||
        fail "$1: $(cat "$TEST_TMP/client") (gss-server: $(cat "$TEST_TMP/server"))"
    wait "$server" || fail "$1: gss-server: $(cat "$TEST_TMP/server")"
    grep -q '^established with Kerberos$' "$TEST_TMP/client" || fail "$1: another package"
    for said in 'sealed by us' 'wrapped by us' 'in clear from us'; do
        grep -q "^Received message: \"$said\"" "$TEST_TMP/server" ||
            fail "$1: gss-server did not get \"$said\": $(cat "$TEST_TMP/server")"
    done
    grep -q "^Accepted connection: \"$PERSON@$REALM\"" "$TEST_TMP/server" || fail "$1: who?"
    echo "- $1"
}

from_mit() { # TITLE PACKAGE GSS-CLIENT-OPTIONS...
    title=$1
    package=$2
    shift 2
    rm -f "$TEST_TMP/server"
    timeout 120 "$ours" server 0 "$package" 2 >"$TEST_TMP/server" 2>&1 &
    server=$!
    port=
    for _ in $(seq 600); do
        port=$(sed -n 's/^port //p' "$TEST_TMP/server" 2>/dev/null || true)
        [ -n "$port" ] && break
        sleep 0.1
    done
    [ -n "$port" ] || fail "$title: no server: $(cat "$TEST_TMP/server")"
    timeout 120 gss-client -port "$port" -mcount 2 "$@" 127.0.0.1 "$service" "from MIT" \
        >"$TEST_TMP/client" 2>&1 ||
        fail "$title: $(cat "$TEST_TMP/client") (ours: $(cat "$TEST_TMP/server"))"
    wait "$server" || fail "$title: $(cat "$TEST_TMP/server")"
    grep -q '^established with Kerberos$' "$TEST_TMP/server" || fail "$title: another package"
    grep -q "^received .*: \"from MIT\"$" "$TEST_TMP/server" || fail "$title: no message"
    case " $* " in
    *" -nw "* | *" -nx "*) ;;
    *) grep -q '^received wrapped, sealed' "$TEST_TMP/server" || fail "$title: not sealed" ;;
    esac
    case " $* " in
    *" -nm "*) ;;
    *) grep -q 'Signature verified' "$TEST_TMP/client" || fail "$title: no signature" ;;
    esac
    echo "- $title"
}

for how in mutual one-way; do
    to_mit "our Kerberos to gss-server, $how" Kerberos $how
    to_mit "our Negotiate to gss-server, $how" Negotiate $how
    to_mit "our Negotiate to gss-server by a list, $how" "Negotiate,Kerberos,!NTLM" $how
done
from_mit "gss-client to our Kerberos" Kerberos -mech "$kerberos"
from_mit "gss-client to our Kerberos, one way" Kerberos -mech "$kerberos" -nomutual
from_mit "gss-client to our Kerberos, in sequence" Kerberos -mech "$kerberos" -seq
from_mit "gss-client with Kerberos to our Negotiate" Negotiate -mech "$kerberos"
from_mit "gss-client -spnego to our Negotiate" Negotiate -spnego
from_mit "gss-client -spnego to our Negotiate, one way" Negotiate -spnego -nomutual
from_mit "gss-client -spnego to our Negotiate, in sequence" Negotiate -spnego -seq
from_mit "gss-client -spnego to our Negotiate, not encrypted" Negotiate -spnego -nx
from_mit "gss-client -spnego to our Negotiate, not wrapped" Negotiate -spnego -nw
from_mit "gss-client -spnego to our Negotiate, not signed" Negotiate -spnego -nm
from_mit "gss-client -spnego to our Negotiate by a list" "Negotiate,Kerberos,!NTLM" -spnego
