/* SPDX-License-Identifier: Apache-2.0
 * loop.h - generated stubs of a client and of a server back to back, without a wire: what each
 * says can be seen, and changed on its way.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include <rpc.h>

#include "base/bytes.h"
#include "base/err.h"
#include "ndr/ndr.h"

struct loop {
    const CS_SERVER_INTERFACE *server;
    struct buf request, response; /* as the last call's stubs wrote them */
    /* What the other side gets instead, when ptr is not NULL. */
    struct bytes instead_of_request, instead_of_response;
    bool big_endian; /* of instead_of_request */
    unsigned opnum;  /* of the last call */
    enum ndr_syntax syntax;
    enum err client_error, server_error;
    RPC_STATUS raised, server_raised;
    size_t peak;  /* bytes the last call's server had in its arena */
    long live;    /* blocks of midl_user_allocate */
    long fail_at; /* the allocation that fails from now; negative: none */
};

extern struct loop loop;

/* Begins anew; the server is an interface's x_s_ifspec. */
void loop_init(RPC_IF_HANDLE server);
void loop_done(void);
/* Serves a request nobody's stub wrote; the response is in loop.response. */
void loop_serve(unsigned opnum, struct bytes request);

/* Runs a call and sees what it raises. The analyzer, which cannot know that a check of the octets
 * ends the test of a call that raised, follows the calls that do not. */
#ifdef __clang_analyzer__
#define LOOP_CALL(call) call
#else
#define LOOP_CALL(call)                                                                            \
    do {                                                                                           \
        loop.raised = RPC_S_OK;                                                                    \
        RpcTryExcept                                                                               \
        call;                                                                                      \
        RpcExcept (1)                                                                              \
            loop.raised = (RPC_STATUS)RpcExceptionCode();                                          \
        RpcEndExcept                                                                               \
    } while (0)
#endif
