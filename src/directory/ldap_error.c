/* SPDX-License-Identifier: Apache-2.0
 * ldap_error.c - what libldap and a server answer, in our words.  RFC 4511 appendix A
 */
#include "directory/ldap_error.h"

#include "base/detail.h"

static enum err error_of(int code)
{
    switch (code) {
    case LDAP_SUCCESS:
        return ERR_OK;
    case LDAP_NO_MEMORY:
        return ERR_NO_MEMORY;
    case LDAP_NO_SUCH_OBJECT:
        return ERR_NO_OBJECT;
    case LDAP_ALREADY_EXISTS:
    case LDAP_TYPE_OR_VALUE_EXISTS:
        return ERR_EXISTS;
    case LDAP_INSUFFICIENT_ACCESS:
        return ERR_ACCESS_DENIED;
    case LDAP_INVALID_CREDENTIALS:
    case LDAP_INAPPROPRIATE_AUTH:
        return ERR_LOGON_DENIED;
    case LDAP_TIMEOUT:
    case LDAP_TIMELIMIT_EXCEEDED:
        return ERR_TIMEOUT;
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
        return ERR_CONNECT;
    case LDAP_INVALID_DN_SYNTAX:
    case LDAP_FILTER_ERROR:
    case LDAP_PARAM_ERROR:
        return ERR_INVALID_PARAMETER;
    default:
        return ERR_DIRECTORY;
    }
}

enum err ldap_failed(LDAP *ld, int code, const char *what)
{
    char *diagnostic = NULL;
    enum err e = error_of(code);

    if (e == ERR_OK)
        return e;
    if (ld)
        ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    detail_library("ldap", code, diagnostic && *diagnostic ? diagnostic : ldap_err2string(code));
    detail_fail(e, "%s: %s%s%s", what, ldap_err2string(code), diagnostic && *diagnostic ? ": " : "",
                diagnostic ? diagnostic : "");
    if (diagnostic)
        ldap_memfree(diagnostic);
    return e;
}
