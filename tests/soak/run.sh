#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# run.sh SECONDS THREADS - raises a domain and runs soak in it.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

domain_up
status=0
domain_exec "$COUNTERSIGN_BUILD/tests/soak" "$1" "$2" || status=$?
if [ "$status" = 0 ]; then
    echo "soak: nothing failed, nothing grew"
else
    echo "soak: FAILED"
fi
exit "$status"
