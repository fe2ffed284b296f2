/* SPDX-License-Identifier: Apache-2.0
 * name.h - principals from what callers write. Never canonicalized, never looked up.
 */
#pragma once

#include <krb5.h>

#include "base/err.h"

/* A target, literally: "HTTP/web1.example.com", "HTTP/web1.example.com@REALM", "user@REALM",
 * "SockAuth/web1.example.com/CN=a\\, b@c,DC=example,DC=com". Without a realm the KDCs refer to the
 * right one. ERR_TARGET_UNKNOWN for "DOMAIN\user", for blanks and control characters, and for a
 * name with credential information marshalled into it (which makes a client speak to one host with
 * another's ticket). */
MUST_CHECK enum err kerberos_name_target(krb5_context krb, const char *target, krb5_principal *ret);
/* The at sign before the realm of a target, written as above; NULL: there is none. One within a
 * distinguished name begins none. */
const char *kerberos_name_realm(const char *target);
/* A client. domain may be DNS or NetBIOS, or NULL: then user may be "user@suffix" or
 * "DOMAIN\user", or belong to the default realm. */
MUST_CHECK enum err kerberos_name_client(krb5_context krb, const char *user, const char *domain,
                                         krb5_principal *ret);
/* mem_free. */
MUST_CHECK enum err kerberos_name_format(krb5_context krb, krb5_const_principal p, char **ret);
/* What kerberos_name_format wrote, without the escapes: as callers write targets. mem_free. */
MUST_CHECK enum err kerberos_name_plain(const char *principal, char **ret);
