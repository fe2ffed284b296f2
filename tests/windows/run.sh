#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh STEM - compiles STEM.c as it is, in each form, with each compiler there is, and runs it:
# it prints STEM.expected.
set -eu
stem=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for compiler in gcc clang; do
    for form in "" "-DUNICODE -D_UNICODE"; do
        # shellcheck disable=SC2086
        COUNTERSIGN_CC=$compiler "$COUNTERSIGN_BUILD/bin/countersign-cc" -O2 -Wall -Wextra -Werror \
            -Wno-unused-parameter $form -o "$work/program" "$stem.c" -pthread
        "$work/program" näme | tr -d '\r' >"$work/said"
        diff "$stem.expected" "$work/said" || {
            echo "$(basename "$stem"), $compiler $form"
            exit 1
        }
    done
done
