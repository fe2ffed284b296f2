/* SPDX-License-Identifier: Apache-2.0
 * identity.c - a client's authentication: service, level, principal and credentials as one.
 */
#include "rpc/identity.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy.h"

#include <countersign/rpcdce.h>

enum { LEVEL_DEFAULT = RPC_C_AUTHN_LEVEL_PKT_INTEGRITY };

uint32_t rpc_identity_default_level(uint32_t service)
{
    return service == RPC_C_AUTHN_NONE ? RPC_C_AUTHN_LEVEL_NONE : LEVEL_DEFAULT;
}

static const char *package_of(uint32_t service)
{
    switch (service) {
    case RPC_C_AUTHN_GSS_NEGOTIATE:
        return "Negotiate";
    case RPC_C_AUTHN_GSS_KERBEROS:
        return "Kerberos";
    default:
        return NULL;
    }
}

static enum err check_principal(const struct rpc_identity_ask *ask)
{
    if ((ask->principal && *ask->principal) ||
        !policy_forbids(POLICY_REQUIRE_SPN, "an RPC client that names no server principal"))
        return ERR_OK;
    detail_remedy("Name the server's principal, for instance \"host/server.example.com\".");
    return detail_fail(ERR_POLICY, "no server principal is named, so any server would do");
}

static enum err decide(const struct rpc_identity_ask *ask, struct rpc_identity *a)
{
    a->service = ask->service == RPC_C_AUTHN_DEFAULT ? RPC_C_AUTHN_GSS_NEGOTIATE : ask->service;
    a->level = ask->level == RPC_C_AUTHN_LEVEL_DEFAULT ? rpc_identity_default_level(a->service)
                                                       : ask->level;
    if (a->level > RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
        return detail_fail(ERR_RPC_AUTHN_LEVEL, "there is no authentication level %u", a->level);
    if (a->level == RPC_C_AUTHN_LEVEL_CALL) /* connection-oriented protocols have none */
        a->level = RPC_C_AUTHN_LEVEL_PKT;
    if (a->service == RPC_C_AUTHN_NONE || a->level == RPC_C_AUTHN_LEVEL_NONE)
        return ERR_OK;
    if (!package_of(a->service)) {
        detail_remedy("Use RPC_C_AUTHN_GSS_NEGOTIATE or RPC_C_AUTHN_GSS_KERBEROS.");
        return detail_fail(ERR_RPC_AUTHN_SERVICE, "authentication service %u is not supported",
                           a->service);
    }
    if (ask->identity == RPC_C_NO_CREDENTIALS)
        return detail_fail(ERR_RPC_AUTH_IDENTITY, "%s cannot be anonymous", package_of(a->service));
    return check_principal(ask);
}

static enum err acquire(struct rpc_identity *a)
{
    SecPkgCredentials_NamesA names = { 0 };
    SECURITY_STATUS s;

    s = AcquireCredentialsHandleA(NULL, (char *)package_of(a->service), SECPKG_CRED_OUTBOUND, NULL,
                                  a->ask.identity, NULL, NULL, &a->credential, NULL);
    if (s == SEC_E_INSUFFICIENT_MEMORY)
        return ERR_NO_MEMORY;
    if (s != SEC_E_OK)
        return detail_fail(ERR_RPC_SEC_PACKAGE, "no credentials for %s: status 0x%08x",
                           package_of(a->service), (unsigned)s);
    a->acquired = true;
    if (a->ask.identity ||
        QueryCredentialsAttributesA(&a->credential, SECPKG_CRED_ATTR_NAMES, &names) != SEC_E_OK)
        return ERR_OK;
    a->who = mem_strdup(names.sUserName);
    FreeContextBuffer(names.sUserName);
    return a->who ? ERR_OK : ERR_NO_MEMORY;
}

/* Whatever service is named, the kernel says who calls; nothing else can. The level is always
 * privacy.  desktop-src/Rpc/authentication-level-constants.md */
static enum err decide_local(const struct rpc_identity_ask *ask, struct rpc_identity *a)
{
    char sid[RPC_LOCAL_SID];

    if (ask->level > RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
        return detail_fail(ERR_RPC_AUTHN_LEVEL, "there is no authentication level %u", ask->level);
    if (ask->identity) {
        detail_remedy("Pass NULL for AuthIdentity, or call over ncacn_ip_tcp.");
        return detail_fail(ERR_RPC_AUTH_IDENTITY, "over ncalrpc a caller is who the kernel says it "
                                                  "is, and no other identity");
    }
    if (ask->impersonation == RPC_C_IMP_LEVEL_ANONYMOUS) {
        detail_remedy("Do not authenticate the binding: a server then knows nobody.");
        return detail_fail(ERR_UNSUPPORTED, "over ncalrpc nobody is authenticated and anonymous");
    }
    a->service = RPC_C_AUTHN_WINNT;
    a->level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    a->uid = geteuid();
    rpc_local_sid(a->uid, sid);
    a->who = mem_strdup(sid);
    return a->who ? ERR_OK : ERR_NO_MEMORY;
}

/* Messages prove their sender by keys of its account; what takes a handshake has it in a session of
 * messages, as over a connection.  desktop-src/Rpc/msmq-security-services.md */
static enum err decide_queued(const struct rpc_identity_ask *ask, struct rpc_identity *a)
{
    if (ask->service != RPC_C_AUTHN_DEFAULT && ask->service != RPC_C_AUTHN_MQ)
        return decide(ask, a);
    a->service = RPC_C_AUTHN_MQ;
    a->level = ask->level == RPC_C_AUTHN_LEVEL_DEFAULT ? rpc_identity_default_level(a->service)
                                                       : ask->level;
    if (a->level > RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
        return detail_fail(ERR_RPC_AUTHN_LEVEL, "there is no authentication level %u", a->level);
    if (a->level == RPC_C_AUTHN_LEVEL_NONE)
        return ERR_OK;
    if (a->level < RPC_C_AUTHN_LEVEL_PKT_INTEGRITY) /* the least that a message has */
        a->level = RPC_C_AUTHN_LEVEL_PKT_INTEGRITY;
    if (ask->identity) {
        detail_remedy("Pass NULL for AuthIdentity: a message is of the account of its process.");
        return detail_fail(ERR_RPC_AUTH_IDENTITY, "over ncadg_mq nobody sends as somebody else");
    }
    return check_principal(ask);
}

enum err rpc_identity_new(const struct rpc_identity_ask *ask, struct rpc_identity **ret)
{
    struct rpc_identity *a = mem_zero(sizeof *a);
    enum err e;

    if (!a)
        return ERR_NO_MEMORY;
    a->refs = 1;
    a->ask = *ask;
    if (ask->local && ask->service != RPC_C_AUTHN_NONE)
        e = decide_local(ask, a);
    else
        e = ask->queued ? decide_queued(ask, a) : decide(ask, a);
    if (e)
        goto out;
    if (a->service == RPC_C_AUTHN_NONE || a->level == RPC_C_AUTHN_LEVEL_NONE) {
        rpc_identity_unref(a);
        a = NULL;
    } else {
        a->principal = mem_strdup(ask->principal ? ask->principal : "");
        a->ask.principal = a->principal;
        e = !a->principal                                ? ERR_NO_MEMORY
            : ask->local || a->service == RPC_C_AUTHN_MQ ? ERR_OK
                                                         : acquire(a);
    }
    if (e)
        goto out;
    *ret = a;
    a = NULL;
out:
    rpc_identity_unref(a);
    return e;
}

bool rpc_identity_is_session(const struct rpc_identity *a)
{
    return a && a->ask.queued && a->service != RPC_C_AUTHN_MQ;
}

struct rpc_identity *rpc_identity_ref(struct rpc_identity *a)
{
    if (a)
        __atomic_add_fetch(&a->refs, 1, __ATOMIC_RELAXED);
    return a;
}

OFTEN void rpc_identity_unref(struct rpc_identity *a)
{
    if (!a || __atomic_sub_fetch(&a->refs, 1, __ATOMIC_ACQ_REL))
        return;
    if (a->acquired)
        FreeCredentialsHandle(&a->credential);
    mem_free(a->principal);
    mem_free(a->who);
    mem_free(a);
}

enum err rpc_identity_of_call(struct rpc_identity *a, struct rpc_identity **ret)
{
    if (a && a->ask.tracking == RPC_C_QOS_IDENTITY_DYNAMIC && !a->ask.identity)
        return rpc_identity_new(&a->ask, ret);
    *ret = rpc_identity_ref(a);
    return ERR_OK;
}

bool rpc_identity_alike(const struct rpc_identity *a, const struct rpc_identity *b)
{
    if (a == b)
        return true;
    /* A password is never compared: who gave another may have given a wrong one. */
    return a && b && a->who && b->who && strcmp(a->who, b->who) == 0 && a->service == b->service &&
           a->level == b->level && a->ask.capabilities == b->ask.capabilities &&
           a->ask.impersonation == b->ask.impersonation &&
           a->ask.server.named == b->ask.server.named && a->ask.server.uid == b->ask.server.uid &&
           strcmp(a->principal, b->principal) == 0;
}

uint32_t rpc_identity_impersonation(const struct rpc_identity *a)
{
    return a->ask.impersonation < RPC_C_IMP_LEVEL_IDENTIFY ? RPC_C_IMP_LEVEL_IMPERSONATE
                                                           : a->ask.impersonation;
}

ULONG rpc_identity_flags(const struct rpc_identity *a)
{
    const uint32_t impersonation = rpc_identity_impersonation(a);
    ULONG flags = ISC_REQ_MUTUAL_AUTH;

    if (a->level == RPC_C_AUTHN_LEVEL_CONNECT) /* with a key to sign by, Samba answers fault 1 */
        flags |= ISC_REQ_NO_INTEGRITY;
    if (impersonation == RPC_C_IMP_LEVEL_IDENTIFY)
        flags |= ISC_REQ_IDENTIFY;
    if (impersonation == RPC_C_IMP_LEVEL_DELEGATE)
        flags |= ISC_REQ_DELEGATE;
    return flags;
}

enum err rpc_identity_got(const struct rpc_identity *a, ULONG granted)
{
    if (a->ask.impersonation != RPC_C_IMP_LEVEL_DELEGATE || a->ask.local ||
        (granted & ISC_RET_DELEGATE) ||
        (a->ask.capabilities & RPC_C_QOS_CAPABILITIES_IGNORE_DELEGATE_FAILURE))
        return ERR_OK;
    detail_remedy("Get a forwardable ticket and let the server's account be delegated to; or set "
                  "RPC_C_QOS_CAPABILITIES_IGNORE_DELEGATE_FAILURE.");
    return detail_fail(ERR_DELEGATION, "the credentials could not be delegated to %s",
                       a->principal);
}
