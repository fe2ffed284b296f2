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
        ask "^answer 3: $alice level=$got service=$service\$" --level $level --service $service two
    done
done
ask '^much: 1048576$' --service $kerberos much
ask '^no answer: 1234:' --service $kerberos raise
mqd_kill TERM
