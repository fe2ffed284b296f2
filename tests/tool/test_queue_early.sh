#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_early.sh - a call that is executed while the queue manager waits for the disk, and a
# manager that is killed then: before the disk has anything of the message, and after. Its sender
# hears that nobody can tell, or that a manager started anew has it; it is executed once.
# shellcheck disable=SC2119,SC2016
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
cd "$TEST_TMP"
mkdir some
export SLOW_DISK="$TEST_TMP/disk"

ends() { ! kill -0 "$1" 2>/dev/null; }

# executed WHAT HOLD: the server has it, and its sender waits for the disk.
executed() {
    : >"$2"
    send some early '' "$1" >"sent.$1" 2>&1 &
    sender=$!
    background="$background $sender"
    served "^call $1:"
    ! ends $sender || fail "it was told while the disk was held: $(cat "sent.$1")"
}

# told WHAT: what its sender has heard.
told() {
    queue_wait "the sender of $1 hears nothing" ends $sender
    wait $sender || :
    cat "sent.$1"
}

once() { # WHAT
    alive early 0
    alive '$dead-letter' 0
    [ "$(grep -c "^call $1:" served)" = 1 ] || fail "not once: $(cat served)"
}

# With a disk that comes back to itself nobody notices but who waits.
LD_PRELOAD=$COUNTERSIGN_BUILD/tests/libslow_disk.so mqd_up
unset LD_PRELOAD
serve_up some early '' --anybody
executed quiet disk
rm disk
told quiet | grep -q '^sent ' || fail "$(told quiet)"
once quiet

# With one that fails once the manager writes it again, and nobody notices either.
executed failing disk
: >disk.once
rm disk
told failing | grep -q '^sent ' || fail "not accepted: $(told failing)"
once failing

# With one that fails then, too, the message is lost, when its receiver has executed it. The runtime
# sends it again; that is no replay by a stranger.
executed twice disk
: >disk.once
: >disk.twice
rm disk
told twice | grep -q '^sent ' || fail "not accepted: $(told twice)"
once twice

# Killed, and nobody is there to be asked again.
for hold in disk disk.writes; do
    executed "$hold" "$hold"
    mqd_kill KILL
    told "$hold" | grep -q ': 1726: ' || fail "not RPC_S_CALL_FAILED: $(told "$hold")"
    rm "$hold"
    LD_PRELOAD=$COUNTERSIGN_BUILD/tests/libslow_disk.so mqd_up
    unset LD_PRELOAD
    send some early '' "behind.$hold"
    served "^call behind.$hold:"
    once "$hold"
done
mqd_kill TERM

# Killed, and the service manager keeps the socket: the runtime asks again, with the same message.
# Neither stays behind when who has started it is gone.
cat >keep.py <<'END'
import ctypes, os, signal, socket, sys, time
PR_SET_PDEATHSIG = 1
def end_with(parent):
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
end_with(int(sys.argv[1]))
keeper = os.getpid()
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[2])
listening.listen(64)
for turn in range(6):
    while os.path.exists('away'):
        time.sleep(0.01)
    pid = os.fork()
    if not pid:
        end_with(keeper)
        os.dup2(listening.fileno(), 3)
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
        os.execv(sys.argv[3], sys.argv[3:])
    print(pid, flush=True)
    os.waitpid(pid, 0)
END
kept() {
    rm -f "$COUNTERSIGN_NCALRPC_DIR/COUNTERSIGN-MQD"
    : >mqd.log
    LD_PRELOAD=$COUNTERSIGN_BUILD/tests/libslow_disk.so /usr/bin/python3 keep.py $$ \
        "$COUNTERSIGN_NCALRPC_DIR/COUNTERSIGN-MQD" "$COUNTERSIGN_BUILD/bin/countersign-mqd" \
        --set "store=$TEST_TMP/queues/store" >pids 2>mqd.log &
    background="$background $!"
    queue_wait "the manager is not ready" grep -q ': ready$' mqd.log
}
kept
send some early '' kept
served "^call kept:"
for hold in disk disk.writes; do
    executed "again.$hold" "$hold"
    kill -KILL "$(tail -n 1 pids)"
    rm "$hold"
    told "again.$hold" | grep -q '^sent ' || fail "not accepted: $(told "again.$hold")"
    send some early '' "last.$hold"
    served "^call last.$hold:"
    once "again.$hold"
done

# The same, and the manager that is started anew gives it to another process of the account, since
# the one that has executed it is lost, too: there it is no stranger's copy.
serve_down
outcomes some 1 0
: >served.first
given() { grep -q "^call other.$hold:" served served.first; }
noted() { [ -s "$(find some -name untold)" ]; }
find some -name untold -delete # of what was before
for hold in disk disk.writes; do
    serve_up some early '' --anybody
    mv served served.first
    first=$serve_process
    serve_up some early '' --anybody
    : >"$hold"
    send some early '' --acknowledge 1 "other.$hold" >"sent.other.$hold" 2>&1 &
    sender=$!
    background="$background $sender"
    queue_wait "nobody was called" given
    lost=$first
    ! grep -q "^call other.$hold:" served || lost=$serve_process
    : >away
    kill -KILL "$(tail -n 1 pids)"
    queue_wait "it is not noted that nobody was told" noted
    kill -KILL "$lost"
    rm "$hold" away
    queue_wait "its sender hears nothing" ends $sender
    grep -q '^sent ' "sent.other.$hold" || fail "not accepted: $(cat "sent.other.$hold")"
    outcomes some 1 1
    grep -q '^executed ' outcomes || fail "its sender hears: $(cat outcomes)"
    cat served.first >>served
    once "other.$hold"
    kill "$first" "$serve_process" 2>/dev/null || :
    find some -name untold -delete
done

# Killed when a routine sends in its transaction: what it has sent may be there, and goes out with it;
# that the next manager knows of no such transaction is no answer to that.
for queue in once onward; do
    serve_up some $queue '' --anybody
    serve_down
done
env COUNTERSIGN_QUEUE_KEYS="$TEST_TMP/some/queue.keys" QUEUE_ONCE_CALM=1 \
    QUEUE_ONCE_HOLD="$TEST_TMP/disk" "$COUNTERSIGN_BUILD/tests/queue_once" once effects.db onward >sent.on 2>&1 &
background="$background $!"
queue_wait "the server is not ready" grep -q '^ready$' sent.on
send some once '' joined
held() { "$COUNTERSIGN" queue show onward --json | grep -q '"held": *1\b'; }
queue_wait "nothing was sent on: $(cat sent.on)" held
kill -KILL "$(tail -n 1 pids)"
rm disk
queue_wait "who has sent it on hears nothing: $(cat sent.on)" grep -q '^sent on: ' sent.on
grep -q '^sent on: 1726$' sent.on || fail "not RPC_S_CALL_FAILED: $(cat sent.on)"
alive once 0
alive onward 1
kill "$(tail -n 1 pids)"
