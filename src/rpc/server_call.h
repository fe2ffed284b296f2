/* SPDX-License-Identifier: Apache-2.0
 * server_call.h - a call being served: what the stubs know as CS_SERVER_CALL, and what a binding
 * handle is on a server.
 *
 * A thread keeps the calls it ended for the next one, with their buffers: a call on the way asks
 * for no memory. Its reference is the executing thread's until the response is handed to the link,
 * then the link's; a handle that is looked at meanwhile holds another.
 */
#pragma once

#include <semaphore.h>
#include <stdatomic.h>

#include "base/handle.h"
#include "ndr/handles.h"
#include "rpc/outbound.h"
#include "rpc/server_connection.h"
#include "rpc/server_verdict.h"
#include "rpc/server_watch.h"
#include "rpc/stub.h"

struct rpc_server_link;
struct rpc_server_stream;
struct rpc_server_callback;
struct rpc_server_pipes;

struct rpc_sending { /* something to be sent on a link: bytes, or a call's response */
    struct rpc_sending *next;
    struct rpc_server_call *call; /* NULL: bytes */
    struct buf bytes;
    sem_t *turn; /* not NULL: the call's thread sends by itself when its turn has come */
    bool flows;  /* the response becomes ready while it leaves: of asynchronous pipes */
};

struct rpc_server_async {       /* of an asynchronous call */
    const CS_SERVER_ASYNC *how; /* NULL: it is not one */
    void *kept;                 /* the stub's */
    atomic_bool open;           /* until somebody completes it */
    RPC_ASYNC_STATE state;
};

struct rpc_server_call {
    atomic_uint refs;
    struct rpc_server_call *next, **place; /* the pool's; the link's */
    struct rpc_server_link *link;
    struct rpc_registration *registration;
    struct rpc_registration *newer; /* the call's own, where the connection's is gone; else NULL */
    struct rpc_registration *of;    /* referenced until it is answered */
    bool counted;                   /* among its calls */
    bool shared;                    /* among its client's, by the guard of that registration */
    const CS_INTERFACE *face;       /* whose procedure it is: */
    const CS_SERVER_PROCEDURE *procedure;
    const void *manager;
    struct rpc_header header; /* of the request */
    struct rpc_context context;
    uint16_t opnum;
    struct uuid object;            /* nil: none */
    struct rpc_security *security; /* NULL: level NONE */
    struct rpc_usage *usage;       /* among whose calls it is; NULL: a callback's */
    bool in_share;                 /* counts among them */
    size_t memory;                 /* octets that count as his, until it ends */
    struct rpc_block *block;
    size_t gap; /* in front of a verification trailer, at the end of the stub */
    struct bytes stub;
    bool more;   /* the request is not whole yet: it has [in] pipes */
    bool *reads; /* more: of the thread that serves it, whether it receives on the connection */
    struct rpc_server_stream *stream; /* of a call with pipes, in the arena; else NULL */
    struct rpc_server_pipes *pipes;   /* of one with asynchronous pipes; else NULL */
    atomic_bool cancelled, disconnected;
    bool called;         /* the routine was, or will be, run */
    atomic_bool hung_up; /* its connection */
    atomic_bool watched;
    struct rpc_server_watch watch[RPC_WATCHES];
    struct rpc_server_call *told_next;
    struct rpc_server_verdict verdict;
    struct rpc_server_async async;
    struct rpc_server_callback *callback; /* out now; under the link's calls_lock */
    struct rpc_server_call *outer;        /* of a call that its callback has caused; NULL: none */
    unsigned depth;                       /* of them */
    _Atomic handle_id handle; /* of kind HANDLE_RPC_CALL, unreferenced; 0: not begun, or ended */
    handle_id shut_handle;    /* that of an earlier call, to be opened again; 0: there was none */

    struct ndr_arena arena;
    struct ndr_fulls fulls;
    struct ndr_in in;
    struct ndr_out out;
    struct ndr_free walk;
    struct ndr_handles got, given; /* what travels beside it */
    struct rpc_context_use contexts[RPC_CALL_CONTEXTS], no_context;
    size_t contexts_count;

    struct rpc_sending sending;
    struct rpc_outbound outbound;
};

/* One of the thread's, empty; NULL: no memory. */
struct rpc_server_call *rpc_server_call_new(void);
struct rpc_server_call *rpc_server_call_ref(struct rpc_server_call *c);
void rpc_server_call_unref(struct rpc_server_call *c);
/* By who finds it in a list: false for one whose last reference is gone. */
bool rpc_server_call_ref_found(struct rpc_server_call *c);

/* The call this thread executes; NULL outside of one. */
struct rpc_server_call *rpc_server_call_current(void);
void rpc_server_call_set_current(struct rpc_server_call *c);

/* What handle_t and RPC_BINDING_HANDLE are for it: opened before its routine, closed before the
 * last reference to it goes, and not opened again. False: no memory. NULL: the call has ended. */
MUST_CHECK bool rpc_server_call_open_handle(struct rpc_server_call *c);
void *rpc_server_call_handle(const struct rpc_server_call *c);
void rpc_server_call_close_handle(struct rpc_server_call *c);
/* NULL: the current one. ERR_RPC_NO_CALL, ERR_RPC_BINDING_KIND for a client's binding,
 * ERR_RPC_BINDING. Referenced. */
MUST_CHECK enum err rpc_server_call_get(void *handle, struct rpc_server_call **ret);

/* What the header says is what the client meant, where nothing else covers it: of the end of its
 * stub. *ret is what of it is in front of a verification trailer. */
MUST_CHECK enum err rpc_server_call_check_trailer(const struct rpc_server_call *c,
                                                  struct bytes stub, struct bytes *ret);

uint8_t rpc_server_call_level(const struct rpc_server_call *c);
/* RPC_C_AUTHN_WINNT for the kernel's word, as on Windows. */
uint8_t rpc_server_call_service(const struct rpc_server_call *c);
/* Whom a client should expect: the name the service was registered with, or over ncalrpc this
 * process' own account; mem_free. */
MUST_CHECK enum err rpc_server_call_principal(const struct rpc_server_call *c, char **ret);
struct rpc_caller rpc_server_call_caller(struct rpc_server_call *c);
