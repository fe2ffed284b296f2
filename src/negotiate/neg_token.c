/* SPDX-License-Identifier: Apache-2.0
 * neg_token.c - SPNEGO's messages, read and written.  RFC 4178 4.2, [MS-SPNG] 2.2.1
 *
 *   frame(SPNEGO) { [0] SEQUENCE { [0] MechTypeList, [1] reqFlags BIT STRING, [2] mechToken,
 *                                  [3] mechListMIC } }                       NegTokenInit
 *                              or  [3] NegHints, [4] mechListMIC } }         NegTokenInit2
 *   [1] SEQUENCE { [0] negState ENUMERATED, [1] supportedMech OID, [2] responseToken,
 *                  [3] mechListMIC }                                         NegTokenResp
 *
 * The two first messages share their number; what stands in [3] tells them apart. All fields are
 * optional on the wire; who may leave out what is the state machine's business.
 */
#include "negotiate/neg_token.h"

#include "asn1/gss_frame.h"

static const uint8_t spnego_oid[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 }; /* 1.3.6.1.5.5.2 */
const struct bytes negotiate_spnego_oid = { spnego_oid, sizeof spnego_oid };

static bool has_field(const struct reader *r, unsigned n)
{
    return asn1_peek(r) == ASN1_CONTEXT(n);
}

static struct bytes read_optional(struct reader *r, unsigned n, uint8_t tag)
{
    return has_field(r, n) ? asn1_read_context(r, n, tag) : (struct bytes){ 0 };
}

static void write_optional(struct writer *w, unsigned n, uint8_t tag, struct bytes b)
{
    if (b.ptr)
        asn1_write_context(w, n, tag, b);
}

/* A value kept whole inside [n]. */
static struct bytes read_whole(struct reader *r, unsigned n)
{
    struct reader c = asn1_enter(r, ASN1_CONTEXT(n));
    struct bytes whole = asn1_read_any(&c);

    asn1_leave(r, &c);
    return r->err ? (struct bytes){ 0 } : whole;
}

static void write_whole(struct writer *w, unsigned n, struct bytes whole)
{
    size_t c = asn1_begin(w, ASN1_CONTEXT(n));

    writer_bytes(w, whole);
    asn1_end(w, c);
}

/* Both sequences end in an extension marker: fields of higher numbers may follow. */
static struct bytes read_extra(struct reader *r, unsigned above)
{
    struct reader look = *r;

    while (reader_left(r)) {
        if (asn1_peek(r) <= ASN1_CONTEXT(above))
            reader_fail(r, ERR_MALFORMED); /* out of order, or a second time */
        asn1_read_any(r);
    }
    return r->err || r->pos == look.pos ? (struct bytes){ 0 }
                                        : reader_take(&look, r->pos - look.pos);
}

struct reader negotiate_mech_types(struct bytes list)
{
    struct reader r = reader_over(list);

    return asn1_enter(&r, ASN1_SEQUENCE);
}

bool negotiate_mech_types_next(struct reader *r, struct bytes *ret_oid)
{
    if (!reader_left(r))
        return false;
    *ret_oid = asn1_read_oid(r);
    return !r->err;
}

static struct bytes read_mech_types(struct reader *r)
{
    struct bytes list = read_whole(r, 0);
    struct reader seq = negotiate_mech_types(list);
    struct bytes oid;
    size_t n = 0;

    while (!r->err && negotiate_mech_types_next(&seq, &oid))
        if (++n > NEGOTIATE_OFFERED_MAX)
            reader_fail(r, ERR_TOO_LONG);
    if (seq.err || n == 0)
        reader_fail(r, ERR_MALFORMED);
    return r->err ? (struct bytes){ 0 } : list;
}

static void read_hints(struct reader *r, struct negotiate_init *m)
{
    struct reader outer, hints;

    m->init2 = true;
    m->hints = read_whole(r, 3);
    outer = reader_over(m->hints);
    hints = asn1_enter(&outer, ASN1_SEQUENCE);
    m->hint_name = read_optional(&hints, 0, ASN1_GENERAL_STRING);
    m->hint_address = read_optional(&hints, 1, ASN1_OCTET_STRING);
    asn1_leave(&outer, &hints);
    if (outer.err)
        reader_fail(r, ERR_MALFORMED);
}

/* What the [n] that comes next holds: the tag inside. */
static uint8_t peek_inside(const struct reader *r, unsigned n)
{
    struct reader look = *r;
    struct reader c = asn1_enter(&look, ASN1_CONTEXT(n));

    return asn1_peek(&c);
}

static void read_init_fields(struct reader *r, struct negotiate_init *m)
{
    if (has_field(r, 0))
        m->mech_types = read_mech_types(r);
    if (has_field(r, 1)) {
        struct reader c = asn1_enter(r, ASN1_CONTEXT(1));

        m->req_flags = asn1_read_bits(&c, &m->req_flags_unused);
        asn1_leave(r, &c);
    }
    m->mech_token = read_optional(r, 2, ASN1_OCTET_STRING);
    if (has_field(r, 3) && peek_inside(r, 3) == ASN1_SEQUENCE)
        read_hints(r, m);
    else
        m->mic = read_optional(r, 3, ASN1_OCTET_STRING);
    if (has_field(r, 4)) {
        if (m->mic.ptr)
            reader_fail(r, ERR_MALFORMED);
        m->init2 = true;
        m->mic = read_optional(r, 4, ASN1_OCTET_STRING);
    }
    m->extra = read_extra(r, 4);
}

enum err negotiate_init_read(struct bytes msg, struct negotiate_init *ret)
{
    struct negotiate_init m = { 0 };
    struct bytes oid = { 0 }, inner = { 0 };
    struct reader r, choice, seq;
    enum err e = asn1_gss_frame_read(msg, &oid, &inner);

    if (e)
        return e;
    r = reader_over(inner);
    if (!bytes_equal(oid, negotiate_spnego_oid))
        reader_fail(&r, ERR_MALFORMED);
    choice = asn1_enter(&r, ASN1_CONTEXT(0));
    seq = asn1_enter(&choice, ASN1_SEQUENCE);
    read_init_fields(&seq, &m);
    asn1_leave(&choice, &seq);
    asn1_leave(&r, &choice);
    reader_end(&r);
    if (r.err == ERR_OK)
        *ret = m;
    return r.err;
}

enum err negotiate_init_write(const struct negotiate_init *m, struct buf *ret)
{
    struct writer w = writer_new(NEGOTIATE_TOKEN_MAX);
    size_t frame = asn1_begin(&w, ASN1_APPLICATION(0));
    size_t choice, seq, flags;

    asn1_write(&w, ASN1_OID, negotiate_spnego_oid);
    choice = asn1_begin(&w, ASN1_CONTEXT(0));
    seq = asn1_begin(&w, ASN1_SEQUENCE);
    if (m->mech_types.ptr)
        write_whole(&w, 0, m->mech_types);
    if (m->req_flags.ptr) {
        flags = asn1_begin(&w, ASN1_CONTEXT(1));
        asn1_write_bits(&w, m->req_flags, m->req_flags_unused);
        asn1_end(&w, flags);
    }
    write_optional(&w, 2, ASN1_OCTET_STRING, m->mech_token);
    if (m->hints.ptr)
        write_whole(&w, 3, m->hints);
    write_optional(&w, m->init2 ? 4 : 3, ASN1_OCTET_STRING, m->mic);
    writer_bytes(&w, m->extra);
    asn1_end(&w, seq);
    asn1_end(&w, choice);
    asn1_end(&w, frame);
    return writer_take(&w, ret);
}

static enum negotiate_resp_state read_state(struct reader *r)
{
    struct reader c;
    int32_t v;

    if (!has_field(r, 0))
        return NEGOTIATE_NO_STATE;
    c = asn1_enter(r, ASN1_CONTEXT(0));
    v = asn1_read_int(&c, ASN1_ENUMERATED);
    asn1_leave(r, &c);
    if (v < NEGOTIATE_COMPLETED || v > NEGOTIATE_REQUEST_MIC)
        reader_fail(r, ERR_MALFORMED);
    return r->err ? NEGOTIATE_NO_STATE : (enum negotiate_resp_state)v;
}

static struct bytes read_mech(struct reader *r)
{
    struct reader c;
    struct bytes oid;

    if (!has_field(r, 1))
        return (struct bytes){ 0 };
    c = asn1_enter(r, ASN1_CONTEXT(1));
    oid = asn1_read_oid(&c);
    asn1_leave(r, &c);
    return oid;
}

enum err negotiate_resp_read(struct bytes msg, struct negotiate_resp *ret)
{
    struct negotiate_resp m = { 0 };
    struct reader r = reader_over(msg);
    struct reader choice = asn1_enter(&r, ASN1_CONTEXT(1));
    struct reader seq = asn1_enter(&choice, ASN1_SEQUENCE);

    m.state = read_state(&seq);
    m.mech = read_mech(&seq);
    m.token = read_optional(&seq, 2, ASN1_OCTET_STRING);
    m.mic = read_optional(&seq, 3, ASN1_OCTET_STRING);
    m.extra = read_extra(&seq, 3);
    asn1_leave(&choice, &seq);
    asn1_leave(&r, &choice);
    reader_end(&r);
    if (r.err == ERR_OK)
        *ret = m;
    return r.err;
}

enum err negotiate_resp_write(const struct negotiate_resp *m, struct buf *ret)
{
    struct writer w = writer_new(NEGOTIATE_TOKEN_MAX);
    size_t choice = asn1_begin(&w, ASN1_CONTEXT(1));
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);
    size_t state;

    if (m->state != NEGOTIATE_NO_STATE) {
        state = asn1_begin(&w, ASN1_CONTEXT(0));
        asn1_write_int(&w, ASN1_ENUMERATED, m->state);
        asn1_end(&w, state);
    }
    write_optional(&w, 1, ASN1_OID, m->mech);
    write_optional(&w, 2, ASN1_OCTET_STRING, m->token);
    write_optional(&w, 3, ASN1_OCTET_STRING, m->mic);
    writer_bytes(&w, m->extra);
    asn1_end(&w, seq);
    asn1_end(&w, choice);
    return writer_take(&w, ret);
}

enum err negotiate_hints_write(struct buf *ret)
{
    struct writer w = writer_new(NEGOTIATE_TOKEN_MAX);
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);

    asn1_write_context(&w, 0, ASN1_GENERAL_STRING,
                       bytes_of_text("not_defined_in_RFC4178@please_ignore"));
    asn1_end(&w, seq);
    return writer_take(&w, ret);
}
