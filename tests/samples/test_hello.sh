#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_hello.sh - the first sample, as its README has it: published, found, called; and everything
# that must not work.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
keyword=$(sed -n 's/.*HELLO_KEYWORD = "\(.*\)".*/\1/p' "$COUNTERSIGN_SOURCE/samples/hello/hello.idl")

says() { # PATTERN FILE
    grep -Eq -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}
as_admin() {
    COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD countersign "$@" --user "$ADMIN"
}
serve() { # LOG arguments...
    log=$1
    shift
    hello-server "$@" >"$log" 2>&1 &
    server=$!
    background="$background $server"
    tries=0
    until grep -q '^listening on' "$log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
            fail "the server did not start: $(cat "$log")"
        fi
        sleep 0.1
    done
    binding=$(sed -n 's/^listening on //p' "$log")
}
call() { # STATUS arguments...
    status=$1
    shift
    expect "$status" hello-client "$@" >said 2>&1
}

as_admin publish --name Hello --class Hello --keyword "$keyword" --account svc >published
point=$(awk '$1 == "guid" { print $2 }' published)
serve log --account svc --keytab "$SERVICE_KEYTAB" --point "$point"
domain_kinit person >/dev/null

# Found, proven, sealed.
call 0 --trust-account svc --say "pay Bob 100"
says "it answers \"$PERSON@$REALM, I heard: pay Bob 100\"" said
says "to prove +Hello/$HOST_NAME" said
says "^at level privacy, I answer: $PERSON@$REALM" log

# Less than privacy is not for this server, whoever calls.
call 1 --trust-account svc --level integrity
says "HelloSay: ERROR_ACCESS_DENIED" said
call 1 --trust-account svc --level none
says "HelloSay: ERROR_ACCESS_DENIED" said
grep -q "it answers" said && fail "a call at level none was answered"
says "REFUSED a call at level 5" log

# Another account than the trusted one, though everything it says is true.
call 1 --trust-account "$OTHER"
says "CsFindService: ERROR_TRUST_FAILURE" said

# A caller who is nobody.
KRB5CCNAME=FILE:/nonexistent call 1 --trust-account svc --connect "$binding"
grep -q "it answers" said && fail "a caller without a ticket was answered"

# The same program with another account's key, at another place: it cannot prove the name.
serve other --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB"
call 1 --trust-account svc --connect "$binding"
says "HelloSay: (RPC_S_SEC_PKG_ERROR|ERROR_ACCESS_DENIED)" said
grep -q "at level" other && fail "it was called: $(cat other)"

# For the demo only, and it says so.
serve plain --account svc --keytab "$SERVICE_KEYTAB" --level none
says "^WARNING: calls are taken at level none" plain
call 0 --trust-account svc --connect "$binding" --level none
says "it answers \"nobody I know, I heard: hello\"" said
call 0 --trust-account svc --connect "$binding" --level integrity
says "it answers \"$PERSON@$REALM, I heard: hello\"" said

# Nothing is listening there.
call 1 --trust-account svc --connect "ncacn_ip_tcp:127.0.0.1[1]"
says "HelloSay: RPC_S_SERVER_UNAVAILABLE" said
call 2 --level packet
as_admin withdraw --name Hello --class Hello --account svc >withdrawn
