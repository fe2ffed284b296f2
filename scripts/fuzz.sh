# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# fuzz.sh - the fuzz targets, under ASan and UBSan.
#
#   ./run fuzz [--seconds N] [NAME...]   N seconds (60) shared among all targets, or those named
#
# What is found stays in fuzz/corpus/<name>/ as crash-<hash>: from then on it is a test. New inputs
# that reach new code are kept in .cache/fuzz/<name>/ and used again by the next run.

FUZZ_MAX_LEN=65536 # one RPC fragment, and more than any token or name

verb_fuzz() {
    seconds=60
    if [ "${1:-}" = --seconds ]; then
        seconds=${2:?--seconds needs a number}
        shift 2
    fi
    # shellcheck disable=SC2086
    need_packages $PKGS_BUILD $PKGS_TEST $PKGS_CLANG
    names=$*
    [ -n "$names" ] || names=$(find fuzz -name 'fuzz_*.c' | sed 's,.*/fuzz_\(.*\)\.c,\1,' | sort)
    [ -n "$names" ] || { echo "fuzz: there are no targets" >&2; exit 1; }
    targets=
    for name in $names; do
        targets="$targets fuzz_$name"
    done
    # shellcheck disable=SC2086
    build fuzz $targets

    # Two at a time; an odd one out still gets its share.
    # shellcheck disable=SC2086
    set -- $names
    each=$((seconds * 2 / $#))
    [ $# -gt 1 ] || each=$seconds
    [ "$each" -ge 1 ] || each=1
    mkdir -p build/fuzz/logs
    rm -f build/fuzz/logs/*.found
    printf '%s\n' "$@" | xargs -P 2 -I '{}' sh scripts/fuzz_one.sh '{}' "$each" "$FUZZ_MAX_LEN"
    if ls build/fuzz/logs/*.found >/dev/null 2>&1; then
        echo "fuzz: FAILED, see above; the inputs are in fuzz/corpus"
        exit 1
    fi
    echo "fuzz: $# targets, $each s each, nothing found"
}
