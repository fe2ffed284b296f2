#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# story.sh - what `./run demo` shows, told inside a realm.
#
#   countersign realm exec --dir DIR -- sh scripts/story.sh
#
# Everything happens for real: the directory, the tickets, the attacks. Every claim is checked
# against what the programs said; the exit status is 0 only if all of it was true. COUNTERSIGN_SAMPLES
# is the folder of the built samples, `countersign` is found on PATH.
set -eu

samples=${COUNTERSIGN_SAMPLES:?"the folder of the built samples"}
samples_source=$(dirname "$0")/../samples
work=$(mktemp -d "${TMPDIR:-/tmp}/countersign-story.XXXXXX")
open= # what other accounts may see of it
running=
wrong=0

# ---- telling ----

bold='' dim='' green='' red='' off=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') dim=$(printf '\033[2m') off=$(printf '\033[0m')
    green=$(printf '\033[32m') red=$(printf '\033[31m')
fi

chapter() { printf '\n%s%s%s\n' "$bold" "$1" "$off"; }
tell() { printf '%s\n' "$@"; }
# A command as the reader would type it, then what it said.
shown() { printf '%s  $ %s%s\n' "$dim" "$1" "$off"; }
quote() { sed 's/^/    /' "$1"; }
good() { printf '  %sok%s  %s\n' "$green" "$off" "$1"; }
bad() {
    printf '  %sWRONG%s  %s\n' "$red" "$off" "$1"
    wrong=$((wrong + 1))
}

# ---- doing ----

clean() {
    for pid in $running; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work" "$open"
}
trap clean EXIT
trap 'exit 130' INT TERM

stop() { # pid
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# Starts a program that prints "listening on ADDRESS" and sets $address and $started.
start() { # log command...
    log=$1
    shift
    : >"$log"
    "$@" >"$log" 2>&1 &
    started=$!
    running="$running $started"
    tries=0
    until address=$(sed -n 's/^listening on //p' "$log") && [ -n "$address" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$started" 2>/dev/null; then
            quote "$log"
            bad "it did not start: $*"
            exit 1
        fi
        sleep 0.1
    done
    port=${address##*:}
}

# Waits until a log says something: programs write when they come to it.
says() { # log pattern
    tries=0
    until grep -Eq -- "$2" "$1"; do
        tries=$((tries + 1))
        [ "$tries" -le 50 ] || return 1
        sleep 0.1
    done
}

must_say() { # log pattern claim
    if says "$1" "$2"; then
        good "$3"
    else
        quote "$1"
        bad "$3"
    fi
}

must_not_say() { # log pattern claim
    if grep -Eq -- "$2" "$1"; then
        quote "$1"
        bad "$3"
    else
        good "$3"
    fi
}

as() { # cache command...
    cache=$1
    shift
    KRB5CCNAME="FILE:$work/$cache" "$@"
}

log_on() { # cache principal password
    printf '%s\n' "$3" | as "$1" kinit "$2@$REALM" >"$work/kinit.log" 2>&1 || {
        quote "$work/kinit.log"
        bad "$2 could not log on"
        exit 1
    }
}

client() { # log cache arguments...
    log=$1 cache=$2
    shift 2
    client_status=0
    as "$cache" "$samples/sockauth-client" "$@" >"$log" 2>&1 || client_status=$?
}

# The status that stopped an attack, for the table: the first word of its kind in a log.
stopped_by() { # log
    grep -Eo '(SEC_E|ERROR|RPC_S)_[A-Z_]+' "$1" | head -n 1
}

# An attack failed if the program that was to be fooled said so, and by which status.
results=$work/results
attack_failed() { # number title who log status
    says "$4" "$5" || true
    status=$(stopped_by "$4")
    if grep -Eq "$5" "$4"; then
        good "stopped by $status at the $3"
        printf '%s|%s|%s|%s\n' "$1" "$2" "$3" "$status" >>"$results"
    else
        quote "$4"
        bad "attack $1 ($2) was not stopped by $5"
        printf '%s|%s|%s|%s\n' "$1" "$2" "$3" "NOT STOPPED" >>"$results"
    fi
}

# ---- the story ----

export COUNTERSIGN_HOSTNAME="$HOST_NAME" # what this machine is called in the realm
evil_name="ws13.${HOST_NAME#*.}"
evil_keytab=$work/evil.keytab

chapter "1  Who is who"
tell "A real Active Directory domain, $REALM, runs on $DC_ADDRESS. In it:" \
    "  $PERSON        a person, who will use a service" \
    "  $SERVICE_ACCOUNT          the account the service runs as, on $HOST_NAME" \
    "  $OTHER      an ordinary user, owner of the workstation $evil_name: the attacker"
log_on admin "$ADMIN" "$ADMIN_PASSWORD"
log_on alice "$PERSON" "$PERSON_PASSWORD"
log_on mallory "$OTHER" "$OTHER_PASSWORD"
"$samples_source/attacks/workstation.py" ws13 "$evil_keytab" >"$work/join.log" 2>&1 || {
    quote "$work/join.log"
    bad "the attacker's workstation could not join"
    exit 1
}
as evil kinit -k -t "$evil_keytab" 'WS13$'
good "everybody is logged on, with tickets of their own"

chapter "2  The service publishes itself"
tell "An administrator installs it once: a service connection point says where it is, a service" \
    "principal name on $SERVICE_ACCOUNT says whose key proves it."
shown "sockauth-service --install --account $SERVICE_ACCOUNT"
as admin "$samples/sockauth-service" --install --account "$SERVICE_ACCOUNT" >"$work/install" 2>&1 || {
    quote "$work/install"
    bad "the service could not be installed"
    exit 1
}
quote "$work/install"
point=$(sed -n 's/^guid  *//p' "$work/install")
tell "Then it runs, with its own key, and writes into its own entry where it listens."
shown "sockauth-service --run --account $SERVICE_ACCOUNT --keytab service.keytab --listen 127.0.0.1:0"
start "$work/service" "$samples/sockauth-service" --run --account "$SERVICE_ACCOUNT" \
    --keytab "$SERVICE_KEYTAB" --listen 127.0.0.1:0 --point "$point"
service=$started service_port=$port
quote "$work/service"
good "the service is up"

chapter "3  A client finds it, and both prove who they are"
tell "The client knows a GUID, a service class, and which account it trusts. No address, no name."
shown "sockauth-client --trust-account $SERVICE_ACCOUNT --say ... --whisper ..."
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" \
    --say "pay Bob 100" --whisper "the word is swordfish"
quote "$work/client"
tell "At the same time, in the service's log:"
sed -n "/$PERSON@/,\$p" "$work/service" | sed 's/^/    /'
must_say "$work/client" "both of us are who we say we are" "mutually authenticated"
must_say "$work/service" "$PERSON@.* signed \"pay Bob 100\"" "a signed message arrived as it was sent"
must_say "$work/client" "it says, sealed: \".*swordfish\"" "a sealed message was answered under seal"

[ "$wrong" = 0 ] || {
    tell "What is not true without an attacker needs none: the story ends here."
    exit 1
}

chapter "4  What a listener on the wire sees"
meddler() { # log mode...
    log=$1
    shift
    start "$log" "$samples/meddler" --listen 127.0.0.1:0 --to "127.0.0.1:$service_port" "$@"
}
meddler "$work/wire" watch
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" --connect "127.0.0.1:$port" \
    --say "pay Bob 100" --whisper "the word is swordfish"
wait "$started" 2>/dev/null || true
tell "The same conversation through a relay that changes nothing. The signed message can be read;" \
    "what follows it is the signature. Of the sealed one nothing is left to read."
sed -n '/kind [SE]/,$p' "$work/wire" | sed -n '1,/kind E/p;/kind E/,$p' | awk '!seen[$0]++' |
    head -n 22 | sed 's/^/    /'
must_say "$work/wire" "pay Bob" "the signed message travels readable"
# Pieces of four letters: a line of the dump may cut the word.
must_not_say "$work/wire" "swor|word|ordf|rdfi|dfis|fish" "the sealed message does not"
[ "$client_status" = 0 ] && good "and a relay that changes nothing stops nothing"
[ "$client_status" = 0 ] || bad "the relay broke an honest conversation"

chapter "5  Five attacks"

tell "" "${bold}Attack 1: a service under another account.${off} The network leads the client to" \
    "$OTHER's machine, which has an account and a key of its own, but not $SERVICE_ACCOUNT's."
start "$work/imposter" "$samples/imposter" --listen 127.0.0.1:0 --keytab "$evil_keytab" \
    --account 'WS13$' --name "HOST/$evil_name"
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" --connect "127.0.0.1:$port" \
    --say "pay Bob 100"
imposter_status=0
wait "$started" || imposter_status=$?
grep -v '^listening' "$work/imposter" | sed 's/^/    /'
tell "The client:"
sed -n '/InitializeSecurityContext/,$p' "$work/client" | sed 's/^/    /'
must_not_say "$work/client" "both of us" "the client did not speak to it"
[ "$imposter_status" = 0 ] || bad "the imposter was believed, or did not get that far"
attack_failed 1 "a service under another account" client "$work/client" \
    'InitializeSecurityContext: SEC_E_'

tell "" "${bold}Attack 2: a planted service.${off} A machine account may publish below itself, so" \
    "$OTHER publishes an entry with the same GUID, pointing at her workstation."
as evil env COUNTERSIGN_HOSTNAME="$evil_name" "$samples/sockauth-service" --install \
    --account 'WS13$' >"$work/planted" 2>&1 || {
    quote "$work/planted"
    bad "the entry could not be planted: no attack to stop"
}
quote "$work/planted"
tell "A client without a trust policy is told that two accounts claim the GUID:"
client "$work/careless" alice --say "pay Bob 100"
quote "$work/careless"
must_not_say "$work/careless" "both of us" "without a policy nobody is chosen"
tell "A client with one finds the real service, as before:"
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" --say "pay Bob 100"
must_say "$work/client" "account  *CN=$SERVICE_ACCOUNT," "the policy chooses $SERVICE_ACCOUNT's"
must_not_say "$work/client" "WS13" "and never looks at the planted one again"
attack_failed 2 "a planted entry with the same GUID" client "$work/careless" \
    'CsFindService: ERROR_'

# The service's log before an attack, so that only what came after counts.
mark() { wc -l <"$work/service"; }
since() { # line log
    tail -n "+$(($1 + 1))" "$work/service" >"$2"
}

tell "" "${bold}Attack 3: one bit of a signed message.${off} 100 becomes 101 on the way."
before=$(mark)
meddler "$work/flip" flip
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" --connect "127.0.0.1:$port" \
    --say "pay Bob 100"
wait "$started" 2>/dev/null || true
sed -n '/kind/,$p' "$work/flip" | sed 's/^/    /'
says "$work/service" "REFUSED a message" || true
since "$before" "$work/after"
tell "The service:"
grep -A3 'VerifySignature' "$work/after" | sed 's/^/    /'
must_say "$work/flip" "^meddled" "the bit really was changed"
must_not_say "$work/after" 'signed "' "the service did not take the message for $PERSON's"
attack_failed 3 "a flipped bit in a signed message" service "$work/after" \
    'VerifySignature: SEC_E_MESSAGE_ALTERED'

tell "" "${bold}Attack 4: a replayed message.${off} What $PERSON signed is sent a second time."
before=$(mark)
meddler "$work/replay" replay
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" --connect "127.0.0.1:$port" \
    --say "pay Bob 100"
stop "$started"
says "$work/service" "REFUSED a message" || true
sleep 0.2
since "$before" "$work/after"
tell "The service:"
grep -E 'signed "|VerifySignature|REFUSED' "$work/after" | sed 's/^/    /'
must_say "$work/replay" "^meddled" "the message really was sent twice"
if [ "$(grep -c 'signed "pay' "$work/after")" = 1 ]; then
    good "Bob is paid once"
else
    bad "Bob is not paid exactly once"
fi
attack_failed 4 "a replayed message" service "$work/after" \
    'VerifySignature: SEC_E_OUT_OF_SEQUENCE'

tell "" "${bold}Attack 5: a message sealed for someone else.${off} The answer sealed for $PERSON is" \
    "kept, and handed to $OTHER's client, in a conversation of her own, in place of hers."
meddler "$work/keep" keep "$work/sealed"
client "$work/kept" alice --trust-account "$SERVICE_ACCOUNT" --connect "127.0.0.1:$port" \
    --whisper "the word is swordfish"
stop "$started"
meddler "$work/swap" swap "$work/sealed"
client "$work/client" mallory --trust-account "$SERVICE_ACCOUNT" --connect "127.0.0.1:$port" \
    --whisper "what is the word?"
stop "$started"
tell "$OTHER's client:"
sed -n '/DecryptMessage/,$p' "$work/client" | sed 's/^/    /'
must_say "$work/kept" 'it says, sealed: ".*swordfish"' "for $PERSON the answer opens"
must_say "$work/swap" "^meddled" "the same bytes really were handed to $OTHER"
must_not_say "$work/client" "swordfish" "for $OTHER they do not"
attack_failed 5 "a message sealed for someone else" client "$work/client" \
    'DecryptMessage: SEC_E_MESSAGE_ALTERED'

chapter "6  The service goes away"
stop "$service"
as admin "$samples/sockauth-service" --uninstall --account "$SERVICE_ACCOUNT" >"$work/uninstall" 2>&1 || {
    quote "$work/uninstall"
    bad "the service could not be withdrawn"
}
tell "Only the planted entry is left. A client that trusts $SERVICE_ACCOUNT still does not take it:"
client "$work/client" alice --trust-account "$SERVICE_ACCOUNT" --say "pay Bob 100"
quote "$work/client"
must_say "$work/client" "CsFindService: ERROR_TRUST_FAILURE" "the planted entry is refused by itself"
sed -i '/^2|/s/$/, ERROR_TRUST_FAILURE/' "$results"

chapter "7  The same as a function: a remote procedure call"
tell "HelloSay is a function of samples/hello/hello.idl; its server runs as $SERVICE_ACCOUNT. Started with" \
    "--level none it also takes calls that prove nothing, for this demo, and says so."
hello_keyword=$(sed -n 's/.*HELLO_KEYWORD = "\(.*\)".*/\1/p' "$samples_source/hello/hello.idl")
shown "countersign publish --name Hello --class Hello --account $SERVICE_ACCOUNT --keyword $hello_keyword"
as admin countersign publish --name Hello --class Hello --account "$SERVICE_ACCOUNT" \
    --keyword "$hello_keyword" >"$work/published" 2>&1 || {
    quote "$work/published"
    bad "the server could not be published"
    exit 1
}
quote "$work/published"
shown "hello-server --account $SERVICE_ACCOUNT --keytab service.keytab --point GUID --level none"
start "$work/hello" "$samples/hello-server" --account "$SERVICE_ACCOUNT" --keytab "$SERVICE_KEYTAB" \
    --point "$(awk '$1 == "guid" { print $2 }' "$work/published")" --level none
hello=$started hello_host=${address#*:} hello_port=${address##*\[}
hello_host=${hello_host%%\[*} hello_port=${hello_port%\]}
quote "$work/hello"
say_hello() { # log arguments...
    log=$1
    shift
    client_status=0
    as alice "$samples/hello-client" --trust-account "$SERVICE_ACCOUNT" "$@" >"$log" 2>&1 ||
        client_status=$?
}
hello_mark() { wc -l <"$work/hello"; }
hello_since() { # line log: what the server said after that line
    tail -n "+$(($1 + 1))" "$work/hello" >"$2"
}
shown "hello-client --trust-account $SERVICE_ACCOUNT --say \"pay Bob 100\""
say_hello "$work/said" --say "pay Bob 100"
quote "$work/said"
must_say "$work/said" "it answers \"$PERSON@.*pay Bob 100" "found, proven, called"
shown "countersign ping \"${hello_host}[$hello_port]\" --spn Hello/$HOST_NAME --count 1000"
as alice countersign ping "${hello_host}[$hello_port]" --spn "Hello/$HOST_NAME" --count 1000 \
    >"$work/ping" 2>&1 || bad "ping does not reach it"
quote "$work/ping"

chapter "8  What an eavesdropper sees of a call"
tell "The same call three times, on a network that dumpcap listens to: protected by nothing, by" \
    "integrity, by privacy. What tshark makes of the capture:"
: >"$work/dumpcap"
dumpcap -q -i lo -f "tcp port $hello_port" -w "$work/capture" >"$work/dumpcap" 2>&1 &
dumpcap=$!
running="$running $dumpcap"
says "$work/dumpcap" "^File:" || {
    quote "$work/dumpcap"
    bad "nothing can be captured here"
}
for level in none integrity privacy; do
    say_hello "$work/call.$level" --say "the word is swordfish" --level "$level"
    must_say "$work/call.$level" "it answers .*swordfish" "called at level $level"
done
sleep 0.5
kill -INT "$dumpcap"
wait "$dumpcap" 2>/dev/null || true
stream=0
for level in none integrity privacy; do
    "$samples_source/attacks/eavesdropper.py" "$work/capture" "$hello_port" "$stream" \
        >"$work/seen.$level" 2>"$work/tshark" || quote "$work/tshark"
    stream=$((stream + 1))
    tell "" "${bold}level $level${off}"
    quote "$work/seen.$level"
done
must_say "$work/seen.none" "swordf" "at none everything is read, and anybody may call"
must_say "$work/seen.integrity" "swordf" "at integrity it is read, and carries a signature"
must_say "$work/seen.privacy" "^client -> server  call .*level privacy" "at privacy there is a call"
# Pieces of four letters: a line of the dump may cut the word.
must_not_say "$work/seen.privacy" "swor|word|ordf|rdfi|dfis|fish" "and that is all there is to see"

chapter "9  Two more attacks"

alterer() { # log
    start "$1" "$samples_source/attacks/alterer.py" "$hello_host" "$hello_port" \
        "pay Bob 100" "pay Eve 900"
}
tell "" "${bold}Attack 6: a call altered on the way.${off} First at level none: what it does then."
alterer "$work/alter"
say_hello "$work/said" --say "pay Bob 100" --connect "$address" --level none
quote "$work/said"
must_say "$work/said" "it answers .*pay Eve 900" "unprotected, the server believes every word of it"
tell "The same at level integrity, and at privacy, where he cannot even find what to change:"
for level in integrity privacy; do
    alterer "$work/alter.$level"
    before=$(hello_mark)
    say_hello "$work/altered.$level" --say "pay Bob 100" --connect "$address" --level "$level"
    sed '/^listening/d; /^altered/d' "$work/alter.$level" | sed 's/^/    /'
    tell "The client:"
    sed -n '/^HelloSay/,$p' "$work/altered.$level" | sed 's/^/    /'
    hello_since "$before" "$work/after"
    must_say "$work/alter.$level" "^altered" "the call really was changed"
    must_not_say "$work/after" "I answer" "the server never ran it"
done
attack_failed 6 "a call altered on the wire" server "$work/altered.integrity" \
    'HelloSay: (ERROR|RPC_S)_'

tell "" "${bold}Attack 7: a server under another account.${off} The network leads the call to" \
    "$OTHER's machine. The same program runs there, with the key she has."
start "$work/hello.evil" "$samples/hello-server" --account 'WS13$' --keytab "$evil_keytab" --level none
say_hello "$work/said" --say "pay Bob 100" --connect "$address"
quote "$work/said"
must_not_say "$work/hello.evil" "I answer" "it was not called"
attack_failed 7 "a call to another account's server" client "$work/said" 'HelloSay: (ERROR|RPC_S)_'
tell "And to one that has no key, agrees to everything and proves nothing:"
start "$work/yes" "$samples_source/attacks/yes_man.py"
say_hello "$work/said" --say "pay Bob 100" --connect "$address"
quote "$work/yes"
tell "The client:"
sed -n '/^HelloSay/,$p' "$work/said" | sed 's/^/    /'
must_say "$work/said" 'HelloSay: (ERROR|RPC_S)_' "the client wants proof before it says anything"
must_say "$work/yes" "the caller went away" "the yes man was left alone"
must_not_say "$work/yes" "I was called" "and learned nothing"
stop "$hello"
as admin countersign withdraw --name Hello --class Hello --account "$SERVICE_ACCOUNT" \
    >"$work/withdrawn" 2>&1 || bad "the server could not be withdrawn"

chapter "10  A call on this host, whose caller the kernel names"
tell "local-server has no key, and knows every caller: over ncalrpc the kernel says whose they are."
open=$(mktemp -d "${TMPDIR:-/tmp}/countersign-open.XXXXXX")
mkdir -m 755 "$open/ncalrpc"
export COUNTERSIGN_NCALRPC_DIR="$open/ncalrpc"
shown "local-server"
start "$work/local" "$samples/local-server"
shown "local-client"
local_status=0
"$samples/local-client" >"$work/said" 2>&1 || local_status=$?
quote "$work/said"
told=$(sed -n 's/^I am  *\(uid.*\)/\1/p' "$work/said")
if [ "$local_status" = 0 ] && [ -n "$told" ] && grep -q "^I am told I am .*, $told\$" "$work/said"; then
    good "the server knows account and process, though nobody has told it"
else
    bad "the server does not know who called: $told"
fi
# The programs may lie where nobody else may look.
chmod 755 "$open"
cp "$samples/local-client" "$samples/../src"/libcountersign-*.so.* "$open"
as_other() { # command...
    setpriv --reuid=daemon --regid=daemon --clear-groups env LD_LIBRARY_PATH="$open" "$@"
}
if as_other test -x "$open/local-client" 2>/dev/null; then
    tell "The same by another user of this host:"
    shown "setpriv --reuid=daemon ... local-client"
    as_other "$open/local-client" >"$work/said" 2>&1 || true
    quote "$work/said"
    must_say "$work/said" "^I am told I am .*daemon, uid $(id -u daemon), " "he is seen as himself"
fi
tell "Who takes the endpoint's name first is not yet who was meant: the client names an account, too."
shown "local-client --server daemon"
"$samples/local-client" --server daemon >"$work/said" 2>&1 || true
quote "$work/said"
must_say "$work/said" "LocalAsk: ERROR_ACCESS_DENIED" "a server of another account is not called"

chapter "11  A call that is called off"
tell "work-server counts primes, which takes a while. The client has them counted asynchronously," \
    "loses its patience, and cancels. The server finds out while it counts (RpcServerTestCancel)."
shown "work-server --service $SERVICE_SPN --keytab service.keytab"
start "$work/worker" "$samples/work-server" --service "$SERVICE_SPN" --keytab "$SERVICE_KEYTAB"
shown "work-client --connect ... --service $SERVICE_SPN --below 1000000000 --patience 300"
as alice "$samples/work-client" --connect "$address" --service "$SERVICE_SPN" --below 1000000000 \
    --patience 300 >"$work/said" 2>&1 || true
quote "$work/said"
tell "The server:"
says "$work/worker" "lost patience" || true
sed '/^listening/d' "$work/worker" | sed 's/^/    /'
must_say "$work/worker" "^$PERSON@.* lost patience at [0-9]" "the server knows, and stops counting"
must_say "$work/said" "^below 1000000000: cancelled" "the client has its answer: RPC_S_CALL_CANCELLED"

chapter "12  A call to a server that is not there"
tell "orders-server is a shop. It is closed: its program does not run. Orders are [message] calls over" \
    "ncadg_mq, kept by this host's queue manager. $PERSON and $SERVICE_ACCOUNT each have keys for that," \
    "published once in their own entries in the directory; their tickets need not be valid any more" \
    "when a message is opened."
stop "$started"
enrol() { # cache keys: as that account
    as "$1" env COUNTERSIGN_QUEUE_KEYS="$work/$2" countersign cert enroll >"$work/enrolled" 2>&1 || {
        quote "$work/enrolled"
        bad "$1 could not publish keys"
        exit 1
    }
}
shop() { # starts it, opening what waits
    start "$work/shop" env KRB5CCNAME="FILE:$work/service" COUNTERSIGN_QUEUE_KEYS="$work/service.keys" \
        "$samples/orders-server" --keytab "$SERVICE_KEYTAB" --ledger "$work/ledger"
    shop=$started
}
manager() { # starts the queue manager of this host
    : >"$work/manager"
    countersign-mqd --set store="$work/queues" 2>"$work/manager" &
    manager=$!
    running="$running $manager"
    says "$work/manager" ': ready$' || {
        quote "$work/manager"
        bad "the queue manager did not start"
        exit 1
    }
}
order() { # log cache keys article pieces
    as "$2" env COUNTERSIGN_QUEUE_KEYS="$work/$3" "$samples/orders-client" --article "$4" \
        --pieces "$5" >"$1" 2>&1 || bad "the order was not accepted: $(cat "$1")"
}
ledger_is() { # lines claim: exactly that many orders, once all of them had time to come
    says "$work/ledger" "$3" || true
    if [ "$(wc -l <"$work/ledger")" = "$1" ]; then
        good "$2"
    else
        quote "$work/ledger"
        bad "$2"
    fi
}
as admin countersign spn add "Orders/$HOST_NAME" "$SERVICE_ACCOUNT" >"$work/named" 2>&1 ||
    bad "the shop has no name: $(cat "$work/named")"
as service kinit -k -t "$SERVICE_KEYTAB" "$SERVICE_ACCOUNT"
shown "countersign cert enroll"
enrol alice alice.keys
quote "$work/enrolled"
enrol service service.keys
shown "countersign-mqd --set store=queues"
manager
countersign queue create orders >"$work/created"
for item in "tea 3" "biscuits 12"; do
    shown "orders-client --article ${item% *} --pieces ${item#* }"
    order "$work/said" alice alice.keys "${item% *}" "${item#* }"
    quote "$work/said"
done
shown "kill -KILL $manager   # the queue manager; and it is started again"
kill -KILL "$manager"
wait "$manager" 2>/dev/null || true
manager
shown "orders-client --article sugar --pieces 1"
order "$work/said" alice alice.keys sugar 1
quote "$work/said"
shown "countersign queue peek orders"
countersign queue peek orders >"$work/said" 2>&1 || true
quote "$work/said"
tell "Nobody has the orders but who can open them. On the disk there is no word of any:"
cat "$work"/queues/* "$work"/queues/body/* >"$work/disk" 2>/dev/null || true
must_not_say "$work/disk" "biscuits|sugar" "the store holds them sealed"
tell "The shop opens:"
shown "orders-server --keytab service.keytab --ledger ledger"
shop
ledger_is 3 "three orders, each executed once" "sugar for"
sed '/^listening/d' "$work/shop" | sed 's/^/    /'
must_say "$work/shop" "^$PERSON@.* at level privacy: 12 x biscuits" "by name, as if $PERSON had called now"

tell "" "${bold}Attack 8: an order altered on the disk.${off} The shop is closed again, and somebody has the" \
    "queue manager's files. He turns a bit of a sealed order and mends the store's checksums."
stop "$shop"
order "$work/said" alice alice.keys "ink" 5
stop "$manager"
"$samples_source/attacks/forger.py" "$work/queues/messages.db" >"$work/forged" 2>&1 || true
quote "$work/forged"
must_say "$work/forged" "^altered" "the order really was changed"
manager
shop
refused() { # log: the newest dead letter
    tries=0
    until countersign queue peek "\$dead-letter" --from orders >"$1" 2>&1 && grep -q . "$1"; do
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || break
        sleep 0.1
    done
    quote "$1"
}
shown "countersign queue peek '\$dead-letter' --from orders"
refused "$work/dead"
ledger_is 3 "the shop never saw it" "."
letter_failed() { # number title log words
    if grep -q "$4" "$3"; then
        good "a dead letter: $4"
        printf '%s|%s|%s|%s\n' "$1" "$2" "server" "$4" >>"$results"
    else
        bad "attack $1 ($2) was not stopped by \"$4\""
        printf '%s|%s|%s|%s\n' "$1" "$2" "server" "NOT STOPPED" >>"$results"
    fi
}
letter_failed 8 "a queued call altered on the disk" "$work/dead" "was altered"
countersign queue purge "\$dead-letter" >/dev/null

tell "" "${bold}Attack 9: an order in keys that nobody answers for.${off} $OTHER has enrolled, too; then an" \
    "administrator took her keys back. She kept the file, and orders."
enrol mallory mallory.keys
cp "$work/mallory.keys" "$work/kept.keys"
shown "countersign cert revoke --all --account $OTHER"
as admin countersign cert revoke --all --account "$OTHER" >"$work/said" 2>&1 || true
quote "$work/said"
order "$work/said" mallory kept.keys gin 100
refused "$work/dead"
must_not_say "$work/ledger" "gin" "the shop did not take it"
letter_failed 9 "a queued call of taken-back keys" "$work/dead" "publishes no such key"
stop "$shop"
stop "$manager"

# shellcheck source=scripts/story_names.sh
. "$(dirname "$0")/story_names.sh"

chapter "Summary"
printf '  %-40s %-9s %s\n' "attack" "noticed by" "status"
while IFS='|' read -r n title who status; do
    printf '  %-2s %-37s %-9s %s\n' "$n" "$title" "$who" "$status"
done <"$results"
if [ "$wrong" = 0 ] && [ "$(wc -l <"$results")" = 11 ]; then
    printf '\n%sA client found a service, both proved who they are, and eleven attacks failed.%s\n' \
        "$green" "$off"
else
    printf '\n%s%d things went wrong; each is marked WRONG above.%s\n' "$red" "$wrong" "$off"
    exit 1
fi
