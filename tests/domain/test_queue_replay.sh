#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_replay.sh - dead letters executed after all, by the word of an operator who may: once,
# as their own sender's, with both names; and the words of others, which are worth nothing.
# shellcheck disable=SC2016,SC2119
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
meddle=$COUNTERSIGN_BUILD/tests/queue_meddle
store=$TEST_TMP/queues/store
spn=qreplay/$HOST_NAME
queue_account qp-orders "$spn"
queue_account qp-alice
queue_account qp-olga
queue_account qp-mallory
queue_samba group add qp-operators
queue_samba group addmembers qp-operators qp-olga
operators=$(KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool group show qp-operators --attributes=objectSid \
    -H "$DOMAIN_DIR/private/sam.ldb" | sed -n 's/^objectSid: //p')
list="D:(A;;GX;;;AU)(A;;0x80;;;$operators)"

replay() { # NAME ARGUMENT...
    queue_replayer=$1
    shift
    queue_as "$queue_replayer" "$COUNTERSIGN" queue replay "$@"
}

dead_id() { # REASON: the id of the first dead letter for that reason
    dead "$1"
    "$COUNTERSIGN" queue peek '$dead-letter' --json >dead.json
    python3 -c 'import json, sys
print(next(m["id"] for m in json.load(open("dead.json")) if sys.argv[1] in m["reason"]))' "$1"
}

# When what was executed is no message any more: a server that is killed before is brought it again.
serve_end() {
    alive replayed 0
    serve_down
}

dead_count() { # REASON KIND COUNT
    "$COUNTERSIGN" queue peek '$dead-letter' --json >dead.json
    python3 -c 'import json, sys
print(sum(sys.argv[1] in m["reason"] and m["kind"] == sys.argv[2] for m in json.load(open("dead.json"))))' \
        "$1" "$2" | grep -qx "$3"
}

mqd_up
serve_up qp-orders replayed "$spn" --level 5 --queue-allow "$list"
serve_down

# Its time is over before anybody looks; an operator has it executed. The call is its sender's, and
# the server knows by whose word it is made, and why.
send_to_expire qp-alice replayed "$spn" late
late=$(dead_id expired)
expect 1 replay qp-olga replayed ffffffffffffffffffffffffffffffff 2>said
grep -q 'no such message' said || fail "$(cat said)"
replay qp-olga replayed "$late" --reason 'the shop was shut' >said
grep -q "$late is sent again as" said || fail "$(cat said)"
alive replayed 1
"$COUNTERSIGN" queue peek replayed >said
grep -q "has $late executed again" said || fail "$(cat said)"
serve_up qp-orders replayed "$spn" --level 6 --queue-allow "$list"
olga="replayed by=qp-olga@$REALM because=the shop was shut"
served "^call late: client=qp-alice@$REALM level=6 service=100 .*attributes client=qp-alice@$REALM .* $olga\$"
served '^call ' 1
dead_count expired call 0 || fail "the letter is still there: $(cat dead.json)"
grep -q "qp-olga@$REALM has a message of qp-alice@$REALM executed again: the shop was shut" served.log ||
    fail "the server's log does not say so: $(cat served.log)"

# What was executed is executed again, where an operator says so, and not where anybody does. Whose
# queue it is need not be told.
send qp-alice replayed "$spn" --journal 2 "done"
served '^call done:'
replay qp-mallory '$journal' --all >said
dead 'has no such right to the queue'
served '^call done:' 1
replay qp-olga replayed --all >said # that of somebody else is no part of it
served "^call done: .* replayed by=qp-olga@$REALM because=\$"
served '^call ' 3
"$COUNTERSIGN" queue peek '$dead-letter' --json | grep -q '"id"' && fail "a letter is left"
replay qp-orders '$journal' --all --reason twice >said
served "^call done: .* replayed by=qp-orders@$REALM because=twice\$"

# An operator's message is executed once, whoever brings it again.
serve_end
send_to_expire qp-alice replayed "$spn" once
dead expired
replay qp-olga replayed --all >said
mqd_kill TERM
"$meddle" "$store" copy replayed replayed
mqd_up
serve_up qp-orders replayed "$spn" --level 5 --queue-allow "$list"
dead 'was executed before'
served '^call once:' 1
"$COUNTERSIGN" queue purge '$dead-letter' >/dev/null

# What is not as it was sent is not executed by any word; nor is one whose sender is nobody's any
# more.
serve_down
send qp-alice replayed "$spn" altered
mqd_kill TERM
"$meddle" "$store" flip replayed
mqd_up
serve_up qp-orders replayed "$spn" --level 5 --queue-allow "$list"
dead 'was altered'
replay qp-olga replayed --all >said
queue_wait "the replay of an altered message is not refused" dead_count 'was altered' replay 1
dead_count 'was altered' call 0 || fail "$(cat dead.json)"
"$COUNTERSIGN" queue purge '$dead-letter' >/dev/null
"$COUNTERSIGN" queue purge '$journal' >/dev/null
send qp-mallory replayed "$spn" --journal 2 gone
served '^call gone:'
serve_end
queue_samba user disable qp-mallory
serve_up qp-orders replayed "$spn" --level 5 --queue-allow "$list"
replay qp-olga '$journal' --all --from replayed >said
dead 'is disabled, locked out or expired'
served '^call ' 0
serve_down
"$COUNTERSIGN" queue purge '$dead-letter' >/dev/null

# A server that takes the list that is there leaves it to who operates the queue manager; one that
# gave none has no operators but its own account.
send_to_expire qp-alice replayed "$spn" kept
dead expired
serve_up qp-orders replayed "$spn" --level 5 --keep
replay qp-olga replayed --all >said
dead 'has no such right to the queue'
"$COUNTERSIGN" queue set replayed --access "D:(A;;GA;;;OW)(A;;0x24;;;AU)(A;;0x80;;;$operators)" >/dev/null
replay qp-olga replayed --all >said
served "^call kept: .* replayed by=qp-olga@$REALM"
serve_end
send_to_expire qp-alice replayed "$spn" own
dead expired
serve_up qp-orders replayed "$spn" --level 5
replay qp-olga replayed --all >said
dead 'has no such right to the queue'
replay qp-orders replayed --all --json >said
grep -q '"error": null' said || fail "$(cat said)"
served "^call own: .* replayed by=qp-orders@$REALM"
served '^call ' 1

# An application that answers for its tokens executes nothing twice, whoever wishes it.
serve_end
"$COUNTERSIGN" queue purge '$journal' >/dev/null
serve_up qp-orders replayed "$spn" --level 5 --queue-allow "$list" --ledger "$TEST_TMP/ledger"
send qp-alice replayed "$spn" --journal 2 booked
served '^call booked:'
replay qp-olga '$journal' --all >said
alive replayed 0
served '^call ' 1
[ "$(wc -l <ledger)" = 1 ] || fail "$(cat ledger)"
"$COUNTERSIGN" queue peek '$dead-letter' --json | grep -q '"id"' && fail "it was not taken for executed"

# Nobody's calls are not sent again: nobody could tell whose word that is.
serve_down
serve_up qp-orders open "" --anybody
serve_down
send_to_expire qp-alice open "" --level 1 nobody
dead expired
expect 1 replay qp-olga open --all 2>said
grep -q 'queue move' said || fail "$(cat said)"
mqd_kill TERM
queue_samba group delete qp-operators
