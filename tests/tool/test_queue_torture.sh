#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Queue manager, sender and receiver are killed 500 times: nothing that was accepted is lost, and
# nothing comes back after its end. And a manager that does lose messages is found out.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
shm=/dev/shm # nobody cuts the power
[ -w $shm ] || shm=$TEST_TMP
dir=$(mktemp -d "$shm"/cs-torture.XXXXXX)
trap 'status=$?; rm -rf "$dir"; domain_at_exit; exit $status' EXIT

expect 2 "$COUNTERSIGN" queue torture --kill9 none 2>/dev/null
expect 2 "$COUNTERSIGN" queue list --kill9 3 2>/dev/null
expect 4 "$COUNTERSIGN" queue torture --dir /proc/1 2>/dev/null
mkdir "$dir/good"
expect 0 "$COUNTERSIGN" queue torture --kill9 500 --dir "$dir/good" --json >"$TEST_TMP/said"
for fact in '"lost": 0' '"came_back": 0' '"altered": 0' '"store_findings": 0' '"durable": true'; do
    grep -qF "$fact" "$TEST_TMP/said" || fail "not $fact: $(cat "$TEST_TMP/said")"
done
expect 4 "$COUNTERSIGN" queue torture --dir "$dir/good" 2>"$TEST_TMP/said"
grep -q 'is not empty' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"

# The same with a manager that forgets.
mkdir "$TEST_TMP/bin"
cp "$COUNTERSIGN" "$TEST_TMP/bin/countersign"
cat >"$TEST_TMP/bin/countersign-mqd" <<END
#!/bin/sh
rm -rf "$dir/bad/store"
exec "$COUNTERSIGN_BUILD/bin/countersign-mqd" "\$@"
END
chmod +x "$TEST_TMP/bin/countersign-mqd"
expect 1 "$TEST_TMP/bin/countersign" queue torture --kill9 10 --dir "$dir/bad" >"$TEST_TMP/said"
grep -q '^lost [1-9]' "$TEST_TMP/said" || fail "$(cat "$TEST_TMP/said")"
