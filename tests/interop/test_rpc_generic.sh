#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# smbtorture's generic tests of a server's binds, contexts, handles and objects, at ours, which must
# miss exactly what is listed here; docs/protocol/rpc-peers.md says why. Wireshark reads along.
set -eu
# shellcheck source=tests/interop/rpc.sh
. "$(dirname "$0")/rpc.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
domain_up
epmapd_up
rpc_up_mapped
passed=0
run=0

# USER "": who the credential cache says. MISSES: names that must fail; all others must succeed, and there must be COUNT tests.
torture() { # ADDRESS USER COUNT MISSES SUITE [OPTION...]
    torture_at=$1
    torture_as=$2
    torture_count=$3
    printf '%s\n' "$4" | tr ' ' '\n' | sed '/^$/d' | sort >"$TEST_TMP/want"
    torture_suite=$5
    shift 5
    timeout 120 smbtorture -s "$SMB_CONF_PATH" "ncacn_ip_tcp:$torture_at" \
        ${torture_as:+-U "$torture_as"} "$@" "$torture_suite" >"$TEST_TMP/peer" 2>&1 || :
    sed -n 's/^success: //p' "$TEST_TMP/peer" >"$TEST_TMP/good"
    sed -n 's/^\(failure\|error\): \([^ ]*\).*/\2/p' "$TEST_TMP/peer" | sort >"$TEST_TMP/bad"
    torture_good=$(wc -l <"$TEST_TMP/good")
    torture_bad=$(wc -l <"$TEST_TMP/bad")
    echo "$torture_good of $torture_count: $torture_suite at $torture_at"
    sed 's/^/    misses /' "$TEST_TMP/bad"
    passed=$((passed + torture_good))
    run=$((run + torture_count))
    if ! cmp -s "$TEST_TMP/want" "$TEST_TMP/bad" ||
        [ $((torture_good + torture_bad)) != "$torture_count" ]; then
        cat "$TEST_TMP/peer" >&2
        fail "$torture_suite misses others (the server: $(cat "$TEST_TMP/rpc_server"))"
    fi
}

person=$PERSON@$REALM%$PERSON_PASSWORD
nobody=%
plain="127.0.0.1[$RPC_PORT]"
kerberos="127.0.0.1[$RPC_PORT,seal,krb5,target_hostname=$HOST_NAME]"
spnego="127.0.0.1[$RPC_PORT,sign,spnego,target_hostname=$HOST_NAME]"
ntlm="ntlm,sign ntlm,sign,seal bigendian,ntlm,sign bigendian,ntlm,sign,seal"

# The clients of drsuapi ask for a ticket to the directory's class.
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" spn add --user "$ADMIN" "ldap/$HOST_NAME" \
    "$HOST_ACCOUNT" >/dev/null
wire_begin generic "tcp port $RPC_PORT"
torture "$kerberos" "$person" 9 "$ntlm assoc_group_handles_external" rpc.bind
torture "$plain" $nobody 1 "" rpc.altercontext
torture "$spnego" "$person" 1 "" rpc.altercontext
torture "$kerberos" "$person" 1 altercontext rpc.altercontext
torture "$plain" $nobody 1 "" rpc.asyncbind --option=torture:async=yes
# A hundred connections are made, and proven one after the other: with a password each would ask
# the domain controller for a ticket, and the last ones would wait longer than a server does.
export KRB5CCNAME="FILE:$TEST_TMP/asyncbind"
echo "$PERSON_PASSWORD" | kinit "$PERSON@$REALM" >/dev/null
kvno -q "host/$HOST_NAME"
for binding in "$spnego" "$kerberos"; do
    torture "$binding" "" 1 "" rpc.asyncbind --option=torture:async=yes \
        --use-kerberos=required "--use-krb5-ccache=$KRB5CCNAME"
done
torture "$plain" $nobody 1 "" rpc.objectuuid
torture "$spnego" "$person" 1 "" rpc.objectuuid
torture "$kerberos" "$person" 1 "" rpc.objectuuid
torture "$plain" $nobody 6 lsarpc-shared rpc.handles
torture "$spnego" "$person" 6 lsarpc-shared rpc.handles
torture "$kerberos" "$person" 6 lsarpc-shared rpc.handles
wire_end generic
# Wireshark expects two octets more in DsRoleGetPrimaryDomainInformation's third level.
wire_check generic "$RPC_PORT" "!dssetup"
wire_opened generic "$RPC_PORT" "$HOST_KEYTAB"
for auth in -/- 16/6 9/5 9/6; do
    [ "$(wire_count generic "from=$RPC_PORT Response .*auth=$auth\$")" -gt 0 ] ||
        fail "no response was protected by service/level $auth"
done
rpc_down

# It asks at port 135, whatever port is said: there is our mapper now.
RPC_PORT=$EPM_PORT
rpc_at_135
torture "${RPC_ADDRESS}[135]" $nobody 1 "" \
    rpc.bind.assoc_group_handles_external.assoc_group_handles_external
echo "$passed of $run"
# What we miss with Kerberos Samba's own server misses, too.
# shellcheck disable=SC2153 # domain_up sets DC_ADDRESS
torture "${DC_ADDRESS}[seal,krb5,target_hostname=$DC_NAME]" "$person" 1 altercontext rpc.altercontext
epmapd_down
