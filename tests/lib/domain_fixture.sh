#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# domain_fixture.sh - the one domain of a test run.
#
#   domain_fixture.sh start           raised before the first test that needs it
#   domain_fixture.sh stop            taken down after the last
#   domain_fixture.sh run COMMAND...  a test inside it: its variables (tests/lib/domain.sh), its
#                                     namespace where it has one, a TEST_TMP of its own
#
# COUNTERSIGN_SOURCE and COUNTERSIGN_BUILD are set by ctest.
set -eu
state=$COUNTERSIGN_BUILD/domain-fixture
export COUNTERSIGN="$COUNTERSIGN_BUILD/bin/countersign"

stop() {
    [ -f "$state" ] || return 0
    folder=$(cat "$state")
    case $folder in
    /tmp/csrun.??????) ;;
    *) echo "$state names \"$folder\", which is none of ours" >&2; exit 1 ;;
    esac
    [ -d "$folder/d" ] && "$COUNTERSIGN" realm remove --dir "$folder/d"
    rm -rf "$folder" "$state"
}

start() {
    # What a run that was killed left must not stand in the way of this one.
    stop 2>/dev/null || { rm -rf "$(cat "$state")"; rm -f "$state"; }
    # shellcheck source=tests/lib/domain.sh
    . "$COUNTERSIGN_SOURCE/tests/lib/domain.sh"
    domain_template "$DOMAIN_DEFAULT"
    folder=$(mktemp -d /tmp/csrun.XXXXXX)
    echo "$folder" >"$state"
    "$COUNTERSIGN" realm up --dir "$folder/d" --copy-of "$domain_template_dir"
}

run() {
    [ -f "$state" ] || { echo "the domain of this run is not up" >&2; exit 1; }
    exec "$COUNTERSIGN" realm exec --dir "$(cat "$state")/d" -- "$0" inside "$@"
}

inside() {
    # shellcheck source=tests/lib/domain.sh
    . "$COUNTERSIGN_SOURCE/tests/lib/domain.sh"
    export COUNTERSIGN_TEST_DOMAIN=yes
    export KRB5CCNAME="FILE:$TEST_TMP/krb5cc"
    status=0
    "$@" || status=$?
    exit $status
}

verb=${1:-}
[ $# -gt 0 ] && shift
case $verb in
start | stop | run | inside) "$verb" "$@" ;;
*) sed -n '5,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
