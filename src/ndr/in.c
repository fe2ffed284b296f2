/* SPDX-License-Identifier: Apache-2.0
 * in.c - NDR read: the stream, base types, pointers.  C706 14.2, 14.3.8 to 14.3.11, [MS-RPCE] 2.2.5
 */
#include "ndr/in.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/detail.h"
#include "ndr/pipe.h"

OFTEN enum err ndr_in_begin(struct bytes stub, enum ndr_syntax syntax, struct ndr_drep drep,
                            struct ndr_arena *arena, struct ndr_fulls *fulls, struct ndr_in *ret)
{
    *ret = (struct ndr_in){ .r.err = ERR_MALFORMED };
    if (syntax == NDR_64 && !(drep.little && drep.ascii && drep.ieee))
        return detail_fail(ERR_MALFORMED, "ndr: NDR64 that is not little-endian, ASCII and IEEE");
    *ret = (struct ndr_in){ .r = reader_over(stub),
                            .drep = drep,
                            .swap = drep.little != ndr_host_is_little(),
                            .wide = syntax == NDR_64,
                            .arena = arena,
                            .fulls = fulls };
    return ERR_OK;
}

void ndr_in_fail(struct ndr_in *in, enum err e, const char *fmt, ...)
{
    char text[128];
    va_list ap;

    if (in->r.err)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    reader_fail(&in->r, detail_fail(e, "ndr: at %zu of %zu: %s", in->r.pos, in->r.size, text));
}

OFTEN enum err ndr_in_end(struct ndr_in *in)
{
    if (ndr_in_want(in, in->gap + 1))
        ndr_in_fail(in, ERR_MALFORMED, "nothing reads the rest");
    return in->r.err;
}

bool ndr_in_enter(struct ndr_in *in)
{
    if (in->depth == NDR_DEPTH_MAX)
        ndr_in_fail(in, ERR_TOO_LONG, "more than %d levels deep", NDR_DEPTH_MAX);
    if (in->r.err)
        return false;
    in->depth++;
    return true;
}

void ndr_in_leave(struct ndr_in *in)
{
    in->depth--;
}

/* The only place bytes are taken: a failure gets its text here. */
static struct bytes take(struct ndr_in *in, size_t n)
{
    if (n > in->r.size - in->r.pos && !ndr_in_want(in, n))
        ndr_in_fail(in, ERR_TRUNCATED, "%zu bytes are missing", n - (in->r.size - in->r.pos));
    return n ? reader_take(&in->r, n) : (struct bytes){ 0 };
}

void ndr_in_align(struct ndr_in *in, size_t n)
{
    take(in, (0 - in->r.pos) & (n - 1));
}

void ndr_in_align_as(struct ndr_in *in, size_t ndr20, size_t ndr64)
{
    ndr_in_align(in, in->wide ? ndr64 : ndr20);
}

void ndr_in_pad(struct ndr_in *in, size_t n)
{
    size_t pad = (0 - in->r.pos) & (n - 1);

    if (in->wide && pad)
        take(in, ndr_in_want(in, pad) ? pad : reader_left(&in->r));
}

static uint64_t integer(struct ndr_in *in, size_t n)
{
    struct bytes b;
    struct reader r;

    ndr_in_align(in, n);
    b = take(in, n);
    if (!b.len)
        return 0;
    r = reader_over(b);
    return in->drep.little ? reader_le(&r, b.len) : reader_be(&r, b.len);
}

uint8_t ndr_in_u8(struct ndr_in *in)
{
    return (uint8_t)integer(in, 1);
}

uint16_t ndr_in_u16(struct ndr_in *in)
{
    return (uint16_t)integer(in, 2);
}

uint32_t ndr_in_u32(struct ndr_in *in)
{
    return (uint32_t)integer(in, 4);
}

uint64_t ndr_in_u64(struct ndr_in *in)
{
    return integer(in, 8);
}

void ndr_in_ieee(struct ndr_in *in)
{
    if (!in->drep.ieee)
        ndr_in_fail(in, ERR_UNSUPPORTED, "a float that is not IEEE");
}

void ndr_in_ascii(struct ndr_in *in)
{
    if (!in->drep.ascii)
        ndr_in_fail(in, ERR_UNSUPPORTED, "a character in EBCDIC");
}

float ndr_in_float(struct ndr_in *in)
{
    uint32_t bits;
    float v;

    ndr_in_ieee(in);
    bits = ndr_in_u32(in);
    memcpy(&v, &bits, sizeof v);
    return v;
}

double ndr_in_double(struct ndr_in *in)
{
    uint64_t bits;
    double v;

    ndr_in_ieee(in);
    bits = ndr_in_u64(in);
    memcpy(&v, &bits, sizeof v);
    return v;
}

char ndr_in_char(struct ndr_in *in)
{
    ndr_in_ascii(in);
    return (char)ndr_in_u8(in);
}

bool ndr_in_boolean(struct ndr_in *in)
{
    return ndr_in_u8(in) != 0;
}

int ndr_in_enum16(struct ndr_in *in)
{
    uint32_t v = in->wide ? ndr_in_u32(in) : ndr_in_u16(in);

    return (int)ndr_in_range(in, (int32_t)v, 0, INT16_MAX);
}

int ndr_in_v1_enum(struct ndr_in *in)
{
    return (int)ndr_in_u32(in);
}

int64_t ndr_in_int3264(struct ndr_in *in)
{
    return in->wide ? (int64_t)ndr_in_u64(in) : (int32_t)ndr_in_u32(in);
}

uint64_t ndr_in_uint3264(struct ndr_in *in)
{
    return in->wide ? ndr_in_u64(in) : ndr_in_u32(in);
}

size_t ndr_in_size(struct ndr_in *in)
{
    return in->wide ? (size_t)ndr_in_range_unsigned(in, ndr_in_u64(in), 0, UINT32_MAX)
                    : ndr_in_u32(in);
}

void ndr_in_context(struct ndr_in *in, struct ndr_context *ret)
{
    *ret = (struct ndr_context){ 0 };
    ret->attributes = ndr_in_u32(in);
    ret->uuid.data1 = ndr_in_u32(in);
    ret->uuid.data2 = ndr_in_u16(in);
    ret->uuid.data3 = ndr_in_u16(in);
    ndr_in_array(in, ret->uuid.data4, sizeof ret->uuid.data4, 1);
}

int64_t ndr_in_range(struct ndr_in *in, int64_t v, int64_t low, int64_t high)
{
    if (v < low || v > high)
        ndr_in_fail(in, ERR_MALFORMED, "%lld is not within %lld and %lld", (long long)v,
                    (long long)low, (long long)high);
    return in->r.err ? low : v;
}

uint64_t ndr_in_range_unsigned(struct ndr_in *in, uint64_t v, uint64_t low, uint64_t high)
{
    if (v < low || v > high)
        ndr_in_fail(in, ERR_MALFORMED, "%llu is not within %llu and %llu", (unsigned long long)v,
                    (unsigned long long)low, (unsigned long long)high);
    return in->r.err ? low : v;
}

void ndr_in_same(struct ndr_in *in, uint64_t wire, uint64_t said)
{
    if (wire != said)
        ndr_in_fail(in, ERR_MALFORMED, "%llu here, %llu elsewhere", (unsigned long long)wire,
                    (unsigned long long)said);
}

void ndr_in_no_arm(struct ndr_in *in, int64_t discriminant)
{
    ndr_in_fail(in, ERR_MALFORMED, "the union has no arm %lld", (long long)discriminant);
}

void *ndr_in_new(struct ndr_in *in, size_t count, size_t size)
{
    void *p = NULL;

    if (!in->r.err)
        reader_fail(&in->r, ndr_arena_new(in->arena, count, size, &p));
    return p;
}

void *ndr_in_pointer(struct ndr_in *in, enum ndr_pointer kind)
{
    uint64_t id = in->wide ? ndr_in_u64(in) : ndr_in_u32(in);

    if (kind == NDR_REF && !id)
        ndr_in_fail(in, ERR_MALFORMED, "a ref pointer is null");
    if ((uintptr_t)id != id)
        ndr_in_fail(in, ERR_UNSUPPORTED, "a referent identifier wider than our pointers");
    return in->r.err ? NULL : (void *)(uintptr_t)id; /* NOLINT(performance-no-int-to-ptr) */
}

void ndr_in_ignored(struct ndr_in *in)
{
    (void)ndr_in_pointer(in, NDR_UNIQUE);
}

void *ndr_in_full(struct ndr_in *in, void *token, const void *type, bool *ret_fresh)
{
    struct ndr_full *f = NULL;

    *ret_fresh = false;
    if (!token || in->r.err)
        return NULL;
    f = ndr_fulls_by_id(in->fulls, (uintptr_t)token);
    if (f && f->type != type)
        ndr_in_fail(in, ERR_MALFORMED, "referent %llu is an object of another type",
                    (unsigned long long)f->id);
    if (in->r.err)
        return NULL;
    *ret_fresh = !f || !f->seen_in;
    return f ? f->object : NULL;
}

void ndr_in_full_is(struct ndr_in *in, void *token, const void *type, void *object)
{
    uintptr_t id = (uintptr_t)token;
    struct ndr_full *f = NULL;

    if (in->r.err)
        return;
    f = ndr_fulls_by_id(in->fulls, id);
    if (!f)
        reader_fail(&in->r, ndr_fulls_add(in->fulls, id, object, type, &f));
    else if (f->object != object)
        ndr_fulls_move(in->fulls, f, object);
    if (in->r.err)
        return;
    f->seen_in = true;
    f->node = in->graph.one_block && !in->temporary;
}
