#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# test_queue_listens.sh - the queue manager, with messages in it and a receiver that waits, has no
# socket of the network. (It needs no domain.)
# shellcheck disable=SC2119
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"
# shellcheck source=tests/lib/queue.sh
. "$COUNTERSIGN_SOURCE/tests/lib/queue.sh"
mkdir -m 1777 "$COUNTERSIGN_NCALRPC_DIR"
mqd_up
"$COUNTERSIGN" queue create listens >/dev/null

# The sockets it has, by their numbers; and which of these the kernel has in a table of the network.
sockets=$(find "/proc/$mqd_process/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n')
[ -n "$sockets" ] || fail "it has no socket at all: nothing was looked at"
for table in tcp tcp6 udp udp6 raw raw6 udplite udplite6 packet; do
    [ -e "/proc/$mqd_process/net/$table" ] || continue
    for socket in $sockets; do
        ! awk -v n="$socket" '{ for (i = 1; i <= NF; i++) if ($i == n) exit 1 }' \
            "/proc/$mqd_process/net/$table" && fail "it listens: $table has its socket $socket"
    done
done
mqd_kill TERM
