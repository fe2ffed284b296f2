/* SPDX-License-Identifier: Apache-2.0
 * rpcguard.h - what an interface lets in: where from, how much at a time, who calls what; and what
 * its callers meant to reach, and would have it reach.
 *
 * Countersign's own functions, for what Windows leaves to each security callback to think of. A
 * guard is looked at for each call, before the callback is asked and before an argument is read.
 */
#ifndef COUNTERSIGN_RPCGUARD_H
#define COUNTERSIGN_RPCGUARD_H

#include "rpcdce.h"

CS_EXTERN_C_BEGIN

#define CS_GUARD_OTHERS 0xffffffff /* every operation that is not named */

typedef struct _CS_OPERATION_GUARD {
    ULONG operation;   /* its number in the IDL, from 0, or CS_GUARD_OTHERS */
    ULONG least_level; /* RPC_C_AUTHN_LEVEL_xxx; 0: whatever the registration allows */
    /* Who may, as text in the security descriptor definition language: "D:(A;;GX;;;AU)"; NULL:
     * whoever the registration allows. The right asked for is generic execute, or 0x1. Text without
     * a list of who may, as "" or "O:BAG:BA", is refused. */
    const char *descriptor;
    BOOL nobody; /* not to be called at all */
} CS_OPERATION_GUARD;

typedef struct _CS_INTERFACE_GUARD {
    DWORD size; /* of the struct, set by who asks */
    /* Where its clients may have connected to, as string bindings without an address: "ncalrpc:",
     * "ncacn_ip_tcp:[2001]"; the last one is NULL. NULL: wherever the process is reached. */
    const char *const *endpoints;
    ULONG max_calls;           /* of it at a time; 0: no such limit */
    ULONG max_calls_of_client; /* of them, of one account over ncalrpc or one address; 0: as many */
    const CS_OPERATION_GUARD *operations;
    ULONG operation_count;
} CS_INTERFACE_GUARD;

/* CsServerGuardInterface - say what an interface lets in, before it is registered.
 *
 * IfSpec is the x_v1_0_s_ifspec of a generated header. Guard holds for every registration of that
 * interface from then on, also in interface groups, and takes the place of an earlier one; NULL
 * takes that away. What Guard points to is copied. A client that came in by another endpoint, whose
 * level is too low, whom a descriptor does not allow, or who calls an operation that is for nobody
 * gets RPC_S_ACCESS_DENIED; one call too many gets RPC_S_SERVER_TOO_BUSY. The process's other
 * endpoints stay what they are: a client may connect and bind, and each of its calls is refused.
 * Clients behind one address are one, and two out of thousands may be counted as one:
 * max_calls_of_client is about fairness. Strings are UTF-8.
 *
 * Returns: RPC_S_OK; RPC_S_ALREADY_REGISTERED (the interface is being served: guard it first);
 * RPC_S_INVALID_ARG (size, a level or operation that does not exist, an address or object in an
 * endpoint; a text that is no descriptor, or has no DACL); RPC_S_CANNOT_SUPPORT (a descriptor with
 * conditions); RPC_S_INVALID_STRING_BINDING, RPC_S_INVALID_RPC_PROTSEQ and
 * RPC_S_PROTSEQ_NOT_SUPPORTED (an endpoint); RPC_S_UNKNOWN_IF (a client's handle);
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcguard.h
 */
RPC_STATUS CsServerGuardInterface(RPC_IF_HANDLE IfSpec, const CS_INTERFACE_GUARD *Guard)
    CS_EXPORT(CsServerGuardInterface);

/* CsServerInqTargetA, CsServerInqTargetW - the name a client authenticated it wanted to reach.
 *
 * *Target is a service principal name with its realm, "host/server.example@EXAMPLE", and is freed
 * by RpcStringFree: one that is not a name of this service was meant for somebody else, and
 * relayed. Not every client sends it, and none does over ncalrpc. ClientBinding NULL: the call this
 * thread serves.
 *
 * Returns: RPC_S_OK; RPC_S_UNKNOWN_PRINCIPAL (the client sent none); RPC_S_BINDING_HAS_NO_AUTH;
 * RPC_S_NO_CALL_ACTIVE; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_INVALID_BINDING; RPC_S_INVALID_ARG;
 * RPC_S_OUT_OF_MEMORY.
 * Threads: safe while the call is served.
 * Source: rpcguard.h
 */
RPC_STATUS CsServerInqTargetA(RPC_BINDING_HANDLE ClientBinding, RPC_CSTR *Target)
    CS_EXPORT(CsServerInqTargetA);
RPC_STATUS CsServerInqTargetW(RPC_BINDING_HANDLE ClientBinding, RPC_WSTR *Target)
    CS_EXPORT(CsServerInqTargetW);
#ifdef UNICODE
#define CsServerInqTarget CsServerInqTargetW
#else
#define CsServerInqTarget CsServerInqTargetA
#endif

/* CsValidateHostA, CsValidateHostW - whether a host that a caller named is one to be reached.
 *
 * For a routine that is about to connect to, or to open something at, a host somebody else chose:
 * whoever answers there may use what this process proves of itself. Host is a DNS name or an
 * address and nothing else; Allowed is a list that ends with NULL, of names, addresses, and
 * ".example.com" for all hosts below a name. NULL or an empty list allows none; this host has no
 * name of its own. Nothing is resolved. While a call is served, who gave a host that is refused is
 * logged. Strings of Allowed are UTF-8.
 *
 * Returns: RPC_S_OK; RPC_S_ACCESS_DENIED (another host, or text that is none: to be raised as it
 * is); RPC_S_INVALID_ARG (no Host; an entry that allows no host); RPC_S_OUT_OF_MEMORY.
 * Threads: safe.
 * Source: rpcguard.h
 */
RPC_STATUS CsValidateHostA(RPC_CSTR Host, const char *const *Allowed) CS_EXPORT(CsValidateHostA);
RPC_STATUS CsValidateHostW(RPC_WSTR Host, const char *const *Allowed) CS_EXPORT(CsValidateHostW);
#ifdef UNICODE
#define CsValidateHost CsValidateHostW
#else
#define CsValidateHost CsValidateHostA
#endif

/* CsValidatePathA, CsValidatePathW - whether a path that a caller gave stays on this host.
 *
 * Or leads to one of Allowed, as CsValidateHost has it: \\host\share and
 * \\?\UNC\host\share, with slashes of either kind. All else that leads away is refused:
 * names of devices and pipes, "http:" and whatever else has a colon in its first part but a drive
 * and its root; so are control characters, a space in front, and more than 32767 bytes. The text
 * alone is looked at: a relative path, "..", a symbolic link or a mounted share may lead further.
 *
 * Returns: as CsValidateHost. Threads: safe. Source: rpcguard.h
 */
RPC_STATUS CsValidatePathA(RPC_CSTR Path, const char *const *Allowed) CS_EXPORT(CsValidatePathA);
RPC_STATUS CsValidatePathW(RPC_WSTR Path, const char *const *Allowed) CS_EXPORT(CsValidatePathW);
#ifdef UNICODE
#define CsValidatePath CsValidatePathW
#else
#define CsValidatePath CsValidatePathA
#endif

CS_EXTERN_C_END

#endif
