#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_stale.sh - a running server whose KDC goes away: while what it knows of a sender counts,
# the sender's messages are executed; then they wait, and are executed when the KDC is there again.
# shellcheck disable=SC2016
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
spn=qstale/$HOST_NAME
queue_account qst-orders "$spn"
queue_account qst-alice
mqd_up --set deliveries=2 --set backoff-first=10ms

# The server reaches its KDC through a relay, at a port of the KDC's own on an address that is nobody
# else's. Its file is not altered afterwards: a process keeps the KDCs that it has found.
relay=${DC_ADDRESS%.*}.88:88
sed "s/kdc = $DC_ADDRESS\$/kdc = $relay/" "$KRB5_CONFIG" >relayed.conf
grep -q "kdc = $relay\$" relayed.conf
kdc_up() {
    : >relay.ready
    : >relay.log
    "$COUNTERSIGN_SOURCE/tests/domain/queue_between.py" relay "$relay" "$DC_ADDRESS:88" relay.log \
        >relay.ready &
    relay_process=$!
    background="$background $relay_process"
    queue_wait "no relay to the KDC" grep -q '^ready$' relay.ready
}
kdc_down() {
    kill "$relay_process"
    wait "$relay_process" 2>/dev/null || :
}
stale_up() { # SECONDS: how long what is known counts
    printf 'queue-cache = enforce %s\n' "$1" >cache.conf
    kdc_up
    serve_env="KRB5_CONFIG=$TEST_TMP/relayed.conf COUNTERSIGN_CONFIG=$TEST_TMP/cache.conf"
    serve_up qst-orders stale "$spn" --level 5
    serve_env=
    send qst-alice stale "$spn" warm
    served '^call warm:'
    [ -s relay.log ] || fail "the server asks its KDC on another way"
    kdc_down
}

# What is known counts for hours: no KDC is needed.
stale_up 86400
send qst-alice stale "$spn" known
served '^call known:'
! grep 'a message waits' served.log || fail "it waited"
serve_down

# It counts no more: the log says who cannot be asked for, and why. While the domain does not answer
# it is not asked each time that the message comes again.
stale_up 1
"$COUNTERSIGN" queue peek '$dead-letter' >before 2>&1
sleep 3 # at least so long: what was known is known no more
send qst-alice stale "$spn" late
queue_wait "the message does not wait, or for something else" \
    grep -q "a message waits: .* who qst-alice@$REALM is: .*KDC" served.log
queue_wait "a KDC that is away is asked each time" \
    grep -q 'a message waits: the domain of S-1-.* lately did not answer' served.log
alive stale 1
served '^call late:' 0
"$COUNTERSIGN" queue peek '$dead-letter' >after 2>&1
cmp before after

kdc_up
served '^call late:'
grep -q "^call late: client=qst-alice@$REALM " served || fail "not in its caller's name: $(cat served)"
alive stale 0
"$COUNTERSIGN" queue peek '$dead-letter' >after 2>&1
cmp before after
serve_down
kdc_down
mqd_kill TERM
