#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two real domains, and one process with credentials of both. libkrb5 is configured nowhere, and
# no file of the user's is written.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

remember() { # PREFIX
    for name in REALM PERSON PERSON_PASSWORD SERVICE_KEYTAB SERVICE_SPN; do
        eval "export $1_$name=\"\$$name\""
    done
}

domain_up ONE.EXAMPLE
remember ONE
dns=$COUNTERSIGN_DNS
domain_up TWO.EXAMPLE
remember TWO
TWO_KDC=$DC_ADDRESS
export TWO_KDC

HOME=$TEST_TMP/home
KRB5RCACHENAME=file2:$TEST_TMP/replays
mkdir "$HOME"
export HOME KRB5RCACHENAME
unset KRB5CCNAME KRB5_KTNAME
touch "$TEST_TMP/before"
for program in two_realms two_realms_sspi; do
    domain_exec env KRB5_CONFIG=/nonexistent COUNTERSIGN_DNS="$dns" \
        "$COUNTERSIGN_BUILD/tests/$program" || fail "two realms in one process: $program"
done
[ -z "$(ls -A "$HOME")" ] || fail "files in the home folder"
[ -z "$(find /tmp -maxdepth 1 -name 'krb5cc*' -newer "$TEST_TMP/before")" ] ||
    fail "a ticket cache was written"
