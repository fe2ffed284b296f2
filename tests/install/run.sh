#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh BUILD - installs BUILD into a prefix, moves it elsewhere, and builds programs against it
# as a stranger would: pkg-config and CMake, shared and static, C and C++, gcc and clang.
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
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
for library in sspi directory rpc names; do
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

shared=$(pkg-config --cflags --libs countersign-names countersign-directory countersign-rpc)
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

step "loaded by a program that runs"
# shellcheck disable=SC2086
gcc $warnings -std=gnu17 -o "$work/plugin" plugin.c
for first in rpc sspi; do
    "$work/plugin" "$lib/libcountersign-$first.so" "$lib"/libcountersign-*.so ||
        fail "they cannot be loaded, $first first"
done

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

step "Windows source as it is, with make and with CMake, from the installed copy alone"
mkdir "$work/windows"
cp "$here"/../windows/hello/* "$work/windows"
cat >"$work/windows/Makefile" <<'END'
CFLAGS = -DUNICODE -D_UNICODE -Wall -Werror
all: hellos helloc
hellos: hellos.o hello_s.o
helloc: helloc.o hello_c.o
hellos.o helloc.o: hello.h
hello.h hello_c.c hello_s.c: hello.idl hello.acf
	countersign-idl $<
END
cat >"$work/windows/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(hello C)
add_executable(hellos hellos.c hello_s.c)
add_executable(helloc helloc.c hello_c.c)
END
alone() {
    (cd "$work/windows" && env -i HOME="$work" PATH="$prefix/bin:/usr/bin:/bin" "$@") >"$work/log" 2>&1 ||
        { cat "$work/log"; fail "$*"; }
}
alone make CC=countersign-cc all
alone cmake -G Ninja -DCMAKE_C_COMPILER=countersign-cc -B build
alone cmake --build build
for end in . build; do
    : >"$work/server"
    (cd "$work/windows" && exec env -i "$end/hellos") >"$work/server" 2>&1 &
    server=$!
    binding=
    while kill -0 $server 2>/dev/null && [ -z "$binding" ]; do
        sleep 0.05
        binding=$(sed -n 's/^binding ncacn_ip_tcp:[^[]*/ncacn_ip_tcp:127.0.0.1/p' "$work/server")
    done
    alone "$end/helloc" "$binding"
    wait $server || { cat "$work/server"; fail "the server of Windows source"; }
    server=
    grep -q 'units of 2 bytes' "$work/log" || { cat "$work/log"; fail "the client of Windows source"; }
done
got=0
"$prefix/bin/countersign" port "$work/windows/helloc.c" >"$work/log" || got=$?
[ "$got" = 1 ] || fail "port ended with $got"
grep -q '^+.*ULONG' "$work/log" || fail "port shows nothing"

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
