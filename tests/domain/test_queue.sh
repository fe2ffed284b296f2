#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue.sh - calls to a server that is not there: accepted, kept, executed once, by whom they
# say; with the real queue manager.
# shellcheck disable=SC2119
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
spn=qorders/$HOST_NAME
queue_account q-orders "$spn"
queue_account q-alice

# Nobody keeps calls.
expect 1 send q-alice orders "$spn" early >out
grep -q 'countersign-mqd' out || fail "no remedy: $(cat out)"

# While the server is away they are kept, whatever becomes of the manager; then each is executed
# once, in order, and says whose it is.
mqd_up
serve_up q-orders orders "$spn" --level 6
serve_down
send q-alice orders "$spn" one
mqd_kill KILL
mqd_up
send q-alice orders "$spn" two three
serve_up q-orders orders "$spn" --level 6
served '^call three:'
alice="client=q-alice@$REALM"
served "^call one: $alice level=6 service=100 server=$spn attributes $alice server=$spn level=6 service=100\$"
served '^call ' 3
[ "$(sed -n 's/^call \([a-z]*\):.*/\1/p' served | tr '\n' ' ')" = 'one two three ' ] || fail "$(cat served)"

# The manager may go under a running server, and come back.
mqd_kill KILL
mqd_up
send q-alice orders "$spn" four
served '^call four:'

# What is weaker than the queue demands is not executed, and its dead letter says so.
send q-alice orders "$spn" --level 5 weak
dead 'protected less than the queue demands'
serve_down
send q-alice orders "$spn" last
serve_up q-orders orders "$spn" --level 6
served '^call last:'
served '^call ' 1

# What became of it is told by the receiver's account, to the sender's; what is sealed is seen
# nowhere between them.
outcomes q-alice 6 0
send q-alice orders "$spn" --acknowledge 1 told-and-hidden >sent
outcomes q-alice 6 1
grep -q "^executed $(sed -n 's/^sent //p' sent) level=6 by S-1-5-21-.*: 0 \$" outcomes || fail "$(cat outcomes)"
send q-alice orders "$spn" --level 5 --acknowledge 1 weak >sent
outcomes q-alice 5 1
grep -q "^refused $(sed -n 's/^sent //p' sent) level=5 .*protected less than the queue demands" outcomes ||
    fail "$(cat outcomes)"
serve_down
send_to_expire q-alice orders "$spn" --acknowledge 1 late >sent
outcomes q-alice 6 1
grep -q "^expired $(sed -n 's/^sent //p' sent) level=1 by S-1-22-1-$(id -u): 8 the message has expired" outcomes ||
    fail "$(cat outcomes)"
send q-alice orders "$spn" plainly-secret
serve_up q-orders readable "$spn" --level 5
serve_down
send q-alice readable "$spn" --level 5 plainly-open
mqd_kill KILL
grep -rqa plainly-open queues/store || fail "what is not sealed is not found"
grep -rqa plainly-secret queues/store && fail "what is sealed lies there to be read"
mqd_up
serve_up q-orders orders "$spn" --level 6
served '^call plainly-secret:'
serve_down

# A level is an option as well.
serve_up q-orders readable "$spn" --level 5
served "^call plainly-open: $alice level=5 service=100"
send q-alice readable "$spn" --option-level 5 by-option
served "^call by-option: $alice level=5 service=100"
send q-alice readable "$spn" --level 5 --option-level 6 raised
served "^call raised: $alice level=6 service=100"
serve_down
mqd_kill TERM
