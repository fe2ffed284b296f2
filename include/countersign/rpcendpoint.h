/* SPDX-License-Identifier: Apache-2.0
 * rpcendpoint.h - the endpoint map of a host: which interface is served at which endpoint.
 * (Windows declares these functions in rpcdce.h.)
 *
 * The map of this host is kept by countersign-epmapd, asked over ncalrpc at its endpoint EPMAPPER;
 * that of another host by its endpoint mapper at port 135, or at the port that the environment
 * variable COUNTERSIGN_EPMAPPER_PORT names. Included by rpc.h.
 *
 * Pages: learn.microsoft.com/windows/win32/api/rpcdce/nf-rpcdce-rpcepregisterw
 */
#ifndef COUNTERSIGN_RPCENDPOINT_H
#define COUNTERSIGN_RPCENDPOINT_H

#include "rpcdce.h"

CS_EXTERN_C_BEGIN

/* RpcEpResolveBinding - find the endpoint of a partially bound handle now.
 *
 * Asks the endpoint mapper of the handle's host over the handle's protocol sequence; for ncalrpc,
 * and where the handle of ncacn_ip_tcp names no host, the one of this host over ncalrpc. A fully
 * bound handle stays as it is. Of the answer the endpoint alone is used: the host stays the one the
 * handle names.
 *
 * Returns: RPC_S_OK; EPT_S_NOT_REGISTERED; RPC_S_SERVER_UNAVAILABLE (there is no endpoint mapper);
 * RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_ARG; what a call fails with.
 * Threads: safe.
 * Source: rpcdce.h, RpcEpResolveBinding
 */
RPC_STATUS RpcEpResolveBinding(RPC_BINDING_HANDLE Binding, RPC_IF_HANDLE IfSpec)
    CS_EXPORT(RpcEpResolveBinding);

/* RpcEpRegisterA, RpcEpRegisterW - enter this server into the endpoint map of its host.
 *
 * Each combination of the interface, a binding and an object becomes an entry; without objects
 * (UuidVector NULL) one for each binding. Entries of this account for the same interface, version,
 * protocol sequence and object are replaced; those of others stay, and keep an interface to their
 * account. BindingVector is what RpcServerInqBindings gave; handles in it that are NULL are passed
 * over. IPv6 addresses have no place in the map: the endpoint is entered without one, and clients
 * use the host's they know. Annotation is for people: what is beyond 63 bytes is cut off, in whole
 * characters. Entries go with the process.
 *
 * Returns: RPC_S_OK; RPC_S_NO_BINDINGS; RPC_S_INVALID_BINDING (not a handle, or one without an
 * endpoint); RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_ARG; RPC_S_SERVER_UNAVAILABLE (no endpoint
 * mapper runs on this host); RPC_S_ACCESS_DENIED (what answers there is neither root's nor this
 * account's); EPT_S_CANT_PERFORM_OP (the interface is another account's); EPT_S_CANT_CREATE or
 * EPT_S_INVALID_ENTRY (the mapper refused otherwise); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcEpRegisterW
 */
RPC_STATUS RpcEpRegisterA(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                          UUID_VECTOR *UuidVector, RPC_CSTR Annotation) CS_EXPORT(RpcEpRegisterA);
RPC_STATUS RpcEpRegisterW(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                          UUID_VECTOR *UuidVector, RPC_WSTR Annotation) CS_EXPORT(RpcEpRegisterW);

/* RpcEpRegisterNoReplaceA, RpcEpRegisterNoReplaceW - the same, beside entries that are there.
 *
 * For several instances of one server, each with its own endpoints.
 *
 * Returns: as RpcEpRegister.
 * Threads: safe.
 * Source: rpcdce.h, RpcEpRegisterNoReplaceW
 */
RPC_STATUS RpcEpRegisterNoReplaceA(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                                   UUID_VECTOR *UuidVector, RPC_CSTR Annotation)
    CS_EXPORT(RpcEpRegisterNoReplaceA);
RPC_STATUS RpcEpRegisterNoReplaceW(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                                   UUID_VECTOR *UuidVector, RPC_WSTR Annotation)
    CS_EXPORT(RpcEpRegisterNoReplaceW);

/* RpcEpUnregister - take this server's entries out of the endpoint map of its host.
 *
 * Those of every combination of the interface, a binding and an object; UuidVector NULL: those
 * without an object. One that is not there does not keep the others.
 *
 * Returns: RPC_S_OK; EPT_S_NOT_REGISTERED; and as RpcEpRegister.
 * Threads: safe.
 * Source: rpcdce.h, RpcEpUnregister
 */
RPC_STATUS RpcEpUnregister(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                           UUID_VECTOR *UuidVector) CS_EXPORT(RpcEpUnregister);

/* RpcMgmtEpEltInqBegin - begin to read an endpoint map.
 *
 * EpBinding names the host, NULL this one; its endpoint is not looked at, it may not have an
 * object, and its authentication and time-outs are those of the inquiry. InquiryType RPC_C_EP_xxx
 * and VersOption RPC_C_VERS_xxx say which elements are wanted; what a mapper gives beside them is
 * passed over. Nothing is sent yet. Ended with RpcMgmtEpEltInqDone.
 *
 * Returns: RPC_S_OK; EPT_S_CANT_PERFORM_OP (EpBinding has an object); RPC_S_INVALID_VERS_OPTION;
 * RPC_S_INVALID_ARG (another InquiryType, a NULL pointer); RPC_S_INVALID_BINDING;
 * RPC_S_WRONG_KIND_OF_BINDING; RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtEpEltInqBegin
 */
RPC_STATUS RpcMgmtEpEltInqBegin(RPC_BINDING_HANDLE EpBinding, ULONG InquiryType, RPC_IF_ID *IfId,
                                ULONG VersOption, UUID *ObjectUuid,
                                RPC_EP_INQ_HANDLE *InquiryContext) CS_EXPORT(RpcMgmtEpEltInqBegin);

/* RpcMgmtEpEltInqNextA, RpcMgmtEpEltInqNextW - the next element of an endpoint map.
 *
 * Binding, ObjectUuid and Annotation may be NULL. A binding is freed with RpcBindingFree; it may be
 * of a protocol sequence that is not supported here (ncacn_np, ncacn_http, ncadg_ip_udp): good for
 * RpcBindingToStringBinding, and calls on it fail. An annotation is freed with RpcStringFree.
 * Elements of still other protocol sequences are passed over. What is told is the mapper's word,
 * and nobody else's.
 *
 * Returns: RPC_S_OK; RPC_X_NO_MORE_ENTRIES; RPC_S_SERVER_UNAVAILABLE (there is no endpoint mapper);
 * RPC_S_PROTOCOL_ERROR (there is no end after 65,536 elements); RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY; what a call fails with.
 * Threads: safe; each element is told once.
 * Source: rpcdce.h, RpcMgmtEpEltInqNextW
 */
RPC_STATUS RpcMgmtEpEltInqNextA(RPC_EP_INQ_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                RPC_BINDING_HANDLE *Binding, UUID *ObjectUuid, RPC_CSTR *Annotation)
    CS_EXPORT(RpcMgmtEpEltInqNextA);
RPC_STATUS RpcMgmtEpEltInqNextW(RPC_EP_INQ_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                RPC_BINDING_HANDLE *Binding, UUID *ObjectUuid, RPC_WSTR *Annotation)
    CS_EXPORT(RpcMgmtEpEltInqNextW);

/* RpcMgmtEpEltInqDone - end the reading of an endpoint map.
 *
 * *InquiryContext becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtEpEltInqDone
 */
RPC_STATUS RpcMgmtEpEltInqDone(RPC_EP_INQ_HANDLE *InquiryContext) CS_EXPORT(RpcMgmtEpEltInqDone);

/* RpcMgmtEpUnregister - have an element removed from an endpoint map.
 *
 * EpBinding as in RpcMgmtEpEltInqBegin. ObjectUuid NULL: elements of whatever object. The mapper
 * decides: other hosts' refuse, as every Windows since 2000 does.
 *
 * Returns: RPC_S_OK; EPT_S_CANT_PERFORM_OP; EPT_S_NOT_REGISTERED; RPC_S_INVALID_BINDING (Binding
 * has no endpoint, too); RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_ARG; RPC_S_SERVER_UNAVAILABLE;
 * what a call fails with.
 * Threads: safe.
 * Source: rpcdce.h, RpcMgmtEpUnregister
 */
RPC_STATUS RpcMgmtEpUnregister(RPC_BINDING_HANDLE EpBinding, RPC_IF_ID *IfId,
                               RPC_BINDING_HANDLE Binding, UUID *ObjectUuid)
    CS_EXPORT(RpcMgmtEpUnregister);

CS_EXTERN_C_END

/* clang-format off */
#ifdef UNICODE
#define RpcEpRegister          RpcEpRegisterW
#define RpcEpRegisterNoReplace RpcEpRegisterNoReplaceW
#define RpcMgmtEpEltInqNext    RpcMgmtEpEltInqNextW
#else
#define RpcEpRegister          RpcEpRegisterA
#define RpcEpRegisterNoReplace RpcEpRegisterNoReplaceA
#define RpcMgmtEpEltInqNext    RpcMgmtEpEltInqNextA
#endif
/* clang-format on */

#endif
