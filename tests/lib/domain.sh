# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# domain.sh - a real domain for a shell test. Source it; the test runs under `set -eu`.
#
#   . "$(dirname "$0")/../lib/domain.sh"
#   domain_up                 the domain of the whole test run, else one of our own
#   domain_up TWO.EXAMPLE     always one of our own, besides any other; its variables replace those
#                             of the one before
#   domain_exec COMMAND...    inside the domain raised last (its namespace, when not root)
#   domain_kinit ACCOUNT      a ticket into $KRB5CCNAME: person, service or host, by keytab
#   domain_down               takes down what domain_up raised; happens at exit by itself
#
# What domain_up sets and exports:
#   REALM DOMAIN DOMAIN_DN          ONE.EXAMPLE, its NetBIOS name ONE, DC=one,DC=example
#   DOMAIN_DIR                      the realm's folder: smb.conf, logs, private/sam.ldb
#   DC_NAME DC_ADDRESS              dc1.one.example and 127.53.N.1; KDC, LDAP, LDAPS, GC, DNS there
#   HOST_NAME HOST_ACCOUNT HOST_PASSWORD HOST_KEYTAB          this host's computer account
#   PERSON PERSON_PASSWORD PERSON_KEYTAB                      alice, an ordinary user
#   OTHER OTHER_PASSWORD                                      mallory, another one
#   SERVICE_ACCOUNT SERVICE_PASSWORD SERVICE_SPN SERVICE_KEYTAB   svc, which holds test/host1...
#   ADMIN ADMIN_PASSWORD                                      Administrator
#   DC_ADDRESS6                     where the realm was made with --ipv6: DOMAIN_OPTIONS=--ipv6
#   COUNTERSIGN_DNS                 for our resolver
#   KRB5_CONFIG KRB5CCNAME          for MIT's programs; the cache is the test's own
#   KRB5RCACHENAME                  the replay cache, below DOMAIN_DIR
#   NSS_WRAPPER_HOSTS               for foreign programs: LD_PRELOAD=libnss_wrapper.so
#   LDAPTLS_CACERT SMB_CONF_PATH    for ldapsearch -H ldaps://$DC_NAME, and for samba-tool
# And always: COUNTERSIGN, the program; TEST_TMP, a folder that is deleted at exit.
#
# A domain of a name is provisioned once per build folder; each domain_up copies that.

: "${COUNTERSIGN_SOURCE:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${COUNTERSIGN_BUILD:=$COUNTERSIGN_SOURCE/build/release}"
: "${COUNTERSIGN:=$COUNTERSIGN_BUILD/bin/countersign}"
: "${DOMAIN_DEFAULT:=ONE.EXAMPLE}"
export COUNTERSIGN COUNTERSIGN_BUILD COUNTERSIGN_SOURCE

# Short, since Unix sockets must fit below it; the build folder is reached by a link in it.
TEST_TMP=$(mktemp -d /tmp/cstest.XXXXXX)
export TEST_TMP
domain_own=
background= # processes of the test that end with it, whatever happens

# Also what a test raised by other means in its own folder, and did not live to take down.
domain_at_exit() {
    # shellcheck disable=SC2086
    [ -z "$background" ] || kill $background 2>/dev/null || :
    domain_down
    for domain_lock in "$TEST_TMP"/*/lock; do
        [ ! -f "$domain_lock" ] || "$COUNTERSIGN" realm down --dir "${domain_lock%/lock}" || :
    done
    [ -z "${DOMAIN_KEEP:-}" ] && rm -rf "$TEST_TMP"
    return 0
}
# shellcheck disable=SC2154
trap 'status=$?; domain_at_exit; exit $status' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# The stopped realm of that name that copies are made of; made anew when what makes it changed.
domain_template() { # NAME
    stamp=$(cat "$COUNTERSIGN_SOURCE/tools/countersign/realm_provision.py" \
        "$COUNTERSIGN_SOURCE/tools/countersign/realm_folder.c" | cksum | cut -d' ' -f1)
    mkdir -p "$COUNTERSIGN_BUILD/domain-cache"
    ln -sfn "$COUNTERSIGN_BUILD/domain-cache" "$TEST_TMP/cache"
    domain_template_dir=$TEST_TMP/cache/$1${DOMAIN_OPTIONS:-}.$stamp
    (
        flock 9
        [ -f "$domain_template_dir/complete" ] && exit 0
        rm -rf "$COUNTERSIGN_BUILD/domain-cache/$1${DOMAIN_OPTIONS:-}".*
        # shellcheck disable=SC2086
        "$COUNTERSIGN" realm create --realm "$1" --dir "$domain_template_dir" ${DOMAIN_OPTIONS:-} &&
            touch "$domain_template_dir/complete"
    ) 9>"$COUNTERSIGN_BUILD/domain-cache/lock" || {
        echo "domain.sh: no domain $1: see $COUNTERSIGN_BUILD/domain-cache" >&2
        return 1
    }
}

# shellcheck disable=SC2120
domain_up() { # [NAME]
    if [ $# = 0 ] && [ -n "${COUNTERSIGN_TEST_DOMAIN:-}" ]; then
        return 0
    fi
    domain_name=${1:-$DOMAIN_DEFAULT}
    domain_template "$domain_name" || return 1
    domain_dir=$TEST_TMP/$domain_name
    "$COUNTERSIGN" realm up --dir "$domain_dir" --copy-of "$domain_template_dir" >/dev/null ||
        return 1
    domain_own="$domain_own $domain_dir"
    eval "$("$COUNTERSIGN" realm env --dir "$domain_dir")"
}

domain_down() {
    for domain_dir in $domain_own; do
        "$COUNTERSIGN" realm down --dir "$domain_dir" || return 1
    done
    domain_own=
}

domain_exec() {
    if [ -n "$domain_own" ]; then
        # shellcheck disable=SC2153
        "$COUNTERSIGN" realm exec --dir "$DOMAIN_DIR" -- "$@"
    else
        "$@"
    fi
}

domain_kinit() { # person|service|host
    case $1 in
    person) domain_exec kinit -k -t "$PERSON_KEYTAB" "$PERSON" ;;
    service) domain_exec kinit -k -t "$SERVICE_KEYTAB" "$SERVICE_ACCOUNT" ;;
    host) domain_exec kinit -k -t "$HOST_KEYTAB" "$HOST_ACCOUNT" ;;
    *) echo "domain_kinit: person, service or host, not \"$1\"" >&2; return 2 ;;
    esac
}

exec 3>&2 # where failures are told, though a test throws away what its command says

# For tests of what must fail and how: expect STATUS COMMAND...
expect() {
    expect_want=$1
    shift
    expect_got=0
    "$@" || expect_got=$?
    [ "$expect_got" = "$expect_want" ] ||
        fail "exit status $expect_got, not $expect_want: $*"
}

fail() {
    echo "FAILED: $*" >&3
    exit 1
}
