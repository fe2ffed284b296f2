#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_peers.sh SERVER COUNTERSIGN - our server over ncalrpc, as `countersign ping` and Samba's
# smbtorture find it.
set -eu
server=$1
countersign=$2
dir=$(mktemp -d /tmp/cs-peers-XXXXXX)
trap 'exec 3>&-; rm -rf "$dir"' EXIT
export COUNTERSIGN_NCALRPC_DIR="$dir/ncalrpc" KRB5_CONFIG=/dev/null

fail() {
    echo "FAILED: $*" >&2
    exit 1
}
says() { grep -Eq -- "$1" "$dir/out" || fail "\"$1\" is not said in: $(cat "$dir/out")"; }
ping() { # STATUS arguments...
    status=$1
    shift
    got=0
    timeout 60 "$countersign" ping "$@" >"$dir/out" 2>&1 || got=$?
    [ "$got" = "$status" ] || fail "ping $*: $got, not $status: $(cat "$dir/out")"
}

ping 3 "ncalrpc:[EPMAPPER]"
says "^failed +connect"

mkfifo "$dir/control" "$dir/said"
"$server" EpMapper <"$dir/control" >"$dir/said" &
exec 3>"$dir/control"
read -r ready <"$dir/said"
[ "$ready" = ready ] || fail "the server did not start"

ping 0 "ncalrpc:[epmapper]"
says "^ok +connect +.*ncalrpc:\[epmapper\]"
says "^ok +authenticate .*root or yourself, and knows you"
ping 0 "ncalrpc:[EPMAPPER]" --interface 5d1b7a40-9f0e-4c59-8f0b-2f4b6a7c1e93,1.0 --count 5
says "this one among them"
ping 0 "ncalrpc:[EPMAPPER]" --level none --spn "$(id -un)"
ping 5 "ncalrpc:[EPMAPPER]" --spn S-1-22-1-54399
ping 4 "ncalrpc:[EPMAPPER]" --interface 5d1b7a40-9f0e-4c59-8f0b-2f4b6a7c1e94,1.0

if command -v smbtorture >/dev/null; then
    cat >"$dir/smb.conf" <<END
[global]
    private dir = $dir
    lock directory = $dir
    state directory = $dir
    cache directory = $dir
    ncalrpc dir = $dir/ncalrpc
END
    timeout 60 smbtorture -s "$dir/smb.conf" "ncalrpc:[EPMAPPER]" -U % rpc.mgmt >"$dir/out" 2>&1 ||
        fail "smbtorture: $(cat "$dir/out")"
    says "^success: mgmt$"
    says "uuid 5d1b7a40-9f0e-4c59-8f0b-2f4b6a7c1e93"
fi
exec 3>&-
wait
[ -z "$(ls -A "$dir/ncalrpc")" ] || fail "left behind: $(ls -A "$dir/ncalrpc")"
