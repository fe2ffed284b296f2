/* SPDX-License-Identifier: Apache-2.0
 * ndr.h - what reading and writing NDR share.  C706 chapter 14, [MS-RPCE] 2.2.4 and 2.2.5
 *
 * A stub is straight code over ndr/in.h or ndr/out.h. A type that holds pointers has two steps,
 * as C706 14.3.12.3 orders the octets: its fields, then what its pointers refer to.
 */
#pragma once

#include "base/uuid.h"

enum {
    /* Each level is a stack frame of generated code; a linked list is as deep as it is long. */
    NDR_DEPTH_MAX = 1024,
    NDR_OUT_MAX = 256 * 1024 * 1024, /* of one stub: what writing stops at */
    NDR_DREP_SIZE = 4,
    NDR_CONTEXT_SIZE = 20,
    NDR_64_CHUNK_MAX = 0x7fffffff, /* elements in one chunk of a pipe.  [MS-RPCE] 2.2.5.3.4.5 */
};

/* The transfer syntax, decided when a stream begins and nowhere else. What NDR64 has wider (counts,
 * referent identifiers, enumerations, __int3264) goes through functions of its own name; where it
 * aligns otherwise (structures, unions) the functions are given both numbers, or do nothing in the
 * one syntax. Its counts are refused beyond 32 bits, so that what a count is multiplied with cannot
 * overflow.  [MS-RPCE] 2.2.5 */
enum ndr_syntax { NDR_20, NDR_64 };

enum ndr_pointer { NDR_REF, NDR_UNIQUE, NDR_FULL };

/* The data representation label.  C706 14.1
 *   0 integers: 0 big-endian, 1 little-endian (high half); characters: 0 ASCII, 1 EBCDIC (low)
 *   1 floats: 0 IEEE, 1 VAX, 2 Cray, 3 IBM | 2 reserved 2 */
struct ndr_drep {
    bool little;
    bool ascii; /* else reading a character is ERR_UNSUPPORTED */
    bool ieee;  /* else reading a float is ERR_UNSUPPORTED */
};

#define NDR_DREP_NATIVE ((struct ndr_drep){ true, true, true }) /* what we write */

/* ERR_MALFORMED for a value C706 does not define. */
MUST_CHECK enum err ndr_drep_read(struct bytes label, struct ndr_drep *ret) SHARED(ndr_drep_read);

/* One dimension of an array. */
struct ndr_span {
    size_t max, offset, actual; /* elements; offset + actual <= max */
};

struct ndr_context { /* a context handle.  C706 appendix N, ndr_context_handle */
    uint32_t attributes;
    struct uuid uuid;
};

/* How many elements have room in the array; SIZE_MAX, which no budget allows, on overflow. */
size_t ndr_spans_room(const struct ndr_span *spans, size_t dims) SHARED(ndr_spans_room);

/* to[i] = from[i] for n elements of size 1, 2, 4 or 8, their order turned when swap. */
void ndr_copy(void *to, const void *from, size_t n, size_t size, bool swap) SHARED(ndr_copy);

static inline bool ndr_host_is_little(void)
{
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}
