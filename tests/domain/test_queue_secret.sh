#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_secret.sh - what a sealed call says is nowhere outside its two processes: neither in the
# store's files, nor on the way to the manager and from it, nor in the manager's memory. At level
# integrity, which seals nothing, it is in all three: so it would be found.
# shellcheck disable=SC2119
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
between=$COUNTERSIGN_SOURCE/tests/domain/queue_between.py
spn=qsecret/$HOST_NAME
queue_account q-secret "$spn"
queue_account q-teller

# The manager is elsewhere; where programs look for it, everything is written down.
manager_folder=$COUNTERSIGN_NCALRPC_DIR
mkdir -m 1777 "$manager_folder" "$TEST_TMP/between"
mqd_up
"$between" relay "$TEST_TMP/between/COUNTERSIGN-MQD" "$manager_folder/COUNTERSIGN-MQD" "$TEST_TMP/seen" \
    >"$TEST_TMP/relay" &
background="$background $!"
queue_wait "nobody listens in" grep -q ready "$TEST_TMP/relay"
COUNTERSIGN_NCALRPC_DIR=$TEST_TMP/between
export COUNTERSIGN_NCALRPC_DIR
serve_up q-secret secrets "$spn"
serve_down

found() { # WORD: the places it is found in
    cat queues/store/* queues/store/*/* 2>/dev/null >store.all || :
    places=
    grep -qaF "$1" store.all && places="$places store"
    grep -qaF "$1" seen && places="$places way"
    "$between" memory "$mqd_process" "$1" && places="$places memory"
    echo "$places"
}

send q-teller secrets "$spn" --level 5 --delivery 1 "the-open-word-is-herring"
send q-teller secrets "$spn" --level 6 --delivery 1 "the-sealed-word-is-swordfish"
alive secrets 2
[ "$(found herring)" = " store way memory" ] || fail "what is not sealed is found in:$(found herring)"
[ -z "$(found swordfish)" ] || fail "what is sealed is found in:$(found swordfish)"

# Nor when it is taken and executed, and when it is a dead letter.
serve_up q-secret secrets "$spn" --level 6
served '^call the-sealed-word-is-swordfish:'
dead 'protected less than the queue demands'
[ -z "$(found swordfish)" ] || fail "what was sealed is found in:$(found swordfish)"
serve_down
mqd_kill TERM
