#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_cli.sh - spn, publish, find, show, withdraw and doctor against the real directory.
set -eu
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"

as_admin() {
    COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD "$COUNTERSIGN" "$@" --user "$ADMIN"
}
json() { # FILE EXPRESSION: a Python expression over d, which must be true
    /usr/bin/python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$@" ||
        fail "$2 does not hold of $(cat "$1")"
}
says() { # WORDS FILE
    grep -qF -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}

domain_kinit person >/dev/null
name=CliTest/web1.$REALM

# Names: nobody's, then one account's, then refused to another, then gone again.
expect 1 "$COUNTERSIGN" spn find "$name" 2>err
says "no account of the forest holds" err
expect 1 "$COUNTERSIGN" spn add "$name" "$SERVICE_ACCOUNT" 2>err
says "administrator" err
expect 0 as_admin spn add "$name" "$SERVICE_ACCOUNT" >/dev/null
expect 0 "$COUNTERSIGN" spn find "$name" --json >out
json out 'len(d) == 1'
expect 1 as_admin spn add "$name" "$PERSON" 2>err
says "$name" err
expect 0 "$COUNTERSIGN" spn list "$SERVICE_ACCOUNT" --json >out
json out "'$name' in d[0]['spns']"
expect 0 "$COUNTERSIGN" spn duplicates >out
says "none held twice" out

# This host could accept it with the account's keytab, and not with another's.
expect 0 "$COUNTERSIGN" spn explain "$name" --keytab "$SERVICE_KEYTAB" --json >out
json out "d['acceptable'] and d['key_version_keytab'] == d['key_version_directory']"
expect 1 "$COUNTERSIGN" spn explain "$name" --keytab "$HOST_KEYTAB" >out
says "holds no key of $SERVICE_ACCOUNT" out
expect 1 "$COUNTERSIGN" spn explain "$name" --keytab /nonexistent >out
says "/nonexistent" out

# doctor: healthy; then a keytab of the wrong account; then a name nobody holds.
expect 0 "$COUNTERSIGN" doctor "$name" --keytab "$SERVICE_KEYTAB" --json >out
json out "d['verdict'] in ('healthy', 'warning') and any(c['check'] == 'mutual' and c['state'] == 'ok' for c in d['checks'])"
expect 1 "$COUNTERSIGN" doctor "$name" --keytab "$HOST_KEYTAB" >out
says "broken" out
says "fix:" out
COUNTERSIGN_POLICY=minimun-level=enforce expect 1 \
    "$COUNTERSIGN" doctor "$name" --keytab "$SERVICE_KEYTAB" >out
says "names no switch" out
expect 0 as_admin spn delete "$name" "$SERVICE_ACCOUNT" >/dev/null
expect 1 "$COUNTERSIGN" doctor "$name" --keytab "$SERVICE_KEYTAB" >out
says "no account holds $name" out
expect 1 "$COUNTERSIGN" spn find "$name" 2>/dev/null

# A name held twice, which only an administrator of the policy can bring about.
COUNTERSIGN_POLICY=spn-duplicates=off expect 0 as_admin spn add "$name" "$SERVICE_ACCOUNT" >/dev/null
if COUNTERSIGN_POLICY=spn-duplicates=off as_admin spn add "$name" "$OTHER" >/dev/null 2>&1; then
    expect 1 "$COUNTERSIGN" spn duplicates >out
    says "$name" out
    expect 1 "$COUNTERSIGN" spn explain "$name" 2>err
    says "2 accounts hold" err
    expect 0 as_admin spn delete "$name" "$OTHER" >/dev/null
fi
expect 0 as_admin spn delete "$name" "$SERVICE_ACCOUNT" >/dev/null

# A planted object cannot draw on the terminal of whoever looks for it.
esc=$(printf '\033[2Jfine\nTRUSTED')
expect 0 as_admin publish --name Drawing --class CliDraw --host "$HOST_NAME" --port 7009 \
    --keyword "$esc" --account "$HOST_ACCOUNT" --container "CN=System,$DOMAIN_DN" >/dev/null
expect 0 "$COUNTERSIGN" find "$esc" --long >out
says "?[2Jfine?TRUSTED" out
expect 1 "$COUNTERSIGN" show "CN=$(printf 'x\033[2J'),$DOMAIN_DN" 2>err
if grep -q "$(printf '\033')" out err; then
    echo "an escape reached the terminal" >&2
    exit 1
fi
expect 0 as_admin withdraw --name Drawing --class CliDraw --host "$HOST_NAME" \
    --account "$HOST_ACCOUNT" --container "CN=System,$DOMAIN_DN" >/dev/null

# A service published whole, found, shown, withdrawn.
guid=5c1f0f6e-8a5b-4f0c-9b7e-2f6d6f0a1b2c
expect 0 as_admin publish --name CliService --class CliSvc --host "$HOST_NAME" --port 7001 \
    --keyword "$guid" --account "$SERVICE_ACCOUNT" --container "CN=Computers,$DOMAIN_DN" --json >out
json out "d['guid'] and d['dn'].startswith('CN=CliService,')"
object=$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["guid"])')
expect 0 "$COUNTERSIGN" find "$guid" --json >out
json out "len(d) == 1 and d[0]['class'] == 'CliSvc' and '7001' in d[0]['addresses'][0]"
expect 0 "$COUNTERSIGN" find "$guid" --class CliSvc --account "$SERVICE_ACCOUNT" --json >out
json out "d[0]['spn'].lower() == 'clisvc/$HOST_NAME'.lower()"
expect 1 "$COUNTERSIGN" find "$guid" --class CliSvc --account "$OTHER" 2>err
expect 0 "$COUNTERSIGN" show "$object" --json >out
json out "'$guid' in d['keywords']"
expect 0 as_admin withdraw --name CliService --class CliSvc --host "$HOST_NAME" \
    --account "$SERVICE_ACCOUNT" --container "CN=Computers,$DOMAIN_DN" >/dev/null
expect 1 "$COUNTERSIGN" find "$guid" 2>/dev/null
expect 1 "$COUNTERSIGN" spn find "CliSvc/$HOST_NAME" 2>/dev/null

# What is not understood is usage.
expect 2 "$COUNTERSIGN" spn 2>/dev/null
expect 2 "$COUNTERSIGN" spn find 2>/dev/null
expect 2 "$COUNTERSIGN" publish --name x 2>/dev/null
expect 2 "$COUNTERSIGN" find --account x 2>/dev/null
for command in spn publish withdraw find show grant revoke doctor realm; do
    expect 0 "$COUNTERSIGN" "$command" --help >out
    says "EXIT STATUS" out
done
echo "the command line: as it should be"
