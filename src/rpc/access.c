/* SPDX-License-Identifier: Apache-2.0
 * access.c - a security descriptor that says who may call, and its answer for a call.
 * [MS-DTYP] 2.4.6, 2.5.3.2
 */
#include "rpc/access.h"

#include "acl/access.h"
#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/server_call.h"

/* ---- made ---- */

static enum err make_adopt(struct buf *bytes, struct rpc_access **ret)
{
    struct rpc_access *a = mem_zero(sizeof *a);
    enum err e = ERR_NO_MEMORY;

    if (a) {
        atomic_init(&a->refs, 1);
        a->number = rpc_decision_number();
        a->bytes = *bytes;
        *bytes = (struct buf){ 0 };
        e = descriptor_read(buf_view(a->bytes), &a->descriptor);
    }
    buf_free(bytes);
    if (e)
        rpc_access_unref(a);
    else
        *ret = a;
    return e;
}

enum err rpc_access_new(const void *descriptor, struct rpc_access **ret)
{
    struct descriptor view;
    struct bytes whole = { 0 };
    struct buf copy = { 0 };
    enum err e = descriptor_at(descriptor, &whole, &view);

    if (e == ERR_UNSUPPORTED)
        detail_remedy("Make it with ConvertStringSecurityDescriptorToSecurityDescriptor.");
    else if (e)
        e = detail_fail(ERR_INVALID_PARAMETER, "the security descriptor is malformed");
    if (!e)
        e = buf_copy(whole, &copy);
    return e ? e : make_adopt(&copy, ret);
}

enum err rpc_access_given(const void *descriptor, struct rpc_access **ret)
{
    return descriptor ? rpc_access_new(descriptor, ret) : ERR_OK;
}

enum err rpc_access_parse(const char *text, struct rpc_access **ret)
{
    struct buf bytes = { 0 };
    enum err e = sddl_check_list(text);

    if (!e)
        e = sddl_parse(text, NULL, &bytes);
    return e ? e : make_adopt(&bytes, ret);
}

struct rpc_access *rpc_access_ref(struct rpc_access *a)
{
    if (a)
        atomic_fetch_add(&a->refs, 1);
    return a;
}

void rpc_access_unref(struct rpc_access *a)
{
    if (!a || atomic_fetch_sub(&a->refs, 1) != 1)
        return;
    buf_free(&a->bytes);
    mem_free(a);
}

/* ---- asked ---- */

static bool check(const struct rpc_access *a, const struct rpc_caller_sids *who)
{
    static const struct acl_mapping mapping = { .read = RIGHT_READ_CONTROL,
                                                .write = RIGHT_WRITE_DAC,
                                                .execute = RIGHT_READ_CONTROL | RPC_ACCESS_CALL,
                                                .all = RIGHT_STANDARD_ALL | RPC_ACCESS_CALL };
    const struct acl_request rq = { .wanted = RPC_ACCESS_CALL, .mapping = &mapping };
    uint32_t granted = 0;

    return acl_access_check(&a->descriptor, &who->set, &rq, &granted);
}

bool rpc_access_allows_peer(const struct rpc_access *a, const struct transport_peer *peer)
{
    struct rpc_caller_sids who = { 0 };
    bool allows;

    if (!a)
        return true;
    if (rpc_caller_sids_of_peer(peer, &who))
        return false;
    allows = check(a, &who);
    rpc_caller_sids_done(&who);
    return allows;
}

bool rpc_access_allows_kind(const struct rpc_access *a, enum rpc_caller_kind kind)
{
    struct rpc_caller_sids who = { 0 };
    bool allows;

    if (!a)
        return true;
    if (rpc_caller_sids_of_kind(kind, &who))
        return true; /* it lets nobody in, it is told of; and not better than it is */
    allows = check(a, &who);
    rpc_caller_sids_done(&who);
    return allows;
}

bool rpc_access_allows(const struct rpc_access *a, struct rpc_server_call *c)
{
    struct rpc_decisions *kept = c->security ? &c->security->decisions : NULL;
    struct rpc_caller_sids who = { 0 };
    bool allows;

    if (!a || (kept && rpc_decisions_allow(kept, a->number, RPC_DECISION_ALL)))
        return true;
    if (rpc_caller_sids_get(c, &who))
        return false;
    allows = check(a, &who);
    rpc_caller_sids_done(&who);
    if (allows && kept)
        rpc_decisions_add(kept, a->number, RPC_DECISION_ALL);
    return allows;
}
