#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# An impostor of the domain's KDC: the same realm, a person of the same name, a service of the same
# name, and keys of his own. Neither the client nor the service takes him for the domain.
set -eu
# shellcheck source=tests/lib/kdc.sh
. "$(dirname "$0")/../lib/kdc.sh"
# shellcheck disable=SC2034
KDC_REALM=$REALM
kdc_up
kdc_admin "addprinc -pw $KDC_PASSWORD $PERSON"
kdc_admin "addprinc -randkey $SERVICE_SPN"
ROGUE_KDC=$(sed -n 's/^ *kdc = //p' "$KRB5_CONFIG")
export ROGUE_KDC ROGUE_PASSWORD="$KDC_PASSWORD"
"$COUNTERSIGN_BUILD/tests/rogue_kdc"
