/* SPDX-License-Identifier: Apache-2.0
 * api_ns_binding.c - a server's interfaces, bindings and objects exported, and taken back.
 */
#include <arpa/inet.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/host.h"
#include "names/ns_door.h"

/* ---- bindings ---- */

static bool is_numeric(const char *address)
{
    char text[64];
    size_t n = strcspn(address, "%");
    struct in6_addr six;
    struct in_addr four;

    if (n >= sizeof text)
        return false;
    memcpy(text, address, n);
    text[n] = 0;
    return inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1;
}

/* The host is the one the address names, else this one: its DNS name stands in the principal names
 * of the service. */
static enum err binding_of(RPC_CSTR protseq, RPC_CSTR address, RPC_CSTR endpoint, RPC_CSTR options,
                           struct ns_binding *ret)
{
    const char *where = (const char *)address;
    struct ns_binding b = { 0 };
    RPC_CSTR text = NULL;
    char *own = NULL;
    enum err e = host_dns_name(&own);

    if (!e && !*where)
        where = own;
    if (!e)
        b.host = mem_strdup(is_numeric(where) || !strchr(where, '.') ? own : where);
    if (!e && RpcStringBindingComposeA(NULL, protseq, (RPC_CSTR)(uintptr_t)where, endpoint, options,
                                       &text))
        e = ERR_INVALID_PARAMETER;
    if (!e)
        b.text = mem_strdup((const char *)text);
    if (!e && (!b.host || !b.text))
        e = ERR_NO_MEMORY;
    RpcStringFreeA(&text);
    mem_free(own);
    if (e)
        ns_binding_free(&b);
    else
        *ret = b;
    return e;
}

/* *ret_is is false for a binding of this host alone. */
static enum err binding_in(RPC_BINDING_HANDLE handle, struct ns_binding *ret, bool *ret_is)
{
    RPC_CSTR text = NULL, part[4] = { NULL };
    UINT timeout;
    enum err e = ERR_OK;
    size_t i;
    /* which of a client's handles and a call's it is */
    RPC_STATUS status = RpcMgmtInqComTimeout(handle, &timeout);

    *ret_is = false;
    if (!status)
        status = RpcBindingToStringBindingA(handle, &text);
    if (!status)
        status = RpcStringBindingParseA(text, NULL, &part[0], &part[1], &part[2], &part[3]);
    if (status == RPC_S_OUT_OF_MEMORY)
        e = ERR_NO_MEMORY;
    else if (status)
        e = status == RPC_S_WRONG_KIND_OF_BINDING ? ERR_RPC_BINDING_KIND : ERR_RPC_BINDING;
    if (!e && strcmp((const char *)part[0], "ncalrpc") == 0) {
        log_debug("name service: %s is of this host alone, and not exported", (char *)text);
    } else if (!e) {
        e = binding_of(part[0], part[1], part[2], part[3], ret);
        *ret_is = !e;
    }
    for (i = 0; i < 4; i++)
        RpcStringFreeA(&part[i]);
    RpcStringFreeA(&text);
    return e;
}

static void bindings_free(struct ns_binding *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        ns_binding_free(&b[i]);
    mem_free(b);
}

static enum err bindings_in(const RPC_BINDING_VECTOR *v, struct ns_binding **ret, size_t *ret_count)
{
    size_t n = v ? v->Count : 0, count = 0, i;
    struct ns_binding *b = NULL;
    enum err e = ERR_OK;
    bool is;

    if (n > NS_EXPORTED_MOST)
        return detail_fail(ERR_INVALID_PARAMETER, "%zu bindings, at most %d are taken", n,
                           NS_EXPORTED_MOST);
    b = mem_array(n ? n : 1, sizeof *b);
    if (!b)
        return ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++) {
        if (!v->BindingH[i])
            continue;
        e = binding_in(v->BindingH[i], &b[count], &is);
        if (!e && is)
            count++;
    }
    if (e) {
        bindings_free(b, count);
        return e;
    }
    *ret = b;
    *ret_count = count;
    return ERR_OK;
}

/* ---- export ---- */

static RPC_STATUS put(bool wide, ULONG syntax, const void *name, RPC_IF_HANDLE face,
                      const RPC_BINDING_VECTOR *bindings, const UUID_VECTOR *objects)
{
    struct ns_publication p = { .syntax = ns_ndr };
    struct ns_binding *binding = NULL;
    struct uuid *object = NULL;
    struct ns_at at = { 0 };
    RPC_IF_ID id;
    enum err e = ERR_OK;

    if (face && RpcIfInqId(face, &id))
        return RPC_S_INVALID_ARG;
    if (face) {
        ns_if_in(&id, &p.face);
        e = bindings_in(bindings, &binding, &p.count);
    }
    detail_begin("RpcNsBindingExport"); /* rpc's functions began records of their own */
    if (!e)
        e = ns_objects_in(objects, &object, &p.object_count);
    p.binding = binding;
    p.object = object;
    if (!e && !p.count && !p.object_count)
        e = detail_fail(ERR_NS_NOTHING, "neither bindings nor objects are to be exported");
    if (!e)
        e = ns_at_open(wide, syntax, name, &at);
    if (!e)
        e = ns_export(at.session, at.dn, &p);
    ns_at_close(&at);
    bindings_free(binding, p.count);
    mem_free(object);
    return ns_status(e);
}

RPC_STATUS RpcNsBindingExportA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                               RPC_BINDING_VECTOR *BindingVec, UUID_VECTOR *ObjectUuidVec)
{
    detail_begin("RpcNsBindingExport");
    return put(false, EntryNameSyntax, EntryName, IfSpec, BindingVec, ObjectUuidVec);
}

RPC_STATUS RpcNsBindingExportW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                               RPC_BINDING_VECTOR *BindingVec, UUID_VECTOR *ObjectUuidVec)
{
    detail_begin("RpcNsBindingExport");
    return put(true, EntryNameSyntax, EntryName, IfSpec, BindingVec, ObjectUuidVec);
}

/* ---- unexport ---- */

static RPC_STATUS take(bool wide, ULONG syntax, const void *name, const RPC_IF_ID *id,
                       ULONG versions, const UUID_VECTOR *objects)
{
    struct ns_removal r = { .how = NS_EXACT };
    struct uuid *object = NULL;
    struct ns_at at = { 0 };
    struct ns_if face;
    enum err e = ERR_OK;

    if (id) {
        ns_if_in(id, &face);
        r.face = &face;
        e = ns_versions_in(versions, &r.how);
    }
    if (!e)
        e = ns_objects_in(objects, &object, &r.object_count);
    r.object = object;
    if (!e)
        e = ns_at_open(wide, syntax, name, &at);
    if (!e)
        e = ns_unexport(at.session, at.dn, &r);
    ns_at_close(&at);
    mem_free(object);
    return ns_status(e);
}

static RPC_STATUS take_face(bool wide, ULONG syntax, const void *name, RPC_IF_HANDLE face,
                            const UUID_VECTOR *objects)
{
    RPC_IF_ID id;

    detail_begin("RpcNsBindingUnexport");
    if (face && RpcIfInqId(face, &id))
        return RPC_S_INVALID_ARG;
    detail_begin("RpcNsBindingUnexport");
    return take(wide, syntax, name, face ? &id : NULL, RPC_C_VERS_EXACT, objects);
}

RPC_STATUS RpcNsBindingUnexportA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                 UUID_VECTOR *ObjectUuidVec)
{
    return take_face(false, EntryNameSyntax, EntryName, IfSpec, ObjectUuidVec);
}

RPC_STATUS RpcNsBindingUnexportW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                 UUID_VECTOR *ObjectUuidVec)
{
    return take_face(true, EntryNameSyntax, EntryName, IfSpec, ObjectUuidVec);
}

RPC_STATUS RpcNsMgmtBindingUnexportA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_ID *IfId,
                                     ULONG VersOption, UUID_VECTOR *ObjectUuidVec)
{
    detail_begin("RpcNsMgmtBindingUnexport");
    return take(false, EntryNameSyntax, EntryName, IfId, VersOption, ObjectUuidVec);
}

RPC_STATUS RpcNsMgmtBindingUnexportW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_ID *IfId,
                                     ULONG VersOption, UUID_VECTOR *ObjectUuidVec)
{
    detail_begin("RpcNsMgmtBindingUnexport");
    return take(true, EntryNameSyntax, EntryName, IfId, VersOption, ObjectUuidVec);
}

/* ---- what there is not ---- */

static RPC_STATUS no_plug_and_play(const char *function)
{
    detail_begin(function);
    detail_remedy("export again when the bindings changed");
    detail_fail(ERR_UNSUPPORTED, "bindings are not followed by themselves");
    return RPC_S_CANNOT_SUPPORT;
}

RPC_STATUS RpcNsBindingExportPnPA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                  UUID_VECTOR *ObjectVector)
{
    (void)EntryNameSyntax, (void)EntryName, (void)IfSpec, (void)ObjectVector;
    return no_plug_and_play("RpcNsBindingExportPnP");
}

RPC_STATUS RpcNsBindingExportPnPW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                  UUID_VECTOR *ObjectVector)
{
    (void)EntryNameSyntax, (void)EntryName, (void)IfSpec, (void)ObjectVector;
    return no_plug_and_play("RpcNsBindingExportPnP");
}

RPC_STATUS RpcNsBindingUnexportPnPA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID_VECTOR *ObjectVector)
{
    (void)EntryNameSyntax, (void)EntryName, (void)IfSpec, (void)ObjectVector;
    return no_plug_and_play("RpcNsBindingUnexportPnP");
}

RPC_STATUS RpcNsBindingUnexportPnPW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID_VECTOR *ObjectVector)
{
    (void)EntryNameSyntax, (void)EntryName, (void)IfSpec, (void)ObjectVector;
    return no_plug_and_play("RpcNsBindingUnexportPnP");
}
