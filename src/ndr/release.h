/* SPDX-License-Identifier: Apache-2.0
 * release.h - what routines of the program made while a stub was read, and what gives it back: the
 * objects of [transmit_as], [represent_as], [wire_marshal] and [user_marshal].
 *
 * A client's call that fails gives back what was made for it. A server's gives back what was made
 * for [in] when the call is over, what was made for [in, out] only where the stub did not come to
 * walk it itself.
 */
#pragma once

#include "ndr/in.h"

enum ndr_release_when {
    NDR_RELEASE_FAILED,   /* only if the call fails: a client's */
    NDR_RELEASE_AFTER,    /* when the call is over */
    NDR_RELEASE_UNCALLED, /* only if the routine is never run: it is the routine's to keep */
    NDR_RELEASE_UNWALKED, /* unless the stub walks the response */
};

struct ndr_release {
    void (*run)(struct ndr_in *in, const void *type, void *object);
    const void *type;
    void *object;
    size_t size; /* zeroed afterwards */
    enum ndr_release_when when;
};

/* Before the object is made: room to remember it. False after a failure. */
MUST_CHECK bool ndr_in_release_room(struct ndr_in *in) SHARED(ndr_in_release_room);
/* Then, once it is made. */
void ndr_in_release_add(struct ndr_in *in, struct ndr_release r) SHARED(ndr_in_release_add);
/* All has been read, well or not: see ndr_in_settle, which does this. */
void ndr_in_release_read(struct ndr_in *in, bool good) SHARED(ndr_in_release_read);
/* A server's call is over; raised: by an exception. */
void ndr_in_release_end(struct ndr_in *in, bool raised) SHARED(ndr_in_release_end);
