/* SPDX-License-Identifier: Apache-2.0
 * pdu_bind.c - bind and alter_context, their answers, and auth3.
 * C706 12.6.4.3 to 12.6.4.5, 12.6.4.1, 12.6.4.2, [MS-RPCE] 2.2.2.4, 2.2.2.5, 2.2.2.9 and 2.2.2.10
 *
 *    bind         0 max_xmit_frag 2 | 2 max_recv_frag 2 | 4 assoc_group_id 4 | 8 count 1 | 9 0 3
 *                12 offers, each: 0 id 2 | 2 count 1 | 3 0 1 | 4 abstract syntax 20 | 24 transfers
 *    bind_ack     0 max_xmit_frag 2 | 2 max_recv_frag 2 | 4 assoc_group_id 4
 *                 8 length 2 | 10 secondary address and its zero | to a multiple of 4
 *                 0 count 1 | 1 0 3 | 4 results, each: 0 result 2 | 2 reason 2 | 4 transfer 20
 *    bind_nak     0 reason 2 | 2 count 1 | 3 versions, each: 0 major 1 | 1 minor 1
 *                 to a multiple of 4 | extended error information: 0 its UUID 16 | 16 ...
 *    a syntax     0 UUID 16 | 16 major version 2 | 18 minor version 2
 */
#include "base/detail.h"
#include "rpc/pdu.h"

enum { SYNTAX = 20, OFFER_HEAD = 24, RESULT = 24 };

static void write_uuid(struct writer *w, const struct uuid *u)
{
    uint8_t raw[16];

    uuid_write(u, raw);
    writer_bytes(w, bytes_of(raw, sizeof raw));
}

bool rpc_syntax_equal(const struct rpc_syntax *a, const struct rpc_syntax *b)
{
    return memcmp(&a->uuid, &b->uuid, sizeof a->uuid) == 0 && a->major == b->major &&
           a->minor == b->minor;
}

void rpc_syntax_read(struct reader *r, bool little, struct rpc_syntax *ret)
{
    uint32_t version;

    ret->uuid.data1 = rpc_read32(r, little);
    ret->uuid.data2 = rpc_read16(r, little);
    ret->uuid.data3 = rpc_read16(r, little);
    reader_copy(r, ret->uuid.data4, sizeof ret->uuid.data4);
    version = rpc_read32(r, little); /* one number of 32 bits: the major version is its low half */
    ret->major = (uint16_t)version;
    ret->minor = (uint16_t)(version >> 16);
}

void rpc_syntax_write(struct writer *w, const struct rpc_syntax *s)
{
    write_uuid(w, &s->uuid);
    writer_le16(w, s->major);
    writer_le16(w, s->minor);
}

/* One element of the list at r; what is read after a failure is not used. */
static void read_offer(struct reader *r, bool little, struct rpc_offer *ret)
{
    size_t i, n;

    memset(ret, 0, sizeof *ret);
    ret->id = rpc_read16(r, little);
    n = reader_u8(r);
    reader_u8(r);
    rpc_syntax_read(r, little, &ret->abstract);
    ret->transfers = n < RPC_TRANSFERS_MAX ? n : RPC_TRANSFERS_MAX;
    for (i = 0; i < ret->transfers; i++)
        rpc_syntax_read(r, little, &ret->transfer[i]);
    reader_take(r, (n - ret->transfers) * SYNTAX);
}

static void read_result(struct reader *r, bool little, struct rpc_result *ret)
{
    ret->result = rpc_read16(r, little);
    ret->reason = rpc_read16(r, little);
    rpc_syntax_read(r, little, &ret->transfer);
}

bool rpc_offer_next(struct rpc_list *list, struct rpc_offer *ret)
{
    struct reader r = reader_over(list->raw);

    if (!list->left)
        return false;
    read_offer(&r, list->little, ret);
    list->left--;
    list->raw = reader_rest(&r);
    return true;
}

bool rpc_result_next(struct rpc_list *list, struct rpc_result *ret)
{
    struct reader r = reader_over(list->raw);

    if (!list->left)
        return false;
    read_result(&r, list->little, ret);
    list->left--;
    list->raw = reader_rest(&r);
    return true;
}

/* Finds the whole list, so that walking it cannot fail. What follows it is passed over: Windows
 * puts padding there. */
static struct rpc_list read_list(struct reader *r, bool little, bool offers)
{
    struct rpc_list list = { .little = little, .left = reader_u8(r) };
    struct rpc_offer offer;
    size_t at, i;

    reader_take(r, 3);
    at = r->pos;
    for (i = 0; i < list.left && !r->err; i++) {
        if (offers)
            read_offer(r, little, &offer);
        else
            reader_take(r, RESULT);
    }
    if (!r->err)
        list.raw = bytes_of(r->base + at, r->pos - at);
    return list;
}

enum err rpc_bind_read(const struct rpc_pdu *p, struct rpc_bind *ret)
{
    struct reader r = reader_over(p->body);
    bool little = p->header.drep.little;
    struct rpc_bind b = { 0 };

    b.max_send = rpc_read16(&r, little);
    b.max_receive = rpc_read16(&r, little);
    b.group = rpc_read32(&r, little);
    b.offers = read_list(&r, little, true);
    if (r.err)
        return detail_fail(r.err, "rpc: a bind of %zu bytes is too short for its %zu offers",
                           p->body.len, b.offers.left);
    *ret = b;
    return ERR_OK;
}

void rpc_bind_write(struct writer *w, const struct rpc_bind *b, const struct rpc_offer *offers,
                    size_t n)
{
    size_t i, j;

    writer_le16(w, b->max_send);
    writer_le16(w, b->max_receive);
    writer_le32(w, b->group);
    if (n > UINT8_MAX)
        writer_fail(w, ERR_TOO_LONG);
    writer_le32(w, (uint8_t)n);
    for (i = 0; i < n; i++) {
        writer_le16(w, offers[i].id);
        writer_le16(w, (uint8_t)offers[i].transfers);
        rpc_syntax_write(w, &offers[i].abstract);
        for (j = 0; j < offers[i].transfers; j++)
            rpc_syntax_write(w, &offers[i].transfer[j]);
    }
}

enum err rpc_bind_ack_read(const struct rpc_pdu *p, struct rpc_bind_ack *ret)
{
    struct reader r = reader_over(p->body);
    bool little = p->header.drep.little;
    struct rpc_bind_ack b = { 0 };
    size_t length;

    b.max_send = rpc_read16(&r, little);
    b.max_receive = rpc_read16(&r, little);
    b.group = rpc_read32(&r, little);
    length = rpc_read16(&r, little);
    if (length > RPC_ADDRESS_MAX)
        reader_fail(&r, ERR_TOO_LONG);
    b.address = reader_take(&r, length);
    while (b.address.len && b.address.ptr[b.address.len - 1] == 0)
        b.address.len--;
    reader_align(&r, 4); /* of the body as of the PDU: its header has 16 bytes */
    b.results = read_list(&r, little, false);
    if (r.err)
        return detail_fail(r.err,
                           "rpc: a bind_ack of %zu bytes with an address of %zu, %zu results",
                           p->body.len, length, b.results.left);
    *ret = b;
    return ERR_OK;
}

void rpc_bind_ack_write(struct writer *w, const struct rpc_bind_ack *b,
                        const struct rpc_result *results, size_t n)
{
    size_t i;

    writer_le16(w, b->max_send);
    writer_le16(w, b->max_receive);
    writer_le32(w, b->group);
    if (n > UINT8_MAX || b->address.len >= RPC_ADDRESS_MAX)
        writer_fail(w, ERR_TOO_LONG);
    writer_len16(w, b->address.len ? b->address.len + 1 : 0);
    writer_bytes(w, b->address);
    writer_zero(w, b->address.len ? 1 : 0);
    writer_align(w, 4);
    writer_le32(w, (uint8_t)n);
    for (i = 0; i < n; i++) {
        writer_le16(w, results[i].result);
        writer_le16(w, results[i].reason);
        rpc_syntax_write(w, &results[i].transfer);
    }
}

/* 90740320-fad0-11d3-82d7-009027b130ab: extended error information follows.  [MS-RPCE] 2.2.2.9 */
static const uint8_t extra_signature[16] = { 0x20, 0x03, 0x74, 0x90, 0xd0, 0xfa, 0xd3, 0x11,
                                             0x82, 0xd7, 0x00, 0x90, 0x27, 0xb1, 0x30, 0xab };

enum err rpc_bind_nak_read(const struct rpc_pdu *p, struct rpc_bind_nak *ret)
{
    struct reader r = reader_over(p->body);
    struct rpc_bind_nak b = { 0 };
    size_t n, i;

    b.reason = rpc_read16(&r, p->header.drep.little);
    if (reader_left(&r)) { /* some send the reason alone */
        n = reader_u8(&r);
        b.versions = n < RPC_VERSIONS_MAX ? n : RPC_VERSIONS_MAX;
        for (i = 0; i < b.versions; i++) {
            b.major[i] = reader_u8(&r);
            b.minor[i] = reader_u8(&r);
        }
        reader_take(&r, 2 * (n - b.versions));
    }
    if (r.err)
        return detail_fail(r.err, "rpc: a bind_nak of %zu bytes", p->body.len);
    if (reader_left(&r) >= ((0 - r.pos) & 3) + sizeof extra_signature) {
        reader_align(&r, 4);
        if (bytes_equal(reader_take(&r, sizeof extra_signature),
                        bytes_of(extra_signature, sizeof extra_signature)))
            b.extra = reader_rest(&r);
    }
    *ret = b;
    return ERR_OK;
}

void rpc_bind_nak_write(struct writer *w, const struct rpc_bind_nak *b)
{
    size_t i;

    writer_le16(w, b->reason);
    writer_u8(w, (uint8_t)b->versions);
    for (i = 0; i < b->versions; i++) {
        writer_u8(w, b->major[i]);
        writer_u8(w, b->minor[i]);
    }
    writer_align(w, 4);
    if (!b->extra.len)
        return;
    writer_bytes(w, bytes_of(extra_signature, sizeof extra_signature));
    writer_bytes(w, b->extra);
}

/* Four octets of no meaning come before the sec_trailer; some count them as padding, some send
 * none. */
enum err rpc_auth3_read(const struct rpc_pdu *p)
{
    if (!p->has_auth)
        return detail_fail(ERR_MALFORMED, "rpc: an auth3 without an auth value");
    return ERR_OK;
}

void rpc_auth3_write(struct writer *w)
{
    writer_zero(w, 4);
}
