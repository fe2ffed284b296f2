#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_local.sh - the sample of local calls: a caller known without a proof, and a server that is another's.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
cd "$TEST_TMP"
mkdir -m 755 ncalrpc
export COUNTERSIGN_NCALRPC_DIR="$TEST_TMP/ncalrpc"
PATH=$COUNTERSIGN_BUILD/samples:$PATH

: >log
local-server >log 2>&1 &
server=$!
background="$background $server"
tries=0
until grep -q '^listening on ncalrpc:' log; do
    tries=$((tries + 1))
    if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
        fail "the server did not start: $(cat log)"
    fi
    sleep 0.1
done

expect 0 local-client >said 2>&1
told=$(sed -n 's/^I am  *\(uid.*\)/\1/p' said)
case $told in
"uid $(id -u), process "[0-9]*) ;;
*) fail "who is the client? $(cat said)" ;;
esac
grep -q "^I am told I am .*, $told\$" said || fail "the server took it for another: $(cat said)"
grep -q "^called by .*, $told\$" log || fail "the server does not say so: $(cat log)"
expect 0 local-client --server "S-1-22-1-$(id -u)" >said 2>&1

# An account that exists and is not the server's, one that does not exist, and no server at all.
other=daemon
[ "$(id -u)" != "$(id -u daemon)" ] || other=root
expect 1 local-client --server "$other" >said 2>&1
grep -q '^LocalAsk: ERROR_ACCESS_DENIED ' said || fail "$(cat said)"
expect 1 local-client --server "no such account" >said 2>&1
kill "$server"
wait "$server" || :
expect 1 local-client >said 2>&1
grep -q '^LocalAsk: RPC_S_SERVER_UNAVAILABLE ' said || fail "$(cat said)"
expect 2 local-client --other x >said 2>&1

# Without a name that both know: the endpoint mapper.
expect 1 local-client --endpoint "" >said 2>&1
grep -q 'Start the endpoint mapper of this host' said || fail "$(cat said)"
expect 1 local-server --register "a sample" >said 2>&1
grep -q '^the server: RPC_S_SERVER_UNAVAILABLE ' said || fail "$(cat said)"
epmapd_up --no-tcp
expect 1 local-client --endpoint "" >said 2>&1
grep -q '^LocalAsk: EPT_S_NOT_REGISTERED ' said || fail "$(cat said)"
: >log
local-server --register "a sample" >log 2>&1 &
server=$!
background="$background $server"
epmapd_says 'registered .* at ncalrpc:\[LRPC-.*"a sample"'
expect 0 local-client --endpoint "" >said 2>&1
grep -q '^I am told I am ' said || fail "$(cat said)"
expect 0 "$COUNTERSIGN" endpoints >said 2>&1
grep -q '^6f0d3c58-1be7-4a92-8d26-b4a7e95c10f3 1\.0  a sample$' said || fail "$(cat said)"
grep -Eq '^    ncalrpc +LRPC-[^ ]+ +kernel$' said || fail "$(cat said)"
kill "$server"
wait "$server" || :
epmapd_says 'a process is over, and 1 entr.* with it$'
expect 4 "$COUNTERSIGN" endpoints --interface 6f0d3c58-1be7-4a92-8d26-b4a7e95c10f3 >said 2>&1
epmapd_down
