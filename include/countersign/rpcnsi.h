/* SPDX-License-Identifier: Apache-2.0
 * rpcnsi.h - the RPC name service: servers that are found by the name of an entry, or by their
 * interface alone.
 *
 * The entries are objects of the directory, in CN=RpcServices,CN=System of a domain: a server's
 * (interfaces, bindings, object UUIDs), a group's (names of other entries), a profile's (names by
 * interface and priority). An entry has one kind, as in Active Directory; an empty one becomes what
 * is first put into it. What is written into their attributes is described in
 * docs/protocol/names-in-the-directory.md; Windows' own provider was not seen with it.
 *
 * Names: "/.:/name" is an entry of the caller's own domain, "/.../domain/name" one of the domain of
 * that DNS name in the same forest. Slashes within name are part of it. The directory compares
 * without regard to case. A name has at most 64 UTF-16 units, as the directory's cn.
 *
 * Every function asks the directory with the caller's own credentials (or those of the client it
 * impersonates), over a session of its own; every wait ends. An entry's existence proves nothing:
 * what the policy keys name-trust-container and name-trust-owner do not admit is not handed out as
 * a binding, nor is what is damaged, and the log says so. Whoever wants more than a hint asks for
 * mutual authentication under a principal name of the entry's distinguished name
 * (composing-spns-for-an-rpcns-service.md), or lets CsBindName do all of it.
 *
 * Default entry and syntax, which Windows has in the registry (DefaultEntry, DefaultSyntax), are
 * the environment variables RPC_DEFAULT_ENTRY and RPC_DEFAULT_ENTRY_SYNTAX, as in DCE.
 *
 * Strings of the A form are UTF-8. Every function may be called from any thread at any time; calls
 * on one RPC_NS_HANDLE wait for each other. A Done function in another thread ends what waits.
 *
 * Included by rpc.h. Functions: libcountersign-names.
 *
 * Source: desktop-src/Rpc/the-rpc-name-service-database.md and the pages below it
 */
#ifndef COUNTERSIGN_RPCNSI_H
#define COUNTERSIGN_RPCNSI_H

#include "rpcdce.h"

typedef void *RPC_NS_HANDLE;

/* clang-format off */
#define RPC_C_NS_SYNTAX_DEFAULT 0
#define RPC_C_NS_SYNTAX_DCE     3

#define RPC_C_PROFILE_DEFAULT_ELT   0
#define RPC_C_PROFILE_ALL_ELT       1
#define RPC_C_PROFILE_ALL_ELTS      RPC_C_PROFILE_ALL_ELT
#define RPC_C_PROFILE_MATCH_BY_IF   2
#define RPC_C_PROFILE_MATCH_BY_MBR  3
#define RPC_C_PROFILE_MATCH_BY_BOTH 4

#define RPC_C_NS_DEFAULT_EXP_AGE (-1)

#define RPC_C_VERS_IF_ID                RPC_C_VERS_COMPATIBLE
/* The pages name these without a number, and Windows' headers do not have them: the numbers are
 * ours, or those of what means the same. */
#define RPC_C_BINDING_MAX_COUNT_DEFAULT 10
#define RPC_S_NO_NS_PRIVILEGE           RPC_S_ACCESS_DENIED
#define RPC_S_NOT_RPC_ENTRY             RPC_S_ENTRY_TYPE_MISMATCH
#define RPC_S_NO_MORE_ELEMENTS          RPC_S_NO_MORE_MEMBERS
#define RPC_S_INVALID_NS_HANDLE         ERROR_INVALID_HANDLE
/* clang-format on */

#endif
