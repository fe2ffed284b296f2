#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# mit_attacker.sh PROGRAM - runs it beside a KDC of MIT's, with the tickets of two persons.
set -eu
. "$(dirname "$0")/../lib/kdc.sh"

kdc_up
KRB5RCACHENAME="file2:$KDC_DIR/replays"
OTHER_CCACHE="FILE:$KDC_DIR/other"
export KRB5RCACHENAME OTHER_CCACHE
kdc_service test/hosta aes256-cts-hmac-sha1-96
kdc_service test/rc4 arcfour-hmac
kdc_service test/camellia camellia256-cts-cmac
kdc_person client
kdc_person other
for name in other client; do
    kinit -f -c "$([ $name = other ] && echo "$OTHER_CCACHE" || echo "$KRB5CCNAME")" $name <<EOF >/dev/null
$KDC_PASSWORD
EOF
done
"$@"
