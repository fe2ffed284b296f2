/* SPDX-License-Identifier: Apache-2.0
 * out.c - NDR written.  C706 14.2 and 14.3, [MS-RPCE] 2.2.5
 */
#include "ndr/out.h"

#include "base/detail.h"
#include "base/utf16.h"

OFTEN enum err ndr_out_begin(enum ndr_syntax syntax, struct ndr_fulls *fulls, struct ndr_out *ret)
{
    *ret =
        (struct ndr_out){ .w = writer_new(NDR_OUT_MAX), .wide = syntax == NDR_64, .fulls = fulls };
    return ERR_OK;
}

enum err ndr_out_take(struct ndr_out *out, struct buf *ret)
{
    return writer_take(&out->w, ret);
}

OFTEN void ndr_out_done(struct ndr_out *out)
{
    writer_done(&out->w);
}

void ndr_out_fail(struct ndr_out *out, enum err e, const char *why)
{
    if (!out->w.err)
        writer_fail(&out->w, detail_fail(e, "ndr: written to %zu: %s", out->w.len, why));
}

bool ndr_out_enter(struct ndr_out *out)
{
    if (out->depth == NDR_DEPTH_MAX)
        ndr_out_fail(out, ERR_INVALID_PARAMETER, "too many levels deep, or a circle");
    if (out->w.err)
        return false;
    out->depth++;
    return true;
}

void ndr_out_leave(struct ndr_out *out)
{
    out->depth--;
}

void ndr_out_align(struct ndr_out *out, size_t n)
{
    writer_align(&out->w, n);
}

void ndr_out_align_as(struct ndr_out *out, size_t ndr20, size_t ndr64)
{
    writer_align(&out->w, out->wide ? ndr64 : ndr20);
}

void ndr_out_pad(struct ndr_out *out, size_t n)
{
    if (out->wide)
        writer_align(&out->w, n);
}

void ndr_out_u8(struct ndr_out *out, uint8_t v)
{
    writer_u8(&out->w, v);
}

void ndr_out_u16(struct ndr_out *out, uint16_t v)
{
    writer_align(&out->w, 2);
    writer_le16(&out->w, v);
}

void ndr_out_u32(struct ndr_out *out, uint32_t v)
{
    writer_align(&out->w, 4);
    writer_le32(&out->w, v);
}

void ndr_out_u64(struct ndr_out *out, uint64_t v)
{
    writer_align(&out->w, 8);
    writer_le64(&out->w, v);
}

void ndr_out_float(struct ndr_out *out, float v)
{
    uint32_t bits;

    memcpy(&bits, &v, sizeof bits);
    ndr_out_u32(out, bits);
}

void ndr_out_double(struct ndr_out *out, double v)
{
    uint64_t bits;

    memcpy(&bits, &v, sizeof bits);
    ndr_out_u64(out, bits);
}

void ndr_out_boolean(struct ndr_out *out, bool v)
{
    ndr_out_u8(out, v);
}

void ndr_out_enum16(struct ndr_out *out, int v)
{
    if (v < 0 || v > INT16_MAX)
        ndr_out_fail(out, ERR_RPC_ENUM, "an enumeration's value has 15 bits");
    if (out->wide)
        ndr_out_u32(out, (uint32_t)v);
    else
        ndr_out_u16(out, (uint16_t)v);
}

void ndr_out_v1_enum(struct ndr_out *out, int v)
{
    ndr_out_u32(out, (uint32_t)v);
}

static void out_3264(struct ndr_out *out, uint64_t v, bool fits)
{
    if (out->wide) {
        ndr_out_u64(out, v);
        return;
    }
    if (!fits)
        ndr_out_fail(out, ERR_RPC_BOUND, "an __int3264 that needs more than NDR's 32 bits");
    ndr_out_u32(out, (uint32_t)v);
}

void ndr_out_int3264(struct ndr_out *out, int64_t v)
{
    out_3264(out, (uint64_t)v, v >= INT32_MIN && v <= INT32_MAX);
}

void ndr_out_uint3264(struct ndr_out *out, uint64_t v)
{
    out_3264(out, v, v <= UINT32_MAX);
}

void ndr_out_size(struct ndr_out *out, size_t n)
{
    writer_align(&out->w, out->wide ? 8 : 4);
    writer_len32(&out->w, n);
    if (out->wide)
        writer_le32(&out->w, 0);
}

void ndr_out_context(struct ndr_out *out, const struct ndr_context *c)
{
    uint8_t uuid[16];

    uuid_write(&c->uuid, uuid);
    ndr_out_u32(out, c->attributes);
    writer_bytes(&out->w, bytes_of(uuid, sizeof uuid));
}

size_t ndr_out_hole(struct ndr_out *out)
{
    size_t hole;

    writer_align(&out->w, out->wide ? 8 : 4);
    hole = writer_hole32(&out->w);
    if (out->wide)
        writer_le32(&out->w, 0);
    return hole;
}

void ndr_out_fill(struct ndr_out *out, size_t hole, size_t count)
{
    writer_fill_le32(&out->w, hole, count);
}

static struct ndr_full *full_of(struct ndr_out *out, const void *p, const void *type)
{
    struct ndr_full *f = ndr_fulls_by_object(out->fulls, p, type);

    if (!f && !out->w.err)
        writer_fail(&out->w, ndr_fulls_add(out->fulls, 0, (void *)p, type, &f));
    return f;
}

void ndr_out_pointer(struct ndr_out *out, enum ndr_pointer kind, const void *p, const void *type)
{
    struct ndr_full *f = NULL;
    uint64_t id = 0;

    if (!p && kind == NDR_REF)
        ndr_out_fail(out, ERR_RPC_NULL_REF, "a ref pointer is NULL");
    if (p && kind == NDR_FULL) {
        f = full_of(out, p, type);
        id = f ? f->id : 0;
    } else if (p) {
        id = 0x00020000 + 4 * out->last_id++; /* as Windows numbers them; any number would do */
    }
    if (out->wide)
        ndr_out_u64(out, id);
    else
        ndr_out_u32(out, (uint32_t)id);
}

bool ndr_out_full(struct ndr_out *out, const void *p, const void *type)
{
    struct ndr_full *f = p ? full_of(out, p, type) : NULL;
    bool first = f && !f->seen_out;

    if (out->w.err || !first)
        return false;
    f->seen_out = true;
    return true;
}

void ndr_out_conformance(struct ndr_out *out, const struct ndr_span *spans, size_t dims)
{
    size_t i;

    for (i = 0; i < dims; i++)
        ndr_out_size(out, spans[i].max);
}

void ndr_out_variance(struct ndr_out *out, const struct ndr_span *spans, size_t dims)
{
    size_t i;

    for (i = 0; i < dims; i++) {
        if (spans[i].offset > spans[i].max || spans[i].actual > spans[i].max - spans[i].offset)
            ndr_out_fail(out, ERR_RPC_BOUND, "a part reaches beyond its array");
        ndr_out_size(out, spans[i].offset);
        ndr_out_size(out, spans[i].actual);
    }
}

static uint8_t *room_for(struct ndr_out *out, size_t n, size_t size, size_t align)
{
    if (!n)
        return NULL;
    if (n > NDR_OUT_MAX / size)
        ndr_out_fail(out, ERR_TOO_LONG, "an array beyond the limit");
    if (out->w.err)
        return NULL;
    writer_align(&out->w, align);
    return writer_room(&out->w, n * size);
}

bool ndr_out_blocks(struct ndr_out *out, const void *from, size_t n, size_t size, size_t align)
{
    uint8_t *to = NULL;

    if (!ndr_host_is_little())
        return false;
    to = room_for(out, n, size, align);
    if (to)
        memcpy(to, from, n * size);
    return true;
}

void ndr_out_array(struct ndr_out *out, const void *from, size_t n, size_t size)
{
    uint8_t *to = room_for(out, n, size, size);

    if (to)
        ndr_copy(to, from, n, size, !ndr_host_is_little());
}

static void string(struct ndr_out *out, const void *s, size_t n, size_t max, size_t size)
{
    struct ndr_span span = { max ? max : n, 0, n };

    ndr_out_conformance(out, &span, 1);
    ndr_out_variance(out, &span, 1);
    ndr_out_array(out, s, n, size);
}

void ndr_out_string(struct ndr_out *out, const char *s, size_t max)
{
    string(out, s, strlen(s) + 1, max, 1);
}

void ndr_out_wide_string(struct ndr_out *out, const char16_t *s, size_t max)
{
    string(out, s, wide_length(s) + 1, max, 2);
}

void ndr_out_string_from(struct ndr_out *out, const void *from, size_t room, size_t size)
{
    const uint8_t *narrow = from;
    const char16_t *wide = from;
    struct ndr_span span = { room, 0, 1 };

    while (span.actual <= room && (size == 1 ? narrow[span.actual - 1] : wide[span.actual - 1]))
        span.actual++;
    if (span.actual > room)
        ndr_out_fail(out, ERR_INVALID_PARAMETER, "a string without its zero");
    ndr_out_variance(out, &span, 1);
    if (!out->w.err)
        ndr_out_array(out, from, span.actual, size);
}
