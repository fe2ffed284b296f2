#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_journal.sh - the context handle sample: a journal written, one whose writer vanished, and
# journals that are not to be had.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
port=$((20000 + $$ % 20000))

says() { # PATTERN FILE: at last, since programs write when they come to it
    tries=0
    until grep -Eq -- "$1" "$2"; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "\"$1\" is not said in: $(cat "$2")"
        sleep 0.1
    done
}
as_admin() {
    COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD countersign "$@" --user "$ADMIN"
}
write() { # NAME: standard input
    journal-client --server "$HOST_NAME" --address 127.0.0.1 --port "$port" --journal "$1"
}

as_admin spn add "Journal/$HOST_NAME" svc >added
mkdir kept
# A port that nobody has.
until
    journal-server --keytab "$SERVICE_KEYTAB" --folder kept --port "$port" >log 2>&1 &
    server=$!
    says "^listening on|^the server:" log
    grep -q "^listening on" log
do
    grep -q RPC_S_DUPLICATE_ENDPOINT log || fail "the server did not start: $(cat log)"
    port=$((port + 1))
done
background="$background $server"
domain_kinit person >/dev/null

# Two lines, then two more.
printf 'first\nsecond\n' | write diary >said
says "^line 2" said
printf 'third\nfourth\n' | write diary >said
[ "$(cat "kept/$PERSON@$REALM.diary")" = "$(printf 'first\nsecond\nthird\nfourth')" ] ||
    fail "the journal holds: $(cat kept/*)"
says "$PERSON@$REALM.diary: closed after 2 lines" log

# The writer is gone without closing: the server gives back what it held.
mkfifo lines
: >said # of the writer before
journal-client --server "$HOST_NAME" --address 127.0.0.1 --port "$port" --journal unfinished \
    <lines >said 2>&1 &
writer=$!
background="$background $writer"
exec 4>lines
echo 'once upon a time' >&4
says "^line 1" said
kill -9 "$writer"
exec 4>&-
says "$PERSON@$REALM.unfinished: its writer is gone, closed after 1 lines" log

# Another caller has a diary of the same name, and it is not that one.
echo "$OTHER_PASSWORD" | KRB5CCNAME=FILE:$TEST_TMP/other kinit "$OTHER" >/dev/null
echo 'mine' | KRB5CCNAME=FILE:$TEST_TMP/other write diary >said
[ "$(cat "kept/$OTHER@$REALM.diary")" = mine ] || fail "it is not $OTHER's"
[ "$(wc -l <"kept/$PERSON@$REALM.diary")" = 4 ] || fail "it went to $PERSON's"

# Names that lead elsewhere, and no name.
for name in ../diary diary/x "" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do
    echo line | expect 1 write "$name" >said 2>&1
    says "the journal: " said
done
[ "$(find kept -type f | wc -l)" = 3 ] || fail "files that nobody should have: $(ls kept)"

# Not the server that was meant.
expect 1 journal-client --server "$DC_NAME" --address 127.0.0.1 --port "$port" --journal diary \
    >said 2>&1 </dev/null
grep -q opened said && fail "it believed the wrong server"
as_admin spn delete "Journal/$HOST_NAME" svc >deleted
