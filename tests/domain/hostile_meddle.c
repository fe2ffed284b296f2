/* SPDX-License-Identifier: Apache-2.0
 * hostile_meddle.c - what a man in the middle of RPC does to which PDU.
 */
#include "domain/hostile_meddle.h"

enum { TYPE_AT = 2, FLAGS_AT = 3, FRAG_AT = 8, AUTH_AT = 10, STATUS_AT = 24, FOURTH = 3 };

static size_t get16(const struct relay_frame *f, size_t at)
{
    return f->bytes.ptr[at] | (size_t)f->bytes.ptr[at + 1] << 8;
}

static void put16(struct relay_frame *f, size_t at, size_t v)
{
    f->bytes.ptr[at] = (uint8_t)v;
    f->bytes.ptr[at + 1] = (uint8_t)(v >> 8);
}

/* Where the sec_trailer begins; 0: there is none. */
static size_t trailer_at(const struct relay_frame *f)
{
    size_t auth = get16(f, AUTH_AT);

    return auth ? f->bytes.len - auth - RPC_SEC_TRAILER_SIZE : 0;
}

/* ---- edits ---- */

enum relay_verdict meddle_set(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    (void)m;
    f->bytes.ptr[r->at] = r->value;
    return RELAY_PASS;
}

enum relay_verdict meddle_flip(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    (void)m;
    f->bytes.ptr[r->at] ^= r->value;
    return RELAY_PASS;
}

enum relay_verdict meddle_set_trailer(struct meddle *m, const struct meddle_rule *r,
                                      struct relay_frame *f)
{
    size_t at = trailer_at(f);

    (void)m;
    if (at && at + r->at < f->bytes.len)
        f->bytes.ptr[at + r->at] = r->value;
    return RELAY_PASS;
}

enum relay_verdict meddle_flip_trailer(struct meddle *m, const struct meddle_rule *r,
                                       struct relay_frame *f)
{
    size_t at = trailer_at(f);

    (void)m;
    if (at && at + r->at < f->bytes.len)
        f->bytes.ptr[at + r->at] ^= r->value;
    return RELAY_PASS;
}

enum relay_verdict meddle_strip(struct meddle *m, const struct meddle_rule *r,
                                struct relay_frame *f)
{
    size_t at = trailer_at(f);

    (void)m;
    (void)r;
    if (at) {
        f->bytes.len = at - f->bytes.ptr[at + 2];
        put16(f, FRAG_AT, f->bytes.len);
        put16(f, AUTH_AT, 0);
    }
    return RELAY_PASS;
}

enum relay_verdict meddle_drop(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    (void)m;
    (void)r;
    (void)f;
    return RELAY_DROP;
}

enum relay_verdict meddle_twice(struct meddle *m, const struct meddle_rule *r,
                                struct relay_frame *f)
{
    (void)m;
    (void)r;
    (void)f;
    return RELAY_TWICE;
}

enum relay_verdict meddle_cut(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    (void)m;
    (void)r;
    (void)f;
    return RELAY_CUT;
}

enum relay_verdict meddle_swap(struct meddle *m, const struct meddle_rule *r, struct relay_frame *f)
{
    (void)r;
    assert_int_equal(buf_copy(buf_view(f->bytes), &m->kept), ERR_OK);
    return RELAY_DROP;
}

enum relay_verdict meddle_spoof(struct meddle *m, const struct meddle_rule *r,
                                struct relay_frame *f)
{
    (void)m;
    f->bytes.len = RPC_CALL_HEADER_SIZE + r->value;
    memset(f->bytes.ptr + RPC_CALL_HEADER_SIZE, 0, r->value);
    f->bytes.ptr[FLAGS_AT] = RPC_FIRST | RPC_LAST;
    put16(f, FRAG_AT, f->bytes.len);
    put16(f, AUTH_AT, 0);
    return RELAY_PASS;
}

/* ---- the rules ---- */

static void put_back(struct meddle *m, struct relay_frame *f)
{
    struct buf both = { 0 };

    if (!m->kept.ptr)
        return;
    assert_int_equal(buf_new(f->bytes.len + m->kept.len, &both), ERR_OK);
    memcpy(both.ptr, f->bytes.ptr, f->bytes.len);
    memcpy(both.ptr + f->bytes.len, m->kept.ptr, m->kept.len);
    buf_free(&f->bytes);
    buf_free(&m->kept);
    f->bytes = both;
}

static bool is_meant(const struct meddle *m, const struct meddle_rule *r,
                     const struct relay_frame *f)
{
    uint8_t flags = f->bytes.ptr[FLAGS_AT];

    if (!r->edit || r->from_client != f->from_client || r->type != f->bytes.ptr[TYPE_AT])
        return false;
    switch (r->which) {
    case MEDDLE_BEGIN:
        return flags & RPC_FIRST;
    case MEDDLE_MIDDLE:
        return m->fragments[f->from_client] == FOURTH && !(flags & RPC_LAST);
    case MEDDLE_END:
        return flags & RPC_LAST;
    case MEDDLE_EVERY:
        break;
    }
    return true;
}

static void look(struct meddle *m, const struct relay_frame *f)
{
    const uint8_t *p = f->bytes.ptr;

    m->fragments[f->from_client]++;
    if (p[FLAGS_AT] & RPC_FIRST)
        m->fragments[f->from_client] = 0;
    if (!f->from_client && p[TYPE_AT] == RPC_FAULT && f->bytes.len >= RPC_FAULT_SIZE) {
        atomic_store(&m->fault, (unsigned)(get16(f, STATUS_AT) | get16(f, STATUS_AT + 2) << 16));
        atomic_fetch_add(&m->faults, 1);
    }
    if (!f->from_client && p[TYPE_AT] == RPC_BIND_NAK)
        atomic_store(&m->nak, (unsigned)get16(f, RPC_HEADER_SIZE) + 1);
}

static enum relay_verdict on_frame(void *arg, struct relay_frame *f)
{
    struct meddle *m = arg;
    enum relay_verdict v = RELAY_PASS;
    bool meant[MEDDLE_RULES];
    size_t i;

    look(m, f);
    for (i = 0; i < MEDDLE_RULES; i++)
        meant[i] = is_meant(m, &m->rule[i], f);
    put_back(m, f);
    for (i = 0; i < MEDDLE_RULES && v == RELAY_PASS; i++)
        if (meant[i]) {
            atomic_fetch_add(&m->hits, 1);
            v = m->rule[i].edit(m, &m->rule[i], f);
        }
    return v;
}

unsigned meddle_begin(struct meddle *m)
{
    const struct relay_how how = {
        .to_port = hostile_port(), .framing = &relay_rpc, .meddle = on_frame, .arg = m
    };

    assert_int_equal(relay_new(&how, &m->relay), ERR_OK);
    return relay_port(m->relay);
}

void meddle_end(struct meddle *m)
{
    relay_free(m->relay);
    buf_free(&m->kept);
}
