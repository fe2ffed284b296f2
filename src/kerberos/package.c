/* SPDX-License-Identifier: Apache-2.0
 * package.c - the table row, and the gates before message protection.
 */
#include "kerberos/package.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "kerberos/context.h"
#include "kerberos/s4u.h"

enum { RPC_C_AUTHN_GSS_KERBEROS = 16, MAX_TOKEN = 48000 /* as Windows says since 2012 */ };

/* SECPKG_FLAG_*, as the documentation numbers them. */
enum {
    FLAG_INTEGRITY = 0x1,
    FLAG_PRIVACY = 0x2,
    FLAG_TOKEN_ONLY = 0x4,
    FLAG_CONNECTION = 0x10,
    FLAG_MULTI_REQUIRED = 0x20,
    FLAG_EXTENDED_ERROR = 0x80,
    FLAG_IMPERSONATION = 0x100,
    FLAG_NEGOTIABLE = 0x800,
    FLAG_GSS_COMPATIBLE = 0x1000,
    FLAG_MUTUAL_AUTH = 0x10000,
    FLAG_DELEGATION = 0x20000,
    FLAG_READONLY_WITH_CHECKSUM = 0x40000,
};

static enum err acquire(const struct acquire *a, const struct package *const *candidates,
                        void **ret_credential)
{
    struct kerberos_credential *c = NULL;
    enum err e;

    (void)candidates;
    e = kerberos_credential_acquire(a, &c);
    if (!e)
        *ret_credential = c;
    return e;
}

static enum err credential_query(void *credential, struct credential_info *ret)
{
    struct kerberos_credential *c = credential;
    const char *name = NULL;

    pthread_mutex_lock(&c->logon);
    name = c->name ? c->name : c->keys ? kerberos_keyring_first(c->keys) : NULL;
    ret->name = mem_strdup(name);
    ret->expiry = c->tgt_end; /* 0 before the first logon: nobody knows yet */
    pthread_mutex_unlock(&c->logon);
    return name && !ret->name ? ERR_NO_MEMORY : ERR_OK;
}

static void credential_free(void *credential)
{
    kerberos_credential_free(credential);
}

/* What it got once serves again: tickets are kept there. */
static enum err act_for(struct kerberos_context *c, struct kerberos_credential **ret)
{
    enum err e = ERR_OK;

    if (c->flags & CONTEXT_IDENTIFY) {
        detail_remedy("let the client ask for more than to be identified");
        return detail_fail(ERR_NO_IMPERSONATION, "%s lets itself be identified only", c->client);
    }
    if (!c->evidence) {
        detail_remedy("let the service have a name and a key of its own");
        return detail_fail(ERR_NO_IMPERSONATION, "%s came by user-to-user and delegated nothing",
                           c->client);
    }
    if (!c->proxy)
        e = kerberos_s4u_proxy(c->credential, c->evidence, &c->proxy);
    if (!e)
        *ret = kerberos_credential_ref(c->proxy);
    return e;
}

static enum err delegated(void *context, const struct package **ret_package, void **ret_credential)
{
    struct kerberos_context *c = context;
    struct kerberos_credential *made = NULL;
    enum err e;

    if (c->state != KERBEROS_ESTABLISHED || c->initiator)
        return detail_fail(ERR_NO_IMPERSONATION, "there is no client whose part to take");
    e = c->delegated && c->delegated[0]
            ? kerberos_credential_delegated(c->credential, c->delegated, &made)
            : act_for(c, &made);
    if (!e) {
        *ret_package = &kerberos_package;
        *ret_credential = made;
    }
    return e;
}

static enum err logon_client(void *credential, const char *client, uint32_t max_age,
                             struct client_logon *ret)
{
    struct kerberos_evidence *shown = NULL;
    struct kerberos_credential *made = NULL;
    char *name = NULL;
    enum err e = kerberos_s4u_self(credential, client, max_age, &shown);

    if (e)
        return e;
    name = mem_strdup(shown->client);
    if (!name)
        e = ERR_NO_MEMORY;
    else if (ret->outbound)
        e = kerberos_s4u_proxy(credential, shown, &made);
    if (!e) {
        ret->name = name;
        ret->identity = identity_ref(shown->identity);
        ret->flags = shown->forwardable ? 0 : CONTEXT_IDENTIFY;
        ret->expiry = shown->expiry;
        ret->package = &kerberos_package;
        ret->credential = made;
        name = NULL;
    }
    mem_free(name);
    kerberos_evidence_unref(shown);
    return e;
}

OFTEN static enum err ready(const struct kerberos_context *c)
{
    if (c->state != KERBEROS_ESTABLISHED)
        return detail_fail(ERR_UNEXPECTED, "the context is not established");
    if (time(NULL) + __atomic_load_n(&c->credential->clock_offset, __ATOMIC_RELAXED) >= c->expiry)
        return detail_fail(ERR_EXPIRED, "the ticket of %s for %s has expired", c->client,
                           c->server);
    return ERR_OK;
}

/* Sending needs what was agreed on; what comes in proves itself. */
static enum err ready_to_send(const struct kerberos_context *c, uint32_t need)
{
    enum err e = ready(c);

    if (!e && !(c->flags & need))
        e = detail_fail(ERR_QOP, "the context was made without %s",
                        need & CONTEXT_CONFIDENTIALITY ? "confidentiality" : "integrity");
    return e;
}

static uint32_t need_of(uint32_t qop)
{
    return qop == QOP_NO_ENCRYPT ? CONTEXT_INTEGRITY : CONTEXT_CONFIDENTIALITY;
}

static enum err sign(void *context, uint32_t qop, struct message *m)
{
    struct kerberos_context *c = context;
    enum err e = ready_to_send(c, CONTEXT_INTEGRITY | CONTEXT_REPLAY | CONTEXT_SEQUENCE);

    return e ? e : kerberos_sign(c->messages, qop, m);
}

static enum err verify(void *context, struct message *m, uint32_t *ret_qop)
{
    struct kerberos_context *c = context;
    enum err e = ready(c);

    return e ? e : kerberos_verify(c->messages, m, ret_qop);
}

OFTEN static enum err seal(void *context, uint32_t qop, struct message *m)
{
    struct kerberos_context *c = context;
    enum err e = ready_to_send(c, need_of(qop));

    return e ? e : kerberos_seal(c->messages, qop, m);
}

OFTEN static enum err unseal(void *context, struct message *m, uint32_t *ret_qop)
{
    struct kerberos_context *c = context;
    enum err e = ready(c);

    return e ? e : kerberos_unseal(c->messages, m, ret_qop);
}

static void fail_all(enum err e, struct message *m, size_t n)
{
    while (n--)
        m[n].err = e;
}

static void seal_many(void *context, uint32_t qop, struct message *m, size_t n)
{
    struct kerberos_context *c = context;
    enum err e = ready_to_send(c, need_of(qop));

    if (e)
        fail_all(e, m, n);
    else
        kerberos_seal_many(c->messages, qop, m, n);
}

static void unseal_many(void *context, struct message *m, size_t n)
{
    struct kerberos_context *c = context;
    enum err e = ready(c);

    if (e)
        fail_all(e, m, n);
    else
        kerberos_unseal_many(c->messages, m, n);
}

const struct package kerberos_package = {
    .name = "Kerberos",
    .comment = "Kerberos version 5",
    .rpc_id = RPC_C_AUTHN_GSS_KERBEROS,
    .capabilities = FLAG_INTEGRITY | FLAG_PRIVACY | FLAG_TOKEN_ONLY | FLAG_CONNECTION |
                    FLAG_MULTI_REQUIRED | FLAG_EXTENDED_ERROR | FLAG_IMPERSONATION |
                    FLAG_NEGOTIABLE | FLAG_GSS_COMPATIBLE | FLAG_MUTUAL_AUTH | FLAG_DELEGATION |
                    FLAG_READONLY_WITH_CHECKSUM,
    .max_token = MAX_TOKEN,
    .acquire = acquire,
    .credential_query = credential_query,
    .credential_free = credential_free,
    .initiate = kerberos_initiate,
    .accept = kerberos_accept,
    .context_free = kerberos_context_free,
    .context_query = kerberos_context_query,
    .delegated = delegated,
    .logon_client = logon_client,
    .sign = sign,
    .verify = verify,
    .seal = seal,
    .unseal = unseal,
    .seal_many = seal_many,
    .unseal_many = unseal_many,
};
