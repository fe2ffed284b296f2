/* SPDX-License-Identifier: Apache-2.0
 * fuzz_rpc_pdu.c - any bytes as a PDU of any type: what is accepted writes, and reads back equal.
 */
#include <stdlib.h>

#include "lib/initialised.h"
#include "rpc/trailer.h"

enum { LISTED = 255 };

static struct rpc_offer offers[LISTED];
static struct rpc_result results[LISTED];

static enum err write_bind(struct writer *w, const struct rpc_pdu *p)
{
    struct rpc_bind b;
    size_t n = 0;
    enum err e = rpc_bind_read(p, &b);

    while (!e && rpc_offer_next(&b.offers, &offers[n]))
        n++;
    if (!e)
        rpc_bind_write(w, &b, offers, n);
    return e;
}

static enum err write_bind_ack(struct writer *w, const struct rpc_pdu *p)
{
    struct rpc_bind_ack b;
    size_t n = 0;
    enum err e = rpc_bind_ack_read(p, &b);

    while (!e && rpc_result_next(&b.results, &results[n]))
        n++;
    if (!e && b.address.len < RPC_ADDRESS_MAX)
        rpc_bind_ack_write(w, &b, results, n);
    return e;
}

static enum err write_bind_nak(struct writer *w, const struct rpc_pdu *p)
{
    struct rpc_bind_nak b;
    enum err e = rpc_bind_nak_read(p, &b);

    if (!e)
        rpc_bind_nak_write(w, &b);
    return e;
}

static enum err write_request(struct writer *w, const struct rpc_pdu *p)
{
    struct rpc_request q;
    enum err e = rpc_request_read(p, &q);

    if (!e)
        rpc_request_write(w, &q);
    return e;
}

static enum err write_response(struct writer *w, const struct rpc_pdu *p)
{
    struct rpc_response s;
    enum err e = rpc_response_read(p, &s);

    if (!e)
        rpc_response_write(w, &s);
    return e;
}

static enum err write_fault(struct writer *w, const struct rpc_pdu *p)
{
    struct rpc_fault f;
    enum err e = rpc_fault_read(p, &f);

    if (!e)
        rpc_fault_write(w, &f);
    return e;
}

static enum err write_body(struct writer *w, const struct rpc_pdu *p)
{
    switch (p->header.type) {
    case RPC_BIND:
    case RPC_ALTER_CONTEXT:
        return write_bind(w, p);
    case RPC_BIND_ACK:
    case RPC_ALTER_ACK:
        return write_bind_ack(w, p);
    case RPC_BIND_NAK:
        return write_bind_nak(w, p);
    case RPC_REQUEST:
        return write_request(w, p);
    case RPC_RESPONSE:
        return write_response(w, p);
    case RPC_FAULT:
        return write_fault(w, p);
    default:
        return ERR_OK;
    }
}

/* Reads raw and writes it anew; false for what is refused. */
static bool there_and_back(struct bytes raw, struct buf *ret)
{
    struct writer w = writer_new((size_t)1 << 20);
    struct bytes left;
    struct rpc_header h;
    struct rpc_pdu p;

    if (rpc_header_read(bytes_of(raw.ptr, raw.len < 16 ? raw.len : 16), RPC_FRAGMENT_MAX, &h) ||
        raw.len < h.frag_length || rpc_pdu_read(bytes_of(raw.ptr, h.frag_length), &h, &p))
        return false;
    if (rpc_trailer_check(p.body, &(struct rpc_verify){ .label = { 0x10 } }, &left) == ERR_OK &&
        left.len > p.body.len)
        abort();
    rpc_pdu_begin(&w, h.type, h.flags, h.call_id);
    if (write_body(&w, &p)) {
        writer_done(&w);
        return false;
    }
    rpc_pdu_end(&w, p.has_auth ? &p.auth : NULL);
    return writer_take(&w, ret) == ERR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = { 0 }, twice = { 0 };

    if (!there_and_back(bytes_of(data, size), &once))
        return 0;
    initialised_check(once.ptr, once.len);
    if (once.len <= RPC_FRAGMENT_MAX &&
        (!there_and_back(buf_view(once), &twice) || !bytes_equal(buf_view(once), buf_view(twice))))
        abort();
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
