#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_cli_names.sh - grant, publish, find, show, withdraw and revoke of services that are found by
# name, as an ordinary account that was granted just that, against the real directory.
set -eu
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"

winsock=CN=WinsockServices,CN=System,$DOMAIN_DN
rpc=CN=RpcServices,CN=System,$DOMAIN_DN
class_guid=3d0c6f1e-94b7-4a52-8e1f-c110a3e50001
interface=6b1f4d20-7c3a-4f95-a2d8-c110a3e50002
esc=$(printf '\033')

as_admin() {
    COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" "$@" --user "$ADMIN"
}
as_other() {
    COUNTERSIGN_PASSWORD=$OTHER_PASSWORD "$COUNTERSIGN" "$@" --user "$OTHER"
}
rnr() { # VERB NAME OPTION...
    verb=$1 name=$2
    shift 2
    "$COUNTERSIGN" "$verb" --rnr --name "$name" --class CliNames --class-guid "$class_guid" \
        --host "$HOST_NAME" "$@"
}
rpcns() { # VERB NAME OPTION...
    verb=$1 name=$2
    shift 2
    "$COUNTERSIGN" "$verb" --rpcns --name "$name" --class CliNames --interface "$interface,1.0" \
        --host "$HOST_NAME" "$@"
}
plain_ldap() { # PROGRAM ACCOUNT PASSWORD ARGUMENT...
    program=$1 account=$2 password=$3
    shift 3
    LD_PRELOAD=libnss_wrapper.so "$program" -x -H "ldaps://$DC_NAME" -D "$account@$REALM" \
        -w "$password" "$@"
}
json() { # FILE EXPRESSION: a Python expression over d, which must be true
    /usr/bin/python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$@" ||
        fail "$2 does not hold of $(cat "$1")"
}
says() { # WORDS FILE
    grep -qF -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}
descriptor_of() { # DN
    KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool dsacl get --objectdn="$1" \
        -H "$DOMAIN_DIR/private/sam.ldb"
}
quiet() { # FILE...: nothing in them steers a terminal
    if LC_ALL=C grep -q "$esc\|$(printf '\302\233')\|$(printf '\342\200\256')" "$@"; then
        fail "an escape reached the terminal: $(cat -v "$@")"
    fi
}
# What an administrator does, once at installation and once when the service is gone.
register() { # DN ACCOUNT
    as_admin spn add "CliNames/$HOST_NAME/$1" "$2" >/dev/null || fail "no name for $1"
}
unregister() { # DN ACCOUNT
    as_admin spn delete "CliNames/$HOST_NAME/$1" "$2" >/dev/null || fail "the name of $1 stays"
}

domain_kinit service >/dev/null

# Nobody publishes unless granted; nobody but an administrator grants.
register "CN=CliNames,$winsock" "$SERVICE_ACCOUNT"
register "CN=CliNames,$rpc" "$SERVICE_ACCOUNT"
expect 1 rnr publish CliNames --address 127.0.0.1:7001 2>err >out
expect 1 "$COUNTERSIGN" grant "$SERVICE_ACCOUNT" --rnr 2>err
says "a domain administrator" err

# Which rights, on which container, by which entries, and why.
expect 0 as_admin grant "$SERVICE_ACCOUNT" --rnr --rpcns >out
says "$SERVICE_ACCOUNT may create objects of class serviceInstance in $winsock" out
says "$SERVICE_ACCOUNT may create objects of class rpcServer in $rpc" out
says "(OA;;CC;bf967ab2-0de6-11d0-a285-00aa003049e2;;S-1-5-21-" out
says "(OA;CIIO;CCDCLCRPWPDTLOSDRC;;bf967ab2-0de6-11d0-a285-00aa003049e2;CO)" out
says "WSASetService" out
says "Security Issues for Service Publication" out
says "countersign revoke $SERVICE_ACCOUNT --rnr --rpcns" out
grep -q "serviceClass\|rpcGroup" out && fail "more than was asked for: $(cat out)"
# they are what the container's descriptor holds, by another program's reading of it
entry=$(sed -n 's/^ *\((OA;;CC;bf967ab2.*)\)$/\1/p' out)
descriptor_of "$winsock" >dsacl
says "$entry" dsacl

# Published, and the same once more; an account may not register its own names.
expect 0 rnr publish CliNames --address 127.0.0.1:7001 --address '[::1]:7001' --comment hello >out
says "address [::1]:7001" out
expect 0 rnr publish CliNames --address 127.0.0.1:7002 --json >out
json out "d['kind'] == 'rnr' and d['dn'] == 'CN=CliNames,$winsock' and d['host'] == '$HOST_NAME'"
expect 0 rpcns publish /.:/CliNames --binding 'ncacn_ip_tcp:127.0.0.1[7003]' >out
says "object  CN=CliNames,$rpc" out
expect 1 rnr publish CliNamesNot --address 127.0.0.1:7004 2>err
says "countersign spn add 'CliNames/$HOST_NAME/CN=CliNamesNot,$winsock' $SERVICE_ACCOUNT" err
expect 1 "$COUNTERSIGN" show CliNamesNot --rnr 2>/dev/null
expect 0 as_admin publish --scp --name CliNames --class CliNames --host "$HOST_NAME" --port 7005 \
    --keyword CliNames --account "$SERVICE_ACCOUNT" --container "CN=Computers,$DOMAIN_DN" >/dev/null

# All three, as a table and as JSON, judged and not.
expect 0 "$COUNTERSIGN" find CliNames >out
head -n 1 out | grep -qE '^KIND +NAME +HOST +ADDRESS +OWNER +VERDICT$' || fail "$(cat out)"
grep -qE "^scp +CliNames +$HOST_NAME +7005 .* unjudged$" out || fail "no scp: $(cat out)"
grep -qE "^rnr +CliNames +$HOST_NAME +127.0.0.1:7002 +$DOMAIN.$SERVICE_ACCOUNT +unjudged$" out ||
    fail "no rnr: $(cat out)"
grep -qE "^rpcns +CliNames +$HOST_NAME +ncacn_ip_tcp:127.0.0.1\[7003\] .* unjudged$" out ||
    fail "no rpcns: $(cat out)"
says "3 services" out
says "not judged" out
expect 0 "$COUNTERSIGN" find CliNames --class CliNames --account "$SERVICE_ACCOUNT" --json >out
json out "sorted(h['kind'] for h in d) == ['rnr', 'rpcns', 'scp']"
json out "all(h['verdict'] == 'trusted' and h['spn'] and h['account_sid'] for h in d)"
expect 1 "$COUNTERSIGN" find CliNames --class CliNames --account "$OTHER" >out 2>err
[ "$(grep -cE '^(scp|rnr|rpcns) .* refused$' out)" = 3 ] || fail "not refused: $(cat out)"
says "none of them is trusted" err
expect 1 "$COUNTERSIGN" find CliNames --class CliNames --account "$OTHER" --json >out
json out "len(d) == 3 and all(h['verdict'] == 'refused' and h['reason'] for h in d)"
expect 0 "$COUNTERSIGN" find "$class_guid" --json >out
json out "len(d) == 1 and d[0]['addresses'] == ['127.0.0.1:7002']"
expect 0 "$COUNTERSIGN" find --interface "$interface" --long >out
says "ncacn_ip_tcp:127.0.0.1[7003]" out
expect 0 "$COUNTERSIGN" find "$interface,1.0" --rpcns >/dev/null
expect 1 "$COUNTERSIGN" find "$interface,2.0" --rpcns 2>/dev/null
expect 0 "$COUNTERSIGN" show "cn=clinames,$winsock" >out
says "address   127.0.0.1:7002" out
expect 0 "$COUNTERSIGN" show /.:/CliNames --rpcns --json >out
json out "len(d) == 1 and d[0]['type'] == '$interface,1.0'"

# Another account's: it may publish too, and holds a name of its own for the same class and host.
expect 0 as_admin grant "$OTHER" --rnr --json >out
json out "d['granted'] and len(d['rights']) == 2 and d['because']"
register "CN=CliNamesEvil,$winsock" "$OTHER"
hostile=$(printf 'x\033[2J\302\233\342\200\256"\\\n')
expect 0 as_other publish --rnr --name CliNamesEvil --class CliNames --class-guid "$class_guid" \
    --host "$HOST_NAME" --address 127.0.0.1:6666 --comment "$hostile" >/dev/null
expect 1 as_other withdraw --rnr --name CliNames --class CliNames --class-guid "$class_guid" \
    --host "$HOST_NAME" --spn-elsewhere 2>/dev/null
expect 1 "$COUNTERSIGN" find "$class_guid" --class CliNames >out 2>err
says "several accounts" out
expect 0 "$COUNTERSIGN" find "$class_guid" --class CliNames --account "$SERVICE_ACCOUNT" --json >out
json out "[h['verdict'] for h in sorted(d, key=lambda h: h['name'])] == ['trusted', 'refused']"
json out "[h for h in d if h['name'] == 'CliNamesEvil'][0]['spn'] is None"
quiet out
expect 0 "$COUNTERSIGN" find "$class_guid" --class CliNames --account "$SERVICE_ACCOUNT" --long >out
says "its name is held by another account" out
says 'x?[2J' out
quiet out

# Damaged: beside what is sound, and whole. Told, and never handed out as an address.
plain_ldap ldapmodify "$SERVICE_ACCOUNT" "$SERVICE_PASSWORD" >/dev/null <<END || fail "no damage"
dn: CN=CliNames,$winsock
changetype: modify
add: winsockAddresses
winsockAddresses:: $(printf 'CSWA\377\033[2J' | base64)
END
expect 0 "$COUNTERSIGN" find CliNames --rnr >out
grep -qE "^rnr +CliNames .* 127.0.0.1:7002 .* damaged$" out || fail "$(cat out)"
says "    damaged: " out
says "1 damaged" out
quiet out
expect 0 "$COUNTERSIGN" find CliNames --rnr --class CliNames --account "$SERVICE_ACCOUNT" --json >out
json out "d[0]['verdict'] == 'trusted' and d[0]['damage'] and d[0]['addresses'] == ['127.0.0.1:7002']"
plain_ldap ldapmodify "$OTHER" "$OTHER_PASSWORD" >/dev/null <<END || fail "no damage"
dn: CN=CliNamesEvil,$winsock
changetype: modify
replace: winsockAddresses
winsockAddresses: garbage
END
expect 1 "$COUNTERSIGN" find CliNamesEvil --rnr >out 2>err
grep -qE "^rnr +CliNamesEvil .* damaged$" out || fail "$(cat out)"
says "sound address" err
expect 1 "$COUNTERSIGN" find CliNamesEvil --rnr --class CliNames --account "$OTHER" --json >out
json out "d[0]['verdict'] == 'damaged' and not d[0]['addresses'] and d[0]['spn'] is None"
element=$(plain_ldap ldapsearch "$SERVICE_ACCOUNT" "$SERVICE_PASSWORD" -LLL -o ldif-wrap=no \
    -b "CN=CliNames,$rpc" '(objectClass=rpcServerElement)' dn | sed -n 's/^dn: //p')
plain_ldap ldapmodify "$SERVICE_ACCOUNT" "$SERVICE_PASSWORD" >/dev/null <<END || fail "no damage"
dn: $element
changetype: modify
add: rpcNsBindings
rpcNsBindings:: $(printf 'no \033[2J binding' | base64)
END
expect 0 "$COUNTERSIGN" find CliNames --rpcns >out
grep -qE "^rpcns +CliNames .*\[7003\] .* damaged$" out || fail "$(cat out)"
quiet out
expect 0 "$COUNTERSIGN" show CliNames --rpcns --json >out
json out "d[0]['damage'] and d[0]['addresses'] == ['ncacn_ip_tcp:127.0.0.1[7003]']"
quiet out

# Names with every character that a DN must escape.
odd=' #cli,n+a"m\e<s>o;f=c/li (*) ä '
for where in rnr rpcns; do
    case $where in
    rnr) what='--address 127.0.0.1:7006' ;;
    rpcns) what='--binding ncacn_ip_tcp:127.0.0.1[7006]' ;;
    esac
    # shellcheck disable=SC2086
    expect 1 $where publish "$odd" $what 2>err
    spn=$(sed -n "s/.*spn add '\(.*\)' $SERVICE_ACCOUNT\$/\1/p" err)
    expect 0 as_admin spn add "$spn" "$SERVICE_ACCOUNT" >/dev/null
    # shellcheck disable=SC2086
    expect 0 $where publish "$odd" $what --json >out
    dn=$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["dn"])')
    expect 0 "$COUNTERSIGN" find "$odd" "--$where" --class CliNames --account "$SERVICE_ACCOUNT" --json >out
    ODD=$odd SPN=$spn json out "len(d) == 1 and d[0]['name'] == __import__('os').environ['ODD'] and \
d[0]['spn'] == __import__('os').environ['SPN'] and d[0]['verdict'] == 'trusted'"
    expect 0 "$COUNTERSIGN" show "$dn" --json >out
    ODD=$odd json out "len(d) == 1 and d[0]['name'] == __import__('os').environ['ODD']"
    expect 0 $where withdraw "$odd" --spn-elsewhere >/dev/null
    expect 1 "$COUNTERSIGN" find "$odd" 2>/dev/null
    expect 0 as_admin spn delete "$spn" "$SERVICE_ACCOUNT" >/dev/null
done

# Withdrawn: the account cannot take its own names, and is told what stays and who takes it.
expect 1 rnr withdraw CliNames 2>err >out
says "withdrawn CliNames" out
says "withdrawn, but its principal name stays" err
says "countersign spn delete 'CliNames/$HOST_NAME/CN=CliNames,$winsock' $SERVICE_ACCOUNT" err
says "--spn-elsewhere" err
expect 1 "$COUNTERSIGN" find CliNames --rnr >out 2>err
says "sound address" err
expect 0 "$COUNTERSIGN" spn find "CliNames/$HOST_NAME/CN=CliNames,$winsock" >/dev/null
expect 1 as_other withdraw --rpcns --name CliNames --class CliNames --interface "$interface,1.0" \
    --host "$HOST_NAME" 2>err >out
says "not withdrawn" err
[ ! -s out ] || fail "said to be withdrawn: $(cat out)"
unregister "CN=CliNames,$winsock" "$SERVICE_ACCOUNT"
expect 0 rnr withdraw CliNames >out # nothing is left to be denied
register "CN=CliNames,$winsock" "$SERVICE_ACCOUNT"
for where in rnr rpcns; do
    expect 0 $where withdraw CliNames --spn-elsewhere >out
    says "its entry stays: there are values in it that are not understood" out
done
plain_ldap ldapmodify "$SERVICE_ACCOUNT" "$SERVICE_PASSWORD" >/dev/null <<END || fail "damage stays"
dn: CN=CliNames,$winsock
changetype: modify
delete: winsockAddresses

dn: $element
changetype: delete
END
for where in rnr rpcns rnr rpcns; do # the second time of what is not there
    expect 0 $where withdraw CliNames --spn-elsewhere >out
    if grep -q "stays" out; then
        fail "$(cat out)"
    fi
done
expect 0 as_admin withdraw --scp --name CliNames --class CliNames --host "$HOST_NAME" \
    --account "$SERVICE_ACCOUNT" --container "CN=Computers,$DOMAIN_DN" >/dev/null
expect 1 "$COUNTERSIGN" find CliNames 2>err
says "no service has the keyword, name, class or interface CliNames" err
unregister "CN=CliNames,$winsock" "$SERVICE_ACCOUNT"
unregister "CN=CliNames,$rpc" "$SERVICE_ACCOUNT"

# An administrator publishes whole: the principal name comes and goes with the entry.
expect 0 as_admin publish --rnr --name CliNames --class CliNames --class-guid "$class_guid" \
    --host "$HOST_NAME" --address 127.0.0.1:7007 --account "$SERVICE_ACCOUNT" >/dev/null
expect 0 "$COUNTERSIGN" spn find "CliNames/$HOST_NAME/CN=CliNames,$winsock" >/dev/null
# what cannot be published is undone: the name of another class's service
expect 1 as_admin publish --rnr --name CliNames --class CliOther --host "$HOST_NAME" \
    --class-guid 3d0c6f1e-94b7-4a52-8e1f-c110a3e5000f --address 127.0.0.1:7008 \
    --account "$SERVICE_ACCOUNT" 2>/dev/null
expect 1 "$COUNTERSIGN" spn find "CliOther/$HOST_NAME/CN=CliNames,$winsock" 2>/dev/null
expect 0 "$COUNTERSIGN" find CliNames --rnr --json >out
json out "d[0]['addresses'] == ['127.0.0.1:7007'] and d[0]['type'] == '$class_guid'"
expect 0 as_admin withdraw --rnr --name CliNames --class CliNames --class-guid "$class_guid" \
    --host "$HOST_NAME" --account "$SERVICE_ACCOUNT" >/dev/null
expect 1 "$COUNTERSIGN" spn find "CliNames/$HOST_NAME/CN=CliNames,$winsock" 2>/dev/null

# One entry, two hosts and two interfaces: each is judged and withdrawn by itself.
second=${interface%2}f,3.1
for host in "$HOST_NAME" "cli-names.$REALM"; do
    expect 0 as_admin publish --rpcns --name CliNames --class CliNames --interface "$interface,1.0" \
        --host "$host" --binding 'ncacn_ip_tcp:127.0.0.1[7009]' --account "$SERVICE_ACCOUNT" >/dev/null
done
expect 0 as_admin publish --rpcns --name CliNames --class CliNames --interface "$second" \
    --host "$HOST_NAME" --binding 'ncacn_ip_tcp:127.0.0.1[7010]' --account "$SERVICE_ACCOUNT" >/dev/null
expect 0 "$COUNTERSIGN" find CliNames --rpcns --class CliNames --account "$SERVICE_ACCOUNT" --json >out
json out "len(d) == 3 and all(h['verdict'] == 'trusted' for h in d)"
json out "[h['addresses'] for h in d if h['type'] == '$second'] == [['ncacn_ip_tcp:127.0.0.1[7010]']]"
json out "sorted(h['host'].lower() for h in d) == sorted(['$HOST_NAME', '$HOST_NAME', 'cli-names.$REALM'.lower()])"
expect 0 "$COUNTERSIGN" find "${second%,*}" --json >out
json out "len(d) == 1 and d[0]['type'] == '$second'"
expect 0 as_admin withdraw --rpcns --name CliNames --class CliNames --interface "$second" \
    --host "$HOST_NAME" --account "$SERVICE_ACCOUNT" >out
says "its entry stays: there are addresses of others in it" out
# under the name that the other interface still needs
expect 0 "$COUNTERSIGN" find CliNames --rpcns --class CliNames --account "$SERVICE_ACCOUNT" --json >out
json out "len(d) == 2 and all(h['verdict'] == 'trusted' for h in d)"
for host in "$HOST_NAME" "cli-names.$REALM"; do
    expect 0 as_admin withdraw --rpcns --name CliNames --class CliNames --interface "$interface,1.0" \
        --host "$host" --account "$SERVICE_ACCOUNT" >out
done
if grep -q stays out; then
    fail "$(cat out)"
fi
expect 1 "$COUNTERSIGN" show CliNames --rpcns 2>/dev/null
expect 1 "$COUNTERSIGN" spn find "CliNames/$HOST_NAME/CN=CliNames,$rpc" 2>/dev/null

# Revoked: no longer, nor is it said any more in the container.
expect 0 as_other withdraw --rnr --name CliNamesEvil --class CliNames --class-guid "$class_guid" \
    --host "$HOST_NAME" --spn-elsewhere >/dev/null
unregister "CN=CliNamesEvil,$winsock" "$OTHER"
expect 0 as_admin revoke "$OTHER" --rnr >/dev/null
expect 0 as_admin revoke "$SERVICE_ACCOUNT" --rnr --rpcns >out
says "$SERVICE_ACCOUNT may no longer create objects of class serviceInstance in $winsock" out
descriptor_of "$winsock" >dsacl
if grep -qF "$entry" dsacl || grep -q 'CIIO;[A-Z]*;;bf967ab2' dsacl; then
    fail "the rights stay: $(cat dsacl)"
fi
register "CN=CliNames,$winsock" "$SERVICE_ACCOUNT"
expect 1 rnr publish CliNames --address 127.0.0.1:7001 2>err
unregister "CN=CliNames,$winsock" "$SERVICE_ACCOUNT"
expect 1 "$COUNTERSIGN" show CliNames --rnr 2>/dev/null

# What is not understood is usage.
expect 2 "$COUNTERSIGN" publish --rnr --rpcns --name x --class x 2>/dev/null
expect 2 "$COUNTERSIGN" publish --rnr --name x --class x --address 127.0.0.1:1 2>/dev/null
expect 2 "$COUNTERSIGN" publish --rnr --name x --class x --class-guid "$class_guid" 2>/dev/null
expect 2 "$COUNTERSIGN" publish --rnr --name x --class x --class-guid "$class_guid" \
    --address 127.0.0.1:1 --keyword x 2>err
says "--keyword is no option of --rnr" err
expect 2 "$COUNTERSIGN" find --interface sideways 2>/dev/null
expect 2 "$COUNTERSIGN" find --scp --interface "$interface" 2>/dev/null
expect 2 "$COUNTERSIGN" show x --rnr --rpcns 2>/dev/null
expect 2 "$COUNTERSIGN" grant "$SERVICE_ACCOUNT" 2>/dev/null
expect 2 "$COUNTERSIGN" revoke --rnr 2>/dev/null
echo "services by name: as they should be"
