/* SPDX-License-Identifier: Apache-2.0
 * place.h - NDR read by a generated stub: pointers where they lie, in whose memory.
 *
 * place is the address of a pointer to an object, of any type. On a server what is read belongs
 * to the call's arena, arrays of base types to the received stub. On a client it becomes the
 * program's: it is asked for with the program's allocator, and until the call has succeeded this
 * knows every block and every place, so that ndr_in_settle can leave the program's objects without
 * a pointer to what is gone.
 */
#pragma once

#include "ndr/in.h"

enum {
    /* [out, size_is(n)]: what n the client says costs the server, before its routine ran. */
    NDR_ROOM_MAX = 64 * 1024 * 1024,
};

/* Step one, among the fields. Leaves in the place NULL or what must not be followed yet. */
void ndr_in_place(struct ndr_in *in, enum ndr_pointer kind, void *place) SHARED(ndr_in_place);

/* Step two: whether what the place leads to is read now. */
MUST_CHECK bool ndr_in_follow(struct ndr_in *in, const void *place) SHARED(ndr_in_follow);
MUST_CHECK bool ndr_in_follow_full(struct ndr_in *in, void *place, const void *type)
    SHARED(ndr_in_follow_full);
/* Around what [allocate(...)] says of the pointer in the place, between its two steps: all that is
 * reached from it becomes the program's, on a server too, in one block or in one for each object.
 * The outermost pair counts. A graph of one block is always new memory, also with in->keep. */
void ndr_in_graph_begin(struct ndr_in *in, void *place, bool one_block) SHARED(ndr_in_graph_begin);
void ndr_in_graph_end(struct ndr_in *in) SHARED(ndr_in_graph_end);
/* Around what [byte_count] says of a pointer: all that is reached from it goes behind its object of
 * size bytes, into the capacity bytes at object that the program gave. ERR_RPC_BYTE_COUNT where
 * they are too few. */
MUST_CHECK bool ndr_in_buffer_begin(struct ndr_in *in, void *object, size_t size, size_t capacity)
    SHARED(ndr_in_buffer_begin);
void ndr_in_buffer_end(struct ndr_in *in) SHARED(ndr_in_buffer_end);
/* Zeroed memory into the place, always new. False after a failure. */
MUST_CHECK bool ndr_in_make(struct ndr_in *in, void *place, size_t count, size_t size)
    SHARED(ndr_in_make);
/* Step two for an object of fixed size; type NULL for a pointer that is not full. With in->keep,
 * and for one that the call's other direction knew, it is the object that is there. */
MUST_CHECK bool ndr_in_referent(struct ndr_in *in, void *place, size_t size, const void *type)
    SHARED(ndr_in_referent);

/* Elements of a base type into new memory for span->max of them, or in place where all are there
 * in our order. */
void ndr_in_elements(struct ndr_in *in, void *place, const struct ndr_span *span, size_t size)
    SHARED(ndr_in_elements);
/* A conformant and varying [string], counts included, in the same way; and into room elements of
 * the caller's. */
void ndr_in_string_at(struct ndr_in *in, void *place, struct ndr_span *ret, size_t size)
    SHARED(ndr_in_string_at);
void ndr_in_string_to(struct ndr_in *in, void *to, size_t room, struct ndr_span *ret, size_t size)
    SHARED(ndr_in_string_to);

/* Room for an [out] parameter of a server, from the arena beside its budget, zeroed; NULL after a
 * failure and beyond NDR_ROOM_MAX for one call. */
void *ndr_in_room(struct ndr_in *in, size_t count, size_t size) SHARED(ndr_in_room);

/* The end of reading: with good all memory is the program's, and graphs of one block are moved
 * into it; else, and when there is no memory for that, it is given back and every place is NULL,
 * or what in->keep found there. Returns the stream's error. */
MUST_CHECK enum err ndr_in_settle(struct ndr_in *in, bool good) SHARED(ndr_in_settle);
/* The same without good for a stub that was left: its places were in a frame that is gone. */
MUST_CHECK enum err ndr_in_abandon(struct ndr_in *in) SHARED(ndr_in_abandon);
