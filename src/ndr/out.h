/* SPDX-License-Identifier: Apache-2.0
 * out.h - NDR written, little-endian: what a stub calls for each type.  C706 14.2 and 14.3,
 * [MS-RPCE] 2.2.5
 *
 * The first failure sticks, as in base/writer.h. Gaps of alignment are zero.
 */
#pragma once

#include <uchar.h>

#include "base/writer.h"
#include "ndr/full.h"
#include "ndr/ndr.h"

struct ndr_out {
    struct writer w; /* grows by doubling up to NDR_OUT_MAX; begins where alignment is counted */
    unsigned depth;
    bool wide;        /* NDR64 */
    uint32_t last_id; /* of ref and unique pointers, where there is no table */
    struct ndr_fulls *fulls;
    uint32_t raised;             /* the exception that a routine of the program raised */
    struct ndr_handles *handles; /* of ndr/handles.h; NULL: none can travel */
};

/* fulls as in ndr_in_begin. Asks for no memory, and does not fail. */
MUST_CHECK enum err ndr_out_begin(enum ndr_syntax syntax, struct ndr_fulls *fulls,
                                  struct ndr_out *ret) SHARED(ndr_out_begin);
/* Hands over the stub, or reports the failure; the stream is done either way. */
MUST_CHECK enum err ndr_out_take(struct ndr_out *out, struct buf *ret) SHARED(ndr_out_take);
void ndr_out_done(struct ndr_out *out) SHARED(ndr_out_done);
void ndr_out_fail(struct ndr_out *out, enum err e, const char *why) SHARED(ndr_out_fail);

/* As ndr_in_enter and ndr_in_leave: a caller's list that runs in a circle of unique pointers ends
 * here, ERR_INVALID_PARAMETER. */
MUST_CHECK bool ndr_out_enter(struct ndr_out *out) SHARED(ndr_out_enter);
void ndr_out_leave(struct ndr_out *out) SHARED(ndr_out_leave);

void ndr_out_align(struct ndr_out *out, size_t n) SHARED(ndr_out_align);
/* As ndr_in_align_as and ndr_in_pad. */
void ndr_out_align_as(struct ndr_out *out, size_t ndr20, size_t ndr64) SHARED(ndr_out_align_as);
void ndr_out_pad(struct ndr_out *out, size_t n) SHARED(ndr_out_pad);
void ndr_out_u8(struct ndr_out *out, uint8_t v) SHARED(ndr_out_u8);
void ndr_out_u16(struct ndr_out *out, uint16_t v) SHARED(ndr_out_u16);
void ndr_out_u32(struct ndr_out *out, uint32_t v) SHARED(ndr_out_u32);
void ndr_out_u64(struct ndr_out *out, uint64_t v) SHARED(ndr_out_u64);
void ndr_out_float(struct ndr_out *out, float v) SHARED(ndr_out_float);
void ndr_out_double(struct ndr_out *out, double v) SHARED(ndr_out_double);
void ndr_out_boolean(struct ndr_out *out, bool v) SHARED(ndr_out_boolean);
/* ERR_RPC_ENUM outside 0 to 32767. */
void ndr_out_enum16(struct ndr_out *out, int v) SHARED(ndr_out_enum16);
void ndr_out_v1_enum(struct ndr_out *out, int v) SHARED(ndr_out_v1_enum);
/* ERR_RPC_BOUND where the syntax has 32 bits for it and it needs more. */
void ndr_out_int3264(struct ndr_out *out, int64_t v) SHARED(ndr_out_int3264);
void ndr_out_uint3264(struct ndr_out *out, uint64_t v) SHARED(ndr_out_uint3264);
/* A number of elements; ERR_TOO_LONG beyond 32 bits in either syntax. */
void ndr_out_size(struct ndr_out *out, size_t n) SHARED(ndr_out_size);
void ndr_out_context(struct ndr_out *out, const struct ndr_context *c) SHARED(ndr_out_context);

/* A count known later: aligned, to be filled once. */
size_t ndr_out_hole(struct ndr_out *out) SHARED(ndr_out_hole);
void ndr_out_fill(struct ndr_out *out, size_t hole, size_t count) SHARED(ndr_out_fill);

/* A pointer among the fields; type is for NDR_FULL only. A null NDR_REF is
 * ERR_RPC_NULL_REF. */
void ndr_out_pointer(struct ndr_out *out, enum ndr_pointer kind, const void *p, const void *type)
    SHARED(ndr_out_pointer);
/* Step two of NDR_FULL: true where the referent's data is to be written, once for each. */
bool ndr_out_full(struct ndr_out *out, const void *p, const void *type) SHARED(ndr_out_full);

/* An array's counts; refused with ERR_RPC_BOUND: offset + actual > max, with
 * ERR_TOO_LONG: beyond 32 bits. */
void ndr_out_conformance(struct ndr_out *out, const struct ndr_span *spans, size_t dims)
    SHARED(ndr_out_conformance);
void ndr_out_variance(struct ndr_out *out, const struct ndr_span *spans, size_t dims)
    SHARED(ndr_out_variance);
/* n elements of a base type of size 1, 2, 4 or 8. */
void ndr_out_array(struct ndr_out *out, const void *from, size_t n, size_t size)
    SHARED(ndr_out_array);
/* n structures as ndr_in_blocks reads them; false where our own order is not the wire's. */
MUST_CHECK bool ndr_out_blocks(struct ndr_out *out, const void *from, size_t n, size_t size,
                               size_t align) SHARED(ndr_out_blocks);
/* A conformant and varying [string] up to its zero; max 0: as long as it is. */
void ndr_out_string(struct ndr_out *out, const char *s, size_t max) SHARED(ndr_out_string);
void ndr_out_wide_string(struct ndr_out *out, const char16_t *s, size_t max)
    SHARED(ndr_out_wide_string);
/* A [string] in a fixed array of room elements of size 1 or 2, which must hold its zero. */
void ndr_out_string_from(struct ndr_out *out, const void *from, size_t room, size_t size)
    SHARED(ndr_out_string_from);
