# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# soak.sh - contexts and messages in several threads against a real domain, watched for failures
# and for memory that grows; then an RPC server that holds ten thousand connections and executes a
# thousand calls at a time.
#
#   ./run soak [--seconds N] [--threads N]

verb_soak() {
    seconds=60
    threads=4
    while [ $# -gt 0 ]; do
        case $1 in
        --seconds) seconds=${2:?--seconds needs a number} ;;
        --threads) threads=${2:?--threads needs a number} ;;
        *) usage; exit 2 ;;
        esac
        shift 2
    done
    # shellcheck disable=SC2086
    need_packages $PKGS_BUILD $PKGS_DOMAIN $PKGS_TEST
    build release
    COUNTERSIGN_SOURCE=$PWD tests/soak/run.sh "$seconds" "$threads"
    tests/soak/rpc_soak.sh build/release/tests/rpc_soak 10000 1000
}
