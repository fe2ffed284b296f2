#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_session.sh - calls over ncadg_mq by the authentication services of connections: their
# legs and PDUs travel as messages, between accounts of the domain, with the real queue manager.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
QUEUE_PEER=$COUNTERSIGN_BUILD/tests/queue_asker
spn=qsession/$HOST_NAME
negotiate=9
kerberos=16
queue_account q-session "$spn"
queue_account q-caller
queue_samba user create q-other "Other-Passw0rd" # another's password: RC4's keys have no salt
queue_accounts="$queue_accounts q-other"
queue_samba spn add "qsession-other/$HOST_NAME" q-other

ask() { # ANSWER [OPTION...] TEXT: what comes is that
    answer=$1
    shift
    COUNTERSIGN_LOG=asked.log queue_as q-caller "$QUEUE_PEER" ask sessions "$spn" --timeout 60000 "$@" >out || :
    grep -q -e "$answer" out || fail "$* is answered $(cat out asked.log served.log mqd.log)"
}

mqd_up
serve_up q-session sessions "$spn" --anybody

# By each service at each level; the connection's own rules raise call to packet.
alice="client=q-caller@$REALM"
ask "^answer 3: $alice level=6 service=$kerberos\$" --service $kerberos one
for level in 2 3 4 5 6; do
    got=$level
    [ $level != 3 ] || got=4
    for service in $kerberos $negotiate; do
        ask "^answer 3: $alice level=$got service=$service\$" --level $level --service "$service" two
    done
done
ask '^much: 1048576$' --service $kerberos much
ask '^no answer: 1234:' --service $kerberos raise

# What only a connection carries: context handles, which are run down when their client's process is
# gone, pipes, asynchronous calls. Of messages of their own there are none.
ask '^kept: 17$' --service $kerberos keep
ask '^flow: 1040000$' --service $negotiate flow
ask '^later: 18$' --service $kerberos later
ask '^no answer: 1764:' flow
queue_as q-caller "$QUEUE_PEER" ask sessions "$spn" --timeout 240000 --service $kerberos leave >out 2>&1 &&
    fail "it did not leave: $(cat out)"
served '^run down 17$'

# A caller without keys of messages: of an account that is not enrolled.
env COUNTERSIGN_QUEUE_KEYS=/nonexistent/queue.keys KRB5CCNAME="FILE:$TEST_TMP/q-caller/krb5cc" \
    "$QUEUE_PEER" ask sessions "$spn" --timeout 60000 --service $kerberos keyless >out || fail "$(cat out)"
grep -q "^answer 7: $alice level=6" out || fail "$(cat out)"

# A server that is not the one the caller names hears nothing of the call.
queue_as q-caller "$QUEUE_PEER" ask sessions "qsession-other/$HOST_NAME" --timeout 60000 --service $kerberos wrong >out &&
    fail "another server's name: $(cat out)"
grep -q '^no answer: ' out || fail "$(cat out)"
served '^call wrong:' 0

# A cancel goes on to the server, a time-out ends the wait for it: where it comes not before there is
# a session, which on a slow machine it may.
for moment in 500 5000 50000; do
    queue_as q-caller "$QUEUE_PEER" ask sessions "$spn" --timeout 240000 --service $kerberos --cancel $moment cancel >out || :
    if grep -q '^answer 6: ' out; then break; fi
done
grep -q '^answer 6: ' out || fail "cancelled: $(cat out)"
for moment in 1000 10000 100000; do
    queue_as q-caller "$QUEUE_PEER" ask sessions "$spn" --timeout $moment --service $kerberos hang >out || :
    if grep -q '^no answer: 1818:' out; then break; fi
done
grep -q '^no answer: 1818:' out || fail "the time is up: $(cat out)"

ask_hanging() { # what it says is in hung.out
    : >"$TEST_TMP/served"
    queue_as q-caller "$QUEUE_PEER" ask sessions "$spn" --timeout 240000 --service $kerberos hang >hung.out &
    asking=$!
    background="$background $asking"
    served '^call hang:'
}

ask_fails() { # STATUS
    if wait $asking; then fail "it is answered $(cat hung.out)"; fi
    grep -q "^no answer: $1:" hung.out || fail "$(cat hung.out)"
}

# The server is lost in the middle of a call, then the manager: who waits hears that it may have been
# executed, and the next call finds the next one.
ask_hanging
kill -9 "$serve_process"
ask_fails 1726
serve_up q-session sessions "$spn" --anybody
ask '^answer 4: ' --service $kerberos four
ask_hanging
mqd_kill KILL
ask_fails 1726
mqd_up
ask '^answer 4: ' --service $kerberos five
served '^call five:'

# The server may come within the time-out, or not.
serve_down
ask '^no answer: 1722:' --service $kerberos --timeout 300 late
queue_as q-caller "$QUEUE_PEER" ask sessions "$spn" --timeout 120000 --service $kerberos early >came &
asking=$!
background="$background $asking"
serve_up q-session sessions "$spn" --least 6
wait $asking || fail "$(cat came)"
grep -q "^answer 5: $alice level=6" came || fail "$(cat came)"
served '^call late:' 0

# What the queue asks for counts for the connection.
ask '^no answer: 5:' --service $kerberos --level 5 weak
ask '^no answer: 5:' --service $negotiate --level 2 weak
served '^call weak:' 0
ask '^answer 6: ' --service $negotiate --level 6 strong
serve_down

# Somebody between the programs and the manager who alters what passes: at level connect, which
# promises nothing of a call's octets, it arrives so; above, nothing is executed.
between=$COUNTERSIGN_SOURCE/tests/domain/queue_between.py
mkdir -m 1777 "$TEST_TMP/between"
"$between" relay "$TEST_TMP/between/COUNTERSIGN-MQD" "$COUNTERSIGN_NCALRPC_DIR/COUNTERSIGN-MQD" \
    "$TEST_TMP/seen" give-to-alice give-to-mally >"$TEST_TMP/relay" &
background="$background $!"
queue_wait "nobody listens in" grep -q ready "$TEST_TMP/relay"
COUNTERSIGN_NCALRPC_DIR=$TEST_TMP/between
export COUNTERSIGN_NCALRPC_DIR
serve_up q-session sessions "$spn" --anybody
ask '^answer 13: ' --service $kerberos --level 2 give-to-alice
served '^call give-to-mally:'
ask '^no answer: ' --service $kerberos --level 5 give-to-alice
served '^call give-to-mally:'
served '^call give-to-alice:' 0
: >seen
ask '^answer 13: ' --service $kerberos --level 6 give-to-alice
served '^call give-to-alice:'
if grep -qa 'give-to-' seen; then fail "a sealed call is seen on its way"; fi
serve_down
mqd_kill TERM
