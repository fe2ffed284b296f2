/* SPDX-License-Identifier: Apache-2.0
 * names.h - services that are found by name: rights, and publishing, finding and trusting them.
 *
 * Countersign's own functions, beside those of winsock2.h (WSASetService, WSALookupServiceBegin);
 * text is UTF-8. A service that is found by name is an object in one of two containers of its
 * domain, CN=WinsockServices,CN=System or CN=RpcServices,CN=System, and its account holds a service
 * principal name with that object's DN in it: class/host.example.com/CN=name,CN=WinsockServices,...
 *
 * What the directory says is evidence, not proof: scp.h says why, and has CS_TRUST. A HANDLE is
 * that of DsBind (ntdsapi.h) or CsBindDirectory (scp.h); NULL binds for the call with the caller's
 * own credentials. Why a call failed: CsGetErrorDetail (countersign.h).
 */
#ifndef COUNTERSIGN_NAMES_H
#define COUNTERSIGN_NAMES_H

#include "cslink.h"
#include "scp.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

#define CS_NAMES_WINSOCK 0x1         /* Winsock services: serviceInstance */
#define CS_NAMES_RPC 0x2             /* entries of the RPC name service: rpcServer */
#define CS_NAMES_WINSOCK_CLASSES 0x4 /* rights: serviceClass */
#define CS_NAMES_RPC_GROUPS 0x8      /* rights: rpcGroup, rpcProfile */

/* CsGrantNames, CsRevokeNames - let an account publish services by name, or no longer.
 *
 * account: a DN, DOMAIN\name, name or SID. which: some of CS_NAMES_xxx. The account may create
 * objects of these classes in the domain's container, by an access-control entry for each class;
 * and whoever created one may read, change and delete it, by an inheritable entry for CREATOR
 * OWNER. No other right is given. Revoking takes the account's entries, and those for CREATOR OWNER
 * with the last account's; objects it has created stay its own. The SPNs of the service are another
 * matter: DsWriteAccountSpn.
 *
 * *rights, if given, receives a sentence for each right; freed with DsFreeSpnArrayA.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_PARAMETER; ERROR_ACCESS_DENIED (a domain administrator
 * may); ERROR_DS_NO_SUCH_OBJECT (no such account, or the domain lacks the container); what DsBind
 * returns.
 * Threads: safe. Of two that change the same container at once the later one's change stays.
 * Source: names.h, Security Issues for Service Publication
 */
DWORD CsGrantNames(HANDLE hDS, const char *account, DWORD which, char ***rights, DWORD *count)
    CS_EXPORT(CsGrantNames);
DWORD CsRevokeNames(HANDLE hDS, const char *account, DWORD which, char ***rights, DWORD *count)
    CS_EXPORT(CsRevokeNames);

CS_EXTERN_C_END

#endif
