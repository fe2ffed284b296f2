/* SPDX-License-Identifier: Apache-2.0
 * pickle_memory.h - whose memory decoded objects are in, counted; and what a stub raises.
 */
#pragma once

#include <countersign/rpc.h>

extern long pickle_live; /* blocks of midl_user_allocate */
extern volatile RPC_STATUS pickle_raised;

/* Runs the statement; pickle_raised is what it raised, or RPC_S_OK. */
#define RAISED(statement)                                                                          \
    do {                                                                                           \
        pickle_raised = RPC_S_OK;                                                                  \
        RpcTryExcept                                                                               \
        {                                                                                          \
            statement;                                                                             \
        }                                                                                          \
        RpcExcept (1) {                                                                            \
            pickle_raised = (RPC_STATUS)RpcExceptionCode();                                        \
        }                                                                                          \
        RpcEndExcept                                                                               \
    } while (0)
