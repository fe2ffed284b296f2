/* SPDX-License-Identifier: Apache-2.0
 * binding.c - a client's binding handle.  C706 2.3, desktop-src/Rpc "Binding Handles"
 */
#include "rpc/binding.h"

#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "rpc/protseq.h"
#include "rpc/queue_client.h"
#include "rpc/queue_session.h"

#include <countersign/rpcdce.h>

static bool is_there(const char *part)
{
    return part && *part;
}

static char *text_or_null(const char *s)
{
    return is_there(s) ? mem_strdup(s) : NULL;
}

static enum err fill(struct rpc_binding *b, const struct rpc_string_binding *name)
{
    b->host = mem_strdup(name->address ? name->address : "");
    b->endpoint = text_or_null(name->endpoint);
    b->options = text_or_null(name->options);
    if (!b->host || (is_there(name->endpoint) && !b->endpoint) ||
        (is_there(name->options) && !b->options))
        return ERR_NO_MEMORY;
    if (is_there(name->object) && uuid_parse(name->object, &b->object))
        return detail_fail(ERR_RPC_UUID, "%s is not an object UUID", name->object);
    return ERR_OK;
}

enum err rpc_binding_new(const struct rpc_string_binding *name, struct rpc_binding **ret)
{
    const struct transport *t = NULL;
    enum err e = rpc_protseq_find(name->protseq, &t);

    if (e == ERR_RPC_PROTSEQ_NAME) /* to a string binding it is one like all that are not here */
        e = detail_fail(ERR_RPC_PROTSEQ, "the protocol sequence %s is not supported",
                        name->protseq);
    if (!e && t->queued)
        e = rpc_queue_check_binding(name);
    return e ? e : rpc_binding_over(t, name, ret);
}

enum err rpc_binding_over(const struct transport *transport, const struct rpc_string_binding *name,
                          struct rpc_binding **ret)
{
    struct rpc_binding *b = mem_zero(sizeof *b);
    enum err e;

    if (!b)
        return ERR_NO_MEMORY;
    b->transport = transport;
    b->set.com_timeout = RPC_C_BINDING_DEFAULT_TIMEOUT;
    b->set.linger = true;
    b->set.queued = rpc_queue_options();
    e = fill(b, name);
    if (e)
        rpc_binding_free(b);
    else
        *ret = b;
    return e;
}

void rpc_binding_free(struct rpc_binding *b)
{
    if (!b)
        return;
    rpc_association_unref(b->association);
    rpc_identity_unref(b->identity);
    mem_free(b->host);
    mem_free(b->endpoint);
    mem_free(b->options);
    mem_free(b->entry);
    mem_free(b);
}

enum err rpc_binding_copy(struct rpc_binding *b, struct rpc_association *association,
                          struct rpc_binding **ret)
{
    struct rpc_string_binding name = { 0 };
    struct rpc_binding *copy = NULL;
    enum err e;

    lock_take(&b->lock);
    name.address = b->host;
    name.endpoint = association ? association->endpoint : b->endpoint;
    name.options = b->options;
    e = rpc_binding_over(b->transport, &name, &copy);
    if (!e && b->entry && !(copy->entry = mem_strdup(b->entry))) {
        rpc_binding_free(copy);
        e = ERR_NO_MEMORY;
    }
    if (!e) {
        copy->object = b->object;
        copy->identity = rpc_identity_ref(b->identity);
        if (!association && !b->set.unique)
            association = b->association;
        copy->association = rpc_association_ref(association);
        copy->uid = b->uid;
        copy->has_uid = b->has_uid;
        copy->set = b->set;
        *ret = copy;
    }
    lock_give(&b->lock);
    return e;
}

/* ---- handles ---- */

static void release(void *b)
{
    rpc_binding_free(b);
}

enum err rpc_binding_publish(struct rpc_binding *b, void **ret_handle)
{
    handle_id id;
    enum err e = handle_new(HANDLE_RPC_BINDING, b, release, &id);

    if (!e)
        *ret_handle = (void *)(uintptr_t)id;
    return e;
}

/* Which error a handle that is no client's binding is. */
static enum err wrong_handle(handle_id id)
{
    void *call;

    if (handle_get(id, HANDLE_RPC_CALL, &call))
        return detail_fail(ERR_RPC_BINDING, "0x%llx is not a binding handle, or no more",
                           (unsigned long long)id);
    handle_put(id);
    return detail_fail(ERR_RPC_BINDING_KIND, "the binding handle is that of a call being served");
}

enum err rpc_binding_get(void *handle, struct rpc_binding **ret)
{
    handle_id id = (handle_id)(uintptr_t)handle;
    void *b;

    if (handle_get(id, HANDLE_RPC_BINDING, &b))
        return wrong_handle(id);
    *ret = b;
    return ERR_OK;
}

void rpc_binding_put(void *handle)
{
    handle_put((handle_id)(uintptr_t)handle);
}

enum err rpc_binding_close(void *handle)
{
    handle_id id = (handle_id)(uintptr_t)handle;

    return handle_close(id, HANDLE_RPC_BINDING) ? wrong_handle(id) : ERR_OK;
}

/* ---- parts ---- */

static bool uuid_is_nil(const struct uuid *u)
{
    static const struct uuid nil;

    return memcmp(u, &nil, sizeof nil) == 0;
}

enum err rpc_binding_format(struct rpc_binding *b, char **ret)
{
    struct rpc_string_binding parts = { 0 };
    char object[UUID_TEXT];
    enum err e;

    lock_take(&b->lock);
    uuid_format(&b->object, object);
    parts.object = uuid_is_nil(&b->object) ? NULL : object;
    parts.protseq = b->transport->protseq;
    parts.address = b->host;
    parts.endpoint = b->endpoint;
    parts.options = b->options;
    e = rpc_string_binding_format(&parts, ret);
    lock_give(&b->lock);
    return e;
}

struct uuid rpc_binding_object(struct rpc_binding *b)
{
    struct uuid object;

    lock_take(&b->lock);
    object = b->object;
    lock_give(&b->lock);
    return object;
}

bool rpc_binding_is_bound(struct rpc_binding *b)
{
    bool bound;

    lock_take(&b->lock);
    bound = b->endpoint != NULL;
    lock_give(&b->lock);
    return bound;
}

struct rpc_binding_options rpc_binding_options(struct rpc_binding *b)
{
    struct rpc_binding_options o;

    lock_take(&b->lock);
    o = b->set;
    if (b->association)
        o.linger = __atomic_load_n(&b->association->linger, __ATOMIC_RELAXED);
    lock_give(&b->lock);
    return o;
}

void rpc_binding_set_com_timeout(struct rpc_binding *b, uint32_t value)
{
    lock_take(&b->lock);
    b->set.com_timeout = value;
    lock_give(&b->lock);
}

void rpc_binding_set_call_timeout(struct rpc_binding *b, uint32_t value)
{
    lock_take(&b->lock);
    b->set.call_timeout = value;
    lock_give(&b->lock);
}

void rpc_binding_set_noncausal(struct rpc_binding *b, bool on)
{
    lock_take(&b->lock);
    b->set.noncausal = on;
    lock_give(&b->lock);
}

void rpc_binding_set_unique(struct rpc_binding *b, bool on)
{
    struct rpc_association *before = NULL;

    lock_take(&b->lock);
    if (b->set.unique != on) {
        before = b->association;
        b->association = NULL;
    }
    b->set.unique = on;
    lock_give(&b->lock);
    rpc_association_unref(before);
}

enum err rpc_binding_set_linger(struct rpc_binding *b, bool on)
{
    enum err e = ERR_OK;

    lock_take(&b->lock);
    if (b->association)
        __atomic_store_n(&b->association->linger, on, __ATOMIC_RELAXED);
    else
        e = detail_fail(ERR_RPC_BINDING_KIND, "no call has been made on the binding yet");
    lock_give(&b->lock);
    return e;
}

void rpc_binding_set_object(struct rpc_binding *b, const struct uuid *object)
{
    lock_take(&b->lock);
    b->object = *object;
    lock_give(&b->lock);
}

void rpc_binding_set_identity_adopt(struct rpc_binding *b, struct rpc_identity *identity)
{
    struct rpc_identity *before;

    lock_take(&b->lock);
    before = b->identity;
    b->identity = identity;
    lock_give(&b->lock);
    rpc_identity_unref(before);
}

struct rpc_identity *rpc_binding_identity(struct rpc_binding *b)
{
    struct rpc_identity *identity;

    lock_take(&b->lock);
    identity = rpc_identity_ref(b->identity);
    lock_give(&b->lock);
    return identity;
}

void rpc_binding_fix(struct rpc_binding *b)
{
    lock_take(&b->lock);
    b->set.fixed = true;
    lock_give(&b->lock);
}

void rpc_binding_do_not_linger(struct rpc_binding *b)
{
    lock_take(&b->lock);
    b->set.linger = false;
    lock_give(&b->lock);
}

enum err rpc_binding_set_entry(struct rpc_binding *b, const char *name)
{
    char *copy = mem_strdup(name), *before;

    if (!copy)
        return ERR_NO_MEMORY;
    lock_take(&b->lock);
    before = b->entry;
    b->entry = copy;
    lock_give(&b->lock);
    mem_free(before);
    return ERR_OK;
}

enum err rpc_binding_entry(struct rpc_binding *b, char **ret)
{
    char *copy = NULL;
    bool none;

    lock_take(&b->lock);
    none = !b->entry;
    copy = mem_strdup(b->entry);
    lock_give(&b->lock);
    if (none)
        return detail_fail(ERR_NS_NO_ENTRY_NAME,
                           "the binding did not come from an entry of the name service");
    if (!copy)
        return ERR_NO_MEMORY;
    *ret = copy;
    return ERR_OK;
}

void rpc_binding_unbind(struct rpc_binding *b)
{
    struct rpc_association *association = NULL;

    lock_take(&b->lock);
    association = b->association;
    b->association = NULL;
    b->has_uid = false;
    lock_give(&b->lock);
    rpc_association_unref(association);
}

void rpc_binding_reset(struct rpc_binding *b)
{
    struct rpc_association *association = NULL;
    char *endpoint = NULL;

    lock_take(&b->lock);
    if (!b->set.fixed) {
        association = b->association;
        endpoint = b->endpoint;
        b->association = NULL;
        b->has_uid = false;
        b->endpoint = NULL;
    }
    lock_give(&b->lock);
    rpc_association_unref(association);
    mem_free(endpoint);
}

enum err rpc_binding_set_endpoint(struct rpc_binding *b, const char *endpoint)
{
    char *text = mem_strdup(endpoint);

    if (!text)
        return ERR_NO_MEMORY;
    lock_take(&b->lock);
    if (!b->endpoint) {
        b->endpoint = text;
        text = NULL;
    }
    lock_give(&b->lock);
    mem_free(text);
    return ERR_OK;
}

/* ---- a call's view ---- */

static enum err associate(struct rpc_binding *b)
{
    struct rpc_association_name name = { rpc_identity_is_session(b->identity)
                                             ? &rpc_queue_session_transport
                                             : b->transport,
                                         b->host, b->endpoint };
    enum err e;

    if (b->association)
        return ERR_OK;
    if (!b->endpoint)
        return ERR_RPC_NO_ENDPOINT;
    if (!b->has_uid)
        b->uid = os_identity_own_uid();
    b->has_uid = true;
    e = rpc_association_get(&name, !b->set.unique, &b->association);
    if (!e && !b->set.linger)
        __atomic_store_n(&b->association->linger, false, __ATOMIC_RELAXED);
    return e;
}

/* Of the moment where the thread is its client for a while; else static, as tracking is by default:
 * to ask the kernel each time is a system call more, where a call has four.
 * desktop-src/Rpc/quality-of-service.md */
static uid_t account(const struct rpc_binding *b)
{
    const struct impersonation *i = b->transport->local ? impersonation_current() : NULL;

    return i && i->has_account ? geteuid() : b->uid;
}

OFTEN enum err rpc_binding_target(struct rpc_binding *b, struct rpc_target *ret)
{
    struct rpc_identity *identity = NULL;
    struct rpc_target t = { 0 };
    enum err e;

    lock_take(&b->lock);
    e = associate(b);
    if (!e) {
        t.association = rpc_association_ref(b->association);
        t.uid = account(b);
        t.object = b->object;
        t.has_object = !uuid_is_nil(&b->object);
        t.com_timeout = b->set.com_timeout;
        t.call_timeout = b->set.call_timeout;
        identity = rpc_identity_ref(b->identity);
    }
    lock_give(&b->lock);
    if (e)
        return e;
    e = rpc_identity_of_call(identity, &t.identity);
    rpc_identity_unref(identity);
    if (e)
        rpc_target_done(&t);
    else
        *ret = t;
    return e;
}

void rpc_target_done(struct rpc_target *t)
{
    rpc_identity_unref(t->identity);
    rpc_association_unref(t->association);
    *t = (struct rpc_target){ 0 };
}
