#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# hpke_install.sh FOLDER - the npm package that hpke/package-lock.json names, with what it needs, by
# its hash; into FOLDER, unless it is there.
set -eu

here=$(cd "$(dirname "$0")/hpke" && pwd)
mkdir -p "$1"
cd "$1"
if [ -d node_modules/@hpke/core ] && cmp -s package-lock.json "$here/package-lock.json"; then
    exit 0
fi
for program in node npm; do
    command -v "$program" >/dev/null || { echo "there is no $program: apt-get install $program" >&2; exit 1; }
done
cp "$here/package.json" "$here/package-lock.json" .
npm ci --ignore-scripts --no-audit --no-fund --cache "$PWD/cache"
