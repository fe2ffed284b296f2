/* SPDX-License-Identifier: Apache-2.0
 * api_client_report.c - which statuses are [comm_status]'s and which [fault_status]'s.
 *
 * A fault is what the server answered with, or what its routine raised; everything that kept the
 * call from reaching it, or its answer from reaching us, is communication. A mistake found in this
 * process before anything was sent belongs to neither and is raised.
 */
#include <countersign/rpcndr.h>

static const RPC_STATUS comm[] = {
    RPC_S_INVALID_BINDING,
    RPC_S_WRONG_KIND_OF_BINDING,
    RPC_S_PROTSEQ_NOT_SUPPORTED,
    RPC_S_NO_ENDPOINT_FOUND,
    RPC_S_UNKNOWN_IF,
    RPC_S_NO_BINDINGS,
    RPC_S_OUT_OF_RESOURCES,
    RPC_S_SERVER_UNAVAILABLE,
    RPC_S_SERVER_TOO_BUSY,
    RPC_S_CALL_FAILED,
    RPC_S_CALL_FAILED_DNE,
    RPC_S_PROTOCOL_ERROR,
    RPC_S_UNSUPPORTED_TRANS_SYN,
    RPC_S_COMM_FAILURE,
    RPC_S_CALL_CANCELLED,
    RPC_S_SEC_PKG_ERROR,
    RPC_S_UNKNOWN_AUTHN_SERVICE,
    RPC_S_UNKNOWN_AUTHN_LEVEL,
    RPC_S_INVALID_AUTH_IDENTITY,
    RPC_S_UNSUPPORTED_AUTHN_LEVEL,
    RPC_S_BINDING_INCOMPLETE,
    RPC_S_BINDING_HAS_NO_AUTH,
    EPT_S_NOT_REGISTERED,
    RPC_S_OUT_OF_MEMORY,
    RPC_X_SS_CONTEXT_MISMATCH,
    RPC_S_ACCESS_DENIED,
    RPC_S_UNKNOWN_AUTHZ_SERVICE,
    RPC_S_INVALID_NET_ADDR,
    RPC_S_INVALID_ENDPOINT_FORMAT,
};

static const RPC_STATUS here[] = {
    RPC_X_NULL_REF_POINTER,        RPC_X_SS_IN_NULL_CONTEXT, RPC_X_SS_HANDLES_MISMATCH,
    RPC_X_ENUM_VALUE_OUT_OF_RANGE, RPC_X_WRONG_STUB_VERSION,
};

static int is_among(RPC_STATUS status, const RPC_STATUS *list, size_t count)
{
    size_t i = 0;

    while (i < count && list[i] != status)
        i++;
    return i < count;
}

RPC_STATUS CsClientReport(RPC_STATUS status, ULONG *comm_status, ULONG *fault_status)
{
    ULONG *place = NULL;

    if (status == RPC_S_OK || is_among(status, here, sizeof here / sizeof *here))
        return status;
    place = is_among(status, comm, sizeof comm / sizeof *comm) ? comm_status : fault_status;
    if (!place)
        return status;
    *place = (ULONG)status;
    return RPC_S_OK;
}
