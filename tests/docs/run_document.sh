#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run_document.sh FILE - does what a document shows: runs its blocks marked "sh run", in their
# order, in one shell inside a fresh domain, and stops at the first command that fails.
#
# A page that ends a block with "# exits 1" shows a command that is to fail that way.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

document=$1
commands=$TEST_TMP/commands
said=$TEST_TMP/said

# Each block is announced by its line, so that a failure says where to look. A line that ends in
# "# exits N" becomes a check of that status.
# shellcheck disable=SC2016
# (What a page leaves running ends with it; dash has no jobs in a command's substitution.)
echo 'trap "jobs -p >.jobs; xargs kill <.jobs 2>/dev/null || true" EXIT' >"$commands"
awk '
    /^```sh run$/ { inside = 1; printf "echo \"--- line %d\"\n", NR + 1; next }
    /^```/        { inside = 0 }
    inside && match($0, /  *# exits [0-9]+$/) {
        status = substr($0, RSTART); sub(/.*exits /, "", status)
        printf "got=0; %s || got=$?; [ $got = %d ]\n", substr($0, 1, RSTART - 1), status; next
    }
    inside        { print }
' "$document" >>"$commands"
grep -q '^echo "--- line' "$commands" || fail "$document shows no command to run"

domain_up ONE.EXAMPLE
mkdir "$TEST_TMP/home"
cd "$TEST_TMP/home"
HOME=$TEST_TMP/home
TMPDIR=$TEST_TMP/home
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH
export HOME TMPDIR PATH
domain_exec sh -eu "$commands" >"$said" 2>&1 || {
    cat "$said"
    fail "$document: the command after the last \"--- line\" above failed"
}
[ -z "${DOCUMENT_SHOW:-}" ] || cat "$said"
