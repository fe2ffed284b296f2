#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_calls.sh - what a binding's and an endpoint's options do to calls over ncadg_mq; at
# level none, for which nobody has keys.
# shellcheck disable=SC2016,SC2119
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
mkdir some
says() { # SENTENCE FILE
    grep -qF -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}
journal() { # QUEUE TEXT: the journal or the dead letters
    queue_wait "not in $1: $2" journal_is "$@"
}
journal_is() {
    "$COUNTERSIGN" queue peek "$1" >kept 2>&1 && grep -qF -- "$2" kept
}
order() { # WORDS
    queue_wait "not called as: $1" order_is "$1"
}
order_is() {
    [ "$(sed -n 's/^call \([a-z]*\):.*/\1/p' served | tr '\n' ' ')" = "$1 " ]
}

mqd_up --set deliveries=1
serve_up some orders '' --anybody
serve_down

# Priority goes first, then the order of sending; nobody is known by such messages.
send some orders '' --priority 1 low
send some orders '' one two
send some orders '' --priority 7 high
serve_up some orders '' --anybody
order 'high one two low'
says 'call high: nobody 1746 attributes' served
serve_down

# Express is gone with the manager, recoverable is not.
send some orders '' --delivery 0 express
send some orders '' recoverable
mqd_kill KILL
mqd_up --set deliveries=1
serve_up some orders '' --anybody
order recoverable

# The journal: none, what was not executed, everything.
send some orders '' --journal 0 none
send some orders '' --journal 2 always
order 'recoverable none always'
journal '$journal' 'operation 0'
[ "$(grep -c 'operation 0' kept)" = 1 ] || fail "too much in the journal: $(cat kept)"
serve_down
mqd_kill TERM
mqd_up --set journal=none
serve_up some express '' --anybody
serve_down
send some express '' --journal 0 --receive 1 gone
send some express '' --journal 1 --receive 1 kept
alive express 0
journal '$dead-letter' expired
[ "$(grep -c expired kept)" = 1 ] || fail "too many dead letters: $(cat kept)"

# Times: as long as is allowed and no longer, and no time at all.
expect 1 send some orders '' --receive 2678400 long >out
says queue-lifetime out
expect 1 send some orders '' --reach 0 late >out
says "the message's time is over" out
send some orders '' --reach 3600 --receive 7200 in-time

# Back-pressure: a queue that is full says so, and has room when something has left it.
"$COUNTERSIGN" queue create small --messages 1 >/dev/null
send some small '' first
expect 1 send some small '' second >out 2>&1
grep -q 'not accepted.*1723' out || fail "not told that it is busy: $(cat out)"
says 'the queue is full' out
"$COUNTERSIGN" queue purge small >/dev/null
send some small '' second

# An endpoint: cleared when it is opened, temporary, with a list of access.
serve_up some orders '' --anybody --clear --queue-allow 'D:(A;;GX;;;WD)'
"$COUNTERSIGN" queue show orders >shown
says '(A;;0x24;;;S-1-1-0)' shown
serve_down
served '^call ' 0
serve_up some orders '' --anybody --keep --queue-allow 'D:(A;;GX;;;AU)'
"$COUNTERSIGN" queue show orders >shown
says '(A;;0x24;;;S-1-1-0)' shown
serve_down
serve_up some passing '' --anybody --temporary
expect 0 "$COUNTERSIGN" queue show passing >/dev/null
send some passing '' here
served '^call here:'
serve_down
queue_wait "the queue stays" expect 1 "$COUNTERSIGN" queue show passing 2>/dev/null

# Whom nobody knows an interface has to ask for; a queue that demands more does not have him at all.
serve_up some orders ''
send some orders '' unknown
dead 'may not make this call'
served '^call ' 0
serve_down

# Who wants to hear what became of his calls is told: that they were executed, or failed, or why
# they are not executed at all.
outcomes some 1 0
mqd_kill KILL
mqd_up --set deliveries=1
send some orders '' --acknowledge 1 heard raise >sent
send some orders '' quiet
serve_up some orders '' --anybody
served '^call quiet'
serve_down
outcomes some 1 2
says "executed $(sed -n '1s/^sent //p' sent) level=1 by S-1-22-1-$(id -u): 0 " outcomes
says "failed $(sed -n '2s/^sent //p' sent) level=1 by S-1-22-1-$(id -u): 1490 its execution ended" outcomes
send some orders '' --acknowledge 1 weak >sent
serve_up some orders ''
outcomes some 1 1
says "refused $(sed -n 's/^sent //p' sent) level=1" outcomes
says 'may not make this call' outcomes
serve_down
send_to_expire some orders '' --acknowledge 1 late >sent
outcomes some 1 1
says "expired $(sed -n 's/^sent //p' sent) level=1 by S-1-22-1-$(id -u): 8 the message has expired" outcomes
alive "reply.S-1-22-1-$(id -u)" 0
mqd_kill TERM
