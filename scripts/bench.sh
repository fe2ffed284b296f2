# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# bench.sh - us and the peers side by side.

# bench [NAME] [--json] [--plot FILE.svg]: every benchmark, or one.
verb_bench() {
    # shellcheck disable=SC2086
    need_packages $PKGS_BUILD $PKGS_TEST
    mkdir -p build
    build release >build/bench.log 2>&1 || {
        tail -n 40 build/bench.log >&2
        exit 1
    }
    case "${1:-}" in
    "" | --*) names=$(bench_names) ;;
    *)
        names=$1
        shift
        ;;
    esac
    for name in $names; do
        case "$name" in
        rpc) build_peers bench/peers build/peers "$PKGS_BENCH" ;;
        queue) build_peers bench/peers/queue build/queue-peers "$PKGS_BENCH_QUEUE" ;;
        esac
        [ -x "build/release/bench/bench-$name" ] || {
            echo "no benchmark $name; there are: $(bench_names | tr '\n' ' ')" >&2
            exit 2
        }
        if [ -x "bench/$name.sh" ]; then
            "bench/$name.sh" "build/release/bench/bench-$name" "$@"
        else
            "build/release/bench/bench-$name" "$@"
        fi
    done
}

# build_peers SOURCES FOLDER PACKAGES: what a benchmark is measured beside: with packages of its own,
# linked into nothing of ours.
build_peers() {
    # shellcheck disable=SC2086
    need_packages $3
    { cmake -S "$1" -B "$2" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo && cmake --build "$2"; } \
        >"$2.log" 2>&1 || {
        tail -n 40 "$2.log" >&2
        exit 1
    }
    export COUNTERSIGN_PEERS="$PWD/$2"
}

bench_names() {
    for source in bench/bench_*.c; do
        basename "$source" .c | sed 's/^bench_//'
    done
}
