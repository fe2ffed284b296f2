/* SPDX-License-Identifier: Apache-2.0
 * epm_inquiry.c - ept_lookup, page by page.  C706 appendix O, [MS-RPCE] 2.2.1.2
 *
 *   in:  inquiry type 4 | object (full pointer) | interface (full pointer): UUID 16, major 2,
 *        minor 2 | versions 4 | context handle 20 | most entries 4
 *   out: context handle 20 | count 4 | entries: max, offset, actual 4 each | status 4
 */
#include "rpc/epm_inquiry.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"

struct rpc_inquiry {
    pthread_mutex_t lock;
    struct rpc_inquiry_ask ask;
    void *mapper;              /* a binding handle */
    struct ndr_context lookup; /* nil: none, and after the last page */
    char host[RPC_TOWER_TEXT];
    struct rpc_epm_entry *page;
    size_t count, next; /* of page */
    size_t seen;
    bool asked, ended;
};

static const struct ndr_context none;

static enum err take_host(struct rpc_inquiry *q)
{
    struct rpc_binding *b = NULL;
    enum err e = rpc_binding_get(q->mapper, &b);

    if (e)
        return e;
    (void)snprintf(q->host, sizeof q->host, "%s", b->host);
    rpc_binding_put(q->mapper);
    return ERR_OK;
}

enum err rpc_inquiry_new(void *ep_binding, const struct rpc_inquiry_ask *ask,
                         struct rpc_inquiry **ret)
{
    struct rpc_inquiry *q = mem_zero(sizeof *q);
    enum err e = q ? ERR_OK : ERR_NO_MEMORY;

    if (e)
        return e;
    pthread_mutex_init(&q->lock, NULL);
    q->ask = *ask;
    q->page = mem_array(RPC_INQUIRY_PAGE, sizeof *q->page);
    if (!q->page)
        e = ERR_NO_MEMORY;
    if (!e)
        e = rpc_epm_bind_managed(ep_binding, &q->mapper);
    if (!e)
        e = take_host(q);
    if (e)
        rpc_inquiry_free(q);
    else
        *ret = q;
    return e;
}

void rpc_inquiry_free(struct rpc_inquiry *q)
{
    if (!q)
        return;
    if (q->mapper) {
        rpc_epm_let_go(q->mapper, &q->lookup);
        (void)!rpc_binding_close(q->mapper);
    }
    pthread_mutex_destroy(&q->lock);
    mem_free(q->page);
    mem_free(q);
}

/* ---- a page ---- */

static bool by_interface(const struct rpc_inquiry_ask *ask)
{
    return ask->type == RPC_C_EP_MATCH_BY_IF || ask->type == RPC_C_EP_MATCH_BY_BOTH;
}

static bool by_object(const struct rpc_inquiry_ask *ask)
{
    return ask->type == RPC_C_EP_MATCH_BY_OBJ || ask->type == RPC_C_EP_MATCH_BY_BOTH;
}

static void write_ask(struct ndr_out *out, const struct rpc_inquiry *q)
{
    const struct rpc_inquiry_ask *ask = &q->ask;
    struct rpc_tower t = rpc_epm_tower(&ask->interface, NULL);

    ndr_out_u32(out, ask->type);
    ndr_out_pointer(out, NDR_UNIQUE, by_object(ask) ? &ask->object : NULL, NULL);
    if (by_object(ask))
        rpc_epm_write_uuid(out, &ask->object);
    ndr_out_pointer(out, NDR_UNIQUE, by_interface(ask) ? &ask->interface : NULL, NULL);
    if (by_interface(ask)) {
        rpc_epm_write_uuid(out, &t.interface);
        ndr_out_u16(out, t.interface_major);
        ndr_out_u16(out, t.interface_minor);
    }
    ndr_out_u32(out, ask->versions);
    ndr_out_context(out, &q->lookup);
    ndr_out_u32(out, RPC_INQUIRY_PAGE);
}

struct answer {
    struct ndr_context lookup;
    uint32_t status;
    size_t all; /* entries, those we do not know among them */
};

static void read_page(struct ndr_in *in, struct rpc_inquiry *q, struct answer *ret)
{
    struct rpc_epm_entry *entries;
    uint32_t count;
    size_t n;

    ndr_in_context(in, &ret->lookup);
    count = ndr_in_u32(in);
    entries = rpc_epm_read_entries(in, RPC_INQUIRY_PAGE, &n, &ret->all);
    ndr_in_same(in, ret->all, count);
    ret->status = ndr_in_u32(in);
    if (in->r.err)
        return;
    memcpy(q->page, entries, n * sizeof *entries);
    q->count = n;
}

/* What says that there is no more is no failure; what never says so is one. */
static RPC_STATUS judge(struct rpc_inquiry *q, const struct answer *a)
{
    q->lookup = a->lookup;
    q->seen += a->all;
    q->ended = memcmp(&q->lookup, &none, sizeof none) == 0;
    if (rpc_epm_status(a->status) == EPT_S_NOT_REGISTERED)
        q->ended = true;
    if (q->ended || (a->all && q->seen < RPC_INQUIRY_MOST))
        return RPC_S_OK;
    q->ended = true;
    q->count = 0;
    return err_rpc_status(detail_fail(
        ERR_RPC_PROTOCOL,
        a->all ? "the endpoint mapper of %s has given %zu elements, and there is no end"
               : "the endpoint mapper of %s, after %zu elements, says that there are more, and "
                 "gives none",
        q->host, q->seen));
}

static RPC_STATUS next_page(struct rpc_inquiry *q)
{
    struct answer a = { 0 };
    struct rpc_call call;
    struct ndr_in *in;
    RPC_STATUS status;
    bool none_left;

    q->next = q->count = 0;
    write_ask(rpc_call_begin(&call, &rpc_epm, q->mapper, EPT_LOOKUP, 0), q);
    in = rpc_call_send(&call);
    if (in)
        read_page(in, q, &a);
    none_left = rpc_epm_status(a.status) == EPT_S_NOT_REGISTERED;
    status = rpc_epm_end(&call, none_left ? 0 : a.status);
    if (!status)
        return judge(q, &a);
    q->count = 0;
    return status;
}

static bool version_fits(const struct rpc_inquiry_ask *ask, const struct rpc_tower *t)
{
    const RPC_IF_ID *want = &ask->interface;
    bool major = t->interface_major == want->VersMajor;

    switch (ask->versions) {
    case RPC_C_VERS_COMPATIBLE:
        return major && t->interface_minor >= want->VersMinor;
    case RPC_C_VERS_EXACT:
        return major && t->interface_minor == want->VersMinor;
    case RPC_C_VERS_MAJOR_ONLY:
        return major;
    case RPC_C_VERS_UPTO:
        return major ? t->interface_minor <= want->VersMinor : t->interface_major < want->VersMajor;
    default:
        return true;
    }
}

/* Some mappers, Samba's among them, give all they have whatever is asked for. */
static bool fits(const struct rpc_inquiry_ask *ask, const struct rpc_epm_entry *entry)
{
    struct rpc_tower t = rpc_epm_tower(&ask->interface, NULL);

    if (by_interface(ask) &&
        (memcmp(&t.interface, &entry->tower.interface, sizeof t.interface) != 0 ||
         !version_fits(ask, &entry->tower)))
        return false;
    return !by_object(ask) || memcmp(&ask->object, &entry->object, sizeof ask->object) == 0;
}

static void complete(const struct rpc_inquiry *q, struct rpc_epm_entry *entry)
{
    if (!entry->tower.address[0] && strcmp(entry->tower.protseq, transport_local.protseq) != 0)
        memcpy(entry->tower.address, q->host, sizeof q->host);
}

RPC_STATUS rpc_inquiry_next(struct rpc_inquiry *q, struct rpc_epm_entry *ret)
{
    RPC_STATUS status = RPC_S_OK;

    pthread_mutex_lock(&q->lock);
    for (;; q->next++) {
        while (!status && q->next == q->count && !q->ended)
            status = next_page(q);
        if (!status && q->next == q->count)
            status = RPC_X_NO_MORE_ENTRIES;
        if (status || fits(&q->ask, &q->page[q->next]))
            break;
    }
    if (!status) {
        *ret = q->page[q->next++];
        complete(q, ret);
    }
    pthread_mutex_unlock(&q->lock);
    return status;
}
