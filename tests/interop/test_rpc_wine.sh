#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Wine's runtime as our client and as our server. One interface (idl/peer.idl) and one source for each side
# become programs of ours, and Windows programs: their stubs by widl, the rest by mingw. Each client calls
# each server, and must come to the same. Without authentication: Wine's is not fit to be called.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/wire.sh
. "$(dirname "$0")/../lib/wire.sh"

source=$COUNTERSIGN_SOURCE/tests/interop
ours=$COUNTERSIGN_BUILD/tests/interop
work=$TEST_TMP/wine

# A Windows of this test's own: nothing but the libraries, where Debian has them. wineboot would make one of
# 700 MB with services that run. It has no screen, and says nothing.
WINEPREFIX=$TEST_TMP/prefix
WINEARCH=win64
WINEDEBUG=-all
export WINEPREFIX WINEARCH WINEDEBUG
unset DISPLAY WAYLAND_DISPLAY || :

windows() {
    mkdir -p "$WINEPREFIX/dosdevices" "$WINEPREFIX/drive_c/windows/system32"
    ln -s ../drive_c "$WINEPREFIX/dosdevices/c:"
    ln -s / "$WINEPREFIX/dosdevices/z:"
    ln -s /usr/lib/x86_64-linux-gnu/wine/x86_64-windows/* "$WINEPREFIX/drive_c/windows/system32/"
    echo disable >"$WINEPREFIX/.update-timestamp" # no wineboot
}

# Its server, and with it all of its processes, before its folder goes.
wine_down() {
    # shellcheck disable=SC2086
    [ -z "$background" ] || kill $background 2>/dev/null || :
    [ ! -d "$WINEPREFIX" ] || timeout 30 /usr/lib/wine/wineserver -k || :
}
# shellcheck disable=SC2154
trap 'status=$?; wine_down; domain_at_exit; exit $status' EXIT

compile() {
    mkdir -p "$work"
    cp "$source"/peer_*.[ch] "$source/idl/peer.idl" "$work"
    cd "$work"
    for output in "-h -o peer.h" "-c -o peer_c.c" "-s -o peer_s.c"; do
        # shellcheck disable=SC2086
        x86_64-w64-mingw32-widl --win64 -I/usr/x86_64-w64-mingw32/include -Oif $output peer.idl
    done
    # small: midl's own headers define it, mingw's do not.
    for side in client server; do
        stub=peer_$(printf %.1s $side).c
        x86_64-w64-mingw32-gcc -Wall -Werror -DWIN32_LEAN_AND_MEAN -Dsmall=char -o peer_$side.exe peer_$side.c peer_common.c \
            "$stub" -lrpcrt4
    done
}

serve() { # NAME COMMAND...
    name=$1
    shift
    : >"$work/$name.server"
    timeout 500 "$@" >"$work/$name.server" 2>&1 &
    server=$!
    background="$background $server"
    tries=0
    until port=$(sed -n 's/^port \([0-9]*\).*/\1/p' "$work/$name.server") && [ -n "$port" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
            fail "$name: no server: $(cat "$work/$name.server")"
        fi
        sleep 0.1
    done
}

# Every line must be as it is between ours and ours.
call() { # NAME COMMAND...
    name=$1
    shift
    timeout 150 "$@" 127.0.0.1 "$port" >"$work/$name.said" 2>&1 || {
        cat "$work/$name.said" >&2
        fail "$name"
    }
    tr -d '\r' <"$work/$name.said" >"$work/$name"
    cmp -s "$work/expected" "$work/$name" || {
        cat "$work/$name" >&2
        fail "$name: not what our own two say to each other"
    }
}

windows
compile

serve ours "$ours/peer_server"
timeout 60 "$ours/peer_client" 127.0.0.1 "$port" >"$work/expected" 2>&1 || fail "$(cat "$work/expected")"
[ "$(grep -c '^ok ' "$work/expected")" -ge 25 ] || fail "too few calls: $(cat "$work/expected")"

wire_begin client "tcp port $port"
call "Wine's client, our server" wine "$work/peer_client.exe"
wire_end client
wire_check client "$port"
[ "$(wire_count client "from=$port Response ")" -ge 20 ] || fail "Wine's client: too few responses"

serve wine wine "$work/peer_server.exe"
wire_begin server "tcp port $port"
call "our client, Wine's server" "$ours/peer_client"
wire_end server
wire_check server "$port" "tcp.dstport == $port"
# What our client copes with. Once this Wine counts, the coping can go.
[ "$(wire_count server "from=$port Response .* call=1 ")" -ge 20 ] ||
    fail "Wine's server numbers its answers: docs/protocol/rpc-peers.md says otherwise"
