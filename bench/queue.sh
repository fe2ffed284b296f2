#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# queue.sh PROGRAM [OPTIONS] - runs it beside RabbitMQ and NATS, which have a folder and ports of
# this run, are nobody's where root runs this, and end with it. What is kept is kept below
# $TMPDIR, else /var/tmp: on a memory file system nobody would wait for a disk.
# COUNTERSIGN_PEERS is the folder of the other contestants (scripts/bench.sh builds them).
# --only scale, as the first of the options: what is measured beside nobody.
set -eu

folder=$(mktemp -d "${TMPDIR:-/var/tmp}/countersign-bench-XXXXXX")
brokers=$folder/brokers
port=$((20000 + $$ % 10000))
running=

# ours is stopped by who starts it; epmd, which Erlang leaves behind, is told to go.
end() {
    status=$?
    trap - EXIT INT TERM HUP
    for pid in $running; do kill "$pid" 2>/dev/null || true; done
    for pid in $running; do wait "$pid" 2>/dev/null || true; done
    epmd -port "$((port + 2))" -kill >/dev/null 2>&1 || true
    rm -rf "$folder"
    exit "$status"
}
trap end EXIT
trap 'exit 130' INT TERM HUP

# unprivileged PROGRAM [ARGUMENTS]: as nobody, where this is root.
unprivileged() {
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
    fi
    exec "$@"
}

# says NAME TEXT: until that is in its log.
says() {
    tries=0
    until grep -q "$2" "$brokers/$1.log"; do
        tries=$((tries + 1))
        if [ "$tries" = 1800 ]; then
            echo "bench queue: $1 does not start:" >&2
            tail -n 20 "$brokers/$1.log" >&2
            exit 1
        fi
        sleep 0.1
    done
}

mkdir -p "$brokers/nats" "$folder/store" "$folder/ncalrpc"
chmod 711 "$folder"
export QUEUE_BENCH_FOLDER="$folder/store" COUNTERSIGN_NCALRPC_DIR="$folder/ncalrpc"
if [ "${2:-} ${3:-}" = "--only scale" ]; then
    "$@"
    exit
fi
cat >"$brokers/nats.conf" <<END
listen: "127.0.0.1:$((port + 1))"
jetstream { store_dir: "$brokers/nats/default" }
END
cat >"$brokers/nats-always.conf" <<END
listen: "127.0.0.1:$((port + 4))"
jetstream { store_dir: "$brokers/nats/always", sync_interval: always }
END
cat >"$brokers/rabbitmq.conf" <<END
listeners.tcp.1 = 127.0.0.1:$port
END
[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$brokers"

(
    export HOME="$brokers" ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$((port + 2))"
    export RABBITMQ_NODENAME=bench@localhost RABBITMQ_DIST_PORT="$((port + 3))"
    export RABBITMQ_MNESIA_BASE="$brokers/rabbitmq" RABBITMQ_LOG_BASE="$brokers/rabbitmq-log"
    export RABBITMQ_CONFIG_FILE="$brokers/rabbitmq.conf" RABBITMQ_CONF_ENV_FILE=/dev/null
    export RABBITMQ_ENABLED_PLUGINS_FILE="$brokers/plugins" RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}"
    cd "$brokers"
    unprivileged /usr/lib/rabbitmq/bin/rabbitmq-server >"$brokers/rabbitmq.log" 2>&1
) &
running="$running $!"
(unprivileged nats-server -c "$brokers/nats.conf" >"$brokers/nats.log" 2>&1) &
running="$running $!"
# Servers before 2.10 know no sync_interval.
if nats-server -t -c "$brokers/nats-always.conf" >/dev/null 2>&1; then
    (unprivileged nats-server -c "$brokers/nats-always.conf" >"$brokers/nats-always.log" 2>&1) &
    running="$running $!"
    says nats-always "Server is ready"
    export QUEUE_BENCH_NATS_ALWAYS="nats://127.0.0.1:$((port + 4))"
fi
says nats "Server is ready"
says rabbitmq "completed with"
export QUEUE_BENCH_AMQP="$port"
export QUEUE_BENCH_NATS="nats://127.0.0.1:$((port + 1))"
"$@"
