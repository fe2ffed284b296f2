# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# named.sh - what the tests of services found by name have in common. Source it after domain.sh.
#
#   as ACCOUNT COMMAND...           with its ticket: admin, person, service, host
#   serve ACCOUNT LOG COMMAND...    starts a service, and sets $server and $port
#   says PATTERN FILE               at once, or the test fails
#   silent PATTERN FILE             or the test fails
#   comes PATTERN FILE              now or within a minute
#
# SERVICE_DN and HOST_DN are the accounts', whose tickets are there.
domain_up
cd "$TEST_TMP" || exit 1
PATH=$COUNTERSIGN_BUILD/bin:$COUNTERSIGN_BUILD/samples:$PATH
export COUNTERSIGN_HOSTNAME="$HOST_NAME"
SERVICE_DN="CN=$SERVICE_ACCOUNT,CN=Users,$DOMAIN_DN"
HOST_DN="CN=${HOST_ACCOUNT%?},CN=Computers,$DOMAIN_DN"
export SERVICE_DN HOST_DN

as() {
    as_cache=$TEST_TMP/cache.$1
    shift
    KRB5CCNAME="FILE:$as_cache" "$@"
}

echo "$ADMIN_PASSWORD" | as admin domain_exec kinit "$ADMIN" >/dev/null
for account in person service host; do
    as $account domain_kinit $account >/dev/null
done

# Not as(): the process that is to be killed would be a shell's.
serve() {
    serve_cache=$TEST_TMP/cache.$1
    serve_log=$2
    shift 2
    : >"$serve_log"
    env KRB5CCNAME="FILE:$serve_cache" "$@" >"$serve_log" 2>&1 &
    server=$!
    background="$background $server"
    tries=0
    until grep -q '^listening on' "$serve_log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
            fail "the service did not start: $(cat "$serve_log")"
        fi
        sleep 0.1
    done
    # shellcheck disable=SC2034
    port=$(sed -n 's/^listening on .*[:[]\([0-9]*\)]*$/\1/p' "$serve_log")
}

says() {
    grep -Eq -- "$1" "$2" || fail "\"$1\" is not said in: $(cat "$2")"
}

silent() {
    ! grep -Eq -- "$1" "$2" || fail "\"$1\" is said in: $(cat "$2")"
}

comes() {
    tries=0
    until grep -Eq -- "$1" "$2"; do
        tries=$((tries + 1))
        [ "$tries" -le 600 ] || fail "\"$1\" never came in: $(cat "$2")"
        sleep 0.1
    done
}
