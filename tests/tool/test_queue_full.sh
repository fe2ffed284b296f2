#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_full.sh - a disk that really is full under the queue manager's store: a file system of
# some MiB, in a mount namespace of the test's own. Who sends is told so; nothing that was accepted is
# lost, what is there is still delivered and ends, also behind a kill, and where there is room again
# it goes on without a restart.
# shellcheck disable=SC2119
set -eu
if [ -z "${QUEUE_FULL_INSIDE:-}" ]; then
    export QUEUE_FULL_INSIDE=1
    if [ "$(id -u)" = 0 ]; then
        exec unshare --mount --propagation private "$0"
    fi
    exec unshare --user --map-root-user --mount --propagation private "$0"
fi
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
mkdir some queues
mount -t tmpfs -o size=64m,mode=700 tmpfs queues || fail "no file system of the test's own"
# shellcheck disable=SC2154
trap 'status=$?; set +e; umount -l "$TEST_TMP/queues"; (exit $status); queue_at_exit' EXIT

fill() { # every octet that nobody has
    for _ in $(seq 1000); do
        dd if=/dev/zero of=queues/ballast bs=4096 oflag=append conv=notrunc 2>/dev/null || :
        [ "$(df --output=avail queues | tail -n 1)" -ne 0 ] || return 0
    done
    fail "there is always room: $(df queues)"
}
# fill_until_refused PREFIX: the disk full each time, what the store gave back meanwhile too, and one more of
# 100,000 octets sent, until its sender hears that there is no room; accepted has what was.
fill_until_refused() {
    sent=0
    fill
    while send some orders '' "$1$sent-$padding" >said 2>&1; do
        grep -q "^sent " said || fail "neither sent nor refused: $(cat said)"
        echo "$1$sent" >>accepted
        sent=$((sent + 1))
        [ "$sent" -lt 20000 ] || fail "the disk does not become full"
        fill
    done
    echo "$1: $sent accepted"
    grep -q 'not accepted.*1721' said || fail "not told that the disk is full: $(cat said)"
}
begin() {
    mqd_up --set backoff-first=1ms --set backoff-most=5ms
}
# Each that was accepted, once, in its order.
take_all() {
    serve_up some orders '' --anybody
    served "^call $(tail -n 1 accepted)-"
    serve_down
    sed -n 's/^call \([a-z0-9]*\)-.*/\1/p' served >called
    cmp accepted called || fail "accepted is not what was called: $(diff accepted called | head)"
    : >accepted
}

padding=$(head -c 100000 /dev/zero | tr '\0' x)
: >accepted
begin
serve_up some orders '' --anybody
serve_down
for i in $(seq 1 125); do # nearly what the log has before the database gets it
    send some orders '' "before$i-$padding" >/dev/null
    echo "before$i" >>accepted
done

# Full: some more fit into what the store has, and then its sender hears it. They leave all the same.
fill_until_refused a
take_all

# Killed while it is full, it begins again and has everything.
rm queues/ballast
queue_wait "there is room, and nothing is accepted" send some orders '' "b-$padding" >sent
echo b >>accepted
fill_until_refused c
mqd_kill KILL
begin
take_all

# Room again: it goes on, without a restart.
fill_until_refused e
rm queues/ballast
queue_wait "there is room, and nothing is accepted" send some orders '' "d-$padding" >sent
echo d >>accepted
take_all
grep -i 'damage' mqd.log && fail "a full disk is told of as damage"
mqd_kill TERM
"$COUNTERSIGN" queue check --store queues/store >said || fail "$(cat said)"
