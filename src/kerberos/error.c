/* SPDX-License-Identifier: Apache-2.0
 * error.c - the table of Kerberos errors.  RFC 4120 7.5.9, [MS-KILE] 3.1.5
 */
#include "kerberos/error.h"

#include <errno.h>

#include "base/detail.h"

enum { WIRE_CODES = 128, WIRE_GENERIC = 60 };

/* clang-format off */
static const struct {
    krb5_error_code code;
    enum err err;
    const char *remedy; /* NULL: the text says enough */
} rows[] = {
    { KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN, ERR_TARGET_UNKNOWN,
      "register the name on the service's account: countersign spn add" },
    { KRB5KDC_ERR_PRINCIPAL_NOT_UNIQUE, ERR_TARGET_UNKNOWN,
      "two accounts hold this name: countersign spn duplicates" },
    { KRB5KDC_ERR_NULL_KEY, ERR_TARGET_UNKNOWN, "the service's account has no key: set its password" },
    { KRB5_ERR_HOST_REALM_UNKNOWN, ERR_TARGET_UNKNOWN, "name the realm: service/host@REALM" },
    { KRB5_PARSE_MALFORMED, ERR_TARGET_UNKNOWN, "a name is service/host or service/host@REALM" },
    { KRB5KDC_ERR_MUST_USE_USER2USER, ERR_USER_TO_USER,
      "the target is a user and no service: ask for ISC_REQ_USE_SESSION_KEY" },
    { KRB5KRB_AP_ERR_USER_TO_USER_REQUIRED, ERR_USER_TO_USER, "ask for ISC_REQ_USE_SESSION_KEY" },
    { KRB5_KDC_UNREACH, ERR_NO_AUTHORITY, "is a domain controller up, and reachable on port 88?" },
    { KRB5_REALM_CANT_RESOLVE, ERR_NO_AUTHORITY,
      "no KDC is known for the realm: check DNS, or name the KDC in the profile" },
    { KRB5_REALM_UNKNOWN, ERR_NO_AUTHORITY,
      "no KDC is known for the realm: check DNS, or name the KDC in the profile" },
    { KRB5_CONFIG_NODEFREALM, ERR_NO_AUTHORITY, "give a domain, or a default realm in krb5.conf" },
    { KRB5_KDCREP_SKEW, ERR_TIME_SKEW, "set the clock by the domain controller's" },
    { KRB5KRB_AP_ERR_SKEW, ERR_TIME_SKEW, "set the clocks of both hosts by the domain controller's" },
    { KRB5KDC_ERR_CLIENT_NOTYET, ERR_LOGON_DENIED, NULL },
    { KRB5KDC_ERR_PREAUTH_FAILED, ERR_LOGON_DENIED, "check the password, and the key version if it is a keytab's" },
    { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, ERR_LOGON_DENIED, "check the user name and the domain" },
    { KRB5KDC_ERR_CLIENT_REVOKED, ERR_LOGON_DENIED, "the account is disabled, locked or outside its hours" },
    { KRB5KDC_ERR_NAME_EXP, ERR_LOGON_DENIED, "the account has expired" },
    { KRB5KDC_ERR_KEY_EXP, ERR_LOGON_DENIED, "the password has expired and must be changed" },
    { KRB5KDC_ERR_POLICY, ERR_LOGON_DENIED, NULL },
    { KRB5KRB_AP_ERR_REPEAT, ERR_REPLAYED, "the same message came twice: somebody repeats it, or a client resends" },
    { KRB5KRB_AP_ERR_TKT_EXPIRED, ERR_EXPIRED, "get new tickets" },
    { KRB5KRB_AP_ERR_TKT_NYV, ERR_TIME_SKEW, "the ticket starts in the future: set the clocks" },
    { KRB5KRB_AP_ERR_MODIFIED, ERR_WRONG_PRINCIPAL,
      "the name is registered on another account than the service runs as, or its key changed" },
    { KRB5KRB_AP_ERR_BAD_INTEGRITY, ERR_WRONG_PRINCIPAL,
      "the name is registered on another account than the service runs as, or its key changed" },
    { KRB5KRB_AP_ERR_NOT_US, ERR_WRONG_PRINCIPAL, "the ticket is for another service" },
    { KRB5KRB_AP_WRONG_PRINC, ERR_WRONG_PRINCIPAL, "the ticket is for another service" },
    { KRB5KRB_AP_ERR_NOKEY, ERR_WRONG_PRINCIPAL, "put the service's key into the acceptor's keytab" },
    { KRB5_KT_NOTFOUND, ERR_WRONG_PRINCIPAL, "put the service's key into the keytab" },
    { KRB5KRB_AP_ERR_BADKEYVER, ERR_NO_KERB_KEY, "export the keytab again, or get a new ticket" },
    { KRB5_KT_KVNONOTFOUND, ERR_NO_KERB_KEY, "export the keytab again, or get a new ticket" },
    { KRB5KRB_AP_ERR_MUT_FAIL, ERR_NO_MUTUAL_AUTH, NULL },
    { KRB5_KDCREP_MODIFIED, ERR_ALTERED, "somebody on the way to the KDC alters its answers" },
    { KRB5_MUTUAL_FAILED, ERR_NO_MUTUAL_AUTH, "the server could not prove who it is" },
    { KRB5KRB_AP_ERR_INAPP_CKSUM, ERR_MALFORMED, NULL },
    { KRB5KRB_AP_ERR_BADVERSION, ERR_MALFORMED, NULL },
    { KRB5KRB_AP_ERR_MSG_TYPE, ERR_MALFORMED, NULL },
    { KRB5KDC_ERR_ETYPE_NOSUPP, ERR_UNSUPPORTED_ETYPE, "allow AES on the account: msDS-SupportedEncryptionTypes" },
    { KRB5_PROG_ETYPE_NOSUPP, ERR_UNSUPPORTED_ETYPE, NULL },
    { KRB5_NOPERM_ETYPE, ERR_UNSUPPORTED_ETYPE, "the krb5.conf used forbids this encryption type" },
    { KRB5_CC_NOTFOUND, ERR_NO_CREDENTIALS, "get tickets with kinit, or give a user and a password" },
    { KRB5_FCC_NOFILE, ERR_NO_CREDENTIALS, "get tickets with kinit, or give a user and a password" },
    { KRB5_CC_FORMAT, ERR_NO_CREDENTIALS, NULL },
    { KRB5_FCC_PERM, ERR_NO_CREDENTIALS, "the ticket cache belongs to somebody else" },
    { KRB5_NO_TKT_SUPPLIED, ERR_NO_CREDENTIALS, NULL },
    { ENOENT, ERR_NO_CREDENTIALS, "check the path" },
    { EACCES, ERR_NO_CREDENTIALS, "the running account may not read it" },
    { ENOMEM, ERR_NO_MEMORY, NULL },
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

enum err kerberos_error_name(krb5_error_code code)
{
    size_t i;

    for (i = 0; i < ROWS; i++)
        if (rows[i].code == code)
            return rows[i].err;
    return code >= KRB5KDC_ERR_NONE && code < KRB5KDC_ERR_NONE + WIRE_CODES ? ERR_LOGON_DENIED
                                                                            : ERR_INTERNAL;
}

static const char *remedy_of(krb5_error_code code)
{
    size_t i;

    for (i = 0; i < ROWS; i++)
        if (rows[i].code == code)
            return rows[i].remedy;
    return NULL;
}

enum err(kerberos_fail)(krb5_context krb, krb5_error_code code, const char *doing)
{
    const char *said = krb5_get_error_message(krb, code);
    const char *remedy = remedy_of(code);
    enum err e = kerberos_error_name(code);

    if (!detail_get()->library_code)
        detail_library("krb5", code, said);
    e = detail_fail(e, "%s: %s", doing, said);
    if (remedy)
        detail_remedy("%s", remedy);
    krb5_free_error_message(krb, said);
    return e;
}

uint32_t kerberos_error_to_wire(krb5_error_code code)
{
    if (code > KRB5KDC_ERR_NONE && code < KRB5KDC_ERR_NONE + WIRE_CODES)
        return (uint32_t)(code - KRB5KDC_ERR_NONE);
    return WIRE_GENERIC;
}

krb5_error_code kerberos_error_from_wire(uint32_t number)
{
    if (number == 0 || number >= WIRE_CODES)
        number = WIRE_GENERIC;
    return KRB5KDC_ERR_NONE + (krb5_error_code)number;
}
