/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ndr.c - a structure of up to eight members, chosen by the input, that may point to others
 * of its kind: what is accepted, and written, reads and writes back equal.
 *
 *    0 bit 0: little-endian, bit 1: NDR64, which always is | 1 how many members | 2 one octet for
 * each | the stub
 */
#include <stdlib.h>

#include "lib/initialised.h"
#include "ndr/handles.h"
#include "ndr/in.h"
#include "ndr/out.h"

enum { MEMBERS = 8 };
enum {
    U8,
    U16,
    U32,
    U64,
    ENUM,
    DOUBLE,
    ARRAY,
    PART,
    TEXT,
    WIDE,
    CONTEXT,
    UNIQUE,
    FULL,
    WORD,
    PAD,
    HANDLE,
    KINDS
};

struct thing {
    struct member {
        uint64_t number;
        double real;
        struct ndr_span span;
        struct ndr_context context;
        const void *data;
        struct thing *to;
    } member[MEMBERS];
};

static const char thing_type;

static void read_array(struct ndr_in *in, struct member *m, bool part, size_t size)
{
    ndr_in_conformance(in, &m->span, 1);
    if (part)
        ndr_in_variance(in, &m->span, 1);
    m->data = ndr_in_array_view(in, ndr_in_count(in, &m->span, 1, size), size);
}

static void read_member(struct ndr_in *in, uint8_t kind, struct member *m)
{
    switch (kind % KINDS) {
    case U8:
        m->number = ndr_in_u8(in);
        break;
    case U16:
        m->number = ndr_in_u16(in);
        break;
    case U32:
        m->number = ndr_in_u32(in);
        break;
    case U64:
        m->number = ndr_in_u64(in);
        break;
    case ENUM:
        m->number = (uint64_t)ndr_in_enum16(in);
        break;
    case DOUBLE:
        m->real = ndr_in_double(in);
        break;
    case ARRAY:
        read_array(in, m, false, 8);
        break;
    case PART:
        read_array(in, m, true, 2);
        break;
    case TEXT:
        m->data = ndr_in_string(in, &m->span);
        break;
    case WIDE:
        m->data = ndr_in_wide_string(in, &m->span);
        break;
    case CONTEXT:
        ndr_in_context(in, &m->context);
        break;
    case UNIQUE:
        m->to = ndr_in_pointer(in, NDR_UNIQUE);
        break;
    case WORD:
        m->number = ndr_in_uint3264(in);
        break;
    case PAD:
        ndr_in_pad(in, 8);
        break;
    case HANDLE:
        m->number = (uint64_t)ndr_in_handle(in);
        break;
    default:
        m->to = ndr_in_pointer(in, NDR_FULL);
        break;
    }
}

static void read_thing(struct ndr_in *in, struct bytes kinds, struct thing *t)
{
    size_t i;

    if (!ndr_in_enter(in))
        return;
    for (i = 0; i < kinds.len; i++)
        read_member(in, kinds.ptr[i], &t->member[i]);
    for (i = 0; i < kinds.len; i++) {
        struct thing *token = t->member[i].to, **to = &t->member[i].to;
        bool full = kinds.ptr[i] % KINDS == FULL, fresh = token != NULL;

        if (full)
            *to = ndr_in_full(in, token, &thing_type, &fresh);
        if (!fresh)
            continue;
        *to = ndr_in_new(in, 1, sizeof **to);
        if (full)
            ndr_in_full_is(in, token, &thing_type, *to);
        if (*to)
            read_thing(in, kinds, *to);
    }
    ndr_in_leave(in);
}

static void write_array(struct ndr_out *out, const struct member *m, bool part, size_t size)
{
    ndr_out_conformance(out, &m->span, 1);
    if (part)
        ndr_out_variance(out, &m->span, 1);
    ndr_out_array(out, m->data, m->span.actual, size);
}

static void write_member(struct ndr_out *out, uint8_t kind, const struct member *m)
{
    switch (kind % KINDS) {
    case U8:
        ndr_out_u8(out, (uint8_t)m->number);
        break;
    case U16:
        ndr_out_u16(out, (uint16_t)m->number);
        break;
    case U32:
        ndr_out_u32(out, (uint32_t)m->number);
        break;
    case U64:
        ndr_out_u64(out, m->number);
        break;
    case ENUM:
        ndr_out_enum16(out, (int)m->number);
        break;
    case DOUBLE:
        ndr_out_double(out, m->real);
        break;
    case ARRAY:
        write_array(out, m, false, 8);
        break;
    case PART:
        write_array(out, m, true, 2);
        break;
    case TEXT:
        ndr_out_string(out, m->data, m->span.max);
        break;
    case WIDE:
        ndr_out_wide_string(out, m->data, m->span.max);
        break;
    case CONTEXT:
        ndr_out_context(out, &m->context);
        break;
    case UNIQUE:
        ndr_out_pointer(out, NDR_UNIQUE, m->to, NULL);
        break;
    case WORD:
        ndr_out_uint3264(out, m->number);
        break;
    case PAD:
        ndr_out_pad(out, 8);
        break;
    case HANDLE:
        ndr_out_handle(out, (int)m->number);
        break;
    default:
        ndr_out_pointer(out, NDR_FULL, m->to, &thing_type);
        break;
    }
}

static void write_thing(struct ndr_out *out, struct bytes kinds, const struct thing *t)
{
    size_t i;

    if (!ndr_out_enter(out))
        return;
    for (i = 0; i < kinds.len; i++)
        write_member(out, kinds.ptr[i], &t->member[i]);
    for (i = 0; i < kinds.len; i++) {
        const struct thing *to = t->member[i].to;

        if (to && (kinds.ptr[i] % KINDS != FULL || ndr_out_full(out, to, &thing_type)))
            write_thing(out, kinds, to);
    }
    ndr_out_leave(out);
}

/* What was read from stub, written again; false for what is refused. */
static bool there_and_back(struct bytes stub, enum ndr_syntax syntax, struct ndr_drep drep,
                           struct bytes kinds, struct buf *ret)
{
    struct ndr_arena arena = ndr_arena_with(ndr_budget(stub.len));
    struct ndr_fulls got = { 0 }, put = { 0 };
    static int fds[] = { 40, 41 }; /* are only told of */
    struct ndr_handles came = { .fd = fds, .count = 2 }, given = { 0 };
    struct thing t = { 0 };
    struct ndr_out out;
    struct ndr_in in;
    bool ok;

    if (ndr_in_begin(stub, syntax, drep, &arena, &got, &in) || ndr_out_begin(syntax, &put, &out))
        abort();
    in.handles = &came;
    out.handles = &given;
    read_thing(&in, kinds, &t);
    ok = ndr_in_end(&in) == ERR_OK;
    if (ok)
        write_thing(&out, kinds, &t);
    if (ok && ndr_out_take(&out, ret))
        abort();
    ndr_out_done(&out);
    ndr_handles_done(&given);
    ndr_arena_done(&arena);
    ndr_fulls_done(&got);
    ndr_fulls_done(&put);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_over(bytes_of(data, size));
    uint8_t how = reader_u8(&r);
    enum ndr_syntax syntax = how & 2 ? NDR_64 : NDR_20;
    struct ndr_drep drep = { (how & 3) != 0, true, true };
    struct bytes kinds = reader_take(&r, reader_u8(&r) % (MEMBERS + 1));
    struct buf once = { 0 }, twice = { 0 };

    if (r.err || !there_and_back(reader_rest(&r), syntax, drep, kinds, &once))
        return 0;
    initialised_check(once.ptr, once.len);
    if (!there_and_back(buf_view(once), syntax, NDR_DREP_NATIVE, kinds, &twice) ||
        !bytes_equal(buf_view(once), buf_view(twice)))
        abort();
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
