/* SPDX-License-Identifier: Apache-2.0
 * api_bind.c - DsBind and its kin, and CsBindDirectory.
 */
#include <countersign/ntdsapi.h>
#include <countersign/scp.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/binding.h"
#include "directory/doors.h"

/* What DsMakePasswordCredentials makes; the mark refuses a pointer to something else. */
struct password_credentials {
    uint32_t mark;
    char *user, *domain, *password;
};

enum { PASSWORD_CREDENTIALS_MARK = 0x44734372 };

static DWORD make_credentials(const char *user, const char *domain, const char *password,
                              RPC_AUTH_IDENTITY_HANDLE *ret)
{
    struct password_credentials *c;

    if (!user || !*user || !ret)
        return win32_code(ERR_INVALID_PARAMETER);
    c = mem_zero(sizeof *c);
    if (!c)
        return win32_code(ERR_NO_MEMORY);
    c->mark = PASSWORD_CREDENTIALS_MARK;
    c->user = mem_strdup(user);
    c->domain = mem_strdup(domain ? domain : "");
    c->password = mem_strdup(password ? password : "");
    if (!c->user || !c->domain || !c->password) {
        DsFreePasswordCredentials(c);
        return win32_code(ERR_NO_MEMORY);
    }
    *ret = c;
    return ERROR_SUCCESS;
}

DWORD DsMakePasswordCredentialsA(LPCSTR User, LPCSTR Domain, LPCSTR Password,
                                 RPC_AUTH_IDENTITY_HANDLE *pAuthIdentity)
{
    detail_begin("DsMakePasswordCredentials");
    return make_credentials(User, Domain, Password, pAuthIdentity);
}

DWORD DsMakePasswordCredentialsW(LPCWSTR User, LPCWSTR Domain, LPCWSTR Password,
                                 RPC_AUTH_IDENTITY_HANDLE *pAuthIdentity)
{
    char *user = NULL, *domain = NULL, *password = NULL;
    enum err e;
    DWORD code;

    detail_begin("DsMakePasswordCredentials");
    e = utf8_from_wide((const char16_t *)User, &user);
    if (!e)
        e = utf8_from_wide((const char16_t *)Domain, &domain);
    if (!e)
        e = utf8_from_wide((const char16_t *)Password, &password);
    code = e ? win32_text_code(e) : make_credentials(user, domain, password, pAuthIdentity);
    mem_free(user);
    mem_free(domain);
    mem_free_secret_text(password);
    return code;
}

VOID DsFreePasswordCredentials(RPC_AUTH_IDENTITY_HANDLE AuthIdentity)
{
    struct password_credentials *c = AuthIdentity;

    if (!c || c->mark != PASSWORD_CREDENTIALS_MARK)
        return;
    mem_free(c->user);
    mem_free(c->domain);
    mem_free_secret_text(c->password);
    mem_wipe(c, sizeof *c);
    mem_free(c);
}

static DWORD bind_with(const char *server, const char *domain, RPC_AUTH_IDENTITY_HANDLE identity,
                       const char *spn, DWORD flags, HANDLE *ret)
{
    const struct password_credentials *c = identity;
    struct session_options o = { .server = server, .domain = domain, .spn = spn };

    if (!ret || (c && c->mark != PASSWORD_CREDENTIALS_MARK) ||
        (flags & ~(DWORD)(NTDSAPI_BIND_ALLOW_DELEGATION | NTDSAPI_BIND_FIND_BINDING |
                          NTDSAPI_BIND_FORCE_KERBEROS)))
        return win32_code(ERR_INVALID_PARAMETER);
    if (flags & NTDSAPI_BIND_ALLOW_DELEGATION)
        return win32_code(detail_fail(ERR_UNSUPPORTED, "a directory bind never delegates"));
    if (c) {
        o.user = c->user;
        o.user_domain = *c->domain ? c->domain : NULL;
        o.password = c->password;
    }
    return win32_code(binding_new(&o, ret));
}

static DWORD bind_wide(LPCWSTR server, LPCWSTR domain, RPC_AUTH_IDENTITY_HANDLE identity,
                       LPCWSTR spn, DWORD flags, HANDLE *ret)
{
    const LPCWSTR wide[] = { server, domain, spn };
    char **t = NULL;
    enum err e = texts_from_wide(wide, 3, &t);
    DWORD code = e ? win32_text_code(e) : bind_with(t[0], t[1], identity, t[2], flags, ret);

    texts_free(t, 3);
    return code;
}

DWORD DsBindA(LPCSTR DomainControllerName, LPCSTR DnsDomainName, HANDLE *phDS)
{
    detail_begin("DsBind");
    return bind_with(DomainControllerName, DnsDomainName, NULL, NULL, 0, phDS);
}

DWORD DsBindW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName, HANDLE *phDS)
{
    detail_begin("DsBind");
    return bind_wide(DomainControllerName, DnsDomainName, NULL, NULL, 0, phDS);
}

DWORD DsBindWithCredA(LPCSTR DomainControllerName, LPCSTR DnsDomainName,
                      RPC_AUTH_IDENTITY_HANDLE AuthIdentity, HANDLE *phDS)
{
    detail_begin("DsBindWithCred");
    return bind_with(DomainControllerName, DnsDomainName, AuthIdentity, NULL, 0, phDS);
}

DWORD DsBindWithCredW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName,
                      RPC_AUTH_IDENTITY_HANDLE AuthIdentity, HANDLE *phDS)
{
    detail_begin("DsBindWithCred");
    return bind_wide(DomainControllerName, DnsDomainName, AuthIdentity, NULL, 0, phDS);
}

DWORD DsBindWithSpnA(LPCSTR DomainControllerName, LPCSTR DnsDomainName,
                     RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCSTR ServicePrincipalName,
                     HANDLE *phDS)
{
    detail_begin("DsBindWithSpn");
    return bind_with(DomainControllerName, DnsDomainName, AuthIdentity, ServicePrincipalName, 0,
                     phDS);
}

DWORD DsBindWithSpnW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName,
                     RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCWSTR ServicePrincipalName,
                     HANDLE *phDS)
{
    detail_begin("DsBindWithSpn");
    return bind_wide(DomainControllerName, DnsDomainName, AuthIdentity, ServicePrincipalName, 0,
                     phDS);
}

DWORD DsBindWithSpnExA(LPCSTR DomainControllerName, LPCSTR DnsDomainName,
                       RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCSTR ServicePrincipalName,
                       DWORD BindFlags, HANDLE *phDS)
{
    detail_begin("DsBindWithSpnEx");
    return bind_with(DomainControllerName, DnsDomainName, AuthIdentity, ServicePrincipalName,
                     BindFlags, phDS);
}

DWORD DsBindWithSpnExW(LPCWSTR DomainControllerName, LPCWSTR DnsDomainName,
                       RPC_AUTH_IDENTITY_HANDLE AuthIdentity, LPCWSTR ServicePrincipalName,
                       DWORD BindFlags, HANDLE *phDS)
{
    detail_begin("DsBindWithSpnEx");
    return bind_wide(DomainControllerName, DnsDomainName, AuthIdentity, ServicePrincipalName,
                     BindFlags, phDS);
}

DWORD DsUnBindA(HANDLE *phDS)
{
    enum err e;

    detail_begin("DsUnBind");
    if (!phDS)
        return win32_code(ERR_INVALID_PARAMETER);
    e = handle_close((handle_id)(uintptr_t)*phDS, HANDLE_DIRECTORY);
    if (!e)
        *phDS = NULL;
    return win32_code(e);
}

DWORD DsUnBindW(HANDLE *phDS)
{
    return DsUnBindA(phDS);
}

DWORD CsBindDirectory(const CS_DIRECTORY_OPTIONS *options, HANDLE *phDS)
{
    struct session_options o = { 0 };

    detail_begin("CsBindDirectory");
    if (!options || options->size != sizeof *options || !phDS)
        return win32_code(ERR_INVALID_PARAMETER);
    o.domain = options->domain;
    o.server = options->server;
    o.spn = options->server_spn;
    o.credential = options->credential;
    o.user = options->user;
    o.user_domain = options->user_domain;
    if (o.user && !o.user_domain && !strpbrk(o.user, "@\\"))
        o.user_domain = options->domain; /* a bare name is of the domain asked */
    o.password = options->password;
    o.keytab = options->keytab;
    o.ca_file = options->ca_file;
    o.timeout_ms = options->timeout_ms;
    return win32_code(binding_new(&o, phDS));
}
