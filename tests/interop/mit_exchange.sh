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
for name in hosta hostb changing moved stale trusted short; do
    kdc_service test/$name aes256-cts-hmac-sha1-96
done
kdc_service test/t17 aes128-cts-hmac-sha1-96
kdc_service test/t19 aes128-cts-hmac-sha256-128
kdc_service test/t20 aes256-cts-hmac-sha384-192
kdc_service test/rc4 arcfour-hmac
kdc_admin "modprinc +ok_as_delegate test/trusted"
kdc_admin "modprinc -maxlife 3sec test/short"
kdc_person client
kdc_person friend
kdc_admin "modprinc -allow_svr friend" # a user is no service
kinit -f client <<EOF >/dev/null
$KDC_PASSWORD
EOF
"$@"
