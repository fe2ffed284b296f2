#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Samba's own SPNEGO against ours, both ways: its client offers what a Windows client does.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
domain_kinit person
export KRB5_KTNAME="FILE:$SERVICE_KEYTAB"
ours=$COUNTERSIGN_BUILD/tests/interop/gss_sample
theirs=$(dirname "$0")/samba_sample.py

begin_server() { # TITLE COMMAND...
    title=$1
    shift
    rm -f "$TEST_TMP/server"
    timeout 120 "$@" >"$TEST_TMP/server" 2>&1 &
    server=$!
    port=
    for _ in $(seq 300); do
        port=$(sed -n 's/^port //p' "$TEST_TMP/server" 2>/dev/null || true)
        [ -n "$port" ] && break
        sleep 0.2
    done
    [ -n "$port" ] || fail "$title: no server: $(cat "$TEST_TMP/server")"
}

run_client() { # COMMAND...
    timeout 120 "$@" >"$TEST_TMP/client" 2>&1 ||
        fail "$title: $(cat "$TEST_TMP/client") (the server: $(cat "$TEST_TMP/server"))"
    wait "$server" || fail "$title: $(cat "$TEST_TMP/server")"
    echo "- $title"
}

for what in kerberos any; do
    for package in Negotiate "Negotiate,Kerberos,!NTLM"; do
        begin_server "Samba's client, offering $what, to our $package" "$ours" server 0 "$package" 2
        run_client "$theirs" client "$port" $what
        grep -q '^established with Kerberos$' "$TEST_TMP/server" || fail "$title: another package"
        grep -q '^received wrapped, sealed: "sealed by Samba"$' "$TEST_TMP/server" ||
            fail "$title: $(cat "$TEST_TMP/server")"
        grep -q '^signature verified$' "$TEST_TMP/client" || fail "$title: no signature"
    done
done

begin_server "Samba's client to our Negotiate, which speaks first" "$ours" server 0 Negotiate 2 hinted
run_client "$theirs" client "$port" any hinted
grep -q '^received wrapped, sealed: "sealed by Samba"$' "$TEST_TMP/server" || fail "$title"

# Samba's client delegates to whom the domain trusts, unasked, and in a form of Heimdal's.
trust() { # on|off
    samba-tool delegation for-any-service "$SERVICE_ACCOUNT" "$1" >/dev/null
}
trust on
begin_server "Samba's client, who delegates, to our Negotiate" "$ours" server 0 Negotiate 2
run_client "$theirs" client "$port" kerberos
trust off
grep -q '^with a delegated ticket$' "$TEST_TMP/server" || fail "$title: it did not"

to_samba() { # TITLE sealed|hinted SAMBA'S-OPTIONS...
    what=$2
    begin_server "$1" "$theirs" server ${3:+"$3"}
    run_client "$ours" client "$port" "$SERVICE_SPN" Negotiate "$what"
    grep -q '^established with Kerberos$' "$TEST_TMP/client" || fail "$title: another package"
    for said in 'sealed by us' 'in clear from us' xxxxxxxx; do
        grep -q "^received \"$said" "$TEST_TMP/server" || fail "$title: no \"$said\""
    done
}
to_samba "our Negotiate to Samba's server" sealed
to_samba "our Negotiate to Samba's server, which speaks first" hinted hinted
