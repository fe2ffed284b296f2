#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Samba's rpcclient, at our endpoint mapper and at a server of ours that it finds there: it takes no port from
# anybody else. Without authentication, and with Kerberos, signed and sealed; Wireshark reads along.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
domain_up
domain_kinit person # rpcclient gets no ticket by itself
# Port 135 of an address of this test's own, since 127.0.0.1's may be another's.
address=127.55.$(($$ / 250 % 250)).$(($$ % 250 + 1))
epmapd_up --listen "$address:135"
rpc_up_mapped
{ grep -vw "$HOST_NAME" "$NSS_WRAPPER_HOSTS" && echo "$address $HOST_NAME"; } >"$TEST_TMP/hosts"

client() { # BINDING-OPTIONS COMMANDS OPTION...
    binding="ncacn_ip_tcp:$HOST_NAME$1"
    commands=$2
    shift 2
    rpc_run env LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_HOSTS="$TEST_TMP/hosts" \
        rpcclient -s "$SMB_CONF_PATH" "$@" "$binding" -c "$commands" >/dev/null
}

says() { # PATTERN
    grep -Eq -- "$1" "$TEST_TMP/peer" || fail "rpcclient does not say \"$1\": $(cat "$TEST_TMP/peer")"
}

# What the mapper has.
client "" "epmlookup" -U%
says "ncacn_ip_tcp:.*\[$RPC_PORT,abstract_syntax=60a15ec5-4de8-11d7-a637-005056a20182/0x00000001\]: rpcecho"
says "ncalrpc:\[EPMAPPER,.*endpoint mapper"
client "" "epmmap rpcecho ncacn_ip_tcp" -U%
says "^tower\[0\] ncacn_ip_tcp:.*\[$RPC_PORT,"
client "" "epmmap epmapper ncacn_ip_tcp" -U%
says "^tower\[0\] ncacn_ip_tcp:$address\[135,"

echo_all() { # BINDING-OPTIONS OPTION...
    options=$1
    shift
    for command in "echoaddone 41" "echodata 100000" "sinkdata 100000" "sourcedata 100000"; do
        client "$options" "$command" "$@"
        [ "$command" != "echoaddone 41" ] || says '^41 \+ 1 = 42$'
    done
}

wire_begin rpcclient "tcp port $RPC_PORT"
echo_all "" -U%
for level in sign seal; do
    for package in krb5 spnego; do
        echo_all "[$package,$level]" --use-kerberos=required -U "$PERSON@$REALM%$PERSON_PASSWORD"
    done
done
wire_end rpcclient
wire_check rpcclient "$RPC_PORT"
wire_opened rpcclient "$RPC_PORT" "$HOST_KEYTAB"
for auth in -/- 16/5 16/6 9/5 9/6; do
    [ "$(wire_count rpcclient "from=$RPC_PORT Response .*auth=$auth\$")" -ge 4 ] ||
        fail "no response was protected by service/level $auth: $(cat "$TEST_TMP/rpcclient.pdus")"
done

# A server that ends is known no more.
rpc_down
epmapd_says 'a process is over, and [0-9]* entries with it'
timeout 60 rpcclient -s "$SMB_CONF_PATH" -U% "ncacn_ip_tcp:$address" -c "echoaddone 1" >/dev/null 2>&1 &&
    fail "the mapper still knows a server that is gone"
epmapd_down
