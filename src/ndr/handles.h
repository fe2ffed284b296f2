/* SPDX-License-Identifier: Apache-2.0
 * handles.h - descriptors that travel beside a stub, which knows them by number.
 *
 *   on the wire: 0 none | else 4 bytes, the place among those of the call, from 1 and in order
 */
#pragma once

#include "ndr/in.h"
#include "ndr/out.h"

enum { NDR_HANDLES_MAX = 64 }; /* of one call, each way */

struct ndr_handles {
    int *fd;
    unsigned count, read; /* read: so many have been asked for by the stub */
    unsigned came;        /* with the call; not changed by what becomes of them */
    bool owned;           /* closed with the call */
    bool refused;         /* none can travel: the call is not over ncalrpc, or of another kind */
    /* What the same call has read, or NULL: one that is among those too is closed with them. */
    const struct ndr_handles *read_too;
};

/* fd -1: none. ERR_UNSUPPORTED where none can travel, ERR_TOO_LONG beyond the limit; it is among
 * the call's also then. */
void ndr_out_handle(struct ndr_out *out, int fd) SHARED(ndr_out_handle);
/* -1: none, also after a failure. It stays the call's. */
int ndr_in_handle(struct ndr_in *in) SHARED(ndr_in_handle);
/* What was read is the program's from now on; what was not is closed. */
void ndr_handles_release(struct ndr_handles *h) SHARED(ndr_handles_release);
/* Those that are owned are closed, once each; none is left. What refers to it as read_too is done
 * before it. */
void ndr_handles_done(struct ndr_handles *h) SHARED(ndr_handles_done);
