/* SPDX-License-Identifier: Apache-2.0
 * security.c - the legs of a security context, and the contexts of a connection.
 * [MS-RPCE] 3.3.1.5.2.1
 */
#include "rpc/security.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"

uint8_t rpc_level_effective(uint8_t level)
{
    static const uint8_t effective[] = { RPC_LEVEL_CONNECT, RPC_LEVEL_NONE, RPC_LEVEL_CONNECT,
                                         RPC_LEVEL_PKT,     RPC_LEVEL_PKT,  RPC_LEVEL_INTEGRITY,
                                         RPC_LEVEL_PRIVACY };

    return level < sizeof effective ? effective[level] : 0;
}

const char *rpc_auth_package(uint8_t type)
{
    switch (type) {
    case RPC_AUTH_NEGOTIATE:
        return NEGOSSP_NAME_A;
    case RPC_AUTH_KERBEROS:
        return MICROSOFT_KERBEROS_NAME_A;
    default:
        return NULL;
    }
}

static enum err refused(SECURITY_STATUS status, const char *what)
{
    return detail_fail(err_of_security_status(status), "rpc: %s: status %#x", what,
                       (unsigned)status);
}

/* What a level needs; the bits are the same for ISC_ and ASC_ but for integrity. */
static ULONG needed(bool server, uint8_t level)
{
    ULONG flags = server ? ASC_REQ_USE_DCE_STYLE : ISC_REQ_USE_DCE_STYLE;

    if (level >= RPC_LEVEL_PKT)
        flags |= server ? ASC_REQ_REPLAY_DETECT | ASC_REQ_SEQUENCE_DETECT | ASC_REQ_INTEGRITY
                        : ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_INTEGRITY;
    if (level >= RPC_LEVEL_PRIVACY)
        flags |= server ? ASC_REQ_CONFIDENTIALITY : ISC_REQ_CONFIDENTIALITY;
    return flags;
}

static enum err make(bool server, const CredHandle *credential, uint8_t type, uint8_t level,
                     uint32_t context_id, ULONG flags, struct rpc_security **ret)
{
    struct rpc_security *s = NULL;

    if (level < RPC_LEVEL_CONNECT)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "rpc: authentication level %u has no security context", level);
    if (!rpc_auth_package(type))
        return detail_fail(ERR_NO_PACKAGE, "rpc: authentication service %u is not known here",
                           type);
    s = mem_zero(sizeof *s);
    if (!s)
        return ERR_NO_MEMORY;
    s->type = type;
    s->level = level;
    s->context_id = context_id;
    s->server = server;
    s->credential = *credential;
    s->requested = flags | needed(server, level);
    *ret = s;
    return ERR_OK;
}

enum err rpc_security_new_client(const struct rpc_security_client *how, struct rpc_security **ret)
{
    struct rpc_security *s = NULL;
    enum err e = make(false, how->credential, how->type, rpc_level_effective(how->level),
                      how->context_id, how->flags, &s);

    if (e)
        return e;
    if (how->target) {
        s->target = mem_strdup(how->target);
        if (!s->target) {
            rpc_security_free(s);
            return ERR_NO_MEMORY;
        }
    }
    *ret = s;
    return ERR_OK;
}

enum err rpc_security_new_server(const CredHandle *credential, const struct rpc_auth *first,
                                 ULONG flags, struct rpc_security **ret)
{
    return make(true, credential, first->type, rpc_level_effective(first->level), first->context_id,
                flags, ret);
}

void rpc_security_free(struct rpc_security *s)
{
    struct detail kept;

    if (!s)
        return;
    kept = *detail_get(); /* freeing is a door, too, and begins the record anew */
    if (s->has_context)
        DeleteSecurityContext(&s->context);
    *detail_get() = kept;
    mem_free(s->target);
    rpc_decisions_done(&s->decisions);
    mem_free(s);
}

static SECURITY_STATUS call_package(struct rpc_security *s, struct bytes in, SecBuffer *out)
{
    SecBuffer given = { (ULONG)in.len, SECBUFFER_TOKEN, (void *)(uintptr_t)in.ptr };
    SecBufferDesc from = { SECBUFFER_VERSION, 1, &given };
    SecBufferDesc to = { SECBUFFER_VERSION, 1, out };
    CtxtHandle *old = s->has_context ? &s->context : NULL;

    if (s->server)
        return AcceptSecurityContext(&s->credential, old, &from,
                                     s->requested | ASC_REQ_ALLOCATE_MEMORY, SECURITY_NATIVE_DREP,
                                     &s->context, &to, &s->granted, NULL);
    return InitializeSecurityContextA(
        &s->credential, old, s->target, s->requested | ISC_REQ_ALLOCATE_MEMORY, 0,
        SECURITY_NATIVE_DREP, old ? &from : NULL, 0, &s->context, &to, &s->granted, NULL);
}

/* What the level needs must have been granted: a peer that takes a flag away takes protection.
 * Without DCE style a client's first leg is its last: whoever got that, meant for another service
 * of the account, would be its sender, and at level CONNECT would need no key to call.
 * [MS-RPCE] 3.3.1.5.2.1 */
static enum err granted_enough(const struct rpc_security *s)
{
    ULONG integrity = s->server ? ASC_RET_INTEGRITY : ISC_RET_INTEGRITY;
    ULONG confidentiality = s->server ? ASC_RET_CONFIDENTIALITY : ISC_RET_CONFIDENTIALITY;

    if ((s->level >= RPC_LEVEL_PKT && !(s->granted & integrity)) ||
        (s->level >= RPC_LEVEL_PRIVACY && !(s->granted & confidentiality)))
        return detail_fail(ERR_QOP, "rpc: the security context does not %s (flags %#x)",
                           s->level >= RPC_LEVEL_PRIVACY ? "seal" : "sign", (unsigned)s->granted);
    if (s->server && !(s->granted & ASC_RET_USED_DCE_STYLE))
        return detail_fail(ERR_NO_MUTUAL_AUTH, "rpc: the client's token is not of DCE style: it "
                                               "was not made for RPC");
    if (!s->server && s->requested & ISC_REQ_MUTUAL_AUTH && !(s->granted & ISC_RET_MUTUAL_AUTH))
        return detail_fail(ERR_NO_MUTUAL_AUTH, "rpc: the server did not prove who it is");
    return ERR_OK;
}

static enum err finish(struct rpc_security *s)
{
    SecPkgContext_Sizes sizes = { 0 };
    SECURITY_STATUS status;
    ULONG size;
    enum err e = granted_enough(s);

    if (e)
        return e;
    status = QueryContextAttributesA(&s->context, SECPKG_ATTR_SIZES, &sizes);
    if (status != SEC_E_OK)
        return refused(status, "asking for message sizes");
    size = s->level < RPC_LEVEL_PKT       ? 0
           : s->level < RPC_LEVEL_PRIVACY ? sizes.cbMaxSignature
                                          : sizes.cbSecurityTrailer;
    if (size > RPC_TOKEN_MAX)
        return detail_fail(ERR_UNSUPPORTED, "rpc: signatures of %u bytes", (unsigned)size);
    if (s->server && !size) {
        e = rpc_security_take_time(s);
        if (e)
            return e;
    }
    s->token_size = (uint16_t)size;
    s->mutual = !s->server && s->granted & ISC_RET_MUTUAL_AUTH;
    s->done = true;
    return ERR_OK;
}

static enum err step(struct rpc_security *s, struct bytes in, SecBuffer *out)
{
    struct detail before = *detail_get();
    SECURITY_STATUS status = call_package(s, in, out);
    enum err e;

    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
        return refused(status, s->server ? "authenticating the client" : "authenticating");
    s->has_context = true;
    e = status == SEC_E_OK ? finish(s) : ERR_OK;
    if (!e) /* the doors began the record anew; all is well as before */
        *detail_get() = before;
    return e;
}

static enum err package_step(struct rpc_security *s, struct bytes in, struct buf *ret_token,
                             enum rpc_leg *ret_leg)
{
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    struct detail kept;
    struct buf token = { 0 };
    enum err e = step(s, in, &out), copied = ERR_OK;

    if (out.cbBuffer)
        copied = buf_copy(bytes_of(out.pvBuffer, out.cbBuffer), &token);
    kept = *detail_get();
    if (out.pvBuffer)
        FreeContextBuffer(out.pvBuffer);
    *detail_get() = kept;
    *ret_leg = !token.len                              ? RPC_LEG_NONE
               : !s->server && s->done && s->legs != 1 ? RPC_LEG_AUTH3
                                                       : RPC_LEG_ALTER;
    *ret_token = token;
    return e ? e : copied;
}

enum err rpc_security_step(struct rpc_security *s, struct bytes in, struct buf *ret_token,
                           enum rpc_leg *ret_leg)
{
    enum err e;

    if (s->done || s->failed || s->legs == RPC_LEGS_MAX)
        return detail_fail(ERR_ACCESS_DENIED, "rpc: a leg of authentication after its %s",
                           s->done ? "end" : "failure");
    s->legs++;
    e = s->type == RPC_AUTH_LOCAL ? rpc_security_local_step(s, in, ret_token, ret_leg)
                                  : package_step(s, in, ret_token, ret_leg);
    if (e) {
        s->failed = true;
        s->done = false;
    }
    return e;
}

enum err rpc_security_matches(const struct rpc_security *s, const struct rpc_auth *a)
{
    if (a->context_id == s->context_id && a->type == s->type &&
        rpc_level_effective(a->level) == s->level)
        return ERR_OK;
    return detail_fail(a->type == s->type || !a->type ? ERR_ACCESS_DENIED : ERR_RPC_SEC_PACKAGE,
                       "rpc: sec_trailer of type %u, level %u, context %u; its context is of type "
                       "%u, level %u, context %u",
                       a->type, a->level, a->context_id, s->type, s->level, s->context_id);
}

struct rpc_auth rpc_security_auth(const struct rpc_security *s, struct bytes value)
{
    return (struct rpc_auth){
        .type = s->type, .level = s->level, .context_id = s->context_id, .value = value
    };
}

void rpc_securities_done(struct rpc_securities *all)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        rpc_security_free(all->item[i]);
    mem_free(all->item);
    *all = (struct rpc_securities){ 0 };
}

struct rpc_security *rpc_securities_find(const struct rpc_securities *all, uint32_t context_id)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (all->item[i]->context_id == context_id)
            return all->item[i];
    return NULL;
}

enum err rpc_securities_add_adopt(struct rpc_securities *all, struct rpc_security *s)
{
    struct rpc_security **item = NULL;

    if (rpc_securities_find(all, s->context_id))
        return detail_fail(ERR_EXISTS, "rpc: security context %u is there already", s->context_id);
    if (all->count == RPC_SECURITIES_MAX)
        return detail_fail(ERR_TOO_LONG, "rpc: more than %d security contexts on a connection",
                           RPC_SECURITIES_MAX);
    item = mem_resize(all->item, (all->count + 1) * sizeof(*item));
    if (!item)
        return ERR_NO_MEMORY;
    all->item = item;
    s->header_signing = all->header_signing;
    all->item[all->count++] = s;
    return ERR_OK;
}

void rpc_securities_sign_headers(struct rpc_securities *all)
{
    size_t i;

    all->decided = all->header_signing = true;
    for (i = 0; i < all->count; i++)
        all->item[i]->header_signing = true;
}

void rpc_securities_decide(struct rpc_securities *all, uint8_t flags)
{
    if (!all->decided && flags & RPC_SUPPORT_HEADER_SIGN)
        rpc_securities_sign_headers(all);
    all->decided = true;
}

/* A fragment that names no context. */
static enum err of_nobody(const struct rpc_securities *all, const struct rpc_pdu *p,
                          struct rpc_security **ret)
{
    struct rpc_security *first = all->count && !all->bare_bind ? all->item[0] : NULL;

    if (first && !(first->done && !first->token_size))
        return detail_fail(ERR_ACCESS_DENIED,
                           "rpc: a fragment of call %u has no sec_trailer; its connection's level "
                           "is %u",
                           p->header.call_id, first->level);
    *ret = first;
    return ERR_OK;
}

OFTEN enum err rpc_securities_of(const struct rpc_securities *all, const struct rpc_pdu *p,
                                 struct rpc_security **ret)
{
    struct rpc_security *s = NULL;
    enum err e;

    if (!p->has_auth)
        return of_nobody(all, p, ret);
    s = rpc_securities_find(all, p->auth.context_id);
    if (s && s->failed)
        return detail_fail(ERR_RPC_SEC_PACKAGE, "rpc: security context %u failed",
                           p->auth.context_id);
    if (!s || !s->done)
        return detail_fail(s ? ERR_UNEXPECTED : ERR_ACCESS_DENIED,
                           "rpc: security context %u is not %s", p->auth.context_id,
                           s ? "established" : "there");
    e = rpc_security_matches(s, &p->auth);
    if (!e)
        *ret = s;
    return e;
}
