/* SPDX-License-Identifier: Apache-2.0
 * context.c - legs, time and life of a security context.
 */
#include "sspi/context.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy.h"

static uint64_t last_number;

uint64_t context_number(void)
{
    return __atomic_add_fetch(&last_number, 1, __ATOMIC_RELAXED);
}

enum err context_new(struct credential *c, bool initiator, const char *target, struct context **ret)
{
    enum credential_use need = initiator ? CREDENTIAL_OUTBOUND : CREDENTIAL_INBOUND;
    struct context *x = NULL;

    if (!(c->use & need)) {
        detail_remedy("acquire them with SECPKG_CRED_%s or SECPKG_CRED_BOTH",
                      initiator ? "OUTBOUND" : "INBOUND");
        return detail_fail(ERR_NO_CREDENTIALS, "the credentials were acquired for %s use only",
                           initiator ? "inbound" : "outbound");
    }
    if (initiator && !(target && target[0]) &&
        policy_forbids(POLICY_REQUIRE_SPN, "a client of %s names no server", c->package->name)) {
        detail_remedy("pass the service's principal name as the target: service/host");
        return detail_fail(ERR_TARGET_UNKNOWN, "no target name was given");
    }
    x = mem_zero(sizeof *x);
    if (!x)
        return ERR_NO_MEMORY;
    if (target) {
        x->target = mem_strdup(target);
        if (!x->target) {
            mem_free(x);
            return ERR_NO_MEMORY;
        }
    }
    pthread_mutex_init(&x->lock, NULL);
    x->package = c->package;
    x->credential = credential_ref(c);
    x->initiator = initiator;
    x->number = context_number();
    *ret = x;
    return ERR_OK;
}

void context_free(struct context *c)
{
    if (!c)
        return;
    if (c->token && handle_close(c->token, HANDLE_TOKEN))
        detail_get(); /* the program closed what was not its own: nothing is left to close */
    if (c->inner)
        c->package->context_free(c->inner);
    credential_unref(c->credential);
    buf_free(&c->pending);
    buf_free(&c->bindings);
    mem_free(c->target);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

void context_release(void *c)
{
    context_free(c);
}

static enum err leg(struct context *c, const struct leg_in *in, struct leg_out *out)
{
    enum err (*step)(void **context, void *credential, const struct leg_in *in,
                     struct leg_out *out) =
        c->initiator ? c->package->initiate : c->package->accept;

    if (c->failed)
        return detail_fail(ERR_UNEXPECTED, "the context has failed before; delete it");
    if (c->established)
        return detail_fail(ERR_UNEXPECTED, "the context is established already");
    return step(&c->inner, c->credential->inner, in, out);
}

enum err context_step(struct context *c, const struct leg_in *in, struct buf *ret_token)
{
    struct leg_out out = { 0 };
    enum err e;

    if (c->has_pending) {
        *ret_token = c->pending;
        c->pending = (struct buf){ 0 };
        c->has_pending = false;
        return ERR_OK;
    }
    e = leg(c, in, &out);
    *ret_token = out.token;
    if (e) {
        c->failed = c->failed || !c->established;
        return e;
    }
    c->flags = out.flags;
    c->expiry = out.expiry;
    __atomic_store_n(&c->established, out.done, __ATOMIC_RELEASE);
    return ERR_OK;
}

void context_keep(struct context *c, struct buf token)
{
    c->pending = token;
    c->has_pending = true;
}

OFTEN enum err context_usable(const struct context *c)
{
    struct timespec now;

    if (!__atomic_load_n(&c->established, __ATOMIC_ACQUIRE))
        return detail_fail(ERR_UNEXPECTED, "the context is not established");
    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (c->expiry && now.tv_sec >= c->expiry) {
        detail_remedy("make a new context; the client's ticket may need renewal first");
        return detail_fail(ERR_EXPIRED, "the context expired %lld seconds ago",
                           (long long)(now.tv_sec - c->expiry));
    }
    return ERR_OK;
}

enum err context_info(struct context *c, struct context_info *ret)
{
    if (!c->inner)
        return detail_fail(ERR_UNEXPECTED, "the context has made no step");
    c->package->context_query(c->inner, ret);
    return ERR_OK;
}
