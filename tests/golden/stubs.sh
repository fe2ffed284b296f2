#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# stubs.sh COMPILER FOLDER [--write] - what is generated from each FOLDER/x.idl is, to the letter,
# FOLDER/x_c.out and FOLDER/x_s.out. --write makes them; read the difference then.
set -eu
compiler=$1 folder=$2 write=${3-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for idl in "$folder"/*.idl; do
    name=$(basename "$idl" .idl)
    "$compiler" -out "$work" "$idl"
    for side in c s; do
        if [ -n "$write" ]; then
            cp "$work/${name}_$side.c" "$folder/${name}_$side.out"
        elif ! diff -u "$folder/${name}_$side.out" "$work/${name}_$side.c"; then
            failed=1
        fi
    done
done
exit $failed
