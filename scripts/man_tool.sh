#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# man_tool.sh PROGRAM DIR VERSION DATE - pages of the program and of each command it lists.
set -eu

program=$1
here=$(dirname "$0")
mkdir -p "$2"

page() { # FILE ARGUMENT...
    file=$1
    shift
    "$program" "$@" | awk -v version="$version" -v date="$date" -f "$here/man_tool.awk" >"$dir/$file"
}

dir=$2
version=$3
date=$4
name=$(basename "$program")
page "$name.1" --help
for command in $("$program" --help | sed -n '/^COMMANDS/,/^[A-Z]* *$/p' |
    sed -n 's/^    \([a-z][a-z-]*\).*/\1/p'); do
    page "$name-$command.1" "$command" --help
done
