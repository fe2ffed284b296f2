#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command lines of countersign-mqd and of countersign queue: help, exit statuses, and what they
# say of queues that are made, changed and removed.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
program=$COUNTERSIGN_BUILD/bin/countersign-mqd
queue() {
    timeout 60 "$COUNTERSIGN_BUILD/bin/countersign" queue "$@"
}

expect 0 "$program" --version >/dev/null
expect 0 "$program" --help >"$TEST_TMP/help"
for part in USAGE OPTIONS EXAMPLES 'EXIT STATUS'; do
    grep -qx "$part" "$TEST_TMP/help" || fail "--help has no $part"
done
expect 2 "$program" --sideways 2>"$TEST_TMP/said"
grep -q 'try: countersign-mqd --help' "$TEST_TMP/said" || fail "no way out of a wrong option"
expect 2 "$program" --set 2>/dev/null
echo 'deliveries = 0' >"$TEST_TMP/mqd.conf"
expect 1 "$program" --check --config "$TEST_TMP/mqd.conf" 2>"$TEST_TMP/said"
grep -q 'deliveries cannot be "0"\. Line 1' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
echo "store = $TEST_TMP/store" >"$TEST_TMP/mqd.conf"
expect 0 "$program" --check --config "$TEST_TMP/mqd.conf"

COUNTERSIGN_NCALRPC_DIR=$TEST_TMP/ncalrpc
export COUNTERSIGN_NCALRPC_DIR
mkdir -m 1777 "$COUNTERSIGN_NCALRPC_DIR"
expect 1 queue list 2>"$TEST_TMP/said"
grep -q 'try: ' "$TEST_TMP/said" || fail "no way out without a manager"
"$program" --config "$TEST_TMP/mqd.conf" 2>"$TEST_TMP/log" &
daemon=$!
until grep -q ': ready$' "$TEST_TMP/log"; do
    kill -0 $daemon || fail "$(cat "$TEST_TMP/log")"
    sleep 0.1
done

expect 2 queue
expect 2 queue sideways
expect 2 queue show
expect 2 queue create orders --bytes much
expect 2 queue set orders
expect 1 queue show orders 2>"$TEST_TMP/said"
grep -q 'orders: there is no such queue' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
expect 0 queue create orders --bytes 4G --deliveries 10 >/dev/null
expect 1 queue create orders 2>/dev/null
expect 1 queue create "\$orders" 2>/dev/null
expect 0 queue set orders --journal always --backoff 2s >/dev/null
queue show orders --json >"$TEST_TMP/shown"
for fact in '"bytes_most": 4294967296' '"deliveries_most": 10' '"journal": "always"' \
    '"backoff_first_ms": 2000'; do
    grep -qF "$fact" "$TEST_TMP/shown" || fail "not $fact: $(cat "$TEST_TMP/shown")"
done
queue stats --prometheus | grep -qx 'countersign_queue_messages{queue="orders"} 0' ||
    fail "no metric of the queue"
queue watch --times 2 --every 1 | grep -c '^orders ' | grep -qx 2 || fail "watch does not go on"
queue watch --times 1 >"$TEST_TMP/said"
grep -Eq '^QUEUE .* IN/S +OUT/S +OWNER$' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
queue list >"$TEST_TMP/said"
grep -Eq "^orders .* $(id -un)\$" "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
for words in 'list --reason x' 'show orders --bytes 1G' 'purge orders --all' 'watch --prometheus' 'peek orders --kill9 3'; do
    # shellcheck disable=SC2086
    expect 2 queue $words 2>"$TEST_TMP/said"
    grep -q 'is an option of' "$TEST_TMP/said" || fail "$words: $(cat "$TEST_TMP/said")"
done
expect 0 queue peek orders
expect 0 queue purge orders >/dev/null
expect 1 queue move orders 1 2>/dev/null # not out of a queue like any other
expect 2 queue replay
expect 2 queue replay orders 2>"$TEST_TMP/said"
grep -q 'or --all' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
expect 2 queue replay orders --all 7
expect 1 queue replay orders 7 2>"$TEST_TMP/said"
grep -q '7: no such message is in .dead-letter, of orders' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
expect 0 queue replay orders --all
[ "$(queue replay orders --all --json)" = '[]' ] || fail "nothing is not nothing, for programs"
expect 1 queue replay orders --all --manager nobody-of-this-host 2>/dev/null
expect 0 queue delete orders >/dev/null
expect 1 queue delete orders 2>/dev/null
grep -q 'delete orders$' "$TEST_TMP/log" || fail "the log does not say who deleted it"

# Whether the store is sound: of a manager that works, of a folder, and of one that was damaged.
expect 0 queue check >"$TEST_TMP/said"
grep -q '^sound: ' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
queue check --json | grep -qF '"verdict": "sound"' || fail "no verdict for programs"
expect 2 queue check --repair 2>/dev/null
expect 2 queue list --store "$TEST_TMP/store" 2>/dev/null
expect 4 queue check --store "$TEST_TMP/store" 2>"$TEST_TMP/said" # while a manager has it
grep -q 'has the store .* open' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
expect 4 queue check --store "$TEST_TMP/nowhere" 2>/dev/null
expect 0 queue create orders >/dev/null

kill $daemon
wait $daemon || fail "the manager ended with $?"
expect 0 queue check --store "$TEST_TMP/store" >/dev/null
at=$(grep -abo orders "$TEST_TMP/store/messages.db" | head -n 1 | cut -d: -f1)
printf X | dd of="$TEST_TMP/store/messages.db" bs=1 seek="$at" conv=notrunc 2>/dev/null
expect 1 queue check --store "$TEST_TMP/store" --json >"$TEST_TMP/said"
for fact in '"verdict": "damaged"' '"file": "messages.db"' '"table": "queue"'; do
    grep -qF "$fact" "$TEST_TMP/said" || fail "not $fact: $(cat "$TEST_TMP/said")"
done
expect 3 queue check --store "$TEST_TMP/store" --repair >"$TEST_TMP/said"
grep -q 'the old files are in' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
expect 0 queue check --store "$TEST_TMP/store" >/dev/null
: >"$TEST_TMP/log"
"$program" --config "$TEST_TMP/mqd.conf" 2>"$TEST_TMP/log" &
daemon=$!
until grep -q ': ready$' "$TEST_TMP/log"; do
    kill -0 $daemon || fail "$(cat "$TEST_TMP/log")"
    sleep 0.1
done
expect 0 queue show orders >/dev/null # from the copy of its row
kill $daemon
wait $daemon || fail "the manager ended with $?"
