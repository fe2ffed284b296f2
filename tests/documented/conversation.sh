#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# conversation.sh SERVER CLIENT - the two talk, with the credentials a login leaves: the default
# ticket cache and the default keytab.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
domain_up
domain_kinit person
export KRB5_KTNAME="FILE:$SERVICE_KEYTAB"

"$1" server >"$TEST_TMP/server" &
server=$!
port=
while kill -0 $server 2>/dev/null && [ -z "$port" ]; do
    sleep 0.05
    port=$(sed -n 's/^port //p' "$TEST_TMP/server")
done
[ -n "$port" ] || fail "the server does not listen"
"$2" client "$port" "$SERVICE_SPN" >"$TEST_TMP/client" || fail "the client"
wait $server || fail "the server"
grep -qx "Package Name: Kerberos" "$TEST_TMP/server" || fail "the package: $(cat "$TEST_TMP/server")"
grep -qx "Client connected as: $PERSON@$REALM" "$TEST_TMP/server" ||
    fail "the name: $(cat "$TEST_TMP/server")"
grep -qx "The message from the server is: This is your server speaking" "$TEST_TMP/client" ||
    fail "the message: $(cat "$TEST_TMP/client")"
