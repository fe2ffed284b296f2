#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_endpoints.sh - countersign endpoints: the map of Samba's domain controller, what its servers
# take of whom, and every way of not being there.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"
samr=12345778-1234-abcd-ef00-0123456789ac
drsuapi=e3514235-4b06-11d1-ab04-00c04fc2dcd2
nobody=00004711-1234-abcd-ef00-0123456789ac

endpoints() { # STATUS arguments...
    status=$1
    shift
    expect "$status" "$COUNTERSIGN" endpoints "$@" >out 2>err
}
says() { # PATTERN [FILE]
    grep -Eq -- "$1" "${2:-out}" || fail "\"$1\" is not said in: $(cat "${2:-out}")"
}
json() { # EXPRESSION over d, the endpoints, and top, which must be true
    /usr/bin/python3 -c 'import json,sys; top=json.load(open("out")); d=top["endpoints"]
sys.exit(not eval(sys.argv[1]))' "$1" || fail "$1 does not hold of $(cat out)"
}

# Without a ticket, and of an address: what anybody may ask.
KRB5CCNAME=FILE:/nonexistent endpoints 0 "$DC_NAME" --list
says "^$DC_NAME: [0-9]+ endpoints of [0-9]+ interfaces"
says "^samr  $samr 1\.0"
says '^    ncacn_np +\\pipe\\samr'
says "^    ncalrpc "
KRB5CCNAME=FILE:/nonexistent endpoints 0 "$DC_NAME" --interface $samr
says "^    ncacn_ip_tcp +[0-9]+ .*anybody$"
says "^Over TCP only what anybody may do was asked: .*ticket"
domain_kinit person >/dev/null
endpoints 0 "$DC_ADDRESS" --interface $samr
says "^Over TCP only what anybody may do was asked: an address"

# As somebody: Samba's samr wants messages signed, drsuapi wants them sealed or signed.
endpoints 0 "$DC_NAME" --interface $samr
says "^    ncacn_ip_tcp +[0-9]+ .*anybody; negotiate, kerberos: pkt and above$"
endpoints 0 "$DC_ADDRESS" --spn "host/$DC_NAME" --json
json 'len(d) > 20 and top["note"] is None and not top["mapper_authenticated"]'
json 'all(p["state"] in ("answers", None) for p in d)'
json "[p for p in d if p['interface'] == '$drsuapi' and p['protocol_sequence'] == 'ncacn_ip_tcp'
    and 'privacy' in p['takes']['negotiate'] and 'privacy' in p['takes']['kerberos']]"
json "{p['name'] for p in d} >= set('epm samr lsarpc netlogon drsuapi mgmt'.split()) - {'mgmt'}"
json '{p["protocol_sequence"] for p in d} >= {"ncacn_ip_tcp", "ncacn_np", "ncalrpc"}'
all=$(/usr/bin/python3 -c 'import json; print(len(json.load(open("out"))["endpoints"]))')

# The choice is the mapper's.
endpoints 0 "$DC_NAME" --list --json --interface "$samr,1.0"
json "d and {p['interface'] for p in d} == {'$samr'}"
endpoints 4 "$DC_NAME" --list --json --interface "$samr,7.0"
json 'd == []'
endpoints 4 "$DC_NAME" --interface $nobody
says "knows nothing of that" err
endpoints 0 "$DC_NAME" --list --json --object 00000000-0000-0000-0000-000000000000
json "0 < len(d) <= $all"
endpoints 4 "$DC_NAME" --list --object $nobody

# Ways of not being there.
endpoints 3 "nowhere.$REALM"
endpoints 3 "$DC_NAME" --port 1
says "TCP port 1" err
COUNTERSIGN_NCALRPC_DIR=$TEST_TMP/none endpoints 3
says "try: Start the endpoint mapper of this host, countersign-epmapd" err
endpoints 2 "$DC_NAME" extra
endpoints 2 "${DC_NAME}[135]"
endpoints 2 "$DC_NAME" --port 0
endpoints 2 "$DC_NAME" --timeout soon
endpoints 2 "$DC_NAME" --interface samr
endpoints 0 --help
says "^EXIT STATUS"
