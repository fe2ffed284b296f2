#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_pipes.sh - the sample with pipes, as its README has it: a file there and back, and what must
# not be kept.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
keyword=$(sed -n 's/.*PIPES_KEYWORD = "\(.*\)".*/\1/p' "$COUNTERSIGN_SOURCE/samples/pipes/pipes.idl")

says() { # PATTERN FILE
    grep -Eq -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}
as_admin() {
    COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD countersign "$@" --user "$ADMIN"
}
call() { # STATUS arguments...
    status=$1
    shift
    expect "$status" pipes-client --trust-account svc "$@" >said 2>&1
}
eventually() { # COMMAND...
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "not within a minute: $*"
        sleep 0.1
    done
}
nothing_unfinished() {
    [ -z "$(find kept -name '.*.part')" ]
}

as_admin publish --name Pipes --class Pipes --keyword "$keyword" --account svc >published
point=$(awk '$1 == "guid" { print $2 }' published)
mkdir kept
: >log
pipes-server --account svc --keytab "$SERVICE_KEYTAB" --folder kept --point "$point" >>log 2>&1 &
server=$!
background="$background $server"
eventually grep -q '^listening on' log
domain_kinit person >/dev/null

# There and back, of no size and of a great one.
head -c 30000001 /dev/urandom >great
: >empty
for file in great empty; do
    call 0 --put $file
    says "^sent $(wc -c <$file) bytes" said
    cmp $file kept/$file || fail "$file is not what was sent"
    call 0 --get back --name $file
    cmp $file back || fail "$file did not come back"
done
says "^kept great" log

# A name is not a path, and what is not there is not got.
call 1 --put great --name ../great
says "FilePut: ERROR_INVALID_PARAMETER" said
call 1 --get back --name .hidden
says "FileGet: ERROR_FILE_NOT_FOUND" said

# Less than privacy is refused before any of it is looked at.
call 1 --put great --name less --level integrity
says "FilePut: ERROR_ACCESS_DENIED" said
[ ! -e kept/less ] || fail "it was kept"

# A client that ends in the middle: what it sent is nobody's file.
mkfifo endless
pipes-client --trust-account svc --put endless --name cut >cut.said 2>&1 &
client=$!
background="$background $client"
exec 9>endless
head -c 1000000 great >&9
eventually test -e kept/.cut.part
kill -9 "$client"
exec 9>&-
eventually grep -q '^lost cut' log
eventually nothing_unfinished
[ ! -e kept/cut ] || fail "half a file was kept"
call 0 --put empty --name cut
as_admin withdraw --name Pipes --class Pipes --account svc >withdrawn
