#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_answers.sh - calls over ncadg_mq whose client waits for the answer, between accounts of
# the domain, with the real queue manager.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
QUEUE_PEER=$COUNTERSIGN_BUILD/tests/queue_asker
spn=qanswers/$HOST_NAME
queue_account q-answers "$spn"
queue_account q-asker

ask() { # ANSWER [OPTION...] TEXT: what comes is that
    answer=$1
    shift
    COUNTERSIGN_LOG=asked.log queue_as q-asker "$QUEUE_PEER" ask answers "$spn" --timeout 30000 "$@" >out || :
    grep -q -e "$answer" out || fail "$* is answered $(cat out asked.log served.log mqd.log)"
}

# Nobody keeps calls.
ask 'countersign-mqd' early

# At every level, and from whom it says; what is said of the caller is the request's proof.
mqd_up
serve_up q-answers answers "$spn" --anybody
alice="client=q-asker@$REALM"
ask "^answer 3: $alice level=6 service=100\$" one
ask "^answer 3: $alice level=5 service=100\$" --level 5 two
ask '^answer 5: nobody 1746$' --level 1 three
ask '^much: 1048576$' much
ask '^no answer: 1234:' raise

# The server may come within the time-out, and the manager be another then.
serve_down
ask '^no answer: 1818:' --timeout 300 late
queue_as q-asker "$QUEUE_PEER" ask answers "$spn" --timeout 60000 four >out4 &
asking=$!
background="$background $asking"
serve_up q-answers answers "$spn"
wait $asking || fail "$(cat out4)"
grep -q "^answer 4: $alice level=6" out4 || fail "$(cat out4)"
served '^call four:'
ask '^no answer: 5:' --level 1 nobody

# A cancel ends the wait.
serve_down
ask '^no answer: 1818:' --cancel 300 cancelled

# No queue of answers outlives who waited at it.
"$COUNTERSIGN" queue list >listed
if grep -q "answers-" listed; then fail "$(cat listed)"; fi
mqd_kill TERM
