#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# alone_directory_ipv6.sh - the directory session's test again, with DNS and LDAP on IPv6 only.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

# Loopback has but one IPv6 address: the domain has a namespace of its own.
DOMAIN_OPTIONS="--namespace --ipv6"
export DOMAIN_OPTIONS
domain_up SIX.EXAMPLE
[ -n "${DC_ADDRESS6:-}" ] || { echo "the domain has no IPv6 address" >&2; exit 1; }
DC_ADDRESS=$DC_ADDRESS6
COUNTERSIGN_DNS="[$DC_ADDRESS6]"
export DC_ADDRESS COUNTERSIGN_DNS
domain_exec env DC_ADDRESS="$DC_ADDRESS" COUNTERSIGN_DNS="$COUNTERSIGN_DNS" \
    "$COUNTERSIGN_BUILD/tests/domain-session"
