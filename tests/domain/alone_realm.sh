#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `countersign realm`: from nothing, idempotent, side by side, moved, without root; and afterwards
# no process and no file is left outside its folder.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

say() { printf '%s\n' "- $*"; }
json() { # NAME, of the object on standard input
    /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
realm() { "$COUNTERSIGN" realm "$@"; }
keeper() { realm status --json --dir "$1" | json keeper; }

# Samba's processes rename themselves: they are known by their session, their open files, their
# folder. The dead that the first process has not buried yet do not count.
processes_of() { # DIR SESSION
    ps -e -o pid=,sid=,stat= | awk -v sid="$2" '$2 == sid && $3 !~ /^Z/ { print $1 }'
    for p in /proc/[0-9]*; do
        [ "${p#/proc/}" = "$$" ] && continue
        if find "$p/fd" "$p/cwd" -maxdepth 1 -lname "$1*" 2>/dev/null | grep -q .; then
            echo "${p#/proc/}"
        fi
    done
}
none_left() { # DIR SESSION
    left=$(processes_of "$1" "$2")
    # shellcheck disable=SC2086
    [ -z "$left" ] || fail "left of $1: $(ps -o pid,ppid,sid,args $left)"
}
outside() { # every file that might have been touched, with its time; servers beside have endpoints
    find /etc /var /run /usr/share/samba "$HOME" -xdev \( -path /var/log -o -path /run/lock \
        -o -path /run/countersign -o -path /var/tmp -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path "$COUNTERSIGN_SOURCE" \) -prune -o \
        -type f \( -ipath '*samba*' -o -ipath '*krb5*' -o -path /etc/hosts \
        -o -path /etc/resolv.conf -o -ipath '*countersign*' \) -printf '%p %T@\n' 2>/dev/null |
        sort
}

outside >"$TEST_TMP/before"
a=$TEST_TMP/a
b=$TEST_TMP/b

say "from nothing"
realm up --dir "$a" --realm RAISED.EXAMPLE >/dev/null
keeper_a=$(keeper "$a")
[ "$(realm status --json --dir "$a" | json state)" = running ] || fail "status"
[ "$(stat -c %a "$a" "$a/settings" | tr '\n' ' ')" = "700 600 " ] || fail "modes"
processes_of "$a" "$keeper_a" | grep -q . || fail "this test does not see the realm's processes"

say "up again is the same one"
realm up --dir "$a" >/dev/null
[ "$(keeper "$a")" = "$keeper_a" ] || fail "another keeper"
expect 1 realm up --dir "$a" --realm OTHER.EXAMPLE 2>/dev/null

say "a second one beside it, copied: it moves to an address of its own"
realm down --dir "$a"
none_left "$a" "$keeper_a"
cp -a "$a" "$TEST_TMP/template"
realm up --dir "$a" >/dev/null
keeper_a=$(keeper "$a")
realm up --dir "$b" --copy-of "$TEST_TMP/template" >/dev/null
keeper_b=$(keeper "$b")
address_a=$(realm status --json --dir "$a" | json address)
address_b=$(realm status --json --dir "$b" | json address)
[ "$address_a" != "$address_b" ] || fail "both at $address_a"
realm list | grep -q "RAISED.EXAMPLE *running *$address_a *$a\$" || fail "list"
realm list | grep -q "RAISED.EXAMPLE *running *$address_b *$b\$" || fail "list"
for dir in "$a" "$b"; do
    # shellcheck disable=SC2016
    realm exec --dir "$dir" -- sh -c 'echo "$PERSON_PASSWORD" | kinit "$PERSON"' >/dev/null ||
        fail "kinit in $dir"
    # shellcheck disable=SC2016
    realm exec --dir "$dir" -- sh -c 'kvno -q "$SERVICE_SPN"' || fail "kvno in $dir"
done
expect 7 realm exec --dir "$b" -- sh -c 'exit 7'
expect 127 realm exec --dir "$b" -- "$TEST_TMP/no-such-command" 2>/dev/null

say "down leaves no process"
realm down --dir "$b"
none_left "$b" "$keeper_b"
expect 1 realm status --dir "$b" >/dev/null
expect 126 realm exec --dir "$b" -- true 2>/dev/null
realm down --dir "$b" || fail "down of what is down"

say "a keeper killed outright takes its domain along"
kill -KILL "$keeper_a"
tries=0
while [ -n "$(processes_of "$a" "$keeper_a")" ]; do
    tries=$((tries + 1))
    [ $tries -le 6000 ] || none_left "$a" "$keeper_a"
    sleep 0.1
done
expect 1 realm status --dir "$a" >/dev/null
realm up --dir "$a" >/dev/null || fail "up after that"
keeper_a=$(keeper "$a")
realm remove --dir "$a"
none_left "$a" "$keeper_a"
[ ! -e "$a" ] || fail "$a is still there"

say "interrupted while it is made: nothing is left, and the next try works"
c=$TEST_TMP/c
"$COUNTERSIGN" realm up --dir "$c" >/dev/null 2>&1 &
pid=$!
tries=0
while [ ! -f "$c/log/provision.log" ] && [ $tries -lt 1200 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
keeper_c=$(keeper "$c")
kill -TERM "$pid"
expect 1 wait "$pid"
none_left "$c" "$keeper_c"
[ ! -e "$c/settings" ] || fail "half a realm is kept as a whole one"

say "a folder deleted by hand ends what ran in it"
realm up --dir "$b" >/dev/null
keeper_b=$(keeper "$b")
rm -rf "$b"
tries=0
while [ -n "$(processes_of "$b" "$keeper_b")" ]; do
    tries=$((tries + 1))
    [ $tries -le 600 ] || none_left "$b" "$keeper_b"
    sleep 0.1
done

say "two at once are one"
"$COUNTERSIGN" realm up --dir "$b" --copy-of "$TEST_TMP/template" >/dev/null &
pid=$!
realm up --dir "$b" --copy-of "$TEST_TMP/template" >/dev/null || fail "the one"
expect 0 wait "$pid"
realm remove --dir "$b"

say "refuses what it must"
mkdir "$TEST_TMP/full" && touch "$TEST_TMP/full/precious"
expect 1 realm up --dir "$TEST_TMP/full" 2>/dev/null
expect 2 realm up --realm nodot --dir "$c" 2>/dev/null
expect 2 realm up --realm 'a.b;c' --dir "$c" 2>/dev/null
expect 2 realm sideways 2>/dev/null
expect 1 realm up --dir "$TEST_TMP/$(printf '%0100d' 0)" 2>/dev/null

say "in a namespace of its own, on IPv6 too, without root where this runs as root"
d=$TEST_TMP/d
e=$TEST_TMP/e
mkdir "$d" "$e" "$TEST_TMP/copy"
cp -r "$COUNTERSIGN_BUILD/bin" "$COUNTERSIGN_BUILD/share" "$COUNTERSIGN_BUILD"/src/*.so* \
    "$TEST_TMP/copy"
chmod 755 "$TEST_TMP"
chmod -R a+rX "$TEST_TMP/copy"
cd "$TEST_TMP" # wherever the checkout is, this an ordinary user may enter
ordinarily() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown nobody "$d" "$e"
    ordinarily() { setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }
fi
ordinary() {
    ordinarily env LD_LIBRARY_PATH="$TEST_TMP/copy" "$TEST_TMP/copy/bin/countersign" realm "$@"
}
# where one more user namespace is one too many; where uid 0 has no power over the network
denied='echo 1 >/proc/sys/user/max_user_namespaces; exec unshare --user --map-user=1000 "$@"'
refused() { # WORDS ARGUMENT...
    words=$1
    shift
    expect 1 ordinarily unshare --user --map-root-user env LD_LIBRARY_PATH="$TEST_TMP/copy" \
        "$@" realm up --dir "$e" 2>"$TEST_TMP/said"
    grep -q "$words" "$TEST_TMP/said" || fail "it does not say why: $(cat "$TEST_TMP/said")"
}
if unshare --user --map-root-user --net true 2>/dev/null; then
    ordinary up --dir "$d" --ipv6 >/dev/null
    keeper_d=$(ordinary status --json --dir "$d" | json keeper)
    [ "$(ordinary status --json --dir "$d" | json namespace)" = True ] || fail "no namespace"
    # shellcheck disable=SC2016
    ordinary exec --dir "$d" -- sh -c 'kinit -k -t "$PERSON_KEYTAB" "$PERSON" &&
        kvno -q "$SERVICE_SPN" && getent ahostsv4 "$DC_NAME" | grep -q "^$DC_ADDRESS " &&
        getent ahostsv6 "$DC_NAME" | grep -q "^$DC_ADDRESS6 " &&
        ldapsearch -x -H "ldap://[$DC_ADDRESS6]" -s base -b "" dnsHostName |
            grep -qi "^dnsHostName: $DC_NAME\$"' || fail "inside"
    ordinary down --dir "$d"
    none_left "$d" "$keeper_d"

    say "says so where the kernel refuses a namespace, or a port"
    tool=$TEST_TMP/copy/bin/countersign
    refused 'user.max_user_namespaces' sh -c "$denied" sh "$tool"
    refused 'port 53: Permission denied' "$tool"
else
    expect 1 ordinary up --dir "$d" 2>"$TEST_TMP/said"
    grep -q 'user.max_user_namespaces' "$TEST_TMP/said" || fail "it does not say why"
fi

outside >"$TEST_TMP/after"
diff "$TEST_TMP/before" "$TEST_TMP/after" || fail "files outside its folder changed"
