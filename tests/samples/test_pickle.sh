#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_pickle.sh PROGRAM - the pickle sample: a book written, read again, and damaged ones refused.
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "test_pickle: $*" >&2
    exit 1
}
refused() { # FILE NAME OF THE STATUS
    status=0
    "$program" "$1" >said 2>&1 || status=$?
    [ "$status" = 1 ] || fail "$1 is not refused (exit $status): $(cat said)"
    grep -q "$2" said || fail "not \"$2\": $(cat said)"
    grep -q "ann@" said && fail "an entry of $1 was printed"
    return 0
}

"$program" friends Ann ann@example.org
"$program" friends "Bob
B" bob@example.org
[ "$("$program" friends)" = "Bob?B <bob@example.org>
Ann <ann@example.org>" ] || fail "the book is: $("$program" friends)"

# Cut short at each place, it is no book.
size=$(wc -c <friends)
n=0
while [ "$n" -lt "$size" ]; do
    head -c "$n" friends >shortened
    refused shortened RPC_X_INVALID_BUFFER
    n=$((n + 7))
done

damage() { # OFFSET OCTET(octal): of friends, into damaged
    { head -c "$1" friends; printf %b "\\0$2"; tail -c +"$(($1 + 2))" friends; } >damaged
}
damage 0 002                         # another version of serialization
refused damaged RPC_X_WRONG_ES_VERSION
damage 16 002                        # another version of the book
refused damaged RPC_X_BAD_STUB_DATA
damage 11 177                        # an object of 2 GB
refused damaged RPC_X_INVALID_BUFFER
damage 39 100                        # a name of a thousand million letters
refused damaged RPC_X_BAD_STUB_DATA

refused nowhere ERROR_FILE_NOT_FOUND
status=0
"$program" >said 2>&1 || status=$?
[ "$status" = 2 ] || fail "no usage: $(cat said)"
