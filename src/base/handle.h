/* SPDX-License-Identifier: Apache-2.0
 * handle.h - handles are slot and generation, never pointers: stale and invented ones are
 * refused, and an object stays alive while a call uses it.
 *
 * Any thread may do anything at any time. handle_close takes the handle away at once; the object
 * is freed when the last user of it is done.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum handle_kind {
    HANDLE_NONE,
    HANDLE_CREDENTIAL,
    HANDLE_CONTEXT,
    HANDLE_TOKEN,
    HANDLE_DIRECTORY,
    HANDLE_AUTHZ_MANAGER, /* authz.h */
    HANDLE_AUTHZ_CLIENT,
    HANDLE_RPC_BINDING, /* of a client */
    HANDLE_RPC_CALL,    /* being served */
    HANDLE_RPC_CONTEXT, /* a client's context handle */
    HANDLE_RPC_ERRORS,  /* an enumeration of error records */
    HANDLE_WAITABLE,    /* an event, mutex, semaphore or thread of windows.h */
    HANDLE_RPC_PICKLE,  /* serialization */
    HANDLE_RPC_ASYNC,   /* a client's asynchronous call */
    HANDLE_RPC_MEMORY,  /* an environment of RpcSs memory */
    HANDLE_RPC_INQUIRY, /* of an endpoint map */
    HANDLE_RPC_GROUP,   /* an interface group */
    HANDLE_RPC_NS,      /* a search or an inquiry of the RPC name service */
    HANDLE_QUEUE_OUTCOMES,
    HANDLE_WINSOCK_LOOKUP, /* nspapi.h */
};

typedef uint64_t handle_id; /* 0 is no handle; fits a pointer */

/* Registers object; release frees it. On failure the object stays the caller's. */
MUST_CHECK enum err handle_new(enum handle_kind kind, void *object, void (*release)(void *object),
                               handle_id *ret) SHARED(handle_new);
/* Holds the object until handle_put. ERR_INVALID_HANDLE for one stale, invented or of another kind.
 */
MUST_CHECK enum err handle_get(handle_id id, enum handle_kind kind, void **ret) SHARED(handle_get);
void handle_put(handle_id id) SHARED(handle_put);
MUST_CHECK enum err handle_close(handle_id id, enum handle_kind kind) SHARED(handle_close);

/* Of an object that is registered, and is not, again and again. Closes its handle, unless somebody
 * holds it or it is not of that kind: false. Nothing is released; id is its owner's alone now. */
bool handle_shut(handle_id id, enum handle_kind kind) SHARED(handle_shut);
/* Registers the object again, under a handle that is new. */
handle_id handle_reopen(handle_id shut) SHARED(handle_reopen);
/* The owner has no more use for it. */
void handle_drop(handle_id shut) SHARED(handle_drop);
