#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# countersign-cc in a compiler's place: what makefiles and configure scripts ask of one.
set -eu

CC=$COUNTERSIGN_BUILD/bin/countersign-cc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir temporary
TMPDIR=$work/temporary
export TMPDIR

fail() {
    echo "FAILED: $*" >&2
    [ ! -s said ] || cat said >&2
    exit 1
}

# says STATUS TEXT COMMAND... - ends with that status and says the text
says() {
    want=$1
    text=$2
    shift 2
    got=0
    "$@" >said 2>&1 || got=$?
    [ "$got" = "$want" ] || fail "$* ended with $got, not $want"
    grep -qF -- "$text" said || fail "$* does not say: $text"
}

cat >size.h <<'C'
#pragma once
typedef unsigned long size32;
C
cat >one.c <<'C'
#include "size.h"
#include <stdio.h>
int two(size32 *n);
int main(void)
{
    size32 n = 0;
    int r = two(&n);
    printf("%lu %d\n", n, r);
    return 0;
}
C
cat >two.c <<'C'
#include "size.h"
int two(unsigned long *n)
{
    *n = sizeof(long) + EXTRA;
    return sizeof(L'x');
}
C

# help, and questions that are the compiler's
"$CC" --help >help
for part in USAGE ENVIRONMENT EXAMPLES 'EXIT STATUS' 'WHAT IS NOT CHANGED'; do
    grep -qx "$part" help || fail "--help has no $part"
done
[ "$("$CC" --version)" = "$(cc --version)" ] || fail "--version is not the compiler's"
[ "$("$CC" -dumpmachine)" = "$(cc -dumpmachine)" ] || fail "-dumpmachine"
says 1 "no input files" "$CC"

for compiler in gcc clang; do
    export COUNTERSIGN_CC="$compiler"
    # several sources and a link; objects; the same from an @file
    "$CC" -DEXTRA=1 one.c two.c -o both
    [ "$(./both)" = "5 2" ] || fail "$compiler: both printed $(./both)"
    rm -f one.o two.o both
    "$CC" -c one.c
    "$CC" -c -DEXTRA=2 two.c -o sub.o
    "$CC" one.o sub.o -o both
    [ "$(./both)" = "6 2" ] || fail "$compiler: objects printed $(./both)"
    printf '%s\n' '-c "-DEXTRA=3"' "'two.c' -o" 'at\ file.o' >words
    "$CC" @words
    "$CC" one.c "at file.o" -o both
    [ "$(./both)" = "7 2" ] || fail "$compiler: @words printed $(./both)"
    # from standard input, and a library of ours in an archive
    "$CC" -DEXTRA=4 -c -x c - -o stdin.o <two.c
    ar rc libtwo.a stdin.o
    "$CC" one.c -L. -ltwo -o both
    [ "$(./both)" = "8 2" ] || fail "$compiler: standard input printed $(./both)"
    # dependencies are those of the source, under the object's name
    rm -f one.d two.d
    "$CC" -MMD -c one.c
    grep -q '^one.o: .*one.c' one.d || fail "$compiler: -MMD: $(cat one.d)"
    grep -q 'size.h' one.d || fail "$compiler: -MMD: $(cat one.d)"
    "$CC" -DEXTRA=1 -MD -MP -MF deps -MT target -c two.c -o some.o
    grep -q '^target: ' deps || fail "$compiler: -MD -MF: $(cat deps)"
    grep -q '^size.h:' deps || fail "$compiler: -MD -MP: $(cat deps)"
    "$CC" -DEXTRA=1 -Wp,-MMD,wp.d -c two.c -o some.o
    grep -q '^some.o:' wp.d || fail "$compiler: -Wp,-MMD: $(cat wp.d)"
    says 0 "one.o: one.c" "$CC" -MM one.c
    # assembler, preprocessed text, a check
    "$CC" -DEXTRA=1 -S two.c
    grep -q two: two.s || fail "$compiler: -S"
    "$CC" two.s one.c -o both
    [ "$(./both)" = "5 2" ] || fail "$compiler: assembler printed $(./both)"
    says 0 "sizeof(int ) + 9" "$CC" -E -DEXTRA=9 two.c
    "$CC" -E -P -DEXTRA=9 two.c -o text
    if grep -q '^#' text; then fail "$compiler: -P"; fi
    says 0 "#define EXTRA 9" "$CC" -E -dM -DEXTRA=9 two.c
    "$CC" -fsyntax-only -DEXTRA=1 two.c
    # errors have the user's file and line, and the compiler's status
    says 1 "two.c:4:" "$CC" -c two.c
    printf 'int f(void)\n{\n    long x = 1L +;\n}\n' >broken.c
    says 1 "broken.c:3:" "$CC" -c broken.c
    says 1 "none.c" "$CC" -c none.c
    says 1 "several sources" "$CC" -c one.c two.c -o x.o
    # what must not reach the system's long, nor a wchar_t of 32 bits
    printf '#include <time.h>\nint f(void)\n{\n    long t;\n    return time(&t) > 0;\n}\n' >time.c
    says 1 "time.c:5" "$CC" -c time.c
    grep -q "ncompatible.*pointer" said || fail "$compiler: a long * is taken"
    printf '#include <wchar.h>\nvoid f(wchar_t *w)\n{\n    wcsxfrm(w, w, 1);\n}\n' >wide.c
    says 1 "wide.c:4: error: 'wcsxfrm'" "$CC" -c wide.c
    # what is not here
    for header in objbase ole2 iads activeds; do
        printf 'int x;\n#include <%s.h>\n' "$header" >com.c
        says 1 "scp.h" "$CC" -c com.c
        grep -q 'com.c:2' said || fail "$compiler: $header.h is refused elsewhere"
    done
    printf '#include <windows.h>\n\nint main(void)\n{\n    return CoInitialize(NULL);\n}\n' >com.c
    says 1 "com.c:5: error: 'CoInitialize'" "$CC" -c com.c
    # headers that another compiler's library belongs to
    mkdir -p foreign
    printf 'extern long foreign_total(long *);\n' >foreign/total.h
    printf '#include <total.h>\nint f(void)\n{\n    long t = 0;\n    return foreign_total(&t);\n}\n' >use.c
    "$CC" -c -Iforeign use.c
    says 1 "use.c:5" "$CC" -c -isystem foreign use.c
    COUNTERSIGN_CC_SYSTEM=$work/foreign says 1 "use.c:5" "$CC" -c -Iforeign use.c
    # what distributions compile with
    "$CC" -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -Wall -Werror \
        "$COUNTERSIGN_SOURCE/tests/windows/numbers.c" -o hardened
    ./hardened | diff "$COUNTERSIGN_SOURCE/tests/windows/numbers.expected" - || fail "$compiler: fortified"
    # a shared library, and C++ beside C
    "$CC" -DEXTRA=1 -shared -fPIC two.c -o libshared.so
    printf 'extern "C" int two(unsigned *); int main() { unsigned n; return two(&n) - 2; }\n' >main.cpp
    says 0 "C++ is compiled as it is" "$CC" main.cpp two.c -DEXTRA=1 -lstdc++ -o mixed
    ./mixed || fail "$compiler: C++ and C"
done
unset COUNTERSIGN_CC

# a configure script's question is about the C library's function, not ours
printf 'char strtol (void);\nint main (void)\n{\n  return strtol ();\n}\n' >conftest.c
"$CC" -fno-builtin -o conftest conftest.c || fail "a function is not found"
# debugging speaks of the source
"$CC" -g -c one.c
readelf --debug-dump=info one.o 2>/dev/null | grep -q 'DW_AT_name .*one\.c' || fail "-g names another file"
# a client that expects the server which answers
cat >trusts.c <<'C'
#include <rpc.h>
RPC_STATUS trusts(RPC_BINDING_HANDLE b)
{
    RPC_CSTR spn = NULL;
    RPC_STATUS s = RpcMgmtInqServerPrincNameA(b, RPC_C_AUTHN_GSS_KERBEROS, &spn);

    return s ? s : RpcBindingSetAuthInfoA(b, spn, 6, RPC_C_AUTHN_GSS_KERBEROS, NULL, 0);
}
C
says 0 "trusts.c:7: warning: 'RpcBindingSetAuthInfoA': it expects" "$CC" -c trusts.c
# the compiler that is to be run
COUNTERSIGN_CC="no-such-compiler" says 127 "COUNTERSIGN_CC=gcc" "$CC" -c one.c
COUNTERSIGN_CC="$CC" says 1 "is countersign-cc again" "$CC" -c one.c
[ -z "$(ls temporary)" ] || fail "left behind: $(ls temporary)"
