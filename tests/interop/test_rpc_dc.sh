#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Our RPC client at Samba's domain controller: interfaces whose IDL was written from the
# specifications, at each level with Kerberos and SPNEGO; what is found must be what the directory
# says. Wireshark reads along, and opens what is sealed.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/wire.sh
. "$(dirname "$0")/../lib/wire.sh"
domain_up
domain_kinit person
client=$COUNTERSIGN_BUILD/tests/interop/rpc_dc_client

# What is known by another way: the domain controller's own database.
facts=$(/usr/bin/python3 - "$DOMAIN_DIR/private/sam.ldb" "$PERSON" <<'EOF'
import sys
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

db = SamDB(sys.argv[1], session_info=system_session(), lp=LoadParm())
person = db.search(expression='(sAMAccountName=%s)' % sys.argv[2], attrs=['objectSid'])[0]
sid = db.schema_format_value('objectSid', person['objectSid'][0]).decode()
print('sid=%s rid=%s guid=%s person=%s' % (db.get_domain_sid(), sid.rpartition('-')[2],
      db.schema_format_value('objectGUID', db.search(base=db.domain_dn(), scope=0,
          attrs=['objectGUID'])[0]['objectGUID'][0]).decode().partition('-')[0],
      str(person.dn).replace(' ', '_')))
EOF
)
fact() { # NAME
    echo "$facts" | tr ' ' '\n' | sed -n "s/^$1=//p" | tr _ ' '
}

ask() { # INTERFACE SERVICE LEVEL
    title="$1 by $2 at level $3"
    timeout 120 "$client" "$1" "$DC_ADDRESS" "host/$DC_NAME" "$2" "$3" "$DOMAIN/$PERSON" \
        >"$TEST_TMP/found" 2>&1 || fail "$title: $(cat "$TEST_TMP/found")"
    echo "- $title"
}

found() { # LINE...
    for line in "$@"; do
        grep -qxF -- "$line" "$TEST_TMP/found" ||
            fail "$title: no \"$line\" in $(cat "$TEST_TMP/found")"
    done
}

everywhere() { # SERVICE LEVEL
    ask mgmt "$1" "$2"
    found "interface 12345778 0.0" "interface e3514235 4.0" "listening 1" "principal fault 1745"
    ask epm "$1" "$2"
    grep -qx 'endpoint e3514235 port [0-9]*' "$TEST_TMP/found" || fail "$title: no drsuapi"
    grep -qx 'entries [0-9]*, then 0x16c9a0d6' "$TEST_TMP/found" || fail "$title: has no end"
}

# Samba wants these signed, or not authenticated at all.
accounts() { # SERVICE LEVEL
    ask dssetup "$1" "$2"
    found "role 5" "domain $DOMAIN" "dns $(echo "$REALM" | tr '[:upper:]' '[:lower:]')" \
        "guid $(fact guid)"
    ask samr "$1" "$2"
    found "samr domain $DOMAIN" "samr domain BUILTIN" "sid $(fact sid)" "rid $(fact rid) kind 1"
}

sealed() { # SERVICE
    ask drsuapi "$1" 6
    found "name 0 $(echo "$REALM" | tr '[:upper:]' '[:lower:]') $(fact person)"
}

wire_begin dc "host $DC_ADDRESS and not port 53 and not port 389"
everywhere none 1
accounts none 1
for service in kerberos negotiate; do
    for level in 2 3 4 5 6; do
        everywhere $service $level
        [ $level = 2 ] || accounts $service $level
    done
    sealed $service
    ask lsa $service 6
    found "lsa fault 5" # over TCP Samba refuses it to everyone: a fault is 5, RPC_S_ACCESS_DENIED
done
wire_end dc
ports=$(tshark -n -r "$TEST_TMP/dc.pcapng" -Y 'tcp.flags.syn == 1 && tcp.flags.ack == 0' \
    -T fields -e tcp.dstport 2>/dev/null | sort -un | grep -vx 88 | tr '\n' ' ')
# Wireshark does not know all of an endpoint mapper's floors, nor full pointers numbered as Samba does.
wire_check dc "$ports" "ip.src != $DC_ADDRESS"
wire_opened dc "$ports" "$DOMAIN_DIR/private/secrets.keytab"
for auth in -/- 16/4 16/5 16/6 9/4 9/5 9/6; do
    [ "$(wire_count dc " Response .*auth=$auth\$")" -gt 0 ] ||
        fail "no response was protected by service/level $auth"
done
