#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# compile.sh COMPILER INCLUDE x.idl... - what is generated compiles without a warning, as C17 and as
# C++17, with gcc and, where it is there, with clang.
set -eu
compiler=$1 include=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 compiled=0

compile() { # command...
    command -v "$1" >/dev/null || return 0
    for stub in "$work"/*_[cs].c; do
        compiled=$((compiled + 1))
        "$@" -Wall -Wextra -Wshadow -Werror -fsyntax-only -I "$include" -I "$include/countersign" -I "$include/../tests" \
            -I "$work" "$stub" || failed=1
    done
}

for idl in "$@"; do
    "$compiler" -out "$work" "$idl"
done
compile gcc -std=c17
compile clang -std=c17
compile g++ -std=c++17 -x c++
compile clang++ -std=c++17 -x c++
echo "$compiled stubs compiled"
[ $compiled -gt 0 ] && exit $failed
