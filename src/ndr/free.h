/* SPDX-License-Identifier: Apache-2.0
 * free.h - what a server's routine made, given back after it was written: the walk's memory of
 * what is not to be freed.
 *
 * A routine may put into its [out] parameters what it allocated, what came with the request, and
 * parts of both in one graph. What lies in the arena or in the received stub is the call's own.
 */
#pragma once

#include "ndr/arena.h"
#include "ndr/full.h"

struct ndr_free {
    const struct ndr_arena *arena;
    struct bytes stub; /* as received: arrays of base types are used there */
    struct ndr_fulls *fulls;
    void (*release)(void *p);
    unsigned depth;
    bool
        off; /* the response could not be written: its graph may be a circle, so nothing is freed */
    bool alone; /* no table knows the full pointers, for nothing was written: the walk makes it */
};

/* False for NULL, beyond NDR_DEPTH_MAX, and when the walk is off. ndr_free_leave after true only,
 * which gives p back. */
MUST_CHECK bool ndr_free_enter(struct ndr_free *f, const void *p) SHARED(ndr_free_enter);
/* Of a full pointer: true once for each object that was written. */
MUST_CHECK bool ndr_free_enter_full(struct ndr_free *f, const void *p, const void *type)
    SHARED(ndr_free_enter_full);
void ndr_free_leave(struct ndr_free *f, void *p) SHARED(ndr_free_leave);
