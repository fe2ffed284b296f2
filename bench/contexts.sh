#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# contexts.sh PROGRAM [OPTIONS] - runs it beside a KDC of MIT's.
set -eu
. "$(dirname "$0")/../tests/lib/kdc.sh"

kdc_up
kdc_service test/hosta aes256-cts-hmac-sha1-96
kdc_person client
"$@"
