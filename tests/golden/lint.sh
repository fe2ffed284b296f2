#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh COMPILER FOLDER [--write] - what --lint says of each FOLDER/x.idl is, to the letter,
# x.out, and as JSON x.json; the exit status is 3 where it says something, else 0.
set -eu
compiler=$1 folder=$2 write=${3-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$folder"
failed=0

# lint FILE SUFFIX [OPTION]: its output, and its status against whether there was any.
lint() {
    name=$1 suffix=$2
    shift 2
    status=0
    "$compiler" --lint "$@" -out "$work" "$name.idl" >"$work/$name.$suffix" || status=$?
    expected=3
    [ -s "$work/$name.$suffix" ] || expected=0
    [ "$status" = "$expected" ] || {
        echo "$name.idl: exit status $status, not $expected"
        failed=1
    }
    if [ -n "$write" ]; then
        cp "$work/$name.$suffix" .
    elif ! diff -u "$name.$suffix" "$work/$name.$suffix"; then
        failed=1
    fi
}

for idl in *.idl; do
    lint "${idl%.idl}" out
    lint "${idl%.idl}" json --json
done
python3 -c 'import json, sys; sys.exit(len([json.loads(line) for line in sys.stdin]) < 8)' \
    <"$work/weak.json" || {
    echo "weak.json is not JSON, an object on each line"
    failed=1
}
for stub in "$work"/*.[ch]; do
    [ ! -e "$stub" ] || {
        echo "--lint wrote $stub"
        failed=1
    }
done
exit $failed
