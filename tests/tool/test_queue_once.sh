#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_once.sh - exactly once: an application with a SQLite database is killed again and again,
# before its commit and between that and the runtime's, and the queue manager with it. Then each call's
# effect is there once, and what each has sent on was delivered once.
# shellcheck disable=SC2016,SC2119
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
mkdir some
calls=30
texts=$(seq "$calls" | sed 's/^/text/')
database() { # SQL
    /usr/bin/python3 -c 'import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(*row)' "$TEST_TMP/effects.db" "$1"
}

mqd_up --set deliveries=1000 --set backoff-first=1ms --set backoff-most=5ms
for queue in once onward; do
    serve_up some $queue '' --anybody
    serve_down
done
# shellcheck disable=SC2086
send some once '' $texts
send some once '' raise

waiting() {
    "$COUNTERSIGN" queue peek once --json >waiting.json || fail "the queue cannot be looked at"
    grep -c '"id"' waiting.json || :
}

# The server begins anew when it is lost, and with every fifth the manager is lost, too. It is given a little
# longer each time: on a busy machine three seconds may not be enough to begin.
round=0
while [ "$(waiting)" -gt 1 ]; do
    round=$((round + 1))
    [ "$round" -le 600 ] || fail "it does not come to an end: $("$COUNTERSIGN" queue peek once)"
    queue_as some timeout $((3 + round / 4)) "$COUNTERSIGN_BUILD/tests/queue_once" once effects.db onward >lost 2>&1 &
    server=$!
    if [ $((round % 5)) = 0 ]; then
        sleep 0.05
        mqd_kill KILL
        mqd_up --set deliveries=1000 --set backoff-first=1ms --set backoff-most=5ms
    fi
    wait $server || [ $? != 3 ] || fail "$(cat lost)"
done
[ "$round" -gt 5 ] || fail "it was lost $round times: nothing was tried"
echo "lost $round times"

# What always raises an exception has left nothing, and nothing that it sent is there.
database 'SELECT text, count(*) FROM done GROUP BY text' | sort >effects
# shellcheck disable=SC2086
printf '%s 1\n' $texts | sort >wanted
cmp effects wanted || fail "not once each: $(cat effects)"
serve_up some onward '' --anybody
served_all() { [ "$(grep -c "^call " served)" -ge "$calls" ]; }
queue_wait "not all was sent on" served_all
serve_down
sed -n 's/^call \([a-z0-9]*\):.*/\1 1/p' served | sort >onward
cmp onward wanted || fail "not delivered once each: $(cat onward)"
mqd_kill TERM
