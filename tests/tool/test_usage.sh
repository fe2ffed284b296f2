#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What every command of the tool promises: help, exit statuses, colour only on a terminal, output
# that could not be written is no success.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

said() { "$COUNTERSIGN" "$@" 2>&1; }

expect 0 "$COUNTERSIGN" --version >/dev/null
expect 0 "$COUNTERSIGN" --help >/dev/null
expect 0 "$COUNTERSIGN" help >/dev/null
expect 2 "$COUNTERSIGN" >/dev/null
expect 2 "$COUNTERSIGN" sideways 2>/dev/null
expect 2 "$COUNTERSIGN" help sideways 2>/dev/null
said sideways | grep -q 'try: countersign --help' || fail "no way out of a wrong command"

commands=$("$COUNTERSIGN" --help | sed -n '/^COMMANDS/,/^EXIT/p' | awk '/^    / { print $1 }')
echo "$commands" | grep -qx realm || fail "the overview lacks realm"
for command in $commands; do
    "$COUNTERSIGN" "$command" --help >"$TEST_TMP/help"
    for part in USAGE EXAMPLES 'EXIT STATUS'; do
        grep -qx "$part" "$TEST_TMP/help" || fail "$command --help has no $part"
    done
    "$COUNTERSIGN" help "$command" | cmp -s - "$TEST_TMP/help" || fail "help $command differs"
    grep -q "$(printf '\033')" "$TEST_TMP/help" && fail "$command: colour in a file"
    expect 2 "$COUNTERSIGN" "$command" --no-such-option 2>/dev/null
done
[ -w /dev/full ] && expect 1 "$COUNTERSIGN" --help 2>/dev/null >/dev/full

# `exec` hands the command its options, --help among them
expect 126 "$COUNTERSIGN" realm exec --dir "$TEST_TMP/none" -- true --help 2>/dev/null
expect 2 "$COUNTERSIGN" realm exec --dir "$TEST_TMP/none" 2>/dev/null
expect 2 "$COUNTERSIGN" realm status extra 2>/dev/null
expect 2 "$COUNTERSIGN" realm up --dir 2>/dev/null
expect 1 "$COUNTERSIGN" realm down --dir "$TEST_TMP/none" 2>/dev/null
expect 1 "$COUNTERSIGN" realm env --dir "$TEST_TMP/none" 2>/dev/null
expect 1 "$COUNTERSIGN" realm status --dir "$TEST_TMP/none" >/dev/null
[ ! -e "$TEST_TMP/none" ] || fail "asking made a folder"

# what is written for programs is read by programs, whatever a settings file holds
mkdir "$TEST_TMP/odd"
touch "$TEST_TMP/odd/lock"
# shellcheck disable=SC2016
printf 'REALM=ODD.EXAMPLE\nPERSON_PASSWORD=a'"'"'b"c\\d$(e)`f` \303\244\001\n' >"$TEST_TMP/odd/settings"
want=$(sed -n 's/^PERSON_PASSWORD=//p' "$TEST_TMP/odd/settings")
got=$(eval "$("$COUNTERSIGN" realm env --dir "$TEST_TMP/odd")" && printf '%s' "$PERSON_PASSWORD")
[ "$got" = "$want" ] || fail "env: $got is not $want"
got=$("$COUNTERSIGN" realm env --json --dir "$TEST_TMP/odd" | /usr/bin/python3 -c \
    'import json, sys; print(json.load(sys.stdin)["PERSON_PASSWORD"])')
[ "$got" = "$want" ] || fail "env --json: $got is not $want"
printf 'REALM=\377\n' >"$TEST_TMP/odd/settings"
"$COUNTERSIGN" realm env --json --dir "$TEST_TMP/odd" | /usr/bin/python3 -m json.tool >/dev/null ||
    fail "JSON that is no UTF-8"
printf 'no equals sign\n' >"$TEST_TMP/odd/settings"
expect 1 "$COUNTERSIGN" realm env --dir "$TEST_TMP/odd" 2>/dev/null
"$COUNTERSIGN" realm list --json | /usr/bin/python3 -m json.tool >/dev/null || fail "list --json"
