#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_refused.sh - messages that are not executed: each for a reason of its own, which its
# sender hears at once, or its dead letter says.
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
spn=qrefused/$HOST_NAME
queue_account qr-orders "$spn"
queue_samba spn add "qsecond/$HOST_NAME" qr-orders
queue_account qr-other "qother/$HOST_NAME"
queue_account qr-alice
queue_account qr-bob
queue_account qr-carol
queue_samba group add qr-friends
queue_samba group addmembers qr-friends qr-alice
friends=$(KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool group show qr-friends --attributes=objectSid \
    -H "$DOMAIN_DIR/private/sam.ldb" | sed -n 's/^objectSid: //p')

mqd_up --set deliveries=2 --set backoff-first=10ms
serve_up qr-orders refused "$spn" --level 5
serve_down
serve_up qr-orders elsewhere "$spn" --level 5
serve_down

# What the sender hears: it is not enrolled, nobody is called so, the queue is not there, or is
# another host's.
env COUNTERSIGN_QUEUE_KEYS=/nonexistent/queue.keys "$QUEUE_PEER" send refused "$spn" x >out && fail "accepted"
grep -q 'countersign cert enroll' out || fail "no remedy: $(cat out)"
expect 1 send qr-alice refused "nobody/$HOST_NAME" x >out
grep -q "nobody/$HOST_NAME" out || fail "$(cat out)"
expect 1 send qr-alice nowhere "$spn" x >out
grep -q 'there is no such queue' out || fail "$(cat out)"
expect 1 send qr-alice refused "$spn" --host far.example.com x >out
grep -q 'far.example.com' out || fail "$(cat out)"

# Messages to a service of another name, to another account's, of somebody who has become unknown,
# of one who is disabled since, altered in the store, copied to another queue.
send qr-alice refused "qsecond/$HOST_NAME" service
send qr-alice refused "qother/$HOST_NAME" recipient
send qr-bob refused "$spn" unknown
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" cert revoke --all --account qr-bob --user "$ADMIN" >/dev/null
send qr-carol refused "$spn" disabled
queue_samba user disable qr-carol
send qr-alice elsewhere "$spn" altered
mqd_kill TERM
"$meddle" "$store" copy elsewhere refused
"$meddle" "$store" flip elsewhere
mqd_up --set deliveries=2 --set backoff-first=10ms
serve_up qr-orders refused "$spn" --level 5
dead 'for another service'
dead 'for another account'
dead 'publishes no such key'
dead 'is disabled, locked out or expired'
dead 'for another queue'
send qr-alice refused "$spn" good
served '^call good:'
served '^call ' 1

# An exception is a failed delivery, and the last one a dead letter; so is a server that dies of it.
send qr-alice refused "$spn" raise
dead 'exception (1234)'
served '^call raise:' 2
serve_down
serve_up qr-orders elsewhere "$spn" --level 5
dead 'was altered'
serve_down
served '^call ' 0

# Where each message is to have a signature of its own, one that has none is refused.
serve_env=COUNTERSIGN_POLICY=queue-signatures=enforce
serve_up qr-orders refused "$spn" --level 5
serve_env=
send qr-alice refused "$spn" unsigned
COUNTERSIGN_POLICY=queue-signatures=audit send qr-alice refused "$spn" signed
served '^call signed:'
dead 'no signature of its own'
served '^call ' 1
serve_down

# Groups, as the KDC has them, are asked by the interface's descriptor.
serve_up qr-orders refused "$spn" --level 5 --allow "D:(A;;GX;;;$friends)"
send qr-other refused "$spn" stranger
send qr-alice refused "$spn" friend
served '^call friend:'
dead 'may not make this call'
served '^call ' 1
serve_down

# Without a KDC and a directory nothing can be told of a sender: its message waits, and is executed
# when they are there again.
send qr-alice refused "$spn" patient
"$COUNTERSIGN" queue peek '$dead-letter' >before 2>&1
sed "s/$DC_ADDRESS/127.0.0.1:9/" "$KRB5_CONFIG" >away.conf
serve_env="COUNTERSIGN_DNS=127.0.0.1:9 KRB5_CONFIG=$TEST_TMP/away.conf"
serve_up qr-orders refused "$spn" --level 5
serve_env=
queue_wait "the message does not wait" grep -q 'a message waits' served.log
serve_down
served '^call ' 0
"$COUNTERSIGN" queue peek '$dead-letter' >after 2>&1
cmp before after
serve_up qr-orders refused "$spn" --level 5
served '^call patient:'

# A certificate that is taken back under a running server: what it has sealed before is refused once
# the time that its keys are remembered is over.
serve_down
printf 'queue-cache = enforce 2\n' >cache.conf
serve_env=COUNTERSIGN_CONFIG=$TEST_TMP/cache.conf
serve_up qr-orders refused "$spn" --level 5
serve_env=
send qr-other refused "$spn" known
served '^call known:'
kill -STOP "$serve_process"
send qr-other refused "$spn" late
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" cert revoke --all --account qr-other --user "$ADMIN" >/dev/null
sleep 3 # at least so long: what was known is known no more
kill -CONT "$serve_process"
dead 'took back the key that signed'
served '^call ' 1
serve_down
serve_up qr-orders refused "$spn" --level 5

# Executed while the manager is killed: the acknowledgement is lost, the call is not made again. A
# store of before is put back under the running server: it is told, and not executed.
serve_down
send qr-alice refused "$spn" once
mqd_kill TERM
cp -a "$store" older
mqd_up
serve_up qr-orders refused "$spn" --level 5
served '^call once:'
alive refused 0
mqd_kill TERM
rm -rf "$store"
mv older "$store"
mqd_up
dead 'was executed before'
served '^call ' 1
serve_down
serve_up qr-orders refused "$spn" --level 5
send qr-alice refused "$spn" "kill $mqd_process"
served '^call kill'
wait "$mqd_process" 2>/dev/null || :
mqd_up
send qr-alice refused "$spn" after
served '^call after:'
alive refused 0
served '^call kill' 1
serve_down
mqd_kill TERM
queue_samba group delete qr-friends
