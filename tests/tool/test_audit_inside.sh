#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_audit_inside.sh - countersign audit from inside: the sample of local calls and the weak one,
# by process, by endpoint and by unit; who is told, and who is believed; and what a killed server
# leaves.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/audit.sh
. "$(dirname "$0")/../lib/audit.sh"
cd "$TEST_TMP"
mkdir -m 755 ncalrpc
chmod 755 .
export COUNTERSIGN_NCALRPC_DIR="$TEST_TMP/ncalrpc"
PATH=$COUNTERSIGN_BUILD/samples:$PATH
weak=$(uuid weak/weak.idl)
cellar=$(uuid weak/cellar.idl)

# Ways of not being there, and of not saying whom.
audit 2 --pid 0
audit 2 --pid 1x
audit 2 --pid 1 host
audit 2 --inside
audit 2 --inside host
audit 2 --inside "ncacn_ip_tcp:host[1]"
audit 2 --pid $$ --interface "$weak"
audit 3 --pid $$ # no server
says "cannot be looked at from inside" err
audit 3 --pid 2147483647
says "there is no process" err
audit 3 --inside "ncalrpc:[nobody]"

# The best, by its process and by its endpoint.
serve local.log local-server
best=$server
audit 0 --pid "$best" --least A
says "^process $best, local-server$"
says "^  A   $(uuid local/local.idl) 1\.0  local$"
says "^      flags +RPC_IF_ALLOW_SECURE_ONLY RPC_IF_ALLOW_LOCAL_ONLY$"
says "^      requests +1024 bytes at most$"
says "^      endpoint +ncalrpc:\[COUNTERSIGN SAMPLE\]$"
says "^      policy +callback-seconds = enforce 120$"
says "^  holds    8  Use the /robust flag$"
says "^grade A: 1 of 1 interfaces asked$"
audit 0 --inside "ncalrpc:[countersign sample]" --least A --json
json "d['inside']['pid'] == $best and d['inside']['uid'] == $(id -u)"
json 'd["grade"] == "A" and d["findings"] == [] and states("unseen") == {4, 9, 10, 11}'
json 'all(p["reason"] for p in d["practices"])'

# Nobody else's interfaces are at the endpoint that tells: that one, and the one every server has.
audit 0 "ncalrpc:[CS-INSIDE-$best]" --json
json "{e['interface'] for e in d['endpoints']} == {'7d0e6c52-9b1f-4f0a-8a3d-5e2c41b7f6a9',
    'afa8bd80-7d8a-11c9-bef4-08002b102989'}"
[ "$(stat -c %a "ncalrpc/CS-INSIDE-$best")" = 600 ] || fail "others may connect"

# The worst: each weakness by name, and the page.
serve weak.log weak-server
audit 1 --pid "$server" --json
json "ids('$weak') == ids('$cellar') == {'anybody', 'refuses-nobody', 'weak-level', 'no-proof', 'beside', 'no-limit'}"
json 'states("broken") == {2, 3, 7, 13, 14, 16}'
json "[i['least_level'] for i in d['inside']['interfaces']] == ['none', 'none']"
json "[i['max_size'] for i in d['inside']['interfaces']] == [-1, -1]"
json "[e['protocol_sequence'] for e in d['inside']['endpoints']] == ['ncacn_ip_tcp']"
audit 0 --pid "$server" --least F --html page.html
says "^  F   Null sessions  \(anybody\)$"
says "^      fix: RpcServerRegisterIf2"
grep -q "<h2>How it is set</h2>" page.html || fail "the page: $(cat page.html)"
! grep -q 'src=\|<script\|<link' page.html || fail "the page needs something from elsewhere"

# The page and the terminal: what a server wrote is text, and colour is for a terminal.
cp "$COUNTERSIGN_BUILD/samples/weak-server" "<b>&weak"
LD_LIBRARY_PATH=$COUNTERSIGN_BUILD/src serve bold.log "./<b>&weak"
audit 1 --pid "$server" --html page.html
grep -q "<h1>process $server, &#60;b&#62;&#38;weak</h1>" page.html || fail "the page: $(cat page.html)"
! grep -q "$(printf '\033')" out || fail "colour without a terminal"
env -u NO_COLOR TERM=xterm script -qec "$COUNTERSIGN audit --pid $server" /dev/null >tty.out || true
grep -q "$(printf '\033\\[31m')" tty.out || fail "no colour on a terminal: $(cat tty.out)"

# So it is with what steers a terminal: neither form of the report has it.
steering="w$(printf '\302\233k\342\200\256\033')"
cp "$COUNTERSIGN_BUILD/samples/weak-server" "$steering"
LD_LIBRARY_PATH=$COUNTERSIGN_BUILD/src serve steering.log "./$steering"
audit 1 --pid "$server" --html page.html --json
json "d['inside']['command'] == 'w\\u009bk\\u202e\\x1b'"
! LC_ALL=C grep -q "$(printf '\302\233\|\342\200\256\|\033')" out page.html || fail "it steers a terminal"
audit 1 --pid "$server"
says "^process $server, w[?]+k[?]+$"

# Its keys are those of the guide.
audit 1 --pid "$server" --json
/usr/bin/python3 - "$COUNTERSIGN_SOURCE/docs/guide/secure-rpc.md" <<'END' || fail "keys: $(cat out)"
import json, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
table = text[text.index("## For programs"):text.index("## The sixteen")]
said = [set(re.findall(r"`([a-z0-9_]+)`", row.split(" | ")[1])) for row in table.splitlines()
        if row.startswith("| ") and "`" in row]
report = json.load(open("out"))
inside = report["inside"]
had = [set(report), set(report["endpoints"][0]), None, set(report["findings"][0]),
       set(report["findings"][0]["where"][0]), set(report["practices"][0]), set(inside),
       set(inside["interfaces"][0]), None, set(inside["endpoints"][0]), None,
       set(inside["policies"][0])]
wrong = [(s ^ h) for s, h in zip(said, had) if h is not None and s != h]
assert len(said) == len(had) and not wrong, (len(said), wrong)
END

# A unit: systemd is asked for its process.
mkdir bin
cat >bin/systemctl <<END
#!/bin/sh
[ "\$*" = "show --property=MainPID --value -- hello.service" ] && echo $best || echo 0
END
chmod +x bin/systemctl
PATH=$TEST_TMP/bin:$PATH audit 0 hello.service
says "^process $best, local-server$"
PATH=$TEST_TMP/bin:$PATH audit 3 other.service
says "no process" err
printf '#!/bin/sh\nexit 1\n' >bin/systemctl
PATH=$TEST_TMP/bin:$PATH audit 3 hello.service
says "systemctl was not asked for unit hello.service: it failed" err

# Policy turns it off; audited, the log tells who looked.
serve shut.log env COUNTERSIGN_POLICY=self-report=enforce weak-server
audit 3 --pid "$server"
[ ! -e "ncalrpc/CS-INSIDE-$server" ] || fail "it is there against policy"
serve told.log env COUNTERSIGN_POLICY=self-report=audit COUNTERSIGN_LOG="$TEST_TMP/looked.log" \
    weak-server
audit 1 --pid "$server"
says "policy self-report would refuse: uid $(id -u), process [0-9]+, to look" looked.log

# Another account is not told, by the socket's mode nor by the server itself; and one that puts
# itself in a process's place is not believed.
if [ "$(id -u)" = 0 ] && setpriv --reuid 4711 --clear-groups true 2>/dev/null; then
    other() { # STATUS
        status=$1
        shift
        expect "$status" setpriv --reuid 4711 --clear-groups "$COUNTERSIGN" audit "$@" >other.out 2>other.err
    }
    other 3 --pid "$best"
    chmod 666 "ncalrpc/CS-INSIDE-$best"
    other 5 --pid "$best"
    says "access denied" other.err
    chmod 1777 ncalrpc
    sleep 600 &
    false=$!
    background="$background $false"
    /usr/bin/python3 - "ncalrpc/CS-INSIDE-$false" 4711 >false.log <<'END' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
os.setuid(int(sys.argv[2]))
s.bind(sys.argv[1])
s.listen()
print("listening", flush=True)
while True:
    peer = s.accept()[0]
    data = peer.recv(65536)
    print("told" if data else "left", flush=True)
END
    background="$background $!"
    until grep -q listening false.log; do sleep 0.1; done
    audit 5 --pid "$false"
    says "the server is uid 4711, not 0 as expected" err
    ! grep -q told false.log || fail "a stranger was asked"
    chmod 755 ncalrpc
    left_out=
else
    left_out="only root can be another account, outside of a user namespace"
fi

# What a killed server leaves is gone with the next one's start.
serve killed.log weak-server
kill -9 "$server"
wait "$server" 2>/dev/null || true
[ -e "ncalrpc/CS-INSIDE-$server" ] || fail "there is nothing to clear"
killed=$server
serve next.log weak-server
[ ! -e "ncalrpc/CS-INSIDE-$killed" ] || fail "a killed server's socket is there"
[ ! -e "ncalrpc/.CS-INSIDE-$killed.lock" ] || fail "a killed server's lock is there"
[ -e "ncalrpc/CS-INSIDE-$best" ] || fail "a living server's socket is gone"

[ -z "$left_out" ] || { echo "skipped: $left_out"; exit 77; }
