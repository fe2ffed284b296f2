# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# queue.sh - queued calls between accounts of a test's own, with a queue manager of its own. Sourced
# behind domain.sh; what has no accounts needs no domain.
#
#   queue_account NAME [SPN]   a user that is enrolled on this host, with its keys, tickets and, where
#                              it has an SPN, its keytab in $TEST_TMP/NAME; deleted at exit
#   queue_as NAME COMMAND...   run as that user
#   mqd_up [OPTION...]         the manager, its store in $TEST_TMP/queues/store; mqd_process
#   mqd_kill SIGNAL            ends it
#   serve_up NAME QUEUE SPN [OPTION...]   a server (domain/queue_peer.c); its log is $TEST_TMP/served,
#                              which begins anew; serve_process
#   serve_down                 ends it
#   send NAME QUEUE SPN ...    calls; "sent" and its message's id, of each
#   send_to_expire NAME QUEUE SPN ...   one call whose time is over as soon as a slow machine lets it
#   outcomes NAME LEVEL COUNT  what became of calls, as $TEST_TMP/outcomes has it then
#   served PATTERN [TIMES]     waits until the server has said that so often
#   dead REASON                waits until there is a dead letter for that reason
#   alive QUEUE NUMBER         waits until so many messages are in the queue

QUEUE_PEER=${QUEUE_PEER:-$COUNTERSIGN_BUILD/tests/queue_peer}
COUNTERSIGN_NCALRPC_DIR=$TEST_TMP/ncalrpc
export COUNTERSIGN_NCALRPC_DIR
[ -z "${HOST_NAME:-}" ] || export COUNTERSIGN_HOSTNAME="$HOST_NAME"
queue_accounts=
serve_env= # of the next server: NAME=VALUE...
queue_password=Queue-Passw0rd

queue_samba() {
    KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool "$@" -H "$DOMAIN_DIR/private/sam.ldb" >/dev/null
}

queue_at_exit() {
    status=$?
    for queue_name in $queue_accounts; do
        queue_samba user delete "$queue_name" || :
    done
    domain_at_exit
    exit $status
}
trap queue_at_exit EXIT

queue_account() { # NAME [SPN]
    mkdir -p "$TEST_TMP/$1"
    queue_samba user create "$1" "$queue_password"
    queue_accounts="$queue_accounts $1"
    if [ $# -gt 1 ]; then
        queue_samba spn add "$2" "$1"
        for queue_principal in "$1" "$2"; do
            samba-tool domain exportkeytab "$TEST_TMP/$1/keytab" --principal="$queue_principal" \
                -s "$DOMAIN_DIR/smb.conf" >/dev/null
        done
    fi
    COUNTERSIGN_PASSWORD=$queue_password queue_as "$1" \
        "$COUNTERSIGN" cert enroll --user "$1" >/dev/null
    printf '%s\n' "$queue_password" | queue_as "$1" kinit "$1@$REALM" >/dev/null
}

queue_as() { # NAME COMMAND...
    queue_folder=$TEST_TMP/$1
    shift
    env COUNTERSIGN_QUEUE_KEYS="$queue_folder/queue.keys" KRB5CCNAME="FILE:$queue_folder/krb5cc" \
        KRB5_KTNAME="FILE:$queue_folder/keytab" "$@"
}

queue_wait() { # WHAT COMMAND...: until it succeeds
    queue_what=$1
    shift
    for _ in $(seq 600); do
        "$@" && return 0
        sleep 0.1
    done
    fail "$queue_what; the server says: $(cat "$TEST_TMP/served" "$TEST_TMP/served.log") the manager: $(cat "$TEST_TMP/mqd.log")"
}

# shellcheck disable=SC2120
mqd_up() { # [OPTION...]
    mkdir -p "$TEST_TMP/queues"
    : >"$TEST_TMP/mqd.log" # at once: what the one before said is no answer
    "$COUNTERSIGN_BUILD/bin/countersign-mqd" --set "store=$TEST_TMP/queues/store" "$@" \
        >"$TEST_TMP/mqd.log" 2>&1 &
    mqd_process=$!
    background="$background $mqd_process"
    queue_wait "the manager is not ready" grep -q ': ready$' "$TEST_TMP/mqd.log"
}

mqd_kill() { # SIGNAL
    kill -"$1" "$mqd_process"
    wait "$mqd_process" 2>/dev/null || :
}

serve_up() { # NAME QUEUE SPN [OPTION...]
    queue_server=$1
    shift
    : >"$TEST_TMP/served"
    : >"$TEST_TMP/served.log"
    queue_folder=$TEST_TMP/$queue_server
    # shellcheck disable=SC2086
    env $serve_env COUNTERSIGN_QUEUE_KEYS="$queue_folder/queue.keys" \
        KRB5CCNAME="FILE:$queue_folder/krb5cc" KRB5_KTNAME="FILE:$queue_folder/keytab" COUNTERSIGN_LOG="$TEST_TMP/served.log" \
        "$QUEUE_PEER" serve "$@" >"$TEST_TMP/served" &
    serve_process=$!
    background="$background $serve_process"
    queue_wait "the server is not ready" grep -q '^ready$' "$TEST_TMP/served"
}

serve_down() {
    kill "$serve_process"
    wait "$serve_process" 2>/dev/null || :
}

send() { # NAME QUEUE SPN [OPTION...] TEXT...
    queue_sender=$1
    shift
    queue_as "$queue_sender" "$QUEUE_PEER" send "$@"
}

send_to_expire() { # NAME QUEUE SPN [OPTION...] TEXT
    queue_sender=$1
    queue_to=$2
    queue_spn=$3
    shift 3
    for queue_seconds in 1 2 4 8 16 32; do
        queue_as "$queue_sender" "$QUEUE_PEER" send "$queue_to" "$queue_spn" --receive "$queue_seconds" "$@" && return 0
    done
    fail "nothing is accepted"
}

outcomes() { # NAME LEVEL COUNT
    queue_as "$1" "$QUEUE_PEER" outcomes "$2" "$3" >"$TEST_TMP/outcomes" ||
        fail "no outcomes: $(cat "$TEST_TMP/outcomes")"
}

served_times() { # PATTERN TIMES
    [ "$(grep -c -e "$1" "$TEST_TMP/served")" = "$2" ]
}

served() { # PATTERN [TIMES]
    queue_wait "the server was not called as \"$1\"" served_times "$1" "${2:-1}"
}

# shellcheck disable=SC2016
dead_is() { # REASON
    "$COUNTERSIGN" queue peek '$dead-letter' >"$TEST_TMP/dead" 2>&1 && grep -qF -- "$1" "$TEST_TMP/dead"
}

dead() { # REASON
    queue_wait "no dead letter says \"$1\"" dead_is "$1"
}

alive_are() { # QUEUE NUMBER
    "$COUNTERSIGN" queue peek "$1" --json >"$TEST_TMP/alive" 2>&1 &&
        [ "$(grep -c '"id"' "$TEST_TMP/alive")" = "$2" ]
}

alive() { # QUEUE NUMBER
    queue_wait "not $2 messages in $1: $(cat "$TEST_TMP/alive" 2>/dev/null)" alive_are "$@"
}
