#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# countersign port: what it shows is what --apply does, patch takes it, and what was changed is
# compiled by any compiler and prints what countersign-cc's program printed.
set -eu

TOOL=$COUNTERSIGN_BUILD/bin/countersign
here=$COUNTERSIGN_SOURCE/tests/windows
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

ends() { # STATUS COMMAND...
    want=$1
    shift
    got=0
    "$@" >said 2>remarks || got=$?
    [ "$got" = "$want" ] || { cat said remarks; fail "$* ended with $got, not $want"; }
}

printf 'int x;\n' >same.c
ends 0 "$TOOL" port same.c
[ ! -s said ] || fail "something is said of nothing"
ends 2 "$TOOL" port
ends 2 "$TOOL" port none.c
grep -q none.c remarks || fail "a missing file is not named"
printf '#include <rpc.h>\nlong f(void)\n{\n    return CoInitialize(0) ? 1L : 0;\n}\n' >com.c
ends 1 "$TOOL" port com.c same.c
grep -q '^+LONG f(void)$' said || fail "long: $(cat said)"
grep -q '^com.c:4: CoInitialize: .*scp.h' remarks || fail "no remark: $(cat remarks)"
ends 1 "$TOOL" port --json com.c same.c
/usr/bin/python3 - said <<'PY'
import json, sys
files = json.load(open(sys.argv[1]))
assert [f["file"] for f in files] == ["com.c", "same.c"]
first = files[0]["changes"][0]
assert (first["line"], first["column"], first["from"], first["to"]) == (2, 1, "long", "LONG"), first
assert files[0]["remarks"][0]["word"] == "CoInitialize" and not files[1]["changes"]
PY

cat >trusts.c <<'C'
#include <rpc.h>
RPC_STATUS trusts(RPC_BINDING_HANDLE b)
{
    RPC_CSTR spn = NULL;
    RPC_STATUS s = RpcMgmtInqServerPrincNameA(b, RPC_C_AUTHN_GSS_KERBEROS, &spn);

    return s ? s : RpcBindingSetAuthInfoA(b, spn, 6, RPC_C_AUTHN_GSS_KERBEROS, NULL, 0);
}
C
ends 1 "$TOOL" port --lint trusts.c com.c
grep -q '^trusts.c:7: RpcBindingSetAuthInfoA: .*DsMakeSpn' remarks || fail "lint: $(cat remarks)"
[ "$(wc -l <remarks)" = 1 ] || fail "lint says more: $(cat remarks)"
[ ! -s said ] || fail "lint says besides: $(cat said)"
ends 0 "$TOOL" port --lint com.c
ends 2 "$TOOL" port --lint --apply trusts.c

for program in text numbers; do
    cp "$here/$program.c" patched.c
    ends 1 "$TOOL" port patched.c
    grep -q '^+' said || fail "$program: no diff"
    cp patched.c applied.c
    patch -s patched.c <said || fail "$program: patch"
    ends 1 "$TOOL" port --apply applied.c
    cmp patched.c applied.c || fail "$program: the diff is not what is applied"
    ends 0 "$TOOL" port applied.c
done

cp "$here/text.c" text.c
ends 1 "$TOOL" port --apply text.c
for form in "" "-DUNICODE -D_UNICODE"; do
    # shellcheck disable=SC2086
    gcc -std=gnu17 -Wall -Wextra -Werror $form -I"$COUNTERSIGN_SOURCE/include" \
        -I"$COUNTERSIGN_SOURCE/include/countersign" -o text text.c \
        -L"$COUNTERSIGN_BUILD/src" -lcountersign-sspi -Wl,-rpath,"$COUNTERSIGN_BUILD/src"
    ./text näme | tr -d '\r' | diff "$here/text.expected" - || fail "ported, $form"
done
