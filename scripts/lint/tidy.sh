#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tidy.sh FILE COMMANDS - clang-tidy on one file, unless the same content was clean before.
#
# The key is the content of the file and of every header of ours that it includes, with the
# compiler's arguments, the configuration and clang-tidy's version. Only a clean result is kept.
set -eu

file=$1
here=$(cd "$(dirname "$0")/../.." && pwd)
# The arguments hold quoted definitions: the shell takes them apart, once.
eval "set -- $(awk -F '\t' -v file="$file" '$1 == file { print $2; exit }' "$2")"
cache=$here/.cache/clang-tidy
mkdir -p "$cache"

key=$({
    clang-tidy --version
    cat "$here/.clang-tidy"
    echo "$*" | sed "s,$here,,g"
    clang "$@" -MM "$file" | tr -d '\134' | tr ' ' '\n' | grep -E '^/' | sort -u |
        xargs sha256sum | sed "s,$here,,"
} | sha256sum | cut -d ' ' -f 1)
[ -f "$cache/$key" ] && exit 0

found=$(mktemp)
trap 'rm -f "$found"' EXIT
if clang-tidy --quiet "$file" -- "$@" >"$found" 2>/dev/null; then
    : >"$cache/$key"
else
    grep -E '(error|warning):' "$found" | sed "s,^$here/,," || echo "$file: clang-tidy failed"
fi
