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

bench_names() {
    for source in bench/bench_*.c; do
        basename "$source" .c | sed 's/^bench_//'
    done
}
