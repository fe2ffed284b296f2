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
 * All functions but the Next and Done functions return, besides what they say:
 * RPC_S_INVALID_NAME_SYNTAX (not of the form above), RPC_S_UNSUPPORTED_NAME_SYNTAX (another number
 * than the two of RPC_C_NS_SYNTAX_xxx), RPC_S_INCOMPLETE_NAME (nothing behind the domain),
 * RPC_S_INVALID_ARG (a pointer that is NULL, text that is not well-formed),
 * RPC_S_NAME_SERVICE_UNAVAILABLE (the directory cannot be reached, or refuses),
 * RPC_S_NO_NS_PRIVILEGE (the directory denies it to the caller), RPC_S_OUT_OF_MEMORY.
 * CsGetErrorDetail says more of each.
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

CS_EXTERN_C_BEGIN

/* ---- servers ---- */

/* RpcNsBindingExport - publish a server's interface, bindings and objects under a name.
 *
 * BindingVec is what RpcServerInqBindings gave, an element that is NULL is left out; IfSpec or
 * BindingVec NULL publishes objects alone, ObjectUuidVec NULL bindings alone. The entry is made if
 * it is not there; what it has stays, from whatever host it comes. A dynamic endpoint should have
 * been taken out before (RpcBindingReset), for it is another one after the server's next start.
 * Bindings that are of this host alone (ncalrpc) are left out. What fails half way is undone.
 *
 * Returns: RPC_S_OK; RPC_S_NOTHING_TO_EXPORT (also for objects alone to an entry that is not
 * there); RPC_S_INVALID_BINDING; RPC_S_WRONG_KIND_OF_BINDING; RPC_S_ENTRY_TYPE_MISMATCH (a group's
 * or profile's entry that is not empty); those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingExport
 */
RPC_STATUS RpcNsBindingExportA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                               RPC_BINDING_VECTOR *BindingVec, UUID_VECTOR *ObjectUuidVec)
    CS_EXPORT(RpcNsBindingExportA);
RPC_STATUS RpcNsBindingExportW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                               RPC_BINDING_VECTOR *BindingVec, UUID_VECTOR *ObjectUuidVec)
    CS_EXPORT(RpcNsBindingExportW);

/* RpcNsBindingUnexport - take an interface, or objects, out of an entry.
 *
 * Exactly the version of IfSpec goes, with all its bindings, of whatever host; NULL: no interface.
 * An entry without any binding left is deleted.
 *
 * Returns: RPC_S_OK; RPC_S_INTERFACE_NOT_FOUND (and no object goes); RPC_S_NOT_ALL_OBJS_UNEXPORTED
 * (some were not there); RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingUnexport
 */
RPC_STATUS RpcNsBindingUnexportA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                 UUID_VECTOR *ObjectUuidVec) CS_EXPORT(RpcNsBindingUnexportA);
RPC_STATUS RpcNsBindingUnexportW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                 UUID_VECTOR *ObjectUuidVec) CS_EXPORT(RpcNsBindingUnexportW);

/* RpcNsBindingExportPnP, RpcNsBindingUnexportPnP - not supported.
 *
 * There is no Plug and Play to follow.
 *
 * Returns: RPC_S_CANNOT_SUPPORT.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingExportPnP
 */
RPC_STATUS RpcNsBindingExportPnPA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                  UUID_VECTOR *ObjectVector) CS_EXPORT(RpcNsBindingExportPnPA);
RPC_STATUS RpcNsBindingExportPnPW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                  UUID_VECTOR *ObjectVector) CS_EXPORT(RpcNsBindingExportPnPW);
RPC_STATUS RpcNsBindingUnexportPnPA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID_VECTOR *ObjectVector) CS_EXPORT(RpcNsBindingUnexportPnPA);
RPC_STATUS RpcNsBindingUnexportPnPW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID_VECTOR *ObjectVector) CS_EXPORT(RpcNsBindingUnexportPnPW);

/* ---- clients ---- */

/* RpcNsBindingLookupBegin - begin to look for servers.
 *
 * EntryName is where the search begins: at a server's entry it is the whole search; a group's
 * members follow in random order, a profile's elements for the interface by priority, those of one
 * priority in random order, its default element last; no entry is visited twice. NULL or "": the
 * default entry, and without one all servers' entries of the caller's domain.
 *
 * IfSpec NULL: any interface; else an entry must have its UUID and major version, and a minor
 * version not less. ObjUuid not NULL and not nil: an entry must have exported it.
 * BindingMaxCount: how many bindings RpcNsBindingLookupNext gives at most; 0:
 * RPC_C_BINDING_MAX_COUNT_DEFAULT.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND (the entry the search begins at is not there); those
 * above.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingLookupBegin
 */
RPC_STATUS RpcNsBindingLookupBeginA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, ULONG BindingMaxCount,
                                    RPC_NS_HANDLE *LookupContext)
    CS_EXPORT(RpcNsBindingLookupBeginA);
RPC_STATUS RpcNsBindingLookupBeginW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, ULONG BindingMaxCount,
                                    RPC_NS_HANDLE *LookupContext)
    CS_EXPORT(RpcNsBindingLookupBeginW);

/* RpcNsBindingLookupNext - the next bindings found.
 *
 * *BindingVec is the caller's, freed with RpcBindingVectorFree. Each binding carries the object
 * UUID that was asked for, else one of those its server exported, at random. Bindings of protocol
 * sequences that are not here, and of this host alone (ncalrpc, no address), are left out. A
 * member of a group or profile that is not there, or cannot be read, is passed over. At the end
 * *BindingVec becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_NO_MORE_BINDINGS (where all that was found was left out the detail says
 * what and why); RPC_S_ENTRY_NOT_FOUND (the entry the search begins at went in the meantime);
 * RPC_S_ENTRY_TYPE_MISMATCH (it is none of the name service's); RPC_S_NAME_SERVICE_UNAVAILABLE
 * (also where nothing was found, and something could not be read); RPC_S_INVALID_NS_HANDLE (also
 * where another thread ends the search); RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingLookupNext
 */
RPC_STATUS RpcNsBindingLookupNext(RPC_NS_HANDLE LookupContext, RPC_BINDING_VECTOR **BindingVec)
    CS_EXPORT(RpcNsBindingLookupNext);

/* RpcNsBindingLookupDone - end a search.
 *
 * *LookupContext becomes NULL. Bindings that were given out stay.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_NS_HANDLE.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingLookupDone
 */
RPC_STATUS RpcNsBindingLookupDone(RPC_NS_HANDLE *LookupContext) CS_EXPORT(RpcNsBindingLookupDone);

/* RpcNsBindingImportBegin - begin to look for servers, one binding at a time.
 *
 * As RpcNsBindingLookupBegin.
 *
 * Returns: as RpcNsBindingLookupBegin.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingImportBegin
 */
RPC_STATUS RpcNsBindingImportBeginA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, RPC_NS_HANDLE *ImportContext)
    CS_EXPORT(RpcNsBindingImportBeginA);
RPC_STATUS RpcNsBindingImportBeginW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, RPC_NS_HANDLE *ImportContext)
    CS_EXPORT(RpcNsBindingImportBeginW);

/* RpcNsBindingImportNext - the next binding found.
 *
 * *Binding is the caller's, freed with RpcBindingFree; NULL at the end. A client whose server does
 * not answer asks for the next one.
 *
 * Returns: as RpcNsBindingLookupNext.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingImportNext
 */
RPC_STATUS RpcNsBindingImportNext(RPC_NS_HANDLE ImportContext, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcNsBindingImportNext);

/* RpcNsBindingImportDone - end a search.
 *
 * As RpcNsBindingLookupDone.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_NS_HANDLE.
 * Threads: safe. Source: rpcnsi.h, RpcNsBindingImportDone
 */
RPC_STATUS RpcNsBindingImportDone(RPC_NS_HANDLE *ImportContext) CS_EXPORT(RpcNsBindingImportDone);

/* RpcNsBindingSelect - take one binding out of a vector, at random.
 *
 * *Binding is the caller's, freed with RpcBindingFree; its place in the vector becomes NULL. When
 * none is left *Binding becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_NO_MORE_BINDINGS; RPC_S_INVALID_ARG.
 * Threads: safe for different vectors. Source: rpcnsi.h, RpcNsBindingSelect
 */
RPC_STATUS RpcNsBindingSelect(RPC_BINDING_VECTOR *BindingVec, RPC_BINDING_HANDLE *Binding)
    CS_EXPORT(RpcNsBindingSelect);

/* ---- entries ---- */

/* RpcNsEntryExpandName - the whole name of an entry.
 *
 * "/.:/name" becomes "/.../domain/name". The entry need not be there. *ExpandedName is freed with
 * RpcStringFree.
 *
 * Returns: RPC_S_OK; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsEntryExpandName
 */
RPC_STATUS RpcNsEntryExpandNameA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_CSTR *ExpandedName)
    CS_EXPORT(RpcNsEntryExpandNameA);
RPC_STATUS RpcNsEntryExpandNameW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_WSTR *ExpandedName)
    CS_EXPORT(RpcNsEntryExpandNameW);

/* RpcNsEntryObjectInqBegin - begin to list the object UUIDs exported to an entry.
 *
 * *InquiryContext is ended with RpcNsEntryObjectInqDone.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsEntryObjectInqBegin
 */
RPC_STATUS RpcNsEntryObjectInqBeginA(ULONG EntryNameSyntax, RPC_CSTR EntryName,
                                     RPC_NS_HANDLE *InquiryContext)
    CS_EXPORT(RpcNsEntryObjectInqBeginA);
RPC_STATUS RpcNsEntryObjectInqBeginW(ULONG EntryNameSyntax, RPC_WSTR EntryName,
                                     RPC_NS_HANDLE *InquiryContext)
    CS_EXPORT(RpcNsEntryObjectInqBeginW);

/* RpcNsEntryObjectInqNext - the next object UUID.
 *
 * In no order.
 *
 * Returns: RPC_S_OK; RPC_S_NO_MORE_MEMBERS; RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH;
 * RPC_S_NAME_SERVICE_UNAVAILABLE; RPC_S_INVALID_NS_HANDLE; RPC_S_INVALID_ARG; RPC_S_OUT_OF_MEMORY.
 * Threads: safe. Source: rpcnsi.h, RpcNsEntryObjectInqNext
 */
RPC_STATUS RpcNsEntryObjectInqNext(RPC_NS_HANDLE InquiryContext, UUID *ObjUuid)
    CS_EXPORT(RpcNsEntryObjectInqNext);

/* RpcNsEntryObjectInqDone - end a list of object UUIDs.
 *
 * *InquiryContext becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_NS_HANDLE.
 * Threads: safe. Source: rpcnsi.h, RpcNsEntryObjectInqDone
 */
RPC_STATUS RpcNsEntryObjectInqDone(RPC_NS_HANDLE *InquiryContext)
    CS_EXPORT(RpcNsEntryObjectInqDone);

/* RpcNsMgmtEntryCreate - make an empty entry.
 *
 * For a program that may fill it but not make it. It is a server's until a first member or element
 * makes it a group's or a profile's, which replaces the object, and so needs the right to.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_ALREADY_EXISTS; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsMgmtEntryCreate
 */
RPC_STATUS RpcNsMgmtEntryCreateA(ULONG EntryNameSyntax, RPC_CSTR EntryName)
    CS_EXPORT(RpcNsMgmtEntryCreateA);
RPC_STATUS RpcNsMgmtEntryCreateW(ULONG EntryNameSyntax, RPC_WSTR EntryName)
    CS_EXPORT(RpcNsMgmtEntryCreateW);

/* RpcNsMgmtEntryDelete - delete an entry with all that is in it.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND; RPC_S_NOT_RPC_ENTRY; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsMgmtEntryDelete
 */
RPC_STATUS RpcNsMgmtEntryDeleteA(ULONG EntryNameSyntax, RPC_CSTR EntryName)
    CS_EXPORT(RpcNsMgmtEntryDeleteA);
RPC_STATUS RpcNsMgmtEntryDeleteW(ULONG EntryNameSyntax, RPC_WSTR EntryName)
    CS_EXPORT(RpcNsMgmtEntryDeleteW);

/* RpcNsMgmtEntryInqIfIds - the interfaces exported to an entry.
 *
 * Asked of the directory, whatever the expiration age. *IfIdVec is freed with RpcIfIdVectorFree.
 *
 * Returns: RPC_S_OK; RPC_S_NO_INTERFACES; RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those
 * above.
 * Threads: safe. Source: rpcnsi.h, RpcNsMgmtEntryInqIfIds
 */
RPC_STATUS RpcNsMgmtEntryInqIfIdsA(ULONG EntryNameSyntax, RPC_CSTR EntryName,
                                   RPC_IF_ID_VECTOR **IfIdVec) CS_EXPORT(RpcNsMgmtEntryInqIfIdsA);
RPC_STATUS RpcNsMgmtEntryInqIfIdsW(ULONG EntryNameSyntax, RPC_WSTR EntryName,
                                   RPC_IF_ID_VECTOR **IfIdVec) CS_EXPORT(RpcNsMgmtEntryInqIfIdsW);

/* RpcNsMgmtBindingUnexport - take versions of an interface, or objects, out of an entry.
 *
 * VersOption is one of RPC_C_VERS_xxx: which versions of IfId go. Otherwise as
 * RpcNsBindingUnexport.
 *
 * Returns: as RpcNsBindingUnexport; RPC_S_INVALID_VERS_OPTION.
 * Threads: safe. Source: rpcnsi.h, RpcNsMgmtBindingUnexport
 */
RPC_STATUS RpcNsMgmtBindingUnexportA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_ID *IfId,
                                     ULONG VersOption, UUID_VECTOR *ObjectUuidVec)
    CS_EXPORT(RpcNsMgmtBindingUnexportA);
RPC_STATUS RpcNsMgmtBindingUnexportW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_ID *IfId,
                                     ULONG VersOption, UUID_VECTOR *ObjectUuidVec)
    CS_EXPORT(RpcNsMgmtBindingUnexportW);

/* ---- age ---- */

/* RpcNsMgmtSetExpAge, RpcNsMgmtInqExpAge - how old what was read of an entry may be.
 *
 * In seconds, for the whole process: a Next function asks the directory only for what was not read
 * within that time by the same account; 0: always. RPC_C_NS_DEFAULT_EXP_AGE sets the two hours it
 * is at first. After a change that this process made, all is asked for again. A search of all
 * entries is always asked of the directory. Where the directory does not answer, what is too old is
 * not handed out.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG.
 * Threads: safe. Source: rpcnsi.h, RpcNsMgmtSetExpAge
 */
RPC_STATUS RpcNsMgmtSetExpAge(ULONG ExpirationAge) CS_EXPORT(RpcNsMgmtSetExpAge);
RPC_STATUS RpcNsMgmtInqExpAge(ULONG *ExpirationAge) CS_EXPORT(RpcNsMgmtInqExpAge);

/* RpcNsMgmtHandleSetExpAge - the same, of one handle.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_NS_HANDLE.
 * Threads: safe. Source: rpcnsi.h, RpcNsMgmtHandleSetExpAge
 */
RPC_STATUS RpcNsMgmtHandleSetExpAge(RPC_NS_HANDLE NsHandle, ULONG ExpirationAge)
    CS_EXPORT(RpcNsMgmtHandleSetExpAge);

/* ---- groups ---- */

/* RpcNsGroupMbrAdd - add the name of an entry to a group.
 *
 * The group is made if it is not there; the member need not be. A name that is in it stays.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_TYPE_MISMATCH (another kind of entry that is not empty); those
 * above.
 * Threads: safe. Source: rpcnsi.h, RpcNsGroupMbrAdd
 */
RPC_STATUS RpcNsGroupMbrAddA(ULONG GroupNameSyntax, RPC_CSTR GroupName, ULONG MemberNameSyntax,
                             RPC_CSTR MemberName) CS_EXPORT(RpcNsGroupMbrAddA);
RPC_STATUS RpcNsGroupMbrAddW(ULONG GroupNameSyntax, RPC_WSTR GroupName, ULONG MemberNameSyntax,
                             RPC_WSTR MemberName) CS_EXPORT(RpcNsGroupMbrAddW);

/* RpcNsGroupMbrRemove - take the name of an entry out of a group.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND; RPC_S_GROUP_MEMBER_NOT_FOUND;
 * RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsGroupMbrRemove
 */
RPC_STATUS RpcNsGroupMbrRemoveA(ULONG GroupNameSyntax, RPC_CSTR GroupName, ULONG MemberNameSyntax,
                                RPC_CSTR MemberName) CS_EXPORT(RpcNsGroupMbrRemoveA);
RPC_STATUS RpcNsGroupMbrRemoveW(ULONG GroupNameSyntax, RPC_WSTR GroupName, ULONG MemberNameSyntax,
                                RPC_WSTR MemberName) CS_EXPORT(RpcNsGroupMbrRemoveW);

/* RpcNsGroupMbrInqBegin - begin to list a group's members.
 *
 * *InquiryContext is ended with RpcNsGroupMbrInqDone.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsGroupMbrInqBegin
 */
RPC_STATUS RpcNsGroupMbrInqBeginA(ULONG GroupNameSyntax, RPC_CSTR GroupName, ULONG MemberNameSyntax,
                                  RPC_NS_HANDLE *InquiryContext) CS_EXPORT(RpcNsGroupMbrInqBeginA);
RPC_STATUS RpcNsGroupMbrInqBeginW(ULONG GroupNameSyntax, RPC_WSTR GroupName, ULONG MemberNameSyntax,
                                  RPC_NS_HANDLE *InquiryContext) CS_EXPORT(RpcNsGroupMbrInqBeginW);

/* RpcNsGroupMbrInqNext - the next member of a group.
 *
 * *MemberName is freed with RpcStringFree; MemberName NULL: not wanted. In no order.
 *
 * Returns: as RpcNsEntryObjectInqNext.
 * Threads: safe. Source: rpcnsi.h, RpcNsGroupMbrInqNext
 */
RPC_STATUS RpcNsGroupMbrInqNextA(RPC_NS_HANDLE InquiryContext, RPC_CSTR *MemberName)
    CS_EXPORT(RpcNsGroupMbrInqNextA);
RPC_STATUS RpcNsGroupMbrInqNextW(RPC_NS_HANDLE InquiryContext, RPC_WSTR *MemberName)
    CS_EXPORT(RpcNsGroupMbrInqNextW);

/* RpcNsGroupMbrInqDone - end a list of members.
 *
 * *InquiryContext becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_NS_HANDLE.
 * Threads: safe. Source: rpcnsi.h, RpcNsGroupMbrInqDone
 */
RPC_STATUS RpcNsGroupMbrInqDone(RPC_NS_HANDLE *InquiryContext) CS_EXPORT(RpcNsGroupMbrInqDone);

/* RpcNsGroupDelete - empty a group.
 *
 * Neither the entry nor its members go (RpcNsMgmtEntryDelete).
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsGroupDelete
 */
RPC_STATUS RpcNsGroupDeleteA(ULONG GroupNameSyntax, RPC_CSTR GroupName)
    CS_EXPORT(RpcNsGroupDeleteA);
RPC_STATUS RpcNsGroupDeleteW(ULONG GroupNameSyntax, RPC_WSTR GroupName)
    CS_EXPORT(RpcNsGroupDeleteW);

/* ---- profiles ---- */

/* RpcNsProfileEltAdd - add an element to a profile.
 *
 * Whoever looks for IfId through the profile goes on at MemberName; IfId NULL is the default
 * element, of which a profile has one, for every interface: it replaces another one. Priority: 0,
 * asked first, to 7. Annotation is for people. The profile is made if it is not there; an element
 * of the same interface and member gets the new priority and annotation.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_TYPE_MISMATCH; RPC_S_INVALID_ARG (also for a priority above 7, or
 * not 0 with the default element); those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsProfileEltAdd
 */
RPC_STATUS RpcNsProfileEltAddA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName, RPC_IF_ID *IfId,
                               ULONG MemberNameSyntax, RPC_CSTR MemberName, ULONG Priority,
                               RPC_CSTR Annotation) CS_EXPORT(RpcNsProfileEltAddA);
RPC_STATUS RpcNsProfileEltAddW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName, RPC_IF_ID *IfId,
                               ULONG MemberNameSyntax, RPC_WSTR MemberName, ULONG Priority,
                               RPC_WSTR Annotation) CS_EXPORT(RpcNsProfileEltAddW);

/* RpcNsProfileEltRemove - take an element out of a profile.
 *
 * The one of exactly that interface and member; IfId NULL: the default element.
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND (the profile, or the element);
 * RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsProfileEltRemove
 */
RPC_STATUS RpcNsProfileEltRemoveA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName, RPC_IF_ID *IfId,
                                  ULONG MemberNameSyntax, RPC_CSTR MemberName)
    CS_EXPORT(RpcNsProfileEltRemoveA);
RPC_STATUS RpcNsProfileEltRemoveW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName, RPC_IF_ID *IfId,
                                  ULONG MemberNameSyntax, RPC_WSTR MemberName)
    CS_EXPORT(RpcNsProfileEltRemoveW);

/* RpcNsProfileEltInqBegin - begin to list elements of a profile.
 *
 * InquiryType is one of RPC_C_PROFILE_xxx; IfId with VersOption (RPC_C_VERS_xxx), and MemberName,
 * are looked at where it says so. *InquiryContext is ended with RpcNsProfileEltInqDone.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_VERS_OPTION; RPC_S_INVALID_ARG (also for another InquiryType);
 * RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsProfileEltInqBegin
 */
RPC_STATUS RpcNsProfileEltInqBeginA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName,
                                    ULONG InquiryType, RPC_IF_ID *IfId, ULONG VersOption,
                                    ULONG MemberNameSyntax, RPC_CSTR MemberName,
                                    RPC_NS_HANDLE *InquiryContext)
    CS_EXPORT(RpcNsProfileEltInqBeginA);
RPC_STATUS RpcNsProfileEltInqBeginW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName,
                                    ULONG InquiryType, RPC_IF_ID *IfId, ULONG VersOption,
                                    ULONG MemberNameSyntax, RPC_WSTR MemberName,
                                    RPC_NS_HANDLE *InquiryContext)
    CS_EXPORT(RpcNsProfileEltInqBeginW);

/* RpcNsProfileEltInqNext - the next element of a profile.
 *
 * *MemberName and *Annotation ("" where there is none) are freed with RpcStringFree; NULL: not
 * wanted. The default element's IfId is nil. In no order.
 *
 * Returns: as RpcNsEntryObjectInqNext; at the end RPC_S_NO_MORE_ELEMENTS.
 * Threads: safe. Source: rpcnsi.h, RpcNsProfileEltInqNext
 */
RPC_STATUS RpcNsProfileEltInqNextA(RPC_NS_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                   RPC_CSTR *MemberName, ULONG *Priority, RPC_CSTR *Annotation)
    CS_EXPORT(RpcNsProfileEltInqNextA);
RPC_STATUS RpcNsProfileEltInqNextW(RPC_NS_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                   RPC_WSTR *MemberName, ULONG *Priority, RPC_WSTR *Annotation)
    CS_EXPORT(RpcNsProfileEltInqNextW);

/* RpcNsProfileEltInqDone - end a list of elements.
 *
 * *InquiryContext becomes NULL.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_NS_HANDLE.
 * Threads: safe. Source: rpcnsi.h, RpcNsProfileEltInqDone
 */
RPC_STATUS RpcNsProfileEltInqDone(RPC_NS_HANDLE *InquiryContext) CS_EXPORT(RpcNsProfileEltInqDone);

/* RpcNsProfileDelete - empty a profile.
 *
 * Neither the entry nor what its elements name goes (RpcNsMgmtEntryDelete).
 *
 * Returns: RPC_S_OK; RPC_S_ENTRY_NOT_FOUND; RPC_S_ENTRY_TYPE_MISMATCH; those above.
 * Threads: safe. Source: rpcnsi.h, RpcNsProfileDelete
 */
RPC_STATUS RpcNsProfileDeleteA(ULONG ProfileNameSyntax, RPC_CSTR ProfileName)
    CS_EXPORT(RpcNsProfileDeleteA);
RPC_STATUS RpcNsProfileDeleteW(ULONG ProfileNameSyntax, RPC_WSTR ProfileName)
    CS_EXPORT(RpcNsProfileDeleteW);

/* clang-format off */
#ifdef UNICODE
#define RpcNsBindingExport       RpcNsBindingExportW
#define RpcNsBindingUnexport     RpcNsBindingUnexportW
#define RpcNsBindingExportPnP    RpcNsBindingExportPnPW
#define RpcNsBindingUnexportPnP  RpcNsBindingUnexportPnPW
#define RpcNsBindingLookupBegin  RpcNsBindingLookupBeginW
#define RpcNsBindingImportBegin  RpcNsBindingImportBeginW
#define RpcNsEntryExpandName     RpcNsEntryExpandNameW
#define RpcNsEntryObjectInqBegin RpcNsEntryObjectInqBeginW
#define RpcNsMgmtEntryCreate     RpcNsMgmtEntryCreateW
#define RpcNsMgmtEntryDelete     RpcNsMgmtEntryDeleteW
#define RpcNsMgmtEntryInqIfIds   RpcNsMgmtEntryInqIfIdsW
#define RpcNsMgmtBindingUnexport RpcNsMgmtBindingUnexportW
#define RpcNsGroupMbrAdd         RpcNsGroupMbrAddW
#define RpcNsGroupMbrRemove      RpcNsGroupMbrRemoveW
#define RpcNsGroupMbrInqBegin    RpcNsGroupMbrInqBeginW
#define RpcNsGroupMbrInqNext     RpcNsGroupMbrInqNextW
#define RpcNsGroupDelete         RpcNsGroupDeleteW
#define RpcNsProfileEltAdd       RpcNsProfileEltAddW
#define RpcNsProfileEltRemove    RpcNsProfileEltRemoveW
#define RpcNsProfileEltInqBegin  RpcNsProfileEltInqBeginW
#define RpcNsProfileEltInqNext   RpcNsProfileEltInqNextW
#define RpcNsProfileDelete       RpcNsProfileDeleteW
#else
#define RpcNsBindingExport       RpcNsBindingExportA
#define RpcNsBindingUnexport     RpcNsBindingUnexportA
#define RpcNsBindingExportPnP    RpcNsBindingExportPnPA
#define RpcNsBindingUnexportPnP  RpcNsBindingUnexportPnPA
#define RpcNsBindingLookupBegin  RpcNsBindingLookupBeginA
#define RpcNsBindingImportBegin  RpcNsBindingImportBeginA
#define RpcNsEntryExpandName     RpcNsEntryExpandNameA
#define RpcNsEntryObjectInqBegin RpcNsEntryObjectInqBeginA
#define RpcNsMgmtEntryCreate     RpcNsMgmtEntryCreateA
#define RpcNsMgmtEntryDelete     RpcNsMgmtEntryDeleteA
#define RpcNsMgmtEntryInqIfIds   RpcNsMgmtEntryInqIfIdsA
#define RpcNsMgmtBindingUnexport RpcNsMgmtBindingUnexportA
#define RpcNsGroupMbrAdd         RpcNsGroupMbrAddA
#define RpcNsGroupMbrRemove      RpcNsGroupMbrRemoveA
#define RpcNsGroupMbrInqBegin    RpcNsGroupMbrInqBeginA
#define RpcNsGroupMbrInqNext     RpcNsGroupMbrInqNextA
#define RpcNsGroupDelete         RpcNsGroupDeleteA
#define RpcNsProfileEltAdd       RpcNsProfileEltAddA
#define RpcNsProfileEltRemove    RpcNsProfileEltRemoveA
#define RpcNsProfileEltInqBegin  RpcNsProfileEltInqBeginA
#define RpcNsProfileEltInqNext   RpcNsProfileEltInqNextA
#define RpcNsProfileDelete       RpcNsProfileDeleteA
#endif
/* clang-format on */

CS_EXTERN_C_END

#endif
