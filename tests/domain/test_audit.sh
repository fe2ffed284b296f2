#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_audit.sh - countersign audit with Kerberos: the shipped samples have the best grade, each
# weakness of the weak one is named, and Samba's domain controller is told what it takes.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/audit.sh
. "$(dirname "$0")/../lib/audit.sh"
domain_up
cd "$TEST_TMP"
mkdir -m 755 ncalrpc
export COUNTERSIGN_NCALRPC_DIR="$TEST_TMP/ncalrpc"
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
export KRB5_KTNAME="$SERVICE_KEYTAB"
samr=12345778-1234-abcd-ef00-0123456789ac

best() { # UUID SPN IDL: of server, which listens at $binding
    audit 0 "$binding" --spn "$2" --least A --json
    json "d['grade'] == 'A' and d['asked_as_user'] and ids('$1') == set()"
    json "[e['takes'] in ('negotiate, kerberos: privacy', 'negotiate: privacy')
        for e in d['endpoints'] if e['interface'] == '$1'] == [True]"
    json '{p["number"] for p in d["practices"] if p["state"] == "holds"} >= {1, 2, 3, 5, 7, 14, 15, 16}'
    audit 0 "$binding" --spn "$2" --least A --json --active --idl "$COUNTERSIGN_SOURCE/samples/$3"
    json "{(o['anybody'], o['weak']) for e in d['endpoints'] for o in e['operations']} <=
        {('refused', 'refused'), ('not called', 'not called')}"
    json "[e['operations'] != [] for e in d['endpoints'] if e['interface'] == '$1'] == [True]"
    audit 0 --pid "$server" --least A --json
    json "d['grade'] == 'A' and ids('$1') == set() and not states('broken')"
    json "len(d['inside']['interfaces']) == 1 and d['inside']['interfaces'][0]['callback']"
    json "'$2' in [p['name'] for p in d['inside']['principals']] or '$2' == '$SERVICE_SPN'"
}
weak=$(uuid weak/weak.idl)
domain_kinit person >/dev/null
for class in Hello Journal Pipes; do
    COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD countersign spn add "$class/$HOST_NAME" svc \
        --user "$ADMIN" >/dev/null
done

# The best grade is for the samples that a newcomer begins with.
mkdir kept
serve hello.log hello-server --account svc --keytab "$SERVICE_KEYTAB"
best "$(uuid hello/hello.idl)" "Hello/$HOST_NAME" hello/hello.idl
serve work.log work-server --service "$SERVICE_SPN" --keytab "$SERVICE_KEYTAB"
best "$(uuid async/work.idl)" "$SERVICE_SPN" async/work.idl
serve pipes.log pipes-server --account svc --keytab "$SERVICE_KEYTAB" --folder kept
best "$(uuid pipes/pipes.idl)" "Pipes/$HOST_NAME" pipes/pipes.idl
port=$((20000 + $$ % 20000)) # one that nobody has
until
    journal-server --keytab "$SERVICE_KEYTAB" --folder kept --port "$port" >journal.log 2>&1 &
    server=$!
    tries=0
    until grep -Eq '^listening on|^the server:' journal.log; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || fail "the journal does not start: $(cat journal.log)"
        sleep 0.1
    done
    grep -q '^listening on' journal.log
do
    grep -q RPC_S_DUPLICATE_ENDPOINT journal.log || fail "no journal: $(cat journal.log)"
    port=$((port + 1))
done
background="$background $server"
binding="127.0.0.1[$port]"
best "$(uuid journal/journal.idl)" "Journal/$HOST_NAME" journal/journal.idl

# Signed and not sealed is the second best; a server that cannot prove the name is not judged well.
serve signed.log hello-server --account svc --keytab "$SERVICE_KEYTAB" --level integrity
audit 1 "$binding" --spn "Hello/$HOST_NAME" --least A
says "^  B   ncacn_ip_tcp:\[[0-9]+\] +negotiate, kerberos: integrity and above$"
says "^  B   .*\(readable\)$"
audit 1 "$binding" --spn "host/$HOST_NAME"
says "^  C   .*\(no-proof\)$"
KRB5CCNAME=FILE:/nonexistent audit 1 "$binding" --spn "Hello/$HOST_NAME"
says "^  C   .*\(levels-unseen\)$"
says "^Over TCP only what anybody may do was asked: .*ticket"

# Each weakness of the weak one, by name.
serve weak.log weak-server --name "$SERVICE_SPN"
audit 1 "$binding" --spn "$SERVICE_SPN" --json
json "d['grade'] == 'F'"
json "ids('$weak') == {'anybody', 'unused-proof', 'refuses-nobody', 'weak-level', 'no-limit'}"
json 'states("broken") == {2, 3, 5, 7, 16}'
audit 1 "$binding" --spn "$SERVICE_SPN" --json --active --idl "$COUNTERSIGN_SOURCE/samples/weak/weak.idl"
json "[(o['anybody'], o['weak']) for e in d['endpoints'] for o in e['operations']] == [('reached', 'reached')]"
audit 1 --pid "$server" --json
json "d['grade'] == 'F'"
json "ids('$weak') == {'anybody', 'unused-proof', 'refuses-nobody', 'weak-level', 'no-limit', 'beside'}"
json 'states("broken") == {2, 3, 5, 7, 13, 16}'

# Samba's: it looks at the caller of an operation, and not before.
audit 1 "$DC_NAME" --html dc.html
says "^$DC_NAME, as host/$DC_NAME$"
says "^samr  $samr 1\.0"
says "^grade F: [0-9]+ of [0-9]+ endpoints asked"
says "^  -   ncacn_np:.* not asked$"
grep -q "<h1>$DC_NAME</h1>" dc.html || fail "no page: $(cat dc.html)"
audit 1 "$DC_NAME" --interface "$samr" --json
json "d['grade'] == 'F' and 'weak-level' in ids('$samr') and d['asked_as_user']"
audit 4 "$DC_NAME" --interface "$weak"
