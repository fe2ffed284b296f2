/* SPDX-License-Identifier: Apache-2.0
 * epm_register.c - ept_insert, ept_delete and ept_mgmt_delete.  C706 appendix O
 *
 *   ept_insert, in:      count 4 | max 4, entries, their towers | replace 4
 *   ept_delete, in:      count 4 | max 4, entries, their towers
 *   ept_mgmt_delete, in: object given 4 | object (full pointer) | tower (full pointer)
 *               each, out: status 4
 */
#include "rpc/epm_register.h"

#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "rpc/epm.h"

enum { ENTRIES_MAX = 100 }; /* of one call: a mapper may refuse too many */

struct product {
    struct rpc_tower *towers;
    size_t tower_count;
    struct uuid *objects;
    size_t object_count; /* not 0 */
    char annotation[RPC_EPM_ANNOTATION];
};

static struct uuid uuid_in(const UUID *u)
{
    struct uuid r = { 0 };

    if (u)
        memcpy(&r, u, sizeof r);
    return r;
}

/* ---- what is to be registered ---- */

static enum err tower_of(const RPC_IF_ID *interface, void *handle, struct rpc_tower *ret)
{
    struct rpc_binding *b = NULL;
    struct rpc_tower t;
    const char *protseq;
    size_t n;
    enum err e = rpc_binding_get(handle, &b);

    if (e)
        return e;
    protseq = rpc_tower_protseq(b->transport->protseq);
    t = rpc_epm_tower(interface, protseq);
    lock_take(&b->lock);
    n = b->endpoint ? strlen(b->endpoint) : 0;
    if (!n)
        e = detail_fail(ERR_RPC_BINDING, "a binding of %s has no endpoint", b->transport->protseq);
    else if (!protseq || n >= sizeof t.endpoint || strlen(b->host) >= sizeof t.address)
        e = detail_fail(ERR_RPC_BINDING, "no tower can name the binding %s:%.64s[%.64s]",
                        b->transport->protseq, b->host, b->endpoint);
    else
        memcpy(t.endpoint, b->endpoint, n + 1);
    if (!e)
        memcpy(t.address, b->host, strlen(b->host) + 1);
    lock_give(&b->lock);
    rpc_binding_put(handle);
    if (!e)
        *ret = t;
    return e;
}

/* Whether that tower is there: the same when written, for an address may be none it can name. */
static bool has(const struct product *p, const struct rpc_tower *t)
{
    uint8_t room[2][RPC_TOWER_MAX];
    struct writer one = writer_over(room[0], sizeof room[0]);
    size_t i;

    rpc_tower_write(&one, t);
    for (i = 0; i < p->tower_count; i++) {
        struct writer other = writer_over(room[1], sizeof room[1]);

        rpc_tower_write(&other, &p->towers[i]);
        if (one.len == other.len && memcmp(room[0], room[1], one.len) == 0)
            return true;
    }
    return false;
}

static enum err take_bindings(const struct rpc_epm_ask *ask, struct product *p)
{
    const RPC_BINDING_VECTOR *v = ask->bindings;
    enum err e = ERR_OK;
    ULONG i;

    if (v && v->Count) {
        p->towers = mem_array(v->Count, sizeof *p->towers);
        if (!p->towers)
            return ERR_NO_MEMORY;
    }
    for (i = 0; v && i < v->Count && !e; i++) {
        struct rpc_tower *next = &p->towers[p->tower_count];

        if (!v->BindingH[i])
            continue;
        e = tower_of(ask->interface, v->BindingH[i], next);
        if (!e && !has(p, next))
            p->tower_count++;
    }
    if (!e && !p->tower_count)
        e = detail_fail(ERR_RPC_NO_BINDINGS, "no binding is given");
    return e;
}

static enum err take_objects(const UUID_VECTOR *v, struct product *p)
{
    ULONG i;

    p->object_count = v && v->Count ? v->Count : 1;
    p->objects = mem_array(p->object_count, sizeof *p->objects);
    if (!p->objects)
        return ERR_NO_MEMORY;
    p->objects[0] = uuid_in(NULL);
    for (i = 0; v && i < v->Count; i++)
        p->objects[i] = uuid_in(v->Uuid[i]);
    return ERR_OK;
}

/* As much as an entry holds, in whole characters. */
static void take_annotation(const char *text, char ret[RPC_EPM_ANNOTATION])
{
    size_t n = text ? strlen(text) : 0;

    if (n >= RPC_EPM_ANNOTATION)
        n = RPC_EPM_ANNOTATION - 1;
    while (n && ((uint8_t)text[n] & 0xc0) == 0x80)
        n--;
    if (n)
        memcpy(ret, text, n);
    ret[n] = '\0';
}

static void product_done(struct product *p)
{
    mem_free(p->towers);
    mem_free(p->objects);
}

/* ---- the calls ---- */

static void write_entries(struct ndr_out *out, const struct product *p, size_t from, size_t n)
{
    struct ndr_span span = { .max = n };
    size_t i;

    ndr_out_u32(out, (uint32_t)n);
    ndr_out_conformance(out, &span, 1);
    for (i = from; i < from + n; i++) {
        ndr_out_align(out, 4);
        rpc_epm_write_uuid(out, &p->objects[i / p->tower_count]);
        ndr_out_pointer(out, NDR_UNIQUE, p->towers, NULL);
        ndr_out_string_from(out, p->annotation, sizeof p->annotation, 1);
    }
    for (i = from; i < from + n; i++)
        rpc_epm_write_tower(out, &p->towers[i % p->tower_count]);
}

static RPC_STATUS answer(struct rpc_call *call)
{
    struct ndr_in *in = rpc_call_send(call);

    return rpc_epm_end(call, in ? ndr_in_u32(in) : 0);
}

static RPC_STATUS change_some(void *mapper, const struct product *p, size_t from, size_t n,
                              enum rpc_epm_change change)
{
    bool removes = change == RPC_EPM_REMOVE;
    struct rpc_call call;
    struct ndr_out *out =
        rpc_call_begin(&call, &rpc_epm, mapper, removes ? EPT_DELETE : EPT_INSERT, 0);

    write_entries(out, p, from, n);
    if (!removes)
        ndr_out_u32(out, change == RPC_EPM_REPLACE);
    return answer(&call);
}

/* How many go with the next call: those of whole objects, or a part of one. */
static size_t next_some(const struct product *p, size_t from)
{
    size_t all = p->tower_count * p->object_count, begun = from % p->tower_count;
    size_t n = ENTRIES_MAX - ENTRIES_MAX % p->tower_count;

    if (begun || !n)
        n = p->tower_count - begun < ENTRIES_MAX ? p->tower_count - begun : ENTRIES_MAX;
    return n < all - from ? n : all - from;
}

/* What replaces does so once for each object: what the same call entered before must stay. All are
 * tried when removing: one that is gone does not keep the others. */
static RPC_STATUS change_all(void *mapper, const struct product *p, enum rpc_epm_change change)
{
    size_t all = p->tower_count * p->object_count, from, n;
    RPC_STATUS first = RPC_S_OK, status;

    for (from = 0; from < all; from += n) {
        bool begun = from % p->tower_count;

        n = next_some(p, from);
        status = change_some(mapper, p, from, n,
                             begun && change == RPC_EPM_REPLACE ? RPC_EPM_ADD : change);
        first = first ? first : status;
        if (status && change != RPC_EPM_REMOVE)
            break;
    }
    return first;
}

RPC_STATUS rpc_epm_change(const struct rpc_epm_ask *ask, enum rpc_epm_change change)
{
    struct product p = { 0 };
    RPC_STATUS status = RPC_S_OK;
    void *mapper = NULL;
    enum err e = take_bindings(ask, &p);

    if (!e)
        e = take_objects(ask->objects, &p);
    take_annotation(ask->annotation, p.annotation);
    if (!e)
        e = rpc_epm_bind(NULL, true, &mapper);
    if (!e)
        status = change_all(mapper, &p, change);
    if (mapper)
        (void)!rpc_binding_close(mapper);
    product_done(&p);
    return e ? err_rpc_status(e) : status;
}

/* ---- a manager's ---- */

static RPC_STATUS manage(void *mapper, const struct rpc_tower *t, const UUID *object)
{
    struct uuid id = uuid_in(object);
    struct rpc_call call;
    struct ndr_out *out = rpc_call_begin(&call, &rpc_epm, mapper, EPT_MGMT_DELETE, 0);

    ndr_out_u32(out, object != NULL);
    ndr_out_pointer(out, NDR_UNIQUE, object, NULL);
    if (object)
        rpc_epm_write_uuid(out, &id);
    ndr_out_pointer(out, NDR_UNIQUE, t, NULL);
    rpc_epm_write_tower(out, t);
    return answer(&call);
}

RPC_STATUS rpc_epm_manage(void *ep_binding, const RPC_IF_ID *interface, void *binding,
                          const UUID *object)
{
    RPC_STATUS status = RPC_S_OK;
    struct rpc_tower t;
    void *mapper = NULL;
    enum err e = tower_of(interface, binding, &t);

    if (!e)
        e = rpc_epm_bind_managed(ep_binding, &mapper);
    if (!e)
        status = manage(mapper, &t, object);
    if (mapper)
        (void)!rpc_binding_close(mapper);
    return e ? err_rpc_status(e) : status;
}
