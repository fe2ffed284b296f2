/* SPDX-License-Identifier: Apache-2.0
 * package.c - Negotiate as a security package: its credentials, and the way to the chosen one.
 */
#include "negotiate/package.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "negotiate/context.h"

/* INTEGRITY, PRIVACY, CONNECTION, MULTI_REQUIRED, IMPERSONATION, GSS_COMPATIBLE, LOGON,
 * MUTUAL_AUTH */
#define CAPABILITIES (0x1 | 0x2 | 0x10 | 0x20 | 0x100 | 0x1000 | 0x2000 | 0x10000)

enum {
    RPC_ID = 9,        /* RPC_C_AUTHN_GSS_NEGOTIATE */
    MAX_TOKEN = 48256, /* Windows' figure: Kerberos' 48,000 and the frame */
};

static void credential_free(void *credential)
{
    struct negotiate_credential *c = credential;
    size_t i;

    if (!c)
        return;
    for (i = 0; i < c->count; i++)
        c->entry[i].package->credential_free(c->entry[i].credential);
    mem_free(c);
}

/* The candidate that does row i's work, unless an earlier row had it already. */
static const struct package *candidate(const struct package *const *candidates, size_t i)
{
    const char *name = negotiate_mech_row(i)->package;
    size_t k;

    for (k = 0; k < i; k++)
        if (strcmp(negotiate_mech_row(k)->package, name) == 0)
            return NULL;
    for (; candidates && *candidates; candidates++)
        if (strcmp((*candidates)->name, name) == 0)
            return *candidates;
    return NULL;
}

static enum err nobody_left(const struct acquire *a, enum err first)
{
    if (first)
        return first; /* and its text */
    detail_remedy("name a package that is there, for instance \"Kerberos\", or give no list");
    return detail_fail(ERR_NO_PACKAGE, "no package is left for Negotiate by the list \"%s\"",
                       a->packages ? a->packages : "");
}

static enum err acquire(const struct acquire *a, const struct package *const *candidates,
                        void **ret_credential)
{
    struct negotiate_credential *c = mem_zero(sizeof *c);
    enum err e, first = ERR_OK;
    size_t i;

    if (!c)
        return ERR_NO_MEMORY;
    for (i = 0; negotiate_mech_row(i) && c->count < PACKAGES_MAX; i++) {
        const struct package *p = candidate(candidates, i);
        void *credential = NULL;

        if (!p || !negotiate_list_allows(a->packages, p->name))
            continue;
        e = p->acquire(a, NULL, &credential);
        if (e == ERR_OK)
            c->entry[c->count++] = (struct negotiate_entry){ p, credential };
        else
            log_audit("negotiate: no credential for %s: %s", p->name, err_text(e));
        first = first ? first : e;
        if (e == ERR_NO_MEMORY)
            break;
    }
    if (first == ERR_NO_MEMORY || c->count == 0) {
        credential_free(c);
        return nobody_left(a, first);
    }
    *ret_credential = c;
    return ERR_OK;
}

static enum err credential_query(void *credential, struct credential_info *ret)
{
    const struct negotiate_entry *e = ((struct negotiate_credential *)credential)->entry;

    return e->package->credential_query(e->credential, ret);
}

static enum err step(void **context, void *credential, bool initiator, const struct leg_in *in,
                     struct leg_out *out)
{
    struct negotiate_context *c = *context;
    enum err e;

    if (!c) {
        c = mem_zero(sizeof *c);
        if (!c)
            return ERR_NO_MEMORY;
        c->credential = credential;
        c->initiator = initiator;
        *context = c;
    }
    e = initiator ? negotiate_initiate(c, in, out) : negotiate_accept(c, in, out);
    if (e) {
        c->state = NEGOTIATE_FAILED;
        return e;
    }
    out->done = c->state == NEGOTIATE_DONE;
    out->flags = c->flags;
    out->expiry = c->expiry;
    return ERR_OK;
}

static enum err initiate(void **context, void *credential, const struct leg_in *in,
                         struct leg_out *out)
{
    return step(context, credential, true, in, out);
}

static enum err accept_leg(void **context, void *credential, const struct leg_in *in,
                           struct leg_out *out)
{
    return step(context, credential, false, in, out);
}

static void context_free(void *context)
{
    struct negotiate_context *c = context;

    if (!c)
        return;
    if (c->inner)
        c->entry->package->context_free(c->inner);
    buf_free(&c->mech_types);
    mem_free(c);
}

static void context_query(void *context, struct context_info *ret)
{
    struct negotiate_context *c = context;

    *ret = (struct context_info){ .package = &negotiate_package };
    if (c->inner) {
        c->entry->package->context_query(c->inner, ret);
        ret->package = c->entry->package;
    }
    ret->initiator = c->initiator;
    ret->established = c->state == NEGOTIATE_DONE;
}

static enum err delegated(void *context, const struct package **ret_package, void **ret_credential)
{
    struct negotiate_context *c = context;

    if (c->state != NEGOTIATE_DONE)
        return detail_fail(ERR_UNEXPECTED, "the context is not established yet");
    return c->entry->package->delegated(c->inner, ret_package, ret_credential);
}

static enum err wrap(const struct package *p, const char *packages, void *credential,
                     void **ret_credential)
{
    struct negotiate_credential *c = NULL;

    if (!negotiate_list_allows(packages, p->name))
        return detail_fail(ERR_NO_PACKAGE, "the client delegated credentials of %s, the list is %s",
                           p->name, packages);
    c = mem_zero(sizeof *c);
    if (!c)
        return ERR_NO_MEMORY;
    c->entry[0] = (struct negotiate_entry){ p, credential };
    c->count = 1;
    *ret_credential = c;
    return ERR_OK;
}

/* By the first package that can. */
static enum err logon_client(void *credential, const char *client, uint32_t max_age,
                             struct client_logon *ret)
{
    const struct negotiate_credential *c = credential;
    size_t i;

    for (i = 0; i < c->count; i++)
        if (c->entry[i].package->logon_client)
            return c->entry[i].package->logon_client(c->entry[i].credential, client, max_age, ret);
    return detail_fail(ERR_UNSUPPORTED, "no package of these credentials logs a client on");
}

static enum err not_yet(const struct negotiate_context *c)
{
    return c->state == NEGOTIATE_DONE
               ? ERR_OK
               : detail_fail(ERR_UNEXPECTED, "no messages before the context is established");
}

static enum err sign(void *context, uint32_t qop, struct message *m)
{
    struct negotiate_context *c = context;
    enum err e = not_yet(c);

    return e ? e : c->entry->package->sign(c->inner, qop, m);
}

static enum err verify(void *context, struct message *m, uint32_t *ret_qop)
{
    struct negotiate_context *c = context;
    enum err e = not_yet(c);

    return e ? e : c->entry->package->verify(c->inner, m, ret_qop);
}

static enum err seal(void *context, uint32_t qop, struct message *m)
{
    struct negotiate_context *c = context;
    enum err e = not_yet(c);

    return e ? e : c->entry->package->seal(c->inner, qop, m);
}

static enum err unseal(void *context, struct message *m, uint32_t *ret_qop)
{
    struct negotiate_context *c = context;
    enum err e = not_yet(c);

    return e ? e : c->entry->package->unseal(c->inner, m, ret_qop);
}

static bool refuse_all(const struct negotiate_context *c, struct message *m, size_t n)
{
    enum err e = not_yet(c);
    size_t i;

    for (i = 0; e && i < n; i++)
        m[i].err = e;
    return e != ERR_OK;
}

static void seal_many(void *context, uint32_t qop, struct message *m, size_t n)
{
    struct negotiate_context *c = context;

    if (!refuse_all(c, m, n))
        c->entry->package->seal_many(c->inner, qop, m, n);
}

static void unseal_many(void *context, struct message *m, size_t n)
{
    struct negotiate_context *c = context;

    if (!refuse_all(c, m, n))
        c->entry->package->unseal_many(c->inner, m, n);
}

const struct package negotiate_package = {
    .name = "Negotiate",
    .comment = "Countersign's package negotiator (SPNEGO)",
    .rpc_id = RPC_ID,
    .capabilities = CAPABILITIES,
    .max_token = MAX_TOKEN,
    .acquire = acquire,
    .credential_query = credential_query,
    .credential_free = credential_free,
    .initiate = initiate,
    .accept = accept_leg,
    .context_free = context_free,
    .context_query = context_query,
    .delegated = delegated,
    .wrap = wrap,
    .logon_client = logon_client,
    .sign = sign,
    .verify = verify,
    .seal = seal,
    .unseal = unseal,
    .seal_many = seal_many,
    .unseal_many = unseal_many,
};
