#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A client and a server in the documentation's style, as they are: compiled by countersign-cc, each
# in a form of its own, and run against each other.
set -eu

CC=$COUNTERSIGN_BUILD/bin/countersign-cc
here=$COUNTERSIGN_SOURCE/tests/windows/hello
work=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
cp "$here"/* .
"$COUNTERSIGN_BUILD/bin/countersign-idl" hello.idl

fail() {
    echo "FAILED: $*" >&2
    cat said answer >&2
    exit 1
}

# pair COMPILER SERVER_FORM CLIENT_FORM
pair() {
    export COUNTERSIGN_CC="$1"
    # shellcheck disable=SC2086
    "$CC" -Wall -Werror $2 -o hellos hellos.c hello_s.c
    # shellcheck disable=SC2086
    "$CC" -Wall -Werror $3 -o helloc helloc.c hello_c.c
    : >said
    : >answer
    ./hellos ncacn_ip_tcp >said 2>&1 &
    server=$!
    binding=
    while kill -0 $server 2>/dev/null && [ -z "$binding" ]; do
        sleep 0.05
        binding=$(sed -n 's/^binding ncacn_ip_tcp:[^[]*/ncacn_ip_tcp:127.0.0.1/p' said)
    done
    [ -n "$binding" ] || fail "$*: the server does not listen"
    ./helloc "$binding" >answer 2>&1 || fail "$*: the client"
    wait $server || fail "$*: the server"
    server=
    grep -qx 'hello, world' said || fail "$*: the server printed something else"
    diff - answer <<'END' || fail "$*"
sum -2147483646 in call 2
Müller's report, call 3: -2147483648 4294967295 2147483648, units of 2 bytes
END
}

wide="-DUNICODE -D_UNICODE"
pair gcc "" "$wide"
pair gcc "$wide" ""
pair clang "$wide" "$wide"

# nobody listens any more: the exception's number is a long's
got=0
./helloc "$binding" >answer 2>&1 || got=$?
[ "$got" = 1 ] || fail "a call of nobody ended with $got"
grep -qx 'Runtime reported exception 0x6ba = 1722' answer || fail "the exception"
