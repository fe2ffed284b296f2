/* SPDX-License-Identifier: Apache-2.0
 * tls.c - TLS below an LDAP session.
 */
#include "directory/tls.h"

#include "base/detail.h"
#include "crypto/certificate.h"
#include "directory/ldap_error.h"

enum err tls_start(LDAP *ld, const char *ca_file, struct buf *ret_binding)
{
    int demand = LDAP_OPT_X_TLS_HARD, client = 0, code;
    int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    struct berval certificate = { 0 };
    enum err e;

    if (ca_file)
        ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, ca_file);
    ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    ldap_set_option(ld, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least);
    code = ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
    if (code)
        return ldap_failed(ld, code, "preparing TLS");
    code = ldap_install_tls(ld);
    if (code) {
        detail_remedy("check the server's certificate, its name and the file of authorities");
        return ldap_failed(ld, code, "starting TLS with the directory");
    }
    code = ldap_get_option(ld, LDAP_OPT_X_TLS_PEERCERT, &certificate);
    if (code || !certificate.bv_len)
        return detail_fail(ERR_BAD_BINDINGS, "the server's certificate cannot be read");
    e = certificate_binding(bytes_of(certificate.bv_val, certificate.bv_len), ret_binding);
    ber_memfree(certificate.bv_val);
    return e;
}
