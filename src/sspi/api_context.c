/* SPDX-License-Identifier: Apache-2.0
 * api_context.c - the legs of authentication, both sides.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "sspi/api_convert.h"
#include "sspi/context.h"
#include "sspi/status.h"

/* Both doors' parameters under one name each. */
struct leg_args {
    const char *phase;
    bool initiator, allocate;
    PCredHandle credential;
    PCtxtHandle context;
    enum form form;
    const void *target;
    uint32_t flags;
    PSecBufferDesc input;
    PCtxtHandle new_context;
    PSecBufferDesc output;
    ULONG *attributes;
    PTimeStamp expiry;
};

/* A program that lets us allocate frees what it finds: not the last leg's token once more. */
static void nothing_out(const struct leg_args *a, PSecBuffer b)
{
    if (!b)
        return;
    b->cbBuffer = 0;
    if (a->allocate)
        b->pvBuffer = NULL;
}

/* Hands the token to the program, or says how much room it needs. Takes the token on success. */
static enum err token_out(const struct leg_args *a, struct buf *token)
{
    PSecBuffer b = buffer_find(a->output, SECBUFFER_TOKEN);

    if (!token->len) {
        buf_free(token);
        nothing_out(a, b);
        return ERR_OK;
    }
    if (!b)
        return detail_fail(ERR_BUFFER_TOO_SMALL,
                           "pOutput has no SECBUFFER_TOKEN for a token of %zu bytes", token->len);
    if (a->allocate) {
        b->pvBuffer = token->ptr;
        b->cbBuffer = (ULONG)token->len;
        *token = (struct buf){ 0 };
        return ERR_OK;
    }
    if (!b->pvBuffer || b->cbBuffer < token->len) {
        detail_remedy("give cbMaxToken bytes, or ask for ALLOCATE_MEMORY");
        (void)detail_fail(ERR_BUFFER_TOO_SMALL, "a token of %zu bytes, room for %u", token->len,
                          (unsigned)b->cbBuffer);
        b->cbBuffer = (ULONG)token->len;
        return ERR_BUFFER_TOO_SMALL;
    }
    memcpy(b->pvBuffer, token->ptr, token->len);
    b->cbBuffer = (ULONG)token->len;
    buf_free(token);
    return ERR_OK;
}

/* An error token goes out where it can; the leg's failure is what the program is told. */
static void error_token_out(const struct leg_args *a, struct buf *token)
{
    PSecBuffer b = buffer_find(a->output, SECBUFFER_TOKEN);

    if (b && token->len && (a->allocate || (b->pvBuffer && b->cbBuffer >= token->len)))
        (void)token_out(a, token);
    else
        nothing_out(a, b);
    buf_free(token);
}

static void report(const struct leg_args *a, const struct context *c)
{
    if (a->attributes) {
        *a->attributes = a->initiator ? flags_to_isc(c->flags) : flags_to_asc(c->flags);
        if (a->allocate) /* the same bit on both sides */
            *a->attributes |= ISC_RET_ALLOCATED_MEMORY;
    }
    if (a->expiry)
        *a->expiry = time_out(c->expiry);
}

/* Which leg looks at them is the package's business: Negotiate's second, where the server speaks
 * first. A program that gave them once must not find them forgotten there. */
static enum err keep_bindings(const struct leg_args *a, struct context *c)
{
    PSecBuffer b = buffer_find(a->input, SECBUFFER_CHANNEL_BINDINGS);

    if (!b || !b->pvBuffer || c->bindings.ptr)
        return ERR_OK;
    return buf_copy(bytes_of(b->pvBuffer, b->cbBuffer), &c->bindings);
}

static enum err step(const struct leg_args *a, struct context *c, bool *ret_done)
{
    PSecBuffer in = buffer_find(a->input, SECBUFFER_TOKEN);
    struct leg_in leg = { .target = c->target, .flags = a->flags };
    SecBuffer before = { 0, SECBUFFER_CHANNEL_BINDINGS, NULL };
    SecBufferDesc kept = { SECBUFFER_VERSION, 0, &before };
    struct buf token = { 0 };
    enum err e;

    if (in && in->pvBuffer)
        leg.token = bytes_of(in->pvBuffer, in->cbBuffer);
    e = keep_bindings(a, c);
    if (c->bindings.ptr) {
        before.pvBuffer = c->bindings.ptr;
        before.cbBuffer = (ULONG)c->bindings.len;
        kept.cBuffers = 1;
    }
    if (!e)
        e = bindings_in(buffer_find(a->input, SECBUFFER_CHANNEL_BINDINGS) ? a->input : &kept,
                        &leg.bindings);
    if (e)
        return e;
    e = context_step(c, &leg, &token);
    if (e) {
        error_token_out(a, &token);
        return e;
    }
    report(a, c);
    *ret_done = c->established;
    e = token_out(a, &token);
    if (e == ERR_BUFFER_TOO_SMALL)
        context_keep(c, token);
    return e;
}

static enum err locked_step(const struct leg_args *a, struct context *c, bool *ret_done)
{
    enum err e;

    if (c->initiator != a->initiator)
        return detail_fail(ERR_INVALID_HANDLE, "the context is a %s's",
                           c->initiator ? "client" : "server");
    pthread_mutex_lock(&c->lock);
    e = step(a, c, ret_done);
    pthread_mutex_unlock(&c->lock);
    return e;
}

static enum err first_leg(const struct leg_args *a, bool *ret_done)
{
    struct credential *cred = NULL;
    struct context *c = NULL;
    char *target = NULL;
    void *object = NULL;
    handle_id id = 0;
    enum err e;

    if (!a->new_context)
        return detail_fail(ERR_INVALID_PARAMETER, "phNewContext is NULL");
    e = handle_get(handle_in(a->credential), HANDLE_CREDENTIAL, &object);
    if (e)
        return detail_fail(e, "no such credential handle");
    cred = object;
    e = text_in(a->form, a->target, &target);
    if (!e)
        e = context_new(cred, a->initiator, target, &c);
    handle_put(handle_in(a->credential));
    if (!e)
        e = locked_step(a, c, ret_done);
    if (!e || e == ERR_BUFFER_TOO_SMALL) {
        enum err kept = handle_new(HANDLE_CONTEXT, c, context_release, &id);

        if (kept) {
            e = kept;
        } else {
            handle_out(id, a->new_context);
            c = NULL;
        }
    }
    context_free(c);
    mem_free(target);
    return e;
}

static enum err next_leg(const struct leg_args *a, bool *ret_done)
{
    handle_id id = handle_in(a->context);
    void *object = NULL;
    enum err e;

    e = handle_get(id, HANDLE_CONTEXT, &object);
    if (e)
        return detail_fail(e, "no such context handle");
    e = locked_step(a, object, ret_done);
    handle_put(id);
    if (a->new_context && a->new_context != a->context && !e)
        handle_out(id, a->new_context);
    return e;
}

static SECURITY_STATUS leg_door(const struct leg_args *a)
{
    bool done = false;
    enum err e;

    detail_begin(a->phase);
    e = a->context ? next_leg(a, &done) : first_leg(a, &done);
    if (!e && !done)
        return SEC_I_CONTINUE_NEEDED;
    return sec_status(e);
}

SECURITY_STATUS InitializeSecurityContextA(PCredHandle phCredential, PCtxtHandle phContext,
                                           const SEC_CHAR *pszTargetName, ULONG fContextReq,
                                           ULONG Reserved1, ULONG TargetDataRep,
                                           PSecBufferDesc pInput, ULONG Reserved2,
                                           PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                           ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    (void)Reserved1;
    (void)TargetDataRep;
    (void)Reserved2;
    return leg_door(&(struct leg_args){
        "InitializeSecurityContext", true, (fContextReq & ISC_REQ_ALLOCATE_MEMORY) != 0,
        phCredential, phContext, FORM_A, pszTargetName, flags_from_isc(fContextReq), pInput,
        phNewContext, pOutput, pfContextAttr, ptsExpiry });
}

SECURITY_STATUS InitializeSecurityContextW(PCredHandle phCredential, PCtxtHandle phContext,
                                           const SEC_WCHAR *pszTargetName, ULONG fContextReq,
                                           ULONG Reserved1, ULONG TargetDataRep,
                                           PSecBufferDesc pInput, ULONG Reserved2,
                                           PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                           ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    (void)Reserved1;
    (void)TargetDataRep;
    (void)Reserved2;
    return leg_door(&(struct leg_args){
        "InitializeSecurityContext", true, (fContextReq & ISC_REQ_ALLOCATE_MEMORY) != 0,
        phCredential, phContext, FORM_W, pszTargetName, flags_from_isc(fContextReq), pInput,
        phNewContext, pOutput, pfContextAttr, ptsExpiry });
}

SECURITY_STATUS AcceptSecurityContext(PCredHandle phCredential, PCtxtHandle phContext,
                                      PSecBufferDesc pInput, ULONG fContextReq, ULONG TargetDataRep,
                                      PCtxtHandle phNewContext, PSecBufferDesc pOutput,
                                      ULONG *pfContextAttr, PTimeStamp ptsExpiry)
{
    /* The service accepts, whomever its thread is: with its keytab, and its record of replays. */
    struct impersonation *aside = impersonation_set_aside();
    SECURITY_STATUS s;

    (void)TargetDataRep;
    s = leg_door(&(struct leg_args){ "AcceptSecurityContext", false,
                                     (fContextReq & ASC_REQ_ALLOCATE_MEMORY) != 0, phCredential,
                                     phContext, FORM_A, NULL, flags_from_asc(fContextReq), pInput,
                                     phNewContext, pOutput, pfContextAttr, ptsExpiry });
    impersonation_take_up_adopt(aside);
    return s;
}

SECURITY_STATUS DeleteSecurityContext(PCtxtHandle phContext)
{
    detail_begin("DeleteSecurityContext");
    return sec_status(handle_close(handle_in(phContext), HANDLE_CONTEXT));
}
