/* SPDX-License-Identifier: Apache-2.0
 * errors.h - the calling thread's extended error information: what became of its last call, or of
 * the call it serves.
 *
 * A record is made where an error is told to somebody else. What the records of a served call say
 * goes to its caller only where policy "extended-errors" is off, and the caller is known.
 */
#pragma once

#include "rpc/error_info.h"

#define RPC_ERROR_COMPONENT 0x4353 /* ours; 0 to 255 are Microsoft's.  [MS-EERR] 1.7 */
#define RPC_ERROR_APPLICATION 1

enum rpc_error_place {                        /* where ours are made: DetectionLocation */
                       RPC_AT_NOT_SERVED = 1, /* the server does not listen, has no such
                                                 interface any more, or serves too many */
                       RPC_AT_FLAGS,          /* level, locality or flags of the interface */
                       RPC_AT_SIZE,           /* the request is longer than the interface takes */
                       RPC_AT_TRAILER,        /* the header is not what the client meant */
                       RPC_AT_CALLBACK,       /* the security callback said no: its status */
                       RPC_AT_OPNUM,          /* there is no such procedure: its number */
                       RPC_AT_TYPE,           /* no manager for the object's type */
                       RPC_AT_ROUTINE,        /* the routine raised */
                       RPC_AT_ARGUMENTS,      /* the arguments, or results, break their format */
                       RPC_AT_GUARD,          /* not at that endpoint, or not that operation: its
                                                 number */
                       RPC_AT_DESCRIPTOR,     /* a security descriptor said no */
                       RPC_AT_CLIENT_FAULT = 100, /* a client's call was answered with a fault */
                       RPC_AT_CLIENT_LOCAL,       /* it failed without an answer */
};

/* Forgets them. */
void rpc_errors_clear(void);
/* Adds a record in front; text may be NULL. Without memory there is none. */
void rpc_errors_note(enum rpc_error_place at, uint32_t status, const char *text, uint32_t number);
/* Adds a record made by others; adopts it. ERR_NO_MEMORY: freed. */
MUST_CHECK enum err rpc_errors_add_adopt(struct rpc_error_record *r);
/* Those of a peer instead of ours; what cannot be read is none. */
void rpc_errors_receive(struct bytes blob);
/* NULL: none. The thread's own: changed by its next call. */
const struct rpc_error_record *rpc_errors_get(void);
/* For a caller: with this computer's name in front. An empty buf: nothing to tell. */
struct buf rpc_errors_for_caller(bool known);

int64_t rpc_errors_now(void);
