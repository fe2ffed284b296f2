/* SPDX-License-Identifier: Apache-2.0
 * pipe.h - pipes: elements in chunks, and stubs that are read while they still come.
 * C706 14.3.9, [MS-RPCE] 2.2.5.3.4.5
 *
 *    NDR     count 4 | elements ... count 4 | elements ... 0
 *    NDR64   count 8 | elements | -count 8 ... 0 | 0
 *
 * What comes in parts is read as if it were there: whoever needs more waits for the next part.
 * Outside of pipes the parts are kept together, up to a limit, for what was read may be pointed to;
 * within one, a part is let go when it has been read.
 */
#pragma once

#include "ndr/in.h"
#include "ndr/out.h"

enum {
    NDR_PART_BEFORE = 24,    /* octets before a part that its reader may write to */
    NDR_PART_ALIGN = 16,     /* what is let go is a multiple of it, so that alignment goes on */
    NDR_ELEMENT_MAX = 65536, /* bytes of a pipe's element on the wire: the compiler refuses more */
};

struct ndr_part {
    uint8_t *ptr;
    size_t len;
    bool last;
};

struct ndr_source {
    /* Waits; or ERR_INCOMPLETE: none is here now, which fails nothing. A part is valid until the
     * call after the next. */
    MUST_CHECK enum err (*next)(struct ndr_source *s, struct ndr_part *ret);
    size_t limit;           /* of what is kept together */
    bool ended;             /* the last part is here */
    bool stalled;           /* the next one was not */
    uint8_t *room, *window; /* of the stream's arena: where it is kept; where a pipe's rests go */
    size_t room_size, window_size;
};

/* Whether n octets are left, once they have come. False: the stream has failed, or stalled. */
bool ndr_in_want(struct ndr_in *in, size_t n) SHARED(ndr_in_want);

/* An element's bytes on the wire, from its alignment on, and the counts a chunk may have. */
struct ndr_element {
    size_t align, size;
    uint32_t low, high; /* [range]; high 0: any */
};

struct ndr_chunk { /* where the reader of a pipe is; all zero before its first chunk */
    uint64_t count, left;
    bool closing; /* what NDR64 has behind it is still to be read */
    bool last;    /* it has no elements */
    bool ended;
};

/* Elements that can be read now, of one chunk: waits for one at least. 0: the pipe has ended, or
 * the stream has failed, or its source has stalled. Whoever reads some of them then says so. */
size_t ndr_in_pipe(struct ndr_in *in, struct ndr_chunk *c, const struct ndr_element *e)
    SHARED(ndr_in_pipe);
void ndr_in_piped(struct ndr_in *in, struct ndr_chunk *c, size_t n) SHARED(ndr_in_piped);

/* Around the n elements of a chunk; one of 0 ends the pipe. */
void ndr_out_chunk_begin(struct ndr_out *out, const struct ndr_element *e, uint32_t n)
    SHARED(ndr_out_chunk_begin);
void ndr_out_chunk_end(struct ndr_out *out, uint32_t n) SHARED(ndr_out_chunk_end);
/* What may be sent of what was written; and its end, when it has been. */
size_t ndr_out_due(const struct ndr_out *out) SHARED(ndr_out_due);
void ndr_out_sent(struct ndr_out *out, size_t n) SHARED(ndr_out_sent);
