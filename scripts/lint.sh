# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# lint.sh - everything about the sources that can be checked without running them.
#
#   ./run lint [CHECK...]   all checks, or those named; one line each, the findings under it
#
# A check is a function lint_NAME that prints what it found; what it prints, or a non-zero status,
# fails it.

LINT_CHECKS="format shell layers allocation sizes leftovers specs headers tidy exports pages"

verb_lint() {
    # shellcheck disable=SC2086
    need_packages $PKGS_BUILD $PKGS_TEST $PKGS_CLANG $PKGS_LINT
    lint_dir=$(mktemp -d)
    trap 'rm -rf "$lint_dir"' EXIT
    lint_failed=
    # shellcheck disable=SC2086
    [ $# -gt 0 ] || set -- $LINT_CHECKS
    for check in "$@"; do
        lint_one "$check"
    done
    if [ -n "$lint_failed" ]; then
        echo "lint: FAILED:$lint_failed"
        exit 1
    fi
    echo "lint: clean"
}

lint_one() {
    started=$(date +%s)
    if "lint_$1" >"$lint_dir/found" 2>&1 && [ ! -s "$lint_dir/found" ]; then
        printf 'ok    %-12s %4d s\n' "$1" $(($(date +%s) - started))
    else
        printf 'FAIL  %-12s %4d s\n' "$1" $(($(date +%s) - started))
        sed 's/^/      /' "$lint_dir/found"
        lint_failed="$lint_failed $1"
    fi
}

# The files of the project, also those not yet committed.
sources() {
    git ls-files --cached --others --exclude-standard -- "$@" 2>/dev/null | while IFS= read -r file; do
        [ -f "$file" ] && printf '%s\n' "$file"
    done
}

lint_format() {
    sources '*.c' '*.h' '*.cc' | xargs clang-format --dry-run --Werror 2>&1 |
        grep -E '(error|warning):' | cut -d: -f1 | sort | uniq -c |
        awk '{ print $2 ": " $1 " places differ; ./run format" }'
}

lint_shell() {
    { sources '*.sh' run .ci/run; sources tests tools samples scripts | while IFS= read -r file; do
        head -n 1 "$file" | grep -qE '^#!/bin/(ba)?sh|^#!/usr/bin/env (ba)?sh' && echo "$file"
    done; } | sort -u | xargs shellcheck -x -P SCRIPTDIR
}

lint_layers() {
    sources 'src/*.c' 'src/*.h' >"$lint_dir/list"
    sources 'include/countersign/*.h' | sed 's,.*/,,' >"$lint_dir/public"
    sources 'src/*.idl' >"$lint_dir/idls"
    xargs awk -f scripts/lint/layers.awk src/LAYERS "$lint_dir/public" "$lint_dir/idls" <"$lint_dir/list"
}

# base/alloc.c is the only place that asks the C library for memory: there a test makes any chosen
# request fail.
lint_allocation() {
    sources 'src/*.c' 'src/*.h' 'tools/*.c' | grep -v '^src/base/alloc\.c$' |
        xargs awk -f scripts/lint/allocation.awk
}

lint_sizes() {
    sources '*.c' '*.h' '*.cc' '*.sh' '*.awk' '*.py' run | xargs awk -f scripts/lint/sizes.awk
}

# The lines below are written so that this file does not find itself.
lint_leftovers() {
    sources | grep -vE '^(fuzz/corpus/|LICENSE)' >"$lint_dir/list"
    xargs grep -nIE 'TO[D]O|FIX[M]E|(^|[^X])X[X]X([^X]|$)' <"$lint_dir/list"
    xargs grep -nIE '(^|[^A-Za-z0-9_.-])/(wor[k]|roo[t]|hom[e])/' <"$lint_dir/list"
    grep -E '\.(c|h|cc|sh|awk|py)$|CMakeLists\.txt$|\.cmake$' "$lint_dir/list" |
        while IFS= read -r file; do
            head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
                echo "$file:1: no SPDX line"
        done
}

# A specification that the sources follow stands in the tables of docs/protocol, and what these
# name is there.
lint_specs() {
    sources 'src/*.c' 'src/*.h' | xargs grep -ohE '\[MS-[A-Z0-9]+\]|RFC [0-9]{4}' | tr -d '[]' |
        sort -u | while IFS= read -r spec; do
            grep -qsw "$spec" docs/protocol/*.md ||
                echo "$spec is followed in src, docs/protocol does not speak of it"
        done
    awk -f scripts/lint/tables.awk docs/protocol/*.md | while read -r place kind file name; do
        case $kind in
        src) [ -f "src/$file" ] || [ -f "$file" ] || echo "$place: there is no src/$file" ;;
        test) [ -f "tests/$file" ] || [ -f "$file" ] || echo "$place: there is no tests/$file" ;;
        word) grep -qsw "$name" "tests/$file" || echo "$place: no $name in tests/$file" ;;
        esac
    done
}

# Each public header compiles alone, for a strict C17 or C++17 program that defines nothing.
lint_headers() {
    for header in $(sources 'include/countersign/*.h' | sed 's,^include/,,'); do
        for style in "gcc -x c -std=c17" "clang -x c -std=c17" "g++ -x c++ -std=c++17" \
            "clang++ -x c++ -std=c++17"; do
            # shellcheck disable=SC2086
            printf '#include <%s>\nextern int used;\n' "$header" | $style -Wall -Wextra -Werror -pedantic -Iinclude \
                -Iinclude/countersign -fsyntax-only - >"$lint_dir/compiled" 2>&1 || {
                echo "$header as: $style"
                grep -m 4 -E 'error|warning' "$lint_dir/compiled"
            }
        done
    done
}

# Stubs are left out, being the IDL compiler's output; the sources that include their headers find
# these in the release build, which other checks want as well. bench/peers has sources that need
# packages of its own (run's PKGS_BENCH), and no build of ours that could tell how to read them: its
# compiler's warnings have to do.
lint_tidy() {
    mkdir -p build
    build release >"$lint_dir/built" 2>&1 || { tail -n 20 "$lint_dir/built"; return 1; }
    cmake --preset clang >"$lint_dir/configured" 2>&1 || { cat "$lint_dir/configured"; return 1; }
    awk -f scripts/lint/commands.awk build/clang/compile_commands.json |
        sed "s,$PWD/build/clang/,$PWD/build/release/,g" | grep -v "^$PWD/build/" |
        sort -u -t "$(printf '\t')" -k 1,1 >"$lint_dir/commands"
    cut -f 1 "$lint_dir/commands" |
        xargs -P 2 -I '{}' sh scripts/lint/tidy.sh '{}' "$lint_dir/commands"
}

# Exported, declared and described are the same set of names.
lint_exports() {
    build release >"$lint_dir/built" 2>&1 || { tail -n 20 "$lint_dir/built"; return 1; }
    for library in build/release/src/libcountersign-*.so; do
        nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $3); print $3 }' |
            grep -vE '^(cs_|csp_|COUNTERSIGN_)' | sed "s,^,$library exports ,"
        nm -D --defined-only "$library" | awk '{ sub(/@.*/, "", $3); print $3 }' |
            sed -n 's/^cs_//p'
    done | sort >"$lint_dir/all"
    grep ' exports ' "$lint_dir/all"
    grep -v ' exports ' "$lint_dir/all" >"$lint_dir/exported"
    sources 'include/countersign/*.h' | grep -v '/cslink\.h$' | xargs -r cat |
        grep -oE 'CS_EXPORT\([A-Za-z0-9_]+\)' | sed 's/.*(\(.*\))/\1/' | sort >"$lint_dir/declared"
    uniq -d "$lint_dir/exported" | sed 's/$/ is exported twice/'
    uniq -d "$lint_dir/declared" | sed 's/$/ is declared twice/'
    comm -23 "$lint_dir/declared" "$lint_dir/exported" | sed 's/$/ is declared, not exported/'
    comm -13 "$lint_dir/declared" "$lint_dir/exported" | sed 's/$/ is exported, not declared/'
}

# Every exported function and every program has its page, and mandoc finds nothing wrong with any page.
lint_pages() {
    build release >"$lint_dir/built" 2>&1 || { tail -n 20 "$lint_dir/built"; return 1; }
    while IFS= read -r name && [ -n "$name" ]; do
        [ -f "build/release/man/man3/$name.3" ] || echo "$name has no page: no comment above it"
    done <<END
$(sources 'include/countersign/*.h' | grep -v '/cslink\.h$' | xargs -r cat |
        grep -oE 'CS_EXPORT\([A-Za-z0-9_]+\)' | sed 's/.*(\(.*\))/\1/')
END
    for program in $(sources 'tools/*/main.c' | sed 's,tools/\(.*\)/main.c,\1,'); do
        [ "$program" = countersign ] || program=countersign-$program
        [ -f "build/release/man/man1/$program.1" ] || echo "$program has no page"
    done
    {
        find build/release/man -name '*.[13]' -size +80c
        sources 'docs/man/*.[578]'
    } | xargs -r mandoc -Tlint -W warning
}
