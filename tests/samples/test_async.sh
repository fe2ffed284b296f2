#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_async.sh - the sample of asynchronous calls: counted side by side, cancelled, and refused.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH

says() { # PATTERN FILE
    grep -Eq -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}

: >log
work-server --service "$SERVICE_SPN" --keytab "$SERVICE_KEYTAB" >log 2>&1 &
server=$!
background="$background $server"
tries=0
until grep -q '^listening on' log; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
        fail "the server did not start: $(cat log)"
    fi
    sleep 0.1
done
binding=$(sed -n 's/^listening on //p' log)
domain_kinit person >/dev/null

expect 0 work-client --connect "$binding" --service "$SERVICE_SPN" --below 10000 --jobs 20 >said 2>&1
[ "$(grep -c '^below 10000: 1229 primes, the greatest is 9973$' said)" = 20 ] ||
    fail "twenty counts were asked for: $(cat said)"
says "^$PERSON@$REALM has 1229 primes below 10000" log

# What would take minutes is cancelled: those that are counted, and those in the queue.
expect 1 work-client --connect "$binding" --service "$SERVICE_SPN" --below 1000000000 --jobs 5 \
    --patience 300 >said 2>&1
[ "$(grep -c '^below 1000000000: cancelled$' said)" = 5 ] ||
    fail "five counts were to be cancelled: $(cat said)"
says "^$PERSON@$REALM lost patience at" log

# Nobody, and a server that cannot prove the name.
KRB5CCNAME=FILE:/nonexistent expect 1 work-client --connect "$binding" --service "$SERVICE_SPN" \
    >said 2>&1
grep -q primes said && fail "a caller without a ticket was answered"
expect 1 work-client --connect "$binding" --service "HOST/$HOST_NAME" >said 2>&1
grep -q primes said && fail "a server without the key was believed"
expect 1 work-client --connect "ncacn_ip_tcp:127.0.0.1[1]" --service "$SERVICE_SPN" >said 2>&1
says "WorkPrimes: RPC_S_SERVER_UNAVAILABLE" said
expect 2 work-client --service x
