#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_cert.sh - countersign cert, as an account of the test's own, and what doctor says of it.
set -eu
. "$(dirname "$0")/../lib/domain.sh"
domain_up
cd "$TEST_TMP"

json() { # FILE EXPRESSION: a Python expression over d, which must be true
    /usr/bin/python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$@" ||
        fail "$2 does not hold of $(cat "$1")"
}
says() { # WORDS FILE
    grep -qF -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}
samba() {
    KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool "$@" -H "$DOMAIN_DIR/private/sam.ldb" >/dev/null
}
cert() {
    COUNTERSIGN_PASSWORD=Cert-Passw0rd "$COUNTERSIGN" cert "$@" --user cert-owner
}

samba user create cert-owner Cert-Passw0rd
export COUNTERSIGN_QUEUE_KEYS="$TEST_TMP/state/queue.keys"

# Nothing yet; then keys, once; the file is its owner's alone.
expect 1 cert list 2>err
says "countersign cert enroll" err
expect 1 cert rotate 2>err
says "countersign cert enroll" err
expect 0 cert enroll --host "$HOST_NAME" --days 100 >out
says "enrolled on $HOST_NAME" out
[ "$(stat -c %a "$COUNTERSIGN_QUEUE_KEYS")" = 600 ]
expect 1 cert enroll --host "$HOST_NAME" 2>err
says "countersign cert rotate" err
expect 0 cert list --json >out
json out "[(c['state'], c['host'], c['here']) for c in d['certificates']] == [('current', '$HOST_NAME', True)]"
json out "d['certificates'][0]['not_after'] - d['certificates'][0]['not_before'] == 100 * 86400"
id=$(/usr/bin/python3 -c 'import json; print(json.load(open("out"))["certificates"][0]["id"])')

# By its first digits, and by anybody.
domain_kinit person >/dev/null
expect 0 "$COUNTERSIGN" cert show "${id%????????????????????????}" --account cert-owner >out
says "$id" out
says "messages are sealed to it" out
expect 1 "$COUNTERSIGN" cert show ffffffffffffffffffffffffffffffff --account cert-owner 2>err
says "no certificate" err

# A file that others may read is not used; it says how to mend that.
chmod 0644 "$COUNTERSIGN_QUEUE_KEYS"
expect 1 cert rotate 2>err
says "must be 0600" err
says "chmod 0600" err
chmod 0600 "$COUNTERSIGN_QUEUE_KEYS"
expect 0 cert rotate >out
says "rotated on $HOST_NAME" out
expect 0 cert list --json >out
json out "sorted(c['state'] for c in d['certificates']) == ['current', 'retired']"
expect 0 cert list >out
says "retired" out

# Digits that begin two ids take back neither; the newest takes along what was rotated before it.
while "$COUNTERSIGN" cert list --account cert-owner --json | /usr/bin/python3 -c '
import json,sys; ids=[c["id"][0] for c in json.load(sys.stdin)["certificates"]]
sys.exit(len(set(ids)) < len(ids))'; do
    cert rotate >/dev/null
done
twice=$("$COUNTERSIGN" cert list --account cert-owner --json | /usr/bin/python3 -c '
import json,sys; ids=[c["id"][0] for c in json.load(sys.stdin)["certificates"]]
print(next(i for i in ids if ids.count(i) > 1))')
expect 1 cert revoke "$twice" 2>err
says "more digits" err
id=$("$COUNTERSIGN" cert list --account cert-owner --json | /usr/bin/python3 -c '
import json,sys; print(next(c["id"] for c in json.load(sys.stdin)["certificates"] if c["state"] == "current"))')
expect 0 cert revoke "$id" >out
expect 1 "$COUNTERSIGN" cert list --account cert-owner 2>/dev/null
expect 0 cert enroll --host "$HOST_NAME" >out
expect 0 cert rotate >out

# Nobody else takes them back; who could is told.
expect 1 "$COUNTERSIGN" cert revoke --all --account cert-owner 2>err
says "cert-owner" err
expect 0 cert writers --json >out
json out "any(w['name'] == 'Domain Admins' for w in d) and not any(w['name'] in ('cert-owner', '$PERSON') for w in d)"
samba spn add "CertTest/$HOST_NAME" cert-owner
"$COUNTERSIGN" doctor "CertTest/$HOST_NAME" --keytab "$HOST_KEYTAB" >out || : # not its keytab
says "2 published" out
says "Domain Admins" out

# An administrator takes back all of a stolen host; its own program then has to enroll again.
COUNTERSIGN_PASSWORD=$ADMIN_PASSWORD expect 0 "$COUNTERSIGN" cert revoke --host "$HOST_NAME" \
    --account cert-owner --user "$ADMIN" >out
says "2 certificates revoked" out
expect 1 cert revoke --host "$HOST_NAME" 2>err
expect 1 cert list 2>/dev/null

# The command line.
expect 2 cert revoke 2>err
says "ID, --host NAME or --all" err
expect 2 cert enroll --days 0 2>/dev/null
expect 2 cert enroll --days 12x 2>/dev/null
expect 2 cert unknown 2>/dev/null
samba user delete cert-owner
