/* SPDX-License-Identifier: Apache-2.0
 * api_credential.c - credential handles: acquire, ask, free.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/countersign.h"
#include "sspi/api_convert.h"
#include "sspi/api_identity.h"
#include "sspi/impersonate.h"
#include "sspi/status.h"
#include "sspi/table.h"

/* Registers c, which it takes over, and tells when it expires. */
static enum err give_out(struct credential *c, PCredHandle handle, PTimeStamp expiry)
{
    struct credential_info info = { 0 };
    handle_id id = 0;
    enum err e;

    e = c->package->credential_query(c->inner, &info);
    mem_free(info.name);
    if (!e)
        e = handle_new(HANDLE_CREDENTIAL, c, credential_release, &id);
    if (e) {
        credential_unref(c);
        return e;
    }
    handle_out(id, handle);
    if (expiry)
        *expiry = time_out(info.expiry);
    return ERR_OK;
}

static bool is_given(const char *text)
{
    return text && text[0];
}

/* Whether the caller says whose credentials, in which case a thread's client is not meant. A list
 * of packages alone does not say. */
static bool is_supplied(const struct acquire *a)
{
    return is_given(a->user) || is_given(a->password) || is_given(a->ccache) ||
           is_given(a->keytab) || a->keytab_bytes.len;
}

static enum err acquire(const char *package, const struct acquire *a, PCredHandle handle,
                        PTimeStamp expiry)
{
    const struct package *p = NULL;
    struct credential *c = NULL;
    enum err e;

    e = table_find(package, &p);
    if (e)
        return e;
    if (!handle || (a->use & ~CREDENTIAL_BOTH) || !a->use)
        return detail_fail(ERR_INVALID_PARAMETER, "credential use 0x%x, handle %s",
                           (unsigned)a->use, handle ? "given" : "NULL");
    if (!is_supplied(a) && (a->use & CREDENTIAL_OUTBOUND) && impersonate_active())
        e = impersonate_acquire(p, a->packages,
                                &c); /* never the service's own, whatever else is asked for */
    else
        e = credential_acquire(p, a, &c);
    return e ? e : give_out(c, handle, expiry);
}

struct acquire_args {
    enum form form;
    const void *principal, *package;
    ULONG use;
    const void *logon_id, *auth_data;
    PCredHandle handle;
    PTimeStamp expiry;
};

static SECURITY_STATUS acquire_door(const struct acquire_args *w)
{
    struct acquire a = { .use = (enum credential_use)(w->use & SECPKG_CRED_BOTH) };
    struct identity id = { 0 };
    char *principal = NULL;
    char *package = NULL;
    enum err e;

    detail_begin("AcquireCredentialsHandle");
    e = text_in(w->form, w->principal, &principal);
    if (!e)
        e = text_in(w->form, w->package, &package);
    if (!e && w->logon_id)
        e = detail_fail(ERR_INVALID_PARAMETER, "pvLogonId must be NULL");
    if (!e && w->auth_data)
        e = identity_read(w->auth_data, &id);
    if (e)
        goto out;
    identity_lend(&id, &a);
    a.principal = principal;
    e = acquire(package, &a, w->handle, w->expiry);
out:
    identity_done(&id);
    mem_free(principal);
    mem_free(package);
    return sec_status(e);
}

SECURITY_STATUS AcquireCredentialsHandleA(const SEC_CHAR *pszPrincipal, const SEC_CHAR *pszPackage,
                                          ULONG fCredentialUse, void *pvLogonId, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    return acquire_door(&(struct acquire_args){ FORM_A, pszPrincipal, pszPackage, fCredentialUse,
                                                pvLogonId, pAuthData, phCredential, ptsExpiry });
}

SECURITY_STATUS AcquireCredentialsHandleW(const SEC_WCHAR *pszPrincipal,
                                          const SEC_WCHAR *pszPackage, ULONG fCredentialUse,
                                          void *pvLogonId, void *pAuthData,
                                          SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                          PCredHandle phCredential, PTimeStamp ptsExpiry)
{
    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    return acquire_door(&(struct acquire_args){ FORM_W, pszPrincipal, pszPackage, fCredentialUse,
                                                pvLogonId, pAuthData, phCredential, ptsExpiry });
}

SECURITY_STATUS CsAcquireCredentials(const CS_CREDENTIAL_OPTIONS *options, PCredHandle credential,
                                     PTimeStamp expiry)
{
    struct acquire a = { 0 };

    detail_begin("CsAcquireCredentials");
    if (!options || options->size != sizeof *options)
        return sec_status(detail_fail(ERR_INVALID_PARAMETER,
                                      "options->size is not sizeof(CS_CREDENTIAL_OPTIONS)"));
    a.use = (enum credential_use)options->use;
    a.principal = options->principal;
    a.user = options->user;
    a.domain = options->domain;
    a.password = options->password;
    a.packages = options->packages;
    a.ccache = options->ccache;
    a.keytab = options->keytab;
    a.keytab_bytes = bytes_of(options->keytab_content, options->keytab_content_size);
    a.profile = options->profile;
    a.realm = options->realm;
    a.kdc = options->kdc;
    return sec_status(
        acquire(options->package ? options->package : "Negotiate", &a, credential, expiry));
}

SECURITY_STATUS FreeCredentialsHandle(PCredHandle phCredential)
{
    detail_begin("FreeCredentialsHandle");
    return sec_status(handle_close(handle_in(phCredential), HANDLE_CREDENTIAL));
}

/* Every attribute we have is one pointer wide. */
static SECURITY_STATUS query(enum form f, PCredHandle handle, ULONG attribute, void *buffer,
                             size_t size)
{
    struct credential_info info = { 0 };
    struct credential *c = NULL;
    void *object = NULL;
    void *name = NULL;
    enum err e;

    detail_begin("QueryCredentialsAttributes");
    e = handle_get(handle_in(handle), HANDLE_CREDENTIAL, &object);
    if (e)
        return sec_status(e);
    c = object;
    if (attribute != SECPKG_CRED_ATTR_NAMES)
        e = detail_fail(ERR_UNSUPPORTED, "credentials have no attribute %u", (unsigned)attribute);
    else if (!buffer)
        e = ERR_INVALID_PARAMETER;
    else if (size < sizeof(SecPkgCredentials_NamesA))
        e = ERR_BUFFER_TOO_SMALL;
    if (!e)
        e = c->package->credential_query(c->inner, &info);
    if (!e)
        e = text_out(f, info.name, &name);
    if (!e)
        ((SecPkgCredentials_NamesA *)buffer)->sUserName = name;
    mem_free(info.name);
    handle_put(handle_in(handle));
    return sec_status(e);
}

SECURITY_STATUS QueryCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                            void *pBuffer)
{
    return query(FORM_A, phCredential, ulAttribute, pBuffer, SIZE_MAX);
}

SECURITY_STATUS QueryCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                            void *pBuffer)
{
    return query(FORM_W, phCredential, ulAttribute, pBuffer, SIZE_MAX);
}

SECURITY_STATUS QueryCredentialsAttributesExA(PCredHandle phCredential, ULONG ulAttribute,
                                              void *pBuffer, ULONG cbBuffer)
{
    return query(FORM_A, phCredential, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS QueryCredentialsAttributesExW(PCredHandle phCredential, ULONG ulAttribute,
                                              void *pBuffer, ULONG cbBuffer)
{
    return query(FORM_W, phCredential, ulAttribute, pBuffer, cbBuffer);
}
