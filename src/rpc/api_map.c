/* SPDX-License-Identifier: Apache-2.0
 * api_map.c - statuses of RPC as NT statuses.
 */
#include <countersign/rpc.h>

#include <stddef.h>

/* From first to last the NT statuses count up with them. Looked at in this order. */
static const struct range {
    RPC_STATUS first, last;
    uint32_t nt;
} ranges[] = {
    { RPC_S_OK, RPC_S_OK, 0 },
    { RPC_S_ACCESS_DENIED, RPC_S_ACCESS_DENIED, 0xc0000022 },
    { RPC_X_SS_CONTEXT_MISMATCH, RPC_X_SS_CONTEXT_MISMATCH, 0xc0030005 },
    { RPC_S_OUT_OF_MEMORY, RPC_S_OUT_OF_MEMORY, 0xc0000017 },
    { RPC_S_INVALID_ARG, RPC_S_INVALID_ARG, 0xc000000d },
    { RPC_S_BUFFER_TOO_SMALL, RPC_S_BUFFER_TOO_SMALL, 0xc0000023 },
    { RPC_S_ASYNC_CALL_PENDING, RPC_S_ASYNC_CALL_PENDING, 0x00000103 },
    { RPC_S_SERVER_OUT_OF_MEMORY, RPC_S_SERVER_OUT_OF_MEMORY, 0xc0000205 },
    { RPC_S_UNKNOWN_PRINCIPAL, RPC_S_UNKNOWN_PRINCIPAL, 0xc0000073 },
    { RPC_S_PROXY_ACCESS_DENIED, RPC_S_PROXY_ACCESS_DENIED, 0xc0020064 },
    { RPC_S_INVALID_STRING_BINDING, RPC_S_FP_OVERFLOW, 0xc0020001 },
    { RPC_X_NO_MORE_ENTRIES, RPC_X_BAD_STUB_DATA, 0xc0030001 },
    { RPC_S_CALL_IN_PROGRESS, RPC_S_CALL_IN_PROGRESS, 0xc0020049 },
    { RPC_S_NO_MORE_BINDINGS, RPC_S_NO_MORE_BINDINGS, 0xc002004a },
    { RPC_S_NO_INTERFACES, RPC_S_NOT_RPC_ERROR, 0xc002004f },
    { RPC_S_UUID_LOCAL_ONLY, RPC_S_UUID_LOCAL_ONLY, 0x40020056 },
    { RPC_S_SEC_PKG_ERROR, RPC_S_NOT_CANCELLED, 0xc0020057 },
    { RPC_X_INVALID_ES_ACTION, RPC_X_WRONG_PIPE_VERSION, 0xc0030059 },
    { RPC_S_GROUP_MEMBER_NOT_FOUND, RPC_S_INVALID_OBJECT, 0xc002004b },
    { RPC_S_SEND_INCOMPLETE, RPC_S_SEND_INCOMPLETE, 0x400200af },
    { RPC_S_INVALID_ASYNC_HANDLE, RPC_S_INVALID_ASYNC_CALL, 0xc0020062 },
    { RPC_X_PIPE_CLOSED, RPC_X_PIPE_EMPTY, 0xc003005f },
};

LONG I_RpcMapWin32Status(RPC_STATUS Status)
{
    size_t i;

    for (i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (Status >= ranges[i].first && Status <= ranges[i].last)
            return (LONG)(ranges[i].nt + (uint32_t)(Status - ranges[i].first));
    return Status;
}
