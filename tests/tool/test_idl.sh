#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# countersign-idl from the outside: its switches in both forms, the files it writes, sources as
# people have them, and headers that C and C++ take without a warning.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

IDL=$COUNTERSIGN_BUILD/bin/countersign-idl
cd "$TEST_TMP"
mkdir links
TMPDIR=$TEST_TMP/links
export TMPDIR

compiles() { # HEADER
    printf '#include "%s"\nextern int used;\n' "$1" >unit.c
    set -- "$1" "gcc -x c -std=c17"
    case $1 in *.h) set -- "$@" "g++ -x c++ -std=c++17" ;; esac
    header=$1
    shift
    for compiler in "$@"; do
        # shellcheck disable=SC2086
        $compiler -Wall -Wextra -Werror -pedantic -I. -I"$COUNTERSIGN_SOURCE/include" \
            -I"$COUNTERSIGN_SOURCE/include/countersign" -fsyntax-only unit.c ||
            fail "$header as ${compiler##*=}"
    done
}

# help, and lines that are not understood
"$IDL" --help >help
for part in USAGE OPTIONS EXAMPLES 'EXIT STATUS'; do
    grep -qx "$part" help || fail "--help has no $part"
done
for form in /help '/?' -help; do
    "$IDL" "$form" | cmp -s - help || fail "$form is not --help"
done
"$IDL" -version | grep -q '^countersign-idl [0-9]' || fail "-version"
[ -w /dev/full ] && expect 1 "$IDL" --help 2>/dev/null >/dev/full
expect 2 "$IDL" 2>/dev/null
expect 2 "$IDL" -no_such_switch x.idl 2>said
grep -q 'no option -no_such_switch' said || fail "what is not understood is not named"
expect 2 "$IDL" /protocol ndr x.idl 2>said
grep -q 'dce, all or ndr64, not ndr' said || fail "a protocol nobody knows"
expect 2 "$IDL" /osf /app_config x.idl 2>/dev/null
expect 2 "$IDL" /char wide x.idl 2>/dev/null
expect 2 "$IDL" x.idl /out 2>/dev/null
expect 1 "$IDL" none.idl 2>said
grep -q 'no file none.idl' said || fail "a missing file is not named"

# what there is to call, for programs: "full" where a request has octets
cat >list.idl <<'END'
[uuid(7a98c250-6808-11cf-b73b-00aa00b677a8), version(2.1), pointer_default(unique)]
interface list
{
    typedef [context_handle] void *PLACE;
    typedef pipe byte BYTES;
    void None(void);
    void Some([in] handle_t where, [in] long a);
    void Only([in] handle_t where, [out] long *a);
    void Close([in, out] PLACE *place);
    void Pour([in] handle_t where, [in] BYTES bytes);
    [local] void Here([in] long a);
}
END
"$IDL" --list list.idl >said
cat >want <<'END'
interface 7a98c250-6808-11cf-b73b-00aa00b677a8 2.1 list
operation 0 empty None
operation 1 full Some
operation 2 empty Only
operation 3 full Close
operation 4 empty Pour
END
cmp -s said want || fail "--list tells: $(cat said)"
[ ! -e list.h ] || fail "--list writes"
expect 2 "$IDL" --list --lint list.idl 2>/dev/null

cat >hello.idl <<'END'
[
    uuid(7a98c250-6808-11cf-b73b-00aa00b677a7),
    version(1.0), pointer_default(unique),
]
interface hello
{
    const long LIMIT = 0x10;
    typedef char TEXT[LIMIT];
    void Say([in, string] const char *text);
    long Add([in] long a, [in] unsigned hyper b, [out] small *carry);
}
END
cat >hello.acf <<'END'
[explicit_handle]
interface hello
{
    Add([comm_status, fault_status] status);
}
END

# transfer syntaxes
for protocol in 'dce CS_SYNTAX_NDR,' 'ndr64 CS_SYNTAX_NDR64,' 'all CS_SYNTAX_NDR | CS_SYNTAX_NDR64,'; do
    "$IDL" /protocol "${protocol%% *}" -out . hello.idl
    for side in c s; do
        grep -qx " *${protocol#* }" hello_$side.c || fail "-protocol ${protocol%% *}"
    done
done
rm hello.h hello_c.c hello_s.c

# the files, by their usual names and by others
"$IDL" hello.idl
for file in hello.h hello_c.c hello_s.c; do
    [ -s "$file" ] || fail "no $file"
done
compiles hello.h
grep -q 'LONG Add(handle_t IDL_handle, LONG a, ULONGLONG b, signed char \*carry,' hello.h ||
    fail "the ACF's handle is not in the header: $(grep Add hello.h)"
grep -q 'error_status_t \*status' hello.h || fail "the ACF's status is not in the header"
mkdir out
"$IDL" /out out /client none -server none hello.idl
[ "$(ls out)" = hello.h ] || fail "-client none -server none wrote $(ls out)"
"$IDL" -out out -h a.h -cstub b.c -sstub ./c.c hello.idl
for file in out/a.h out/b.c c.c; do
    [ -s "$file" ] || fail "names by -h, -cstub and -sstub"
done
"$IDL" /prefix client c_ server s_ /client none /server none hello.idl
for name in c_Say s_Say; do
    grep -q "void $name(" hello.h || fail "-prefix: no $name"
done
compiles hello.h
"$IDL" /prefix all "all_" client c_ /zs /out none hello.idl
"$IDL" /rpcss /out out hello.idl
grep -q '"Say", CS_CALL_ENABLE_ALLOCATE' out/hello_s.c || fail "-rpcss"
"$IDL" /osf /out out hello.idl
grep -q 'midl_user' out/hello_c.c out/hello_s.c && fail "-osf asks for midl_user_allocate"
printf '[explicit_handle] interface hello { typedef [encode] TEXT; }\n' >types.acf
expect 1 "$IDL" -osf -acf types.acf -out out hello.idl 2>said
grep -q 'no types that are' said || fail "-osf serializes a type"
"$IDL" /char signed /client none /server none hello.idl
grep -q 'const unsigned char \*text' hello.h || fail "-char signed"

# what stands in people's makefiles
"$IDL" /nologo /Oicf /W1 /WX /Zp8 /robust /no_robust /ms_ext /c_ext /env x64 /target NT60 /error all \
    /rpcss /lcid 1033 /no_format_opt /no_stamp /notlb /no_warn /use_epv /win64 /x64 /D_UNUSED=1 /I. -I . \
    /DNAME -UNAME /version_stamp /backward_compat maybenull_sizeis /no_default_epv /dlldata d.c /iid i.c /proxy p.c /protocol dce /out out hello.idl
"$IDL" /acf:hello.acf -zs hello.idl
printf '/nologo /out "out"\r\n/h "response file.h"\r\nhello.idl\r\n' >options
"$IDL" @options
[ -s "out/response file.h" ] || fail "a response file"
printf '@options2' >options2
expect 2 "$IDL" @options2 2>/dev/null
"$IDL" "$TEST_TMP/hello.idl" /zs

# an ACF that is named may call its interface as it likes
sed 's/interface hello/interface other/' hello.acf >other.acf
"$IDL" -acf other.acf hello.idl
expect 1 "$IDL" -acf none.acf hello.idl 2>/dev/null

# sources as people have them: CRLF, Ctrl-Z, too many commas, the wrong case, backslashes, a macro
mkdir sub
printf '#define COUNT 4\r\n\032' >sub/limits.h
printf 'import "WTypes.IDL";\r\ntypedef struct { DWORD a[COUNT]; } FOUR;\r\n\032' >shared.idl
sed -i 's/COUNT/4/' shared.idl
printf '#include "Sub\\LIMITS.H"\r\nimport "SHARED.idl", "unknwn.idl";\r\n[uuid(7a98c250-6808-11cf-b73b-00aa00b677a7),]\r\ninterface Case\r\n{\r\n    void   f([in,] handle_t h, [in] FOUR *a, [in] LPWSTR b, [in] long c[COUNT]);\r\n}\r\n\032' >Case.idl
"$IDL" -depfile Case.d -client none -server none CASE.IDL 2>said || { cat said; fail "the wrong case"; }
[ -s Case.h ] || [ -s CASE.h ] || fail "no header of Case.idl"
for file in shared.idl limits.h; do
    grep -q "$file" Case.d || fail "the make rule lacks $file"
done
"$IDL" -client none -server none shared.idl
compiles "$(ls C*.h)"
sed 's/FOUR \*a/FIVE *a/' Case.idl >wrong.idl
expect 1 "$IDL" wrong.idl 2>said
grep -q '^wrong.idl:6:37: error: unknown type .FIVE.' said || fail "the place after a preprocessor: $(cat said)"
[ ! -e wrong.h ] || fail "an error, and a header all the same"
expect 1 "$IDL" -no_cpp Case.idl 2>/dev/null
printf '#include "missing.h"\n' >missing.idl
expect 1 "$IDL" missing.idl 2>said
grep -q 'missing.idl:1:' said || fail "the preprocessor's own error: $(cat said)"
expect 1 "$IDL" -cpp_cmd no-such-program missing.idl 2>/dev/null
"$IDL" -cpp_opt "/E -DCOUNT=4 -I$TEST_TMP/sub -D__midl=1" -zs shared.idl
[ -z "$(ls links)" ] || fail "links were left behind: $(ls links)"

# imports go round, and each is read once
printf 'import "b.idl";\ntypedef long A;\n' >a.idl
printf 'import "a.idl";\ntypedef long B;\n' >b.idl
"$IDL" -zs a.idl
printf 'import "none.idl";\n' >c.idl
expect 1 "$IDL" c.idl 2>said
grep -q "c.idl:1:8: error: there is no file 'none.idl' to import" said || fail "a missing import: $(cat said)"

# whatever is good in the golden files has a header that compiles, and stubs, but for one with
# functions that nothing leads to a server
cp "$COUNTERSIGN_SOURCE"/tests/golden/good/*.idl "$COUNTERSIGN_SOURCE"/tests/golden/good/*.acf .
printf '// nothing\n' >nbase.idl
touch epmapper_types.h
"$IDL" -client none -server none nbase.idl
for file in "$COUNTERSIGN_SOURCE"/tests/golden/good/*.idl; do
    name=$(basename "$file" .idl)
    "$IDL" -client none -server none "$name.idl"
    compiles "$name.h"
    case $name in
    lsarpc)
        expect 1 "$IDL" "$name.idl" 2>said
        grep -q 'nothing leads LsarOpenPolicy2 to a server' said || fail "$name.idl: $(cat said)"
        ;;
    *)
        "$IDL" "$name.idl"
        compiles "${name}_c.c"
        compiles "${name}_s.c"
        ;;
    esac
done
