/* SPDX-License-Identifier: Apache-2.0
 * server_auth.c - the authentication services a server registered.
 */
#include "rpc/server_auth.h"

#include <pthread.h>
#include <stdatomic.h>

#include <countersign/countersign.h>
#include <countersign/windows.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"

struct registered {
    struct registered *next;
    uint32_t service;
    char *principal;
    CredHandle credential;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for writers */
static _Atomic(struct registered *) newest;

static struct registered *find(uint32_t service)
{
    struct registered *r = atomic_load_explicit(&newest, memory_order_acquire);

    while (r && r->service != service)
        r = r->next;
    return r;
}

static enum err acquire(uint32_t service, void *identity, CredHandle *ret)
{
    const char *package = service <= UINT8_MAX ? rpc_auth_package((uint8_t)service) : NULL;
    SECURITY_STATUS s;

    if (!package)
        return detail_fail(ERR_RPC_AUTHN_SERVICE, "rpc: no authentication service %u", service);
    s = AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, identity, NULL, NULL,
                                  ret, NULL);
    if (s == SEC_E_OK)
        return ERR_OK;
    if (s == SEC_E_INSUFFICIENT_MEMORY)
        return ERR_NO_MEMORY;
    return s == SEC_E_SECPKG_NOT_FOUND ? ERR_RPC_AUTHN_SERVICE : ERR_NO_CREDENTIALS;
}

enum err rpc_server_auth_register(uint32_t service, const char *principal, void *identity)
{
    struct registered *r = mem_zero(sizeof *r);
    enum err e = r ? ERR_OK : ERR_NO_MEMORY;

    if (!e) {
        r->service = service;
        r->principal = mem_strdup(principal ? principal : "");
        e = r->principal ? acquire(service, identity, &r->credential) : ERR_NO_MEMORY;
    }
    if (e) {
        if (r)
            mem_free(r->principal);
        mem_free(r);
        return e;
    }
    pthread_mutex_lock(&lock);
    r->next = atomic_load(&newest);
    atomic_store_explicit(&newest, r, memory_order_release);
    pthread_mutex_unlock(&lock);
    return ERR_OK;
}

const CredHandle *rpc_server_auth_credential(uint32_t service)
{
    const struct registered *r = find(service);

    return r ? &r->credential : NULL;
}

const char *rpc_server_auth_principal(uint32_t service)
{
    const struct registered *r = find(service);

    return r ? r->principal : NULL;
}

size_t rpc_server_auth_principals(const char **ret, size_t most)
{
    const struct registered *r = atomic_load_explicit(&newest, memory_order_acquire);
    size_t n = 0, i;

    for (; r && n < most; r = r->next) {
        for (i = 0; i < n && strcmp(ret[i], r->principal) != 0; i++)
            continue;
        if (i == n && *r->principal)
            ret[n++] = r->principal;
    }
    return n;
}

uint32_t rpc_server_auth_at(size_t i)
{
    static const uint32_t known[] = { RPC_AUTH_NEGOTIATE, RPC_AUTH_KERBEROS, RPC_AUTH_NTLM };
    size_t k;

    for (k = 0; k < sizeof known / sizeof known[0]; k++)
        if (find(known[k]) && i-- == 0)
            return known[k];
    return 0;
}

enum err rpc_server_auth_default_name(uint32_t service, char **ret)
{
    SecPkgCredentials_NamesA names = { NULL };
    CredHandle credential;
    enum err e = acquire(service, NULL, &credential);

    if (e)
        return e;
    if (QueryCredentialsAttributesA(&credential, SECPKG_CRED_ATTR_NAMES, &names) != SEC_E_OK)
        e = detail_fail(ERR_RPC_NO_PRINCIPAL, "rpc: the keys do not tell whose they are");
    FreeCredentialsHandle(&credential);
    if (!e) {
        *ret = mem_strdup(names.sUserName);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
        FreeContextBuffer(names.sUserName);
    }
    return e;
}

enum err rpc_security_client_name(const struct rpc_security *s, char **ret)
{
    SecPkgContext_NativeNamesA names = { 0 };
    CtxtHandle context = s->context;
    char *name;

    if (QueryContextAttributesA(&context, SECPKG_ATTR_NATIVE_NAMES, &names) != SEC_E_OK)
        return detail_fail(ERR_RPC_SEC_PACKAGE, "rpc: a context does not tell its client's name");
    name = mem_strdup(names.sClientName);
    FreeContextBuffer(names.sClientName);
    FreeContextBuffer(names.sServerName);
    if (!name)
        return ERR_NO_MEMORY;
    *ret = name;
    return ERR_OK;
}

enum err rpc_security_client_sid(const struct rpc_security *s, char **ret)
{
    CtxtHandle context = s->context;
    HANDLE token = NULL;
    char **sids = NULL, *sid = NULL;
    ULONG count = 0;
    SECURITY_STATUS status = QuerySecurityContextToken(&context, &token);

    if (status != SEC_E_OK)
        return detail_fail(err_of_security_status(status), "rpc: no token of the client: %#x",
                           (unsigned)status);
    status = CsTokenGetSids(token, &count, &sids);
    CloseHandle(token);
    if (status != SEC_E_OK)
        return err_of_security_status(status);
    if (count)
        sid = mem_strdup(sids[0]);
    FreeContextBuffer(sids);
    *ret = sid;
    return sid || !count ? ERR_OK : ERR_NO_MEMORY;
}
