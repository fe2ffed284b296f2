/* SPDX-License-Identifier: Apache-2.0
 * pickle.h - type serialization version 1: objects in NDR outside a call, a PAC's for one.
 * [MS-RPCE] 2.2.6
 */
#pragma once

#include "base/writer.h"
#include "ndr/in.h"

enum {
    NDR_PICKLE_ALIGN = 8,   /* where headers and objects begin */
    NDR_PICKLE_HEADER = 8,  /* the common header */
    NDR_PICKLE_PRIVATE = 8, /* what precedes an object that is no base type.  [MS-RPCE] 2.2.6.3 */
};

/* The common header, once, before the objects.  [MS-RPCE] 2.2.6.1
 * ERR_UNSUPPORTED for version 2 (NDR64), ERR_MALFORMED for what is no such header. */
MUST_CHECK enum err ndr_pickle_begin(struct reader *r, struct ndr_drep *ret)
    SHARED(ndr_pickle_begin);
/* The next object: a view that r passes. Alignment is counted from its beginning; up to seven
 * octets of padding are at its end, whatever they hold.  [MS-RPCE] 2.2.6.2 */
MUST_CHECK enum err ndr_pickle_next(struct reader *r, struct ndr_drep drep, struct bytes *ret)
    SHARED(ndr_pickle_next);
/* The private header alone: how long the object behind it is. */
MUST_CHECK enum err ndr_pickle_length(struct reader *r, struct ndr_drep drep, size_t *ret)
    SHARED(ndr_pickle_length);
/* As ndr_in_end, of an object: its padding may be left. */
MUST_CHECK enum err ndr_pickle_end(struct ndr_in *in) SHARED(ndr_pickle_end);

/* Writing, the failures in w: the header, then each object, padded to a multiple of eight. */
void ndr_pickle_write_header(struct writer *w) SHARED(ndr_pickle_write_header);
void ndr_pickle_write(struct writer *w, struct bytes object) SHARED(ndr_pickle_write);
/* The private header alone, of an object that has length octets before it is padded. */
void ndr_pickle_write_length(struct writer *w, size_t length) SHARED(ndr_pickle_write_length);

static inline size_t ndr_pickle_padding(size_t length)
{
    return (0 - length) & (NDR_PICKLE_ALIGN - 1);
}
