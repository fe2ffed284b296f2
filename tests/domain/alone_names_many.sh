#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# alone_names_many.sh - 10,000 services of each kind in their containers, in a domain that no other
# test is to wait for: looked up in pages, in constant memory.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

domain_up ONE.EXAMPLE
domain_kinit person
domain_exec /usr/bin/python3 "$COUNTERSIGN_SOURCE/tests/domain/names_many.py" 10000
domain_exec "$COUNTERSIGN_BUILD/tests/names_many" 10000
