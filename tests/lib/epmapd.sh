# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# epmapd.sh - our endpoint mapper, for a test of its own. Sourced behind domain.sh, whose folder and
# exit it uses; it needs no domain.
#
#   epmapd_up [OPTION...]  starts countersign-epmapd, on a TCP port of its choice at 127.0.0.1 where
#                          no --listen or --no-tcp is said. Sets EPM_PORT, the first one's, EPM_LOG
#                          and epmapd_process, exports COUNTERSIGN_NCALRPC_DIR: its local endpoint is
#                          there, and servers of the test have theirs there
#   epmapd_down            ends it, and fails if it did not live until then or did not end well
#   epmapd_says PATTERN    waits until its log has a line like that

epmapd_says() { # PATTERN
    for _ in $(seq 300); do
        grep -q -e "$1" "$EPM_LOG" && return 0
        kill -0 "$epmapd_process" 2>/dev/null || break
        sleep 0.2
    done
    fail "countersign-epmapd does not say \"$1\", but: $(cat "$EPM_LOG")"
}

epmapd_up() { # [OPTION...]
    EPM_LOG=$TEST_TMP/epmapd.log
    COUNTERSIGN_NCALRPC_DIR=${COUNTERSIGN_NCALRPC_DIR:-$TEST_TMP/ncalrpc}
    export COUNTERSIGN_NCALRPC_DIR
    case " $* " in
    *' --listen '* | *' --no-tcp '*) ;;
    *) set -- --listen 127.0.0.1:0 "$@" ;;
    esac
    : >"$EPM_LOG" # there before anyone looks
    "$COUNTERSIGN_BUILD/bin/countersign-epmapd" "$@" >"$EPM_LOG" 2>&1 &
    epmapd_process=$!
    background="$background $epmapd_process"
    epmapd_says ': ready$'
    # shellcheck disable=SC2034
    EPM_PORT=$(sed -n 's/.*listening at ncacn_ip_tcp:.*\[\([0-9]*\)]$/\1/p' "$EPM_LOG" | head -n 1)
}

epmapd_down() {
    kill "$epmapd_process" 2>/dev/null || fail "the mapper is gone: $(cat "$EPM_LOG")"
    wait "$epmapd_process" || fail "the mapper ended with $?: $(cat "$EPM_LOG")"
}
