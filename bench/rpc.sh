#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# rpc.sh PROGRAM [OPTIONS] - runs it beside a KDC of MIT's, with certificates made for this run.
# COUNTERSIGN_PEERS is the folder of the other contestants (scripts/bench.sh builds them).
set -eu
. "$(dirname "$0")/../tests/lib/kdc.sh"

# new_key NAME: a P-256 key, and a request or, with -x509, a certificate of its own.
new_key() {
    name=$1
    shift
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
        -keyout "$KDC_DIR/$name.key" "$@" 2>>"$KDC_DIR/openssl.log"
}

certificate() { # name
    new_key "$1" -out "$KDC_DIR/$1.csr"
    openssl x509 -req -days 2 -in "$KDC_DIR/$1.csr" -out "$KDC_DIR/$1.pem" \
        -extfile "$KDC_DIR/names" -CA "$KDC_DIR/ca.pem" -CAkey "$KDC_DIR/ca.key" \
        -CAcreateserial 2>>"$KDC_DIR/openssl.log"
}

kdc_up
kdc_service bench/localhost aes256-cts-hmac-sha1-96
# libtirpc's server takes tokens of 1,024 bytes and no more: no PAC for this service.
kdc_admin "modprinc +no_auth_data_required bench/localhost"
kdc_person client
echo "subjectAltName=DNS:localhost" >"$KDC_DIR/names"
new_key ca -x509 -days 2 -out "$KDC_DIR/ca.pem"
certificate server
certificate client
export COUNTERSIGN_NCALRPC_DIR="$KDC_DIR/ncalrpc"
export GRPC_CERTIFICATES="$KDC_DIR" ONC_SERVICE=bench@localhost BENCH_SPN=bench/localhost
"$@"
