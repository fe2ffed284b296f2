#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_rnr.sh - the sample of Winsock's registration and resolution: found by its class, proven by
# its name, by whichever instance lives; and whoever pretends is refused.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/samples/named.sh
. "$(dirname "$0")/named.sh"

instance() { # LOG: starts one of the service's, sets $server and $port
    serve service "$1" rnr-service --run --account svc --keytab "$SERVICE_KEYTAB" --listen 127.0.0.1:0
}
client() { # STATUS arguments...
    status=$1
    shift
    as person expect "$status" rnr-client "$@" >said 2>&1
}

# Nobody may register but who was let, nor be found who is not there.
as service expect 1 rnr-service --run --account svc --keytab "$SERVICE_KEYTAB" --listen 127.0.0.1:0 >said 2>&1
says "WSASetService: WSAEACCES" said
says "Insufficient access" said
client 1 --trust-account svc --say hello
says "WSALookupServiceBegin: WSASERVICE_NOT_FOUND" said

as admin rnr-service --install --account "$SERVICE_DN" --domain "$DOMAIN_DN" >installed
says "^granted .*svc may create objects of class serviceInstance in CN=WinsockServices,CN=System,$DOMAIN_DN" installed
says "^its name is +Echo/$HOST_NAME/CN=Echo,CN=WinsockServices,CN=System,$DOMAIN_DN" installed

instance one
one=$server one_port=$port
client 0 --trust-account svc --say "pay Bob 100" --whisper "swordfish"
says "^found +Echo, repeats what it hears" said
says "both of us are who we say we are" said
says "it says, signed: \"$PERSON@$REALM, I heard: pay Bob 100\"" said
says "it says, sealed: \"$PERSON@$REALM, I heard: swordfish\"" said
says "asking for Echo/$HOST_NAME/CN=Echo,CN=WinsockServices" one

# Two instances share the entry. The one that is asked first is killed: it takes nothing back.
instance two
two=$server two_port=$port
client 0 --trust-account svc --say hello
first=$(sed -n 's/^  at  *127.0.0.1:\([0-9]*\)$/\1/p' said | head -n 1)
case $first in
"$one_port") dead=$one alive=$two ;;
"$two_port") dead=$two alive=$one ;;
*) fail "asked somebody else: $(cat said)" ;;
esac
kill -KILL "$dead"
wait "$dead" 2>/dev/null || true
client 0 --trust-account svc --say hello
says "connect to 127.0.0.1, port $first: Connection refused" said
says "both of us are who we say we are" said

# At the dead one's address another account listens, with its own key and a name of its own.
imposter --listen "127.0.0.1:$first" --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB" \
    --name "HOST/$HOST_NAME" >other 2>&1 &
imposter=$!
background="$background $imposter"
comes "^listening on" other
client 1 --trust-account svc --say hello
says "InitializeSecurityContext: SEC_E_" said
silent "both of us|it says" said
wait "$imposter" || fail "the imposter was believed: $(cat other)"

# Another account with the same right, and a principal name of its own, plants an entry of the
# class; but whose entry it is not, that one it may not touch.
as admin rnr-service --install --account "$HOST_DN" --domain "$DOMAIN_DN" --name "OtherEcho" >installed
as host expect 1 rnr-service --run --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB" --listen 127.0.0.1:0 >said 2>&1
says "WSASetService: WSAEACCES" said
says "Insufficient access" said
serve host planted rnr-service --run --account "$HOST_ACCOUNT" --keytab "$HOST_KEYTAB" \
    --listen 127.0.0.1:0 --name "OtherEcho"
planted=$server
kill "$alive"
wait "$alive" || fail "an instance ended badly"
client 1 --trust-account svc --say hello
says "^found +OtherEcho" said
says "CsNameSpn: ERROR_TRUST_FAILURE" said
says "there is nobody to talk to" said
silent "both of us" said
silent "authenticated from" planted
client 0 --trust-account "$HOST_ACCOUNT" --say hello
says "to prove +Echo/$HOST_NAME/CN=OtherEcho,CN=WinsockServices" said

# Who ends in order is not found any more.
kill "$planted"
wait "$planted" || fail "it ended badly: $(cat planted)"
says "^withdrawn" planted
client 1 --trust-account "$HOST_ACCOUNT" --say hello
silent "OtherEcho" said
client 2 --say
as service expect 2 rnr-service --run --account svc

# An instance that comes again at the dead one's place takes it away when it ends.
serve service again rnr-service --run --account svc --keytab "$SERVICE_KEYTAB" --listen "127.0.0.1:$first"
client 0 --trust-account svc --say hello
kill "$server"
wait "$server" || fail "it ended badly: $(cat again)"
client 1 --trust-account svc --say hello
says "WSASERVICE_NOT_FOUND" said

as admin rnr-service --uninstall --account "$SERVICE_DN" --domain "$DOMAIN_DN" >uninstalled
says "^uninstalled" uninstalled
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD countersign revoke "$HOST_DN" --rnr --user "$ADMIN" >revoked
says "serviceInstance" revoked
