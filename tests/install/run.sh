#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh BUILD - installs BUILD into a prefix, moves it elsewhere, and builds programs against it
# as a stranger would: pkg-config and CMake, shared and static, C and C++, gcc and clang.
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/moved
warnings="-Wall -Wextra -Werror -pedantic"

step() {
    echo "-- $*"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

step "install, then move the prefix"
cmake --install "$build" --prefix "$work/prefix" >"$work/log"
mv "$work/prefix" "$prefix"
lib=$(dirname "$(find "$prefix" -name libcountersign.a)")
export PKG_CONFIG_PATH="$lib/pkgconfig"

step "what the libraries offer to a linker"
for library in "$lib"/libcountersign-*.so.?; do
    others=$(nm -D --defined-only "$library" | awk '{ print $3 }' | sed 's/@.*//' |
        grep -vE '^(cs_|csp_|COUNTERSIGN_)' || true)
    [ -z "$others" ] || fail "$library exports $others"
done
others=$(nm -g --defined-only "$lib/libcountersign.a" | awk 'NF == 3 { print $3 }' |
    grep -v '^cs_' || true)
[ -z "$others" ] || fail "libcountersign.a has global $others"
nm -g --defined-only "$lib/libcountersign.a" | grep -q ' T cs_InitSecurityInterfaceW$' ||
    fail "libcountersign.a lacks cs_InitSecurityInterfaceW"
for library in sspi directory rpc; do
    readelf -d "$lib/libcountersign-$library.so" | grep -q 'NEEDED.*libcountersign-base\.so\.[0-9]*\.[0-9]*\.[0-9]*\]' ||
        fail "libcountersign-$library.so does not ask for one exact libcountersign-base"
done
for library in sspi rpc; do
    if readelf -d "$lib/libcountersign-$library.so" | grep -qE 'NEEDED.*(ldap|sqlite)'; then
        fail "libcountersign-$library.so brings LDAP in"
    fi
done

# try NAME COMPILER... : builds $sources with it, runs the result
try() {
    name=$1
    shift
    step "$name"
    # shellcheck disable=SC2086
    "$@" $warnings -o "$work/program" >"$work/log" 2>&1 || { cat "$work/log"; fail "$name: build"; }
    "$work/program" >"$work/log" 2>&1 || { cat "$work/log"; fail "$name: run"; }
}

shared=$(pkg-config --cflags --libs countersign-directory countersign-rpc)
all="-DWITH_DIRECTORY -DWITH_RPC"
static=$(pkg-config --cflags --libs countersign-static)
only_sspi=$(pkg-config --cflags --libs countersign-sspi)
cp "$here"/*.c "$work"
cp "$work/client.c" "$work/client.cc"
cd "$work"
for style in "gcc -std=c17:client.c" "clang -std=c17:client.c" "g++ -std=c++17:client.cc" \
    "clang++ -std=c++17:client.cc"; do
    compiler=${style%%:*}
    source=${style#*:}
    command -v "${compiler%% *}" >/dev/null || continue
    # shellcheck disable=SC2086
    {
        try "$compiler, pkg-config, security only" $compiler $source $only_sspi "-Wl,-rpath,$lib"
        try "$compiler, pkg-config, shared" $compiler $all $source $shared "-Wl,-rpath,$lib"
        try "$compiler, pkg-config, static" $compiler $all $source $static
    }
done
if ldd "$work/program" | grep -q countersign; then
    fail "the static program loads a shared library of ours"
fi

step "find_package, shared and static, C and C++"
mkdir "$work/consumer"
cp "$here/consumer.cmake" "$work/consumer/CMakeLists.txt"
cp "$work"/client.c "$work"/client.cc "$here/hello.idl" "$work/consumer"
{ cmake -S "$work/consumer" -B "$work/consumer/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" &&
    cmake --build "$work/consumer/build" && ctest --test-dir "$work/consumer/build"; } \
    >"$work/log" 2>&1 || { cat "$work/log"; fail "find_package"; }

step "an interface, with CMake and with make"
[ -s "$work/consumer/build/client_stub_idl/hello_c.c" ] || fail "countersign_add_idl wrote no client's stub"
[ ! -e "$work/consumer/build/client_stub_idl/hello_s.c" ] || fail "CLIENT wrote a server's stub"
mkdir "$work/make"
cp "$here/hello.idl" "$work/make"
cat >"$work/make/Makefile" <<'END'
CFLAGS = -std=c17 -Wall -Wextra -Werror $(shell pkg-config --cflags countersign-rpc)
all: hello_c.o hello_s.o
hello.h hello_c.c hello_s.c: hello.idl
	$(shell pkg-config --variable=idl countersign-rpc) $<
END
make -C "$work/make" -j1 >"$work/log" 2>&1 || { cat "$work/log"; fail "make"; }
cmake --build "$work/consumer/build" >"$work/log"
grep -q 'no work' "$work/log" || fail "CMake makes the stubs twice"
touch "$work/consumer/hello.idl"
cmake --build "$work/consumer/build" >"$work/log"
grep -q 'Compiling hello.idl' "$work/log" || fail "CMake overlooks a change"

# WinPR exports InitSecurityInterfaceW and its like under the plain names.
winpr=$(pkg-config --cflags --libs winpr2 uuid)
# shellcheck disable=SC2086
gcc -std=c17 -c -o ours.o ours.c $only_sspi
# shellcheck disable=SC2086
gcc -std=gnu17 -c -o theirs.o theirs.c $winpr
warnings= # objects only from here on
# shellcheck disable=SC2086
{
    try "beside WinPR and libuuid, ours shared, first" gcc ours.o theirs.o $only_sspi "-Wl,-rpath,$lib" $winpr
    try "beside WinPR and libuuid, ours shared, last" gcc ours.o theirs.o $winpr $only_sspi "-Wl,-rpath,$lib"
    try "beside WinPR and libuuid, ours static, first" gcc ours.o theirs.o $static $winpr
    try "beside WinPR and libuuid, ours static, last" gcc ours.o theirs.o $winpr $static
}
cat "$work/log"
echo "installed copy: all well"
