/* SPDX-License-Identifier: Apache-2.0
 * server_pipe.h - the pipes of a call being served: CS_SERVER_PIPE, and what comes and goes through
 * them.
 *
 * A call with [in] pipes is served while its request still comes. The thread that serves it has its
 * connection's receiving side until the last fragment: it receives what its routine pulls, and a
 * routine that does not pull makes the client wait. A call with [out] pipes has the sending side
 * from its first push on, until its response is whole: pushing waits until the client has taken it.
 */
#pragma once

#include <semaphore.h>

#include "ndr/pipe.h"
#include "rpc/server_call.h"

enum {
    RPC_CALL_PIPES = 16,         /* parameters of one procedure */
    RPC_PIPE_SLICE = 128 * 1024, /* of a great push, what is marshalled at once */
};

struct rpc_server_pipe {
    struct rpc_server_call *call;
    const CS_PIPE_TYPE *type;
    struct ndr_element element;
    struct ndr_chunk chunk;
    bool in, out;         /* as the parameter says */
    bool drained, closed; /* its last chunk was pulled, was pushed */
};

struct rpc_server_stream { /* in the call's arena */
    struct ndr_source source;
    struct rpc_server_call *call;
    struct rpc_block *block, *old; /* the part that is read, and the one before */
    struct rpc_server_pipe pipe[RPC_CALL_PIPES];
    size_t pipes;
    bool sending; /* this thread sends on the connection */
    bool begun;   /* the response is */
    sem_t turn;   /* to send */
};

/* NULL, and a failure of the call's in, where there is no memory. */
struct rpc_server_stream *rpc_server_stream_of(struct rpc_server_call *c);
/* The streams have begun, and the request is not whole. */
void rpc_server_stream_begin(struct rpc_server_call *c);
/* There are [in] pipes: what is read from here on is theirs. */
bool rpc_server_pipes_wait(const struct rpc_server_call *c);
/* The routine has returned: were all pipes emptied and filled? */
bool rpc_server_pipes_done(const struct rpc_server_call *c);
/* Behind the last pipe of a request that came in parts: what tells whether it was meant so.
 * ERR_INCOMPLETE: it has not come. */
MUST_CHECK enum err rpc_server_pipes_rest(struct rpc_server_call *c);
/* Nothing is read any more. */
void rpc_server_stream_end(struct rpc_server_call *c);
