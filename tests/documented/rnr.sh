#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# rnr.sh PROGRAM - a service is published and found, with the credentials a login leaves.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
KRB5CCNAME=FILE:$TEST_TMP/administrator
export KRB5CCNAME
printf '%s\n' "$ADMIN_PASSWORD" | domain_exec kinit "$ADMIN@$REALM" >/dev/null || fail "kinit"

"$1" >"$TEST_TMP/out" || fail "the program: $(cat "$TEST_TMP/out")"
grep -qx "class Documented Sample" "$TEST_TMP/out" || fail "the class: $(cat "$TEST_TMP/out")"
grep -qx "found Documented Sample, Instance #1: published through RnR" "$TEST_TMP/out" ||
    fail "the service: $(cat "$TEST_TMP/out")"
grep -qx "received hello" "$TEST_TMP/out" || fail "the message: $(cat "$TEST_TMP/out")"
