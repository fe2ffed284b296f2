#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# rpc_soak.sh PROGRAM CONNECTIONS CALLS - beside a KDC of MIT's.
set -eu
. "$(dirname "$0")/../lib/kdc.sh"

kdc_up
kdc_service test/hosta aes256-cts-hmac-sha1-96
kdc_person client
"$@"
