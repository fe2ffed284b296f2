#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mit_messages.sh PROGRAM ARGUMENTS... - runs it beside a KDC of MIT's with one service for each
# encryption type, named after its number: test/t18.
set -eu
. "$(dirname "$0")/../lib/kdc.sh"

kdc_up
kdc_service test/t17 aes128-cts-hmac-sha1-96
kdc_service test/t18 aes256-cts-hmac-sha1-96
kdc_service test/t19 aes128-cts-hmac-sha256-128
kdc_service test/t20 aes256-cts-hmac-sha384-192
kdc_service test/t23 arcfour-hmac
kdc_person client
"$@"
