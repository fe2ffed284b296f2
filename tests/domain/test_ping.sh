#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_ping.sh - countersign ping: Samba's domain controller, our own server, and every way of not
# being there, each with its exit status.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
lsarpc=12345778-1234-abcd-ef00-0123456789ab,0.0
samr=12345778-1234-abcd-ef00-0123456789ac,1.0
hello=$(sed -n 's/.*uuid(\(.*\)).*/\1/p' "$COUNTERSIGN_SOURCE/samples/hello/hello.idl")

ping() { # STATUS arguments...
    status=$1
    shift
    expect "$status" "$COUNTERSIGN" ping "$@" >out 2>err
}
says() { # PATTERN [FILE]
    grep -Eq -- "$1" "${2:-out}" || fail "\"$1\" is not said in: $(cat "${2:-out}")"
}
json() { # EXPRESSION over d, which must be true
    /usr/bin/python3 -c 'import json,sys; d=json.load(open("out")); sys.exit(not eval(sys.argv[1]))' "$1" ||
        fail "$1 does not hold of $(cat out)"
}

# Without a ticket: what needs none works, what needs one says so.
KRB5CCNAME=FILE:/nonexistent ping 0 "$DC_NAME" --level none
says "^reachable, and unproven"
KRB5CCNAME=FILE:/nonexistent ping 5 "$DC_NAME"
says "^failed +authenticate"
domain_kinit person >/dev/null

# Samba's: the endpoint mapper, and interfaces it knows the endpoints of, at every level.
ping 0 "$DC_NAME"
says "^ok +connect .*$DC_ADDRESS:135"
says "^reachable, and it is host/$DC_NAME"
for level in pkt integrity privacy; do
    for service in negotiate kerberos; do
        ping 0 "$DC_NAME" --interface $lsarpc --level $level --service $service
        says "^ok +endpoint .*endpoint mapper"
        says "^ok +authenticate .*level $level"
    done
done
ping 0 "$DC_NAME" --level connect
ping 6 "$DC_NAME" --interface $samr --level connect
says "^refused +call"
says "^fix: it may want a higher --level"
ping 0 "ncacn_ip_tcp:$DC_ADDRESS" --spn "host/$DC_NAME" --interface $samr --count 20 --json
json 'd["verdict"] == "reachable" and d["latency"]["calls"] == 20 and d["latency"]["failed"] == 0'
json '0 < d["latency"]["min_us"] <= d["latency"]["median_us"] <= d["latency"]["p99_us"] <= d["latency"]["max_us"]'
json '[s["step"] for s in d["steps"]] == "parse resolve endpoint connect bind authenticate call".split()'

# Ways of not being there.
ping 3 "nowhere.$REALM"
says "^failed +resolve"
ping 3 "${DC_NAME}[1]"
says "^failed +connect .*refused"
says "^fix: nothing listens there"
ping 3 "::1[1]"
says "^ok +resolve .*  ::1, as given"
says "^failed +connect .*\\[::1\\]:1"
ping 4 "$DC_NAME" --interface "$hello"
says "^failed +endpoint"
ping 4 "${DC_NAME}[135]" --interface "$hello"
says "^failed +bind"
ping 5 "$DC_ADDRESS"
says "^fix: name the host instead of its address"
ping 5 "$DC_NAME" --spn "host/nobody.$REALM"
says "^failed +authenticate"
ping 2
ping 2 "$DC_NAME" extra
ping 2 "$DC_NAME" --level loud
ping 2 "$DC_NAME" --count 0
ping 2 "$DC_NAME" --interface lsarpc
ping 2 "ncacn_carrier_pigeon:$DC_NAME"

# Ours: it wants privacy, and another name than the one that a host has.
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" spn add "Hello/$HOST_NAME" svc --user "$ADMIN" >added
"$COUNTERSIGN_BUILD/samples/hello-server" --account svc --keytab "$SERVICE_KEYTAB" >log 2>&1 &
background="$background $!"
tries=0
until grep -q '^listening on' log; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "the server did not start: $(cat log)"
    sleep 0.1
done
binding=$(sed -n 's/^listening on //p' log)
ping 0 "$binding" --spn "Hello/$HOST_NAME" --interface "$hello,1.0" --count 100
says "^ok +bind .*not to callers without authentication"
says "^100 calls: min "
ping 6 "$binding" --spn "Hello/$HOST_NAME" --interface "$hello,1.0" --level integrity
says "^refused +call"
ping 4 "$binding" --interface "$hello,2.0" --level none
ping 5 "$binding" --spn "host/$HOST_NAME"
says "^fix: it calls itself Hello/$HOST_NAME"
grep -q "I answer" log && fail "ping ran a function of the interface"

# Until somebody interrupts it.
"$COUNTERSIGN" ping "$binding" --level none --loop --interval 10 >loop 2>&1 &
looping=$!
until grep -q '^call 5 ' loop; do
    kill -0 $looping || fail "the loop ended by itself: $(cat loop)"
    sleep 0.1
done
kill -INT $looping
wait $looping || fail "an interrupted loop without a failed call: $(cat loop)"
says "calls: min " loop
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" spn delete "Hello/$HOST_NAME" svc --user "$ADMIN" >deleted
