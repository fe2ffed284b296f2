#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The command line of countersign-epmapd: help, exit statuses, what it says where it cannot listen,
# and that it leaves nothing behind.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/epmapd.sh
. "$(dirname "$0")/../lib/epmapd.sh"
program=$COUNTERSIGN_BUILD/bin/countersign-epmapd

expect 0 "$program" --version >/dev/null
expect 0 "$program" --help >"$TEST_TMP/help"
for part in USAGE OPTIONS EXAMPLES 'EXIT STATUS'; do
    grep -qx "$part" "$TEST_TMP/help" || fail "--help has no $part"
done
[ ! -w /dev/full ] || expect 1 "$program" --help >/dev/full
expect 2 "$program" --sideways 2>"$TEST_TMP/said"
grep -q 'try: countersign-epmapd --help' "$TEST_TMP/said" || fail "no way out of a wrong option"
expect 2 "$program" --listen 2>/dev/null
expect 2 "$program" --no-tcp --listen 127.0.0.1:0 2>/dev/null

COUNTERSIGN_NCALRPC_DIR=$TEST_TMP/ncalrpc
export COUNTERSIGN_NCALRPC_DIR
for wrong in '' : :0 '[::1' '[::1]0' '[]:0' 127.0.0.1: 127.0.0.1:x 127.0.0.1:65536 192.0.2.1:0; do
    expect 1 "$program" --listen "$wrong" 2>"$TEST_TMP/said"
    grep -qF "listening at $wrong:" "$TEST_TMP/said" ||
        fail "--listen $wrong: $(cat "$TEST_TMP/said")"
done
[ ! -e "$COUNTERSIGN_NCALRPC_DIR/EPMAPPER" ] || fail "a socket without a daemon"

# IPv6 too, where the host has it
set -- --listen 127.0.0.1:0 --listen localhost:0
[ ! -e /proc/sys/net/ipv6 ] || ! grep -q 00000000000000000000000000000001 /proc/net/if_inet6 ||
    set -- "$@" --listen '[::1]:0'
epmapd_up "$@"
epmapd_says 'listening at ncalrpc:\[EPMAPPER]$'
case $* in *::1*) epmapd_says 'listening at ncacn_ip_tcp:::1\[[0-9]*]$' ;; esac
expect 1 "$program" --no-tcp 2>"$TEST_TMP/said" # there is one
grep -q 'listening at ncalrpc:\[EPMAPPER]: .*EPMAPPER' "$TEST_TMP/said" ||
    fail "a second one: $(cat "$TEST_TMP/said")"
epmapd_down
[ ! -e "$COUNTERSIGN_NCALRPC_DIR/EPMAPPER" ] || fail "its socket is left"

epmapd_up --no-tcp --quiet
! grep -q ncacn_ip_tcp "$EPM_LOG" || fail "--no-tcp: $(cat "$EPM_LOG")"
epmapd_down
