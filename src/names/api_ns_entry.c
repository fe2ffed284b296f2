/* SPDX-License-Identifier: Apache-2.0
 * api_ns_entry.c - entries made, deleted and asked for what they have.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "names/ns_door.h"

/* ---- made, deleted ---- */

typedef enum err (*entry_fn)(struct session *s, const char *dn);

static RPC_STATUS with_entry(const char *function, entry_fn fn, bool wide, ULONG syntax,
                             const void *name)
{
    struct ns_at at = { 0 };
    enum err e;

    detail_begin(function);
    e = ns_at_open(wide, syntax, name, &at);
    if (!e)
        e = fn(at.session, at.dn);
    ns_at_close(&at);
    return ns_status(e);
}

RPC_STATUS RpcNsMgmtEntryCreateA(ULONG EntryNameSyntax, RPC_CSTR EntryName)
{
    return with_entry("RpcNsMgmtEntryCreate", ns_entry_create, false, EntryNameSyntax, EntryName);
}

RPC_STATUS RpcNsMgmtEntryCreateW(ULONG EntryNameSyntax, RPC_WSTR EntryName)
{
    return with_entry("RpcNsMgmtEntryCreate", ns_entry_create, true, EntryNameSyntax, EntryName);
}

RPC_STATUS RpcNsMgmtEntryDeleteA(ULONG EntryNameSyntax, RPC_CSTR EntryName)
{
    return with_entry("RpcNsMgmtEntryDelete", ns_entry_delete, false, EntryNameSyntax, EntryName);
}

RPC_STATUS RpcNsMgmtEntryDeleteW(ULONG EntryNameSyntax, RPC_WSTR EntryName)
{
    return with_entry("RpcNsMgmtEntryDelete", ns_entry_delete, true, EntryNameSyntax, EntryName);
}

/* ---- names ---- */

static RPC_STATUS expand(bool wide, ULONG syntax, const void *name, void **ret)
{
    struct ns_home home = { 0 };
    char *text = NULL, *whole = NULL;
    enum err e;

    detail_begin("RpcNsEntryExpandName");
    if (!ret)
        return RPC_S_INVALID_ARG;
    e = ns_syntax_check(syntax);
    if (!e)
        e = ns_text_in(wide, name, &text);
    if (!e)
        e = ns_home_open(NULL, &home);
    if (!e)
        e = ns_home_expand(&home, text, &whole);
    if (!e)
        e = ns_text_out(wide, whole, ret);
    ns_home_close(&home);
    mem_free(text);
    mem_free(whole);
    return ns_status(e);
}

RPC_STATUS RpcNsEntryExpandNameA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_CSTR *ExpandedName)
{
    return expand(false, EntryNameSyntax, EntryName, (void **)ExpandedName);
}

RPC_STATUS RpcNsEntryExpandNameW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_WSTR *ExpandedName)
{
    return expand(true, EntryNameSyntax, EntryName, (void **)ExpandedName);
}

/* ---- interfaces ---- */

/* One block for each, as RpcIfIdVectorFree frees them. */
static enum err faces_out(const struct ns_entry *entry, RPC_IF_ID_VECTOR **ret)
{
    RPC_IF_ID_VECTOR *v = mem_zero(sizeof *v + entry->element_count * sizeof v->IfId[0]);
    size_t i;

    for (i = 0; v && i < entry->element_count; i++) {
        v->IfId[i] = mem_zero(sizeof *v->IfId[i]);
        if (!v->IfId[i]) {
            RpcIfIdVectorFree(&v);
            return ERR_NO_MEMORY;
        }
        ns_if_out(&entry->element[i].face, v->IfId[i]);
        v->Count++;
    }
    if (!v)
        return ERR_NO_MEMORY;
    *ret = v;
    return ERR_OK;
}

static RPC_STATUS inq_faces(bool wide, ULONG syntax, const void *name, RPC_IF_ID_VECTOR **ret)
{
    struct ns_entry entry = { 0 };
    struct ns_at at = { 0 };
    enum err e;

    detail_begin("RpcNsMgmtEntryInqIfIds");
    if (!ret)
        return RPC_S_INVALID_ARG;
    e = ns_at_open(wide, syntax, name, &at);
    if (!e)
        e = ns_entry_find(at.session, at.dn, &entry);
    if (!e && entry.kind != NS_SERVER)
        e = detail_fail(ERR_NS_ENTRY_KIND, "%s is not the entry of a server", at.dn);
    if (!e && !entry.element_count)
        e = detail_fail(ERR_NS_NO_INTERFACES, "%s has no interfaces", at.dn);
    if (!e)
        e = faces_out(&entry, ret);
    ns_entry_free(&entry);
    ns_at_close(&at);
    return ns_status(e);
}

RPC_STATUS RpcNsMgmtEntryInqIfIdsA(ULONG EntryNameSyntax, RPC_CSTR EntryName,
                                   RPC_IF_ID_VECTOR **IfIdVec)
{
    return inq_faces(false, EntryNameSyntax, EntryName, IfIdVec);
}

RPC_STATUS RpcNsMgmtEntryInqIfIdsW(ULONG EntryNameSyntax, RPC_WSTR EntryName,
                                   RPC_IF_ID_VECTOR **IfIdVec)
{
    return inq_faces(true, EntryNameSyntax, EntryName, IfIdVec);
}

/* ---- objects ---- */

static RPC_STATUS begin(bool wide, ULONG syntax, const void *name, RPC_NS_HANDLE *ret)
{
    detail_begin("RpcNsEntryObjectInqBegin");
    return ns_inquiry_begin(&(struct ns_inquiry){ NS_OBJECTS, wide, syntax, name }, NULL, ret);
}

RPC_STATUS RpcNsEntryObjectInqBeginA(ULONG EntryNameSyntax, RPC_CSTR EntryName,
                                     RPC_NS_HANDLE *InquiryContext)
{
    return begin(false, EntryNameSyntax, EntryName, InquiryContext);
}

RPC_STATUS RpcNsEntryObjectInqBeginW(ULONG EntryNameSyntax, RPC_WSTR EntryName,
                                     RPC_NS_HANDLE *InquiryContext)
{
    return begin(true, EntryNameSyntax, EntryName, InquiryContext);
}

RPC_STATUS RpcNsEntryObjectInqNext(RPC_NS_HANDLE InquiryContext, UUID *ObjUuid)
{
    struct ns_handle *h = NULL;
    enum err e;

    detail_begin("RpcNsEntryObjectInqNext");
    if (!ObjUuid)
        return RPC_S_INVALID_ARG;
    e = ns_inquiry_take(InquiryContext, NS_OBJECTS, &h);
    if (e)
        return ns_status(e);
    if (h->position < h->entry.object_count)
        memcpy(ObjUuid, &h->entry.object[h->position++], sizeof *ObjUuid);
    else
        e = ERR_NS_NO_MORE;
    ns_handle_release(InquiryContext, h);
    return ns_status(e);
}

RPC_STATUS RpcNsEntryObjectInqDone(RPC_NS_HANDLE *InquiryContext)
{
    return ns_handle_done("RpcNsEntryObjectInqDone", InquiryContext, NS_OBJECTS);
}
