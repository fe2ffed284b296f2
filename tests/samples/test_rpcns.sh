#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_rpcns.sh - the sample of the RPC name service: imported by its interface, proven by its
# entry's name, by whichever server lives; and whoever pretends is refused.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/samples/named.sh
. "$(dirname "$0")/named.sh"

run() { # ENTRY arguments...: starts a server of it, sets $server and $port
    entry=$1
    shift
    serve service "$entry" rpcns-server --run --account svc --keytab "$SERVICE_KEYTAB" \
        --domain "$DOMAIN_DN" --entry "$entry" "$@"
}
client() { # STATUS arguments...
    status=$1
    shift
    as person expect "$status" rpcns-client "$@" >said 2>&1
}
install() { # DN ENTRY
    as admin rpcns-server --install --account "$1" --domain "$DOMAIN_DN" --entry "$2" >installed
}

# Nobody may export but who was let, nor be imported who is not there.
as service expect 1 rpcns-server --run --account svc --keytab "$SERVICE_KEYTAB" --domain "$DOMAIN_DN" >said 2>&1
says "RpcNsBindingExport: ERROR_ACCESS_DENIED" said
says "Insufficient access" said
client 1 --trust-account svc
says "RpcNsBindingImportNext: RPC_S_NO_MORE_BINDINGS" said
client 1 --trust-account svc --entry Nobody
says "RPC_S_ENTRY_NOT_FOUND" said

install "$SERVICE_DN" GreeterA
says "^granted .*svc may create objects of class rpcServer in CN=RpcServices,CN=System,$DOMAIN_DN" installed
says "^its name is +Greet/$HOST_NAME/CN=GreeterA,CN=RpcServices,CN=System,$DOMAIN_DN" installed
install "$SERVICE_DN" GreeterB

run GreeterA
a=$server a_port=$port
run GreeterB
b=$server b_port=$port
client 0 --trust-account svc --say "pay Bob 100"
says "to prove +Greet/$HOST_NAME/CN=Greeter[AB],CN=RpcServices,CN=System,$DOMAIN_DN" said
says "it answers +\"good day $PERSON@$REALM, you said: pay Bob 100\"" said
first=$(sed -n 's/^found  *\/.:\/\(.*\)/\1/p' said | head -n 1)
client 0 --trust-account svc --entry GreeterB
says "^I answer: good day $PERSON@$REALM" GreeterB

# The one that is asked first is killed: its binding stays, and its entry is asked first again.
case $first in
GreeterA) dead=$a dead_port=$a_port alive=GreeterB alive_pid=$b ;;
GreeterB) dead=$b dead_port=$b_port alive=GreeterA alive_pid=$a ;;
*) fail "found somebody else: $(cat said)" ;;
esac
kill -KILL "$dead"
wait "$dead" 2>/dev/null || true
client 0 --trust-account svc --say hello
says "GreetMe: RPC_S_SERVER_UNAVAILABLE" said
says "^found +/.:/$alive" said
says "it answers .*you said: hello" said

# At the dead one's place the same program runs as another account.
serve host other rpcns-server --run --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB" --port "$dead_port"
client 1 --trust-account svc --say hello
says "GreetMe: (RPC_S_SEC_PKG_ERROR|ERROR_ACCESS_DENIED)" said
silent "it answers" said
silent "I answer" other
kill "$server"
wait "$server" || true

# Another account with the same right may not touch an entry that is not its own.
install "$HOST_DN" GreeterC
as host expect 1 rpcns-server --run --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB" \
    --domain "$DOMAIN_DN" --entry "$alive" >said 2>&1
says "RpcNsBindingExport: ERROR_ACCESS_DENIED" said
says "Insufficient access" said

# Started again, a server takes out what the killed one left.
run "$first"
client 0 --trust-account svc --entry "$first"
silent "RPC_S_SERVER_UNAVAILABLE" said
kill "$server" "$alive_pid"
wait "$server" || fail "it ended badly: $(cat "$first")"
wait "$alive_pid" || fail "it ended badly: $(cat "$alive")"
says "^withdrawn" "$first"
client 1 --trust-account svc
says "RPC_S_NO_MORE_BINDINGS" said

# Another account exports the interface, with the same right and a principal name of its own.
serve host GreeterC rpcns-server --run --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB" \
    --domain "$DOMAIN_DN" --entry GreeterC
client 1 --trust-account svc
says "^found +/.:/GreeterC" said
says "CsNameSpn: ERROR_TRUST_FAILURE" said
silent "it answers" said
silent "I answer" GreeterC
client 0 --trust-account "$HOST_ACCOUNT" --say hello
says "it answers .*you said: hello" said
kill "$server"
wait "$server" || fail "it ended badly: $(cat GreeterC)"

client 2 --say
as service expect 2 rpcns-server --run --account svc
for entry in GreeterA GreeterB; do
    as admin rpcns-server --uninstall --account "$SERVICE_DN" --domain "$DOMAIN_DN" --entry $entry >uninstalled
done
as admin rpcns-server --uninstall --account "$HOST_DN" --domain "$DOMAIN_DN" --entry GreeterC >uninstalled
says "^no more its name" uninstalled
