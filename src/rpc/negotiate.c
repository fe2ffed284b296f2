/* SPDX-License-Identifier: Apache-2.0
 * negotiate.c - answers to offers, feature negotiation, the table of presentation contexts.
 *
 *    a feature "transfer syntax": 6cb71c2c-9812-4540-XXXX-000000000000 1.0, XXXX the bits, of which
 *    the first octet on the wire holds the low ones.  [MS-RPCE] 2.2.2.14, 3.3.1.5.3
 */
#include "rpc/negotiate.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy.h"

const struct rpc_syntax rpc_ndr20 = {
    { 0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } }, 2, 0
};
const struct rpc_syntax rpc_ndr64 = {
    { 0x71710533, 0xbeba, 0x4937, { 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36 } }, 1, 0
};
static const struct rpc_syntax *const transfer_syntaxes[RPC_SYNTAXES] = {
    [NDR_20] = &rpc_ndr20,
    [NDR_64] = &rpc_ndr64,
};
static const struct rpc_syntax features = { { 0x6cb71c2c, 0x9812, 0x4540, { 0 } }, 1, 0 };

const struct rpc_syntax *rpc_transfer_syntax(enum ndr_syntax syntax)
{
    return transfer_syntaxes[syntax];
}

unsigned rpc_negotiate_syntaxes(unsigned stub, const char *name)
{
    if (!stub)
        return RPC_SYNTAX_NDR20;
    if (stub & RPC_SYNTAX_NDR64 && policy_forbids(POLICY_NDR64, "interface %s in NDR64", name))
        return stub & ~(unsigned)RPC_SYNTAX_NDR64;
    return stub;
}

bool rpc_features_read(const struct rpc_syntax *transfer, uint16_t *ret_bits)
{
    const struct uuid *u = &transfer->uuid;

    if (u->data1 != features.uuid.data1 || u->data2 != features.uuid.data2 ||
        u->data3 != features.uuid.data3 || transfer->major != features.major)
        return false;
    *ret_bits = (uint16_t)(u->data4[0] | u->data4[1] << 8);
    return true;
}

struct rpc_syntax rpc_features_syntax(uint16_t bits)
{
    struct rpc_syntax s = features;

    s.uuid.data4[0] = (uint8_t)bits;
    s.uuid.data4[1] = (uint8_t)(bits >> 8);
    return s;
}

static bool has_transfer(const struct rpc_offer *offer, enum ndr_syntax syntax)
{
    size_t i;

    for (i = 0; i < offer->transfers; i++)
        if (rpc_syntax_equal(&offer->transfer[i], transfer_syntaxes[syntax]))
            return true;
    return false;
}

bool rpc_negotiate_offers(struct rpc_list offers, const struct rpc_syntax *interface,
                          enum ndr_syntax syntax)
{
    struct rpc_offer offer;

    while (rpc_offer_next(&offers, &offer))
        if (rpc_syntax_equal(&offer.abstract, interface) && has_transfer(&offer, syntax))
            return true;
    return false;
}

void rpc_negotiate_answer(const struct rpc_offer *offer, bool known, unsigned syntaxes,
                          struct rpc_result *ret, enum ndr_syntax *ret_syntax)
{
    struct rpc_result r = { 0 };
    uint16_t bits;
    int i;

    if (offer->transfers && rpc_features_read(&offer->transfer[0], &bits)) {
        *ret = (struct rpc_result){ .result = RPC_NEGOTIATED, .reason = bits & RPC_FEATURES };
        return;
    }
    r.result = RPC_PROVIDER_REJECTED;
    r.reason = known ? RPC_REASON_TRANSFER : RPC_REASON_ABSTRACT;
    for (i = NDR_20; known && i <= NDR_64; i++)
        if (syntaxes & 1U << i && has_transfer(offer, (enum ndr_syntax)i)) {
            r = (struct rpc_result){ .result = RPC_ACCEPTED, .transfer = *transfer_syntaxes[i] };
            *ret_syntax = (enum ndr_syntax)i;
        }
    *ret = r;
}

void rpc_negotiate_offer(uint16_t id, const struct rpc_syntax *interface, enum ndr_syntax syntax,
                         struct rpc_offer *ret)
{
    *ret = (struct rpc_offer){
        .id = id, .abstract = *interface, .transfers = 1, .transfer = { *transfer_syntaxes[syntax] }
    };
}

void rpc_negotiate_offer_features(uint16_t id, const struct rpc_syntax *interface,
                                  struct rpc_offer *ret)
{
    *ret = (struct rpc_offer){ .id = id,
                               .abstract = *interface,
                               .transfers = 1,
                               .transfer = { rpc_features_syntax(RPC_FEATURES) } };
}

void rpc_contexts_done(struct rpc_contexts *all)
{
    mem_free(all->item);
    *all = (struct rpc_contexts){ 0 };
}

struct rpc_context *rpc_contexts_find(const struct rpc_contexts *all, uint16_t id)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (all->item[i].id == id)
            return &all->item[i];
    return NULL;
}

enum err rpc_contexts_add(struct rpc_contexts *all, const struct rpc_context *c)
{
    const struct rpc_context *old = rpc_contexts_find(all, c->id);

    if (old && rpc_syntax_equal(&old->abstract, &c->abstract) && old->syntax == c->syntax)
        return ERR_OK;
    if (old)
        return detail_fail(ERR_UNEXPECTED, "rpc: presentation context %u is another interface's",
                           c->id);
    if (all->count == RPC_CONTEXTS_MAX)
        return detail_fail(ERR_TOO_LONG, "rpc: more than %d presentation contexts",
                           RPC_CONTEXTS_MAX);
    if (all->count == all->room) {
        size_t room = all->room ? 2 * all->room : 4;
        struct rpc_context *item = mem_array(room, sizeof *item);

        if (!item)
            return ERR_NO_MEMORY;
        if (all->count)
            memcpy(item, all->item, all->count * sizeof *item);
        mem_free(all->item);
        all->item = item;
        all->room = room;
    }
    all->item[all->count++] = *c;
    return ERR_OK;
}
