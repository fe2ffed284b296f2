#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pointers.sh INCLUDE - the address of a long where a LONG's is expected does not compile, with no
# option given to the compiler; that of a LONG does. On LP64 the first would be a wild write.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# program TYPE: has a status written into a variable of that type
program() {
    printf '%s\n' '#include <rpc.h>' '#include <security.h>' \
        'int main(void)' '{' "    $1 status = 0;" \
        '    return UuidIsNil(NULL, &status) != 0 && status == 0;' '}'
}

tried=0
for compiler in "gcc -x c" "gcc -x c -std=c17" "clang -x c" "g++ -x c++" "clang++ -x c++"; do
    command -v "${compiler%% *}" >/dev/null || continue
    for type in LONG RPC_STATUS int32_t; do
        # shellcheck disable=SC2086
        program "$type" | $compiler -I"$1" -I"$1/countersign" -fsyntax-only - 2>"$work/said" || {
            cat "$work/said"
            echo "$compiler refuses the address of a $type"
            exit 1
        }
    done
    for type in long "unsigned long" short; do
        # shellcheck disable=SC2086
        if program "$type" | $compiler -I"$1" -I"$1/countersign" -fsyntax-only - 2>"$work/said"; then
            echo "$compiler takes the address of a $type"
            exit 1
        fi
        grep -qE 'incompatible|invalid conversion|cannot convert|no matching' "$work/said" || {
            cat "$work/said"
            echo "$compiler fails for another reason"
            exit 1
        }
    done
    tried=$((tried + 1))
done
[ "$tried" -ge 2 ] # gcc and g++ at least
