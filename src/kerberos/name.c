/* SPDX-License-Identifier: Apache-2.0
 * name.c - principals from what callers write.  RFC 4120 6.2, [MS-KILE] 3.1.5.11
 */
#include "kerberos/name.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/bytes.h"
#include "base/detail.h"
#include "base/utf16.h"
#include "kerberos/error.h"

enum { TARGET_BYTES_MAX = 1024 };

/* How CREDENTIAL_TARGET_INFORMATION begins when it is marshalled into a host name. */
#define MARSHALLED "1UWhRC"

static enum err refuse(const char *target, const char *why)
{
    enum err e = detail_fail(ERR_TARGET_UNKNOWN, "the target name \"%.200s\" %s", target, why);

    detail_remedy("write it as service/host or service/host@REALM");
    return e;
}

/* What stands behind the second slash: the name of a service, often a distinguished name. */
static const char *service_part(const char *target)
{
    const char *instance = strchr(target, '/');

    return instance ? strchr(instance + 1, '/') : NULL;
}

static bool is_realm(const char *s)
{
    return *s &&
           s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")] == 0;
}

/* A distinguished name may hold an at sign, and its parts behind it are no realm. */
const char *kerberos_name_realm(const char *target)
{
    const char *at = strrchr(target, '@'), *service = service_part(target);

    return !service || (at && at > service && is_realm(at + 1)) ? at : NULL;
}

/* Class and host are plain; a distinguished name has blanks, and backslashes that escape. */
static enum err check_target(const char *target)
{
    const char *service = service_part(target);
    const unsigned char *s = (const unsigned char *)target;

    if (strlen(target) > TARGET_BYTES_MAX || !utf8_valid(bytes_of_text(target)))
        return refuse(target, "is too long or not UTF-8");
    for (; *s; s++) {
        bool plain = !service || (const char *)s < service;

        if (*s < 0x20 || *s == 0x7f || (plain && (*s == ' ' || *s == '\\')))
            return refuse(target, "holds a blank, a backslash or a control character");
        if (service && plain && *s == '@')
            return refuse(target, "holds an at sign before its service");
    }
    if (strstr(target, MARSHALLED))
        return refuse(target, "carries marshalled credential information");
    return ERR_OK;
}

/* To libkrb5 a backslash escapes, and any at sign begins the realm. */
static enum err escape(const char *target, char **ret)
{
    const char *service = service_part(target), *realm = kerberos_name_realm(target), *s;
    char *text = mem_alloc(2 * strlen(target) + 1), *to = text;

    if (!text)
        return ERR_NO_MEMORY;
    for (s = target; *s; s++) {
        if (*s == '\\' || (*s == '@' && service && s != realm))
            *to++ = '\\';
        *to++ = *s;
    }
    *to = 0;
    *ret = text;
    return ERR_OK;
}

enum err kerberos_name_target(krb5_context krb, const char *target, krb5_principal *ret)
{
    krb5_error_code code;
    const char *realm = NULL;
    char *text = NULL;
    enum err e;

    detail_set(detail_get()->asked, target);
    e = check_target(target);
    if (!e)
        e = escape(target, &text);
    if (e)
        return e;
    code = krb5_parse_name_flags(krb, text, KRB5_PRINCIPAL_PARSE_IGNORE_REALM, ret);
    mem_free(text);
    if (code)
        return kerberos_fail(krb, code, "reading the target name");
    /* An instance, not a host-based name: those libkrb5 would rewrite by DNS. */
    (*ret)->type = strchr(target, '/') ? KRB5_NT_SRV_INST : KRB5_NT_PRINCIPAL;
    realm = kerberos_name_realm(target);
    code = krb5_set_principal_realm(krb, *ret, realm ? realm + 1 : "");
    if (code) {
        krb5_free_principal(krb, *ret);
        *ret = NULL;
        return kerberos_fail(krb, code, "reading the target name");
    }
    return ERR_OK;
}

static bool same_text(const char *a, const char *b, size_t len)
{
    return strncasecmp(a, b, len) == 0 && strlen(b) == len;
}

/* "example.com", or "EXAMPLE" for EXAMPLE.COM: the realm as the configuration writes it. */
static char *realm_of(const char *domain, const char *by_default)
{
    size_t first = by_default ? strcspn(by_default, ".") : 0;
    char *realm = NULL;
    char *s;

    if (by_default && (strcasecmp(domain, by_default) == 0 || same_text(by_default, domain, first)))
        return mem_strdup(by_default);
    realm = mem_strdup(domain);
    for (s = realm; s && *s; s++)
        *s = (char)toupper((unsigned char)*s);
    return realm;
}

static enum err build(krb5_context krb, const char *name, const char *realm, bool enterprise,
                      krb5_principal *ret)
{
    krb5_error_code code;

    if (!realm || !realm[0]) {
        enum err e = detail_fail(ERR_NO_AUTHORITY, "the realm of \"%.200s\" is not known", name);

        detail_remedy("give a domain, or a default realm in krb5.conf");
        return e;
    }
    code = krb5_build_principal(krb, ret, (unsigned)strlen(realm), realm, name, (char *)NULL);
    if (code)
        return kerberos_fail(krb, code, "building the client's name");
    (*ret)->type = enterprise ? KRB5_NT_ENTERPRISE_PRINCIPAL : KRB5_NT_PRINCIPAL;
    return ERR_OK;
}

enum err kerberos_name_client(krb5_context krb, const char *user, const char *domain,
                              krb5_principal *ret)
{
    char *by_default = NULL, *name = NULL, *realm = NULL;
    const char *at = strrchr(user, '@'), *slash = strchr(user, '\\');
    bool enterprise = false;
    enum err e = ERR_NO_MEMORY;
    krb5_error_code code;

    detail_set(detail_get()->asked, user);
    code = krb5_get_default_realm(krb, &by_default);
    if (code == ENOMEM)
        return ERR_NO_MEMORY;
    if (code)
        by_default = NULL; /* there is none */
    if (domain && domain[0]) {
        name = mem_strdup(user);
        realm = realm_of(domain, by_default);
    } else if (slash) {
        char *before = mem_strndup(user, (size_t)(slash - user));

        name = mem_strdup(slash + 1);
        realm = before ? realm_of(before, by_default) : NULL;
        mem_free(before);
    } else if (at) {
        /* A UPN's suffix need not be a realm: the default realm's KDC knows. */
        enterprise = by_default && strcasecmp(at + 1, by_default) != 0;
        name = enterprise ? mem_strdup(user) : mem_strndup(user, (size_t)(at - user));
        realm = enterprise ? mem_strdup(by_default) : realm_of(at + 1, by_default);
    } else {
        name = mem_strdup(user);
        realm = mem_strdup(by_default ? by_default : "");
    }
    if (name && realm)
        e = build(krb, name, realm, enterprise, ret);
    mem_free(name);
    mem_free(realm);
    krb5_free_default_realm(krb, by_default);
    return e;
}

enum err kerberos_name_format(krb5_context krb, krb5_const_principal p, char **ret)
{
    char *text = NULL;
    krb5_error_code code = krb5_unparse_name(krb, p, &text);

    if (code)
        return kerberos_fail(krb, code, "writing a principal's name");
    *ret = mem_strdup(text);
    krb5_free_unparsed_name(krb, text);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

enum err kerberos_name_plain(const char *principal, char **ret)
{
    char *text = mem_strdup(principal), *to = text;
    const char *s;

    if (!text)
        return ERR_NO_MEMORY;
    for (s = principal; *s; s++) {
        if (*s == '\\' && s[1])
            s++;
        *to++ = *s;
    }
    *to = 0;
    *ret = text;
    return ERR_OK;
}
