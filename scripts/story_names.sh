# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154
#
# story_names.sh - the story's chapter of services that are found by name; story.sh reads it in, and
# has what is used here.

chapter "13  Services that are found by name"
tell "Two more ways to be found: Winsock's registration and resolution, and the RPC name service. Both keep" \
    "their entries in the directory, each kind in one container, where an ordinary account may create nothing." \
    "An administrator lets $SERVICE_ACCOUNT, and registers the principal names of its entries:"
service_dn="CN=$SERVICE_ACCOUNT,CN=Users,$DOMAIN_DN" evil_dn="CN=WS13,CN=Computers,$DOMAIN_DN"
installed() { # log host program arguments...: by an administrator
    log=$1 host=$2 program=$3
    shift 3
    as admin env COUNTERSIGN_HOSTNAME="$host" "$samples/$program" --install --domain "$DOMAIN_DN" "$@" \
        >"$log" 2>&1 || {
        quote "$log"
        bad "$program could not be installed"
        exit 1
    }
}
echo_run() { # log cache account keytab arguments...: sets $started and $port
    log=$1 cache=$2 account=$3 keytab=$4
    shift 4
    start "$log" env KRB5CCNAME="FILE:$work/$cache" "$samples/rnr-service" --run --account "$account" \
        --keytab "$keytab" --listen 127.0.0.1:0 "$@"
}
greet_run() { # log cache account keytab arguments...: sets $started and $port
    log=$1 cache=$2 account=$3 keytab=$4
    shift 4
    start "$log" env KRB5CCNAME="FILE:$work/$cache" "$samples/rpcns-server" --run --account "$account" \
        --keytab "$keytab" "$@"
    port=${address##*\[} port=${port%\]}
}
ask() { # log client arguments...: as a person who trusts the service's account
    log=$1 program=$2
    shift 2
    as alice "$samples/$program" --trust-account "$SERVICE_ACCOUNT" "$@" >"$log" 2>&1 || true
}
killed() { # pid: no time to take anything back
    kill -KILL "$1"
    wait "$1" 2>/dev/null || true
}
shown "rnr-service --install --account $service_dn ..."
installed "$work/said" "$HOST_NAME" rnr-service --account "$service_dn"
quote "$work/said"
shown "rpcns-server --install --account $service_dn --entry Greeter1 ..."
installed "$work/said" "$HOST_NAME" rpcns-server --account "$service_dn" --entry Greeter1
quote "$work/said"
installed "$work/said" "$HOST_NAME" rpcns-server --account "$service_dn" --entry Greeter2
tell "$OTHER was not let, and may not:"
shown "rnr-service --run --account $OTHER ..."
as mallory "$samples/rnr-service" --run --account "$SERVICE_ACCOUNT" --keytab "$SERVICE_KEYTAB" \
    --listen 127.0.0.1:0 >"$work/said" 2>&1 || true
quote "$work/said"
must_say "$work/said" "^WSASetService: creating an object: Insufficient access" "an ordinary account publishes nothing by itself"

tell "" "Two instances of each, all as $SERVICE_ACCOUNT:"
shown "rnr-service --run --account $SERVICE_ACCOUNT --keytab service.keytab --listen 127.0.0.1:0"
echo_run "$work/echo1" service "$SERVICE_ACCOUNT" "$SERVICE_KEYTAB"
echo1=$started echo1_port=$port
echo_run "$work/echo2" service "$SERVICE_ACCOUNT" "$SERVICE_KEYTAB"
echo2=$started echo2_port=$port
shown "rpcns-server --run --account $SERVICE_ACCOUNT --keytab service.keytab --entry Greeter1 ..."
greet_run "$work/greet1" service "$SERVICE_ACCOUNT" "$SERVICE_KEYTAB" --domain "$DOMAIN_DN" --entry Greeter1
greet1=$started greet1_port=$port
greet_run "$work/greet2" service "$SERVICE_ACCOUNT" "$SERVICE_KEYTAB" --domain "$DOMAIN_DN" --entry Greeter2
greet2=$started greet2_port=$port
shown "countersign find --rnr --rpcns"
as alice countersign find --rnr --rpcns >"$work/said" 2>&1 || true
quote "$work/said"
must_say "$work/said" "^rnr  *Echo .*[\\\\]$SERVICE_ACCOUNT  *unjudged" "anybody may see what there is"
shown "rnr-client --trust-account $SERVICE_ACCOUNT --say ... --whisper ..."
ask "$work/said" rnr-client --say "pay Bob 100" --whisper "the word is swordfish"
quote "$work/said"
must_say "$work/said" "both of us are who we say we are" "found by its class, and mutually authenticated"
must_say "$work/said" "it says, sealed: \".*swordfish" "by a name that has its entry's distinguished name in it"
# Which instance is asked first is the directory's affair: that one is killed.
if grep '^  at' "$work/said" | head -n 1 | grep -q ":$echo1_port\$"; then
    dead=$echo1 dead_port=$echo1_port alive=$echo2
else
    dead=$echo2 dead_port=$echo2_port alive=$echo1
fi
shown "kill -KILL $dead   # the one it spoke to; its address stays in the directory"
killed "$dead"
shown "rnr-client --trust-account $SERVICE_ACCOUNT --say ..."
ask "$work/said" rnr-client --say "pay Bob 100"
grep -E '^(found|  at|connect|both|it says)' "$work/said" | sed 's/^/    /'
must_say "$work/said" "^connect to 127.0.0.1, port $dead_port: Connection refused" "nobody is there any more"
must_say "$work/said" "it says, signed: \"$PERSON@.*pay Bob 100" "the client goes on to the one that lives"

shown "rpcns-client --trust-account $SERVICE_ACCOUNT --say ..."
ask "$work/said" rpcns-client --say "pay Bob 100"
quote "$work/said"
must_say "$work/said" "it answers .*$PERSON@.*pay Bob 100" "imported by its interface, proven, called at privacy"
if grep -q '/Greeter1$' "$work/said"; then
    greet_dead=$greet1 greet_port=$greet1_port greet_alive=$greet2 entry=Greeter2
else
    greet_dead=$greet2 greet_port=$greet2_port greet_alive=$greet1 entry=Greeter1
fi
shown "kill -KILL $greet_dead   # the one it called"
killed "$greet_dead"
ask "$work/said" rpcns-client --say "pay Bob 100"
grep -E '^(found|  at|GreetMe|it answers)' "$work/said" | sed 's/^/    /'
must_say "$work/said" "^GreetMe: RPC_S_SERVER_UNAVAILABLE" "nobody is there any more"
must_say "$work/said" "^found  */.:/$entry\$" "the next entry of the interface is asked"
must_say "$work/said" "it answers .*$PERSON@.*pay Bob 100" "and answers"

tell "" "${bold}Attack 10: an impostor at a published address.${off} The dead instance's address still stands in" \
    "the directory. $OTHER listens there now, with a key of her own."
start "$work/imposter" "$samples/imposter" --listen "127.0.0.1:$dead_port" --keytab "$evil_keytab" \
    --account 'WS13$' --name "HOST/$evil_name"
ask "$work/refused" rnr-client --say "pay Bob 100"
imposter_status=0
wait "$started" || imposter_status=$?
grep '^imposter: I\|away$' "$work/imposter" | sed 's/^/    /'
tell "The client:"
sed -n '/InitializeSecurityContext/,$p' "$work/refused" | sed 's/^/    /'
must_not_say "$work/refused" "both of us|it says" "the client did not speak to it"
[ "$imposter_status" = 0 ] || bad "the imposter was believed, or did not get that far"
tell "And where the RPC server was, with the same program:"
greet_run "$work/greet3" evil 'WS13$' "$evil_keytab" --port "$greet_port"
ask "$work/said" rpcns-client --say "pay Bob 100"
grep -E '^(found|  at|  to prove|GreetMe|it answers)' "$work/said" | sed 's/^/    /'
must_say "$work/said" "^GreetMe: (RPC_S_SEC_PKG_ERROR|ERROR_ACCESS_DENIED)" "it does not prove the entry's name"
must_not_say "$work/greet3" "I answer" "and is not called"
stop "$started"
attack_failed 10 "an impostor at a published address" client "$work/refused" \
    'InitializeSecurityContext: SEC_E_'

tell "" "${bold}Attack 11: an entry planted among the others.${off} Say $OTHER was let after all, for services of her" \
    "own. She publishes one of the same class, with a principal name that is really hers."
installed "$work/said" "$evil_name" rnr-service --account "$evil_dn" --name EchoToo
installed "$work/said" "$evil_name" rpcns-server --account "$evil_dn" --entry GreeterToo
as evil env COUNTERSIGN_HOSTNAME="$evil_name" "$samples/rnr-service" --run --account 'WS13$' \
    --keytab "$evil_keytab" --listen 127.0.0.1:0 >"$work/said" 2>&1 || true
must_say "$work/said" "^WSASetService: changing an object: Insufficient access" "$SERVICE_ACCOUNT's own entry she may not touch"
export COUNTERSIGN_HOSTNAME="$evil_name"
echo_run "$work/planted" evil 'WS13$' "$evil_keytab" --name EchoToo
planted=$started
greet_run "$work/greet3" evil 'WS13$' "$evil_keytab" --domain "$DOMAIN_DN" --entry GreeterToo
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
stop "$alive"
stop "$greet_alive"
tell "$SERVICE_ACCOUNT's last instances have gone, so hers is the only one that answers. A client that trusts" \
    "whoever holds the name takes it:"
as alice "$samples/rnr-client" --say "good morning" >"$work/said" 2>&1 || true
must_say "$work/said" "to prove  *Echo/$evil_name/CN=EchoToo," "the planted entry is found"
must_say "$work/said" "it says, signed: \"$PERSON@.*good morning" "and what stands there answers, as somebody"
tell "One that trusts $SERVICE_ACCOUNT does not:"
shown "countersign find EchoToo --rnr --class Echo --account $SERVICE_ACCOUNT"
as alice countersign find EchoToo --rnr --class Echo --account "$SERVICE_ACCOUNT" >"$work/said" 2>/dev/null || true
quote "$work/said"
must_say "$work/said" "^rnr  *EchoToo .* refused" "whoever looks is told"
ask "$work/refused" rnr-client --say "pay Bob 100"
sed -n '/EchoToo/,$p' "$work/refused" | sed 's/^/    /'
must_not_say "$work/refused" "both of us" "nobody is spoken to"
ask "$work/said" rpcns-client --say "pay Bob 100"
must_say "$work/said" "^found  */.:/GreeterToo" "the planted RPC server is imported"
must_say "$work/said" "^CsNameSpn: ERROR_TRUST_FAILURE" "and not called: nobody vouches for it"
must_not_say "$work/greet3" "I answer" "it never ran the routine"
attack_failed 11 "an entry planted among the others" client "$work/refused" 'CsNameSpn: ERROR_TRUST_FAILURE'
stop "$planted"
stop "$started"
must_say "$work/planted" "^withdrawn" "who goes in order is not found any more"
as admin "$samples/rnr-service" --uninstall --account "$service_dn" --domain "$DOMAIN_DN" >"$work/said" 2>&1 || {
    quote "$work/said"
    bad "the services' rights could not be taken back"
}
