#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mit_exchange.sh PROGRAM - runs it beside a KDC of MIT's.
set -eu
. "$(dirname "$0")/../lib/kdc.sh"

kdc_up
KDC_ADDRESS=$(sed -n 's/^ *kdc = //p' "$KRB5_CONFIG")
# The replay cache is this test's own.
KRB5RCACHENAME="file2:$KDC_DIR/replays"
export KDC_ADDRESS KDC_PASSWORD KRB5RCACHENAME
kdc_service test/hosta aes256-cts-hmac-sha1-96
kdc_person client
"$@"
