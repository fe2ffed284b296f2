#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The domain of the test run has what tests/lib/domain.sh promises: every account logs on, every
# keytab opens tickets, the directory answers over each of its doors.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up

directory() { # URL BASE FILTER ATTRIBUTE
    LD_PRELOAD=libnss_wrapper.so ldapsearch -o ldif-wrap=no -LLL -x -D "$PERSON@$REALM" \
        -w "$PERSON_PASSWORD" -H "$1" -b "$2" "$3" "$4"
}

for account in "$PERSON:$PERSON_PASSWORD" "$OTHER:$OTHER_PASSWORD" \
    "$SERVICE_ACCOUNT:$SERVICE_PASSWORD" "$HOST_ACCOUNT:$HOST_PASSWORD" \
    "$ADMIN:$ADMIN_PASSWORD"; do
    echo "${account#*:}" | kinit "${account%%:*}" >/dev/null || fail "kinit ${account%%:*}"
done
expect 1 sh -c "echo wrong | kinit $PERSON >/dev/null 2>&1"

for who in person service host; do
    domain_kinit "$who"
done
domain_kinit person
# kvno -k decrypts the ticket with the keytab; both accounts have AES keys only
kvno -q -k "$HOST_KEYTAB" "host/$HOST_NAME"
kvno -q -k "$SERVICE_KEYTAB" "$SERVICE_SPN"
kvno -q "ldap/$DC_NAME"
klist -e | grep -A1 "^.*$SERVICE_SPN" | grep -q 'tkt: *aes256\|, aes256' ||
    fail "the service's ticket is not AES: $(klist -e)"

directory "ldaps://$DC_NAME" "$DOMAIN_DN" "(sAMAccountName=$HOST_ACCOUNT)" dNSHostName |
    grep -q "^dNSHostName: $HOST_NAME\$" || fail "LDAPS"
directory "ldaps://$DC_NAME:3269" "$DOMAIN_DN" "(servicePrincipalName=$SERVICE_SPN)" dn |
    grep -q "^dn: CN=$SERVICE_ACCOUNT," || fail "global catalog"
expect 8 ldapsearch -x -D "$PERSON@$REALM" -w "$PERSON_PASSWORD" -H "ldap://$DC_ADDRESS" \
    -b "$DOMAIN_DN" dn 2>/dev/null # unsigned: strongerAuthRequired
samba-tool spn list "$SERVICE_ACCOUNT" | grep -q "$SERVICE_SPN" || fail "samba-tool"
