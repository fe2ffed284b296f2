# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# kdc.sh - MIT's krb5kdc in a private folder, on a high port of the loopback; needs no root.
#
#   . tests/lib/kdc.sh
#   kdc_up              exports KDC_DIR KDC_REALM KRB5_CONFIG KRB5_KDC_PROFILE KRB5_KTNAME KRB5CCNAME;
#                       everything is gone again when the script ends
#   kdc_service NAME TYPE   a principal whose tickets and session keys have this encryption type,
#                       its key in the keytab
#   kdc_person NAME     a person with a ticket-granting ticket in the cache

KDC_REALM=KDC.TEST
KDC_PASSWORD=only-for-this-test

kdc_down() {
    if [ -n "${KDC_PID:-}" ]; then
        kill "$KDC_PID" 2>/dev/null || true
        wait "$KDC_PID" 2>/dev/null || true
    fi
    rm -rf "$KDC_DIR"
}

kdc_write_conf() { # port
    cat >"$KRB5_CONFIG" <<EOF
[libdefaults]
    default_realm = $KDC_REALM
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    allow_weak_crypto = true
    allow_rc4 = true
    permitted_enctypes = aes256-cts-hmac-sha1-96 aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha384-192 aes128-cts-hmac-sha256-128 arcfour-hmac camellia256-cts-cmac
[realms]
    $KDC_REALM = {
        kdc = 127.0.0.1:$1
    }
EOF
    cat >"$KRB5_KDC_PROFILE" <<EOF
[kdcdefaults]
    kdc_listen = 127.0.0.1:$1
    kdc_tcp_listen = 127.0.0.1:$1
[realms]
    $KDC_REALM = {
        database_name = $KDC_DIR/principal
        key_stash_file = $KDC_DIR/stash
        acl_file = $KDC_DIR/acl
        supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
    }
EOF
}

kdc_up() {
    KDC_DIR=$(mktemp -d "${TMPDIR:-/tmp}/countersign-kdc.XXXXXX")
    trap kdc_down EXIT
    trap 'exit 1' HUP INT TERM
    export KDC_DIR KDC_REALM
    export KRB5_CONFIG="$KDC_DIR/krb5.conf" KRB5_KDC_PROFILE="$KDC_DIR/kdc.conf"
    export KRB5_KTNAME="FILE:$KDC_DIR/keytab" KRB5CCNAME="FILE:$KDC_DIR/ccache"
    kdc_write_conf 1
    kdb5_util create -s -r "$KDC_REALM" -P "$KDC_PASSWORD" >"$KDC_DIR/log" 2>&1 ||
        { cat "$KDC_DIR/log" >&2; return 1; }
    for try in 1 2 3 4 5 6 7 8; do # another program may have the port
        kdc_write_conf $((20000 + ($$ * 7 + try * 1009) % 30000))
        krb5kdc -n -r "$KDC_REALM" >"$KDC_DIR/log" 2>&1 &
        KDC_PID=$!
        for _ in $(seq 600); do
            kill -0 "$KDC_PID" 2>/dev/null || break
            grep -q 'starting\.' "$KDC_DIR/log" && return 0
            sleep 0.1
        done
        kill "$KDC_PID" 2>/dev/null || true
        wait "$KDC_PID" 2>/dev/null || true
    done
    cat "$KDC_DIR/log" >&2
    return 1
}

kdc_admin() {
    kadmin.local -r "$KDC_REALM" -q "$1" >"$KDC_DIR/admin.log" 2>&1 || {
        cat "$KDC_DIR/admin.log" >&2
        return 1
    }
}

kdc_service() { # name enctype
    kdc_admin "addprinc -randkey -e $2:normal $1"
    kdc_admin "setstr $1 session_enctypes $2"
    kdc_admin "ktadd -norandkey -k $KDC_DIR/keytab $1"
}

kdc_person() { # name
    kdc_admin "addprinc -pw $KDC_PASSWORD $1"
    echo "$KDC_PASSWORD" | kinit "$1" >"$KDC_DIR/kinit.log" 2>&1 || {
        cat "$KDC_DIR/kinit.log" >&2
        return 1
    }
}
