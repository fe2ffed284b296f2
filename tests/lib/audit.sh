# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# audit.sh - what tests of `countersign audit` share. Sourced behind domain.sh, in TEST_TMP.
#
#   uuid SAMPLE/FILE.idl         the interface's
#   serve LOG PROGRAM args...    a server that says "listening on"; sets server, its process, and
#                                binding, where it listens over TCP
#   audit STATUS args...         `countersign audit`, which must exit so, into out and err
#   says PATTERN [FILE]          a line of out is like that
#   json EXPRESSION              it is true of d, out's JSON; ids(uuid): the findings of it;
#                                states(word): the numbers of practices in that state

uuid() {
    sed -n 's/.*uuid(\(.*\)).*/\1/p' "$COUNTERSIGN_SOURCE/samples/$1"
}

serve() {
    log=$1
    shift
    : >"$log"
    "$@" >"$log" 2>&1 &
    server=$!
    background="$background $server"
    tries=0
    until grep -q '^listening on' "$log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$server" 2>/dev/null; then
            fail "$1 did not start: $(cat "$log")"
        fi
        sleep 0.1
    done
    # shellcheck disable=SC2034
    binding=127.0.0.1$(sed -n 's/^listening on .*\(\[[0-9]*]\).*/\1/p' "$log")
}

audit() {
    status=$1
    shift
    expect "$status" "$COUNTERSIGN_BUILD/bin/countersign" audit "$@" >out 2>err
}

says() {
    grep -Eq -- "$1" "${2:-out}" || fail "\"$1\" is not said in: $(cat "${2:-out}")"
}

json() {
    /usr/bin/python3 -c 'import json,sys; d=json.load(open("out"))
def ids(u):
    return {f for e in d["endpoints"] if e["interface"] == u for f in e["findings"]}
def states(word):
    return {p["number"] for p in d["practices"] if p["state"] == word}
sys.exit(not eval("(" + sys.argv[1] + ")"))' "$1" || fail "$1 does not hold of $(cat out)"
}
