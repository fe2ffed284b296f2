/* SPDX-License-Identifier: Apache-2.0
 * api_ns_lookup.c - servers looked up and imported.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "names/ns_door.h"

enum { VECTOR_MOST = 4096 }; /* bindings of one, whatever the caller says */

/* ---- begin ---- */

static enum err asked_in(RPC_IF_HANDLE face, const UUID *object, struct ns_asked *ret)
{
    RPC_IF_ID id;

    if (face) {
        if (RpcIfInqId(face, &id))
            return ERR_INVALID_PARAMETER;
        ns_if_in(&id, &ret->face);
        ret->has_face = true;
    }
    if (object) {
        memcpy(&ret->object, object, sizeof ret->object);
        ret->has_object = !ns_uuid_is_nil(&ret->object);
    }
    return ERR_OK;
}

/* That the entry is there is told at once; what is in it is read again where it is too old then. */
static enum err check_start(struct ns_home *home, const struct ns_name *start)
{
    struct session *s = NULL;
    struct ns_read *r = NULL;
    char *dn = NULL;
    enum err e = ns_home_place(home, start, &s, &dn);

    if (!e)
        e = ns_read(s, dn, ns_cache_age(), &r);
    ns_read_unref(r);
    mem_free(dn);
    return e;
}

static enum err open_search(bool wide, ULONG syntax, const void *name, RPC_IF_HANDLE face,
                            const UUID *object, struct ns_search **ret)
{
    struct ns_asked asked = { 0 };
    struct ns_name start = { 0 };
    struct ns_home home = { 0 };
    bool any = false;
    enum err e = asked_in(face, object, &asked);

    if (!e)
        e = ns_start_in(wide, syntax, name, &start, &any);
    if (!e)
        e = ns_home_open(NULL, &home);
    if (!e && !any)
        e = check_start(&home, &start);
    if (!e)
        e = ns_search_open(&home, any ? NULL : &start, &asked, ret);
    ns_home_close(&home);
    ns_name_free(&start);
    return e;
}

struct beginning { /* of a lookup or an import */
    bool wide;
    ULONG syntax;
    const void *name;
    RPC_IF_HANDLE face;
    const UUID *object;
    enum ns_use use;
    ULONG most;
};

static RPC_STATUS begin(const struct beginning *b, RPC_NS_HANDLE *ret)
{
    struct ns_handle *h = NULL;
    enum err e;

    if (!ret)
        return RPC_S_INVALID_ARG;
    e = ns_handle_new(b->use, &h);
    if (!e)
        e = open_search(b->wide, b->syntax, b->name, b->face, b->object, &h->search);
    if (e) {
        ns_handle_free(h);
        return ns_status(e);
    }
    h->most = b->most ? b->most : RPC_C_BINDING_MAX_COUNT_DEFAULT;
    if (h->most > VECTOR_MOST)
        h->most = VECTOR_MOST;
    return ns_status(ns_handle_publish(h, ret));
}

RPC_STATUS RpcNsBindingLookupBeginA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, ULONG BindingMaxCount,
                                    RPC_NS_HANDLE *LookupContext)
{
    struct beginning b = { false,   EntryNameSyntax, EntryName,      IfSpec,
                           ObjUuid, NS_LOOKUP,       BindingMaxCount };

    detail_begin("RpcNsBindingLookupBegin");
    return begin(&b, LookupContext);
}

RPC_STATUS RpcNsBindingLookupBeginW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, ULONG BindingMaxCount,
                                    RPC_NS_HANDLE *LookupContext)
{
    struct beginning b = { true,    EntryNameSyntax, EntryName,      IfSpec,
                           ObjUuid, NS_LOOKUP,       BindingMaxCount };

    detail_begin("RpcNsBindingLookupBegin");
    return begin(&b, LookupContext);
}

RPC_STATUS RpcNsBindingImportBeginA(ULONG EntryNameSyntax, RPC_CSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, RPC_NS_HANDLE *ImportContext)
{
    struct beginning b = { false, EntryNameSyntax, EntryName, IfSpec, ObjUuid, NS_IMPORT, 1 };

    detail_begin("RpcNsBindingImportBegin");
    return begin(&b, ImportContext);
}

RPC_STATUS RpcNsBindingImportBeginW(ULONG EntryNameSyntax, RPC_WSTR EntryName, RPC_IF_HANDLE IfSpec,
                                    UUID *ObjUuid, RPC_NS_HANDLE *ImportContext)
{
    struct beginning b = { true, EntryNameSyntax, EntryName, IfSpec, ObjUuid, NS_IMPORT, 1 };

    detail_begin("RpcNsBindingImportBegin");
    return begin(&b, ImportContext);
}

/* ---- next ---- */

/* *ret stays NULL for a binding of a protocol sequence that is not here. */
static enum err bind_found(const struct ns_found *f, RPC_BINDING_HANDLE *ret)
{
    RPC_BINDING_HANDLE b = NULL;
    UUID object;
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)f->text, &b);

    if (status == RPC_S_OUT_OF_MEMORY)
        return ERR_NO_MEMORY;
    if (status) {
        log_debug("name service: %s of %s is left out: status %d", f->text, f->dn, status);
        return ERR_OK;
    }
    memcpy(&object, &f->object, sizeof object);
    status = RpcBindingSetObject(b, &object);
    if (!status)
        status = I_RpcNsBindingSetEntryNameA(b, RPC_C_NS_SYNTAX_DCE, (RPC_CSTR)(uintptr_t)f->name);
    if (status) {
        RpcBindingFree(&b);
        return ERR_NO_MEMORY;
    }
    *ret = b;
    return ERR_OK;
}

/* The next one that can be bound; NULL at the end. */
static enum err next_binding(struct ns_handle *h, const char *function, RPC_BINDING_HANDLE *ret)
{
    struct ns_found f = { 0 };
    enum err e = ERR_OK;

    *ret = NULL;
    do {
        ns_found_free(&f);
        detail_begin(function); /* rpc's functions begin records of their own */
        e = ns_search_next(h->search, ns_handle_age(h), &f);
        if (!e && f.text)
            e = bind_found(&f, ret);
    } while (!e && f.text && !*ret);
    ns_found_free(&f);
    return e;
}

RPC_STATUS RpcNsBindingImportNext(RPC_NS_HANDLE ImportContext, RPC_BINDING_HANDLE *Binding)
{
    struct ns_handle *h = NULL;
    RPC_BINDING_HANDLE b = NULL;
    enum err e;

    detail_begin("RpcNsBindingImportNext");
    if (!Binding)
        return RPC_S_INVALID_ARG;
    e = ns_handle_take(ImportContext, NS_IMPORT, &h);
    if (e)
        return ns_status(e);
    e = next_binding(h, "RpcNsBindingImportNext", &b);
    ns_handle_release(ImportContext, h);
    if (!e && !b)
        e = ERR_RPC_NO_MORE_BINDINGS;
    if (!e || e == ERR_RPC_NO_MORE_BINDINGS)
        *Binding = b;
    return ns_status(e);
}

/* What was found before a failure is given; the next call tells the failure. */
static enum err fill(struct ns_handle *h, RPC_BINDING_VECTOR *v)
{
    enum err e = ERR_OK;

    while (!e && v->Count < h->most) {
        e = next_binding(h, "RpcNsBindingLookupNext", &v->BindingH[v->Count]);
        if (!e && !v->BindingH[v->Count])
            e = ERR_RPC_NO_MORE_BINDINGS;
        v->Count += !e;
    }
    return v->Count ? ERR_OK : e;
}

RPC_STATUS RpcNsBindingLookupNext(RPC_NS_HANDLE LookupContext, RPC_BINDING_VECTOR **BindingVec)
{
    RPC_BINDING_VECTOR *v = NULL;
    struct ns_handle *h = NULL;
    enum err e;

    detail_begin("RpcNsBindingLookupNext");
    if (!BindingVec)
        return RPC_S_INVALID_ARG;
    e = ns_handle_take(LookupContext, NS_LOOKUP, &h);
    if (e)
        return ns_status(e);
    v = mem_zero(sizeof *v + h->most * sizeof v->BindingH[0]);
    e = v ? fill(h, v) : ERR_NO_MEMORY;
    ns_handle_release(LookupContext, h);
    if (e)
        mem_free(v);
    if (!e || e == ERR_RPC_NO_MORE_BINDINGS)
        *BindingVec = e ? NULL : v;
    return ns_status(e);
}

/* ---- done, select ---- */

RPC_STATUS RpcNsBindingLookupDone(RPC_NS_HANDLE *LookupContext)
{
    return ns_handle_done("RpcNsBindingLookupDone", LookupContext, NS_LOOKUP);
}

RPC_STATUS RpcNsBindingImportDone(RPC_NS_HANDLE *ImportContext)
{
    return ns_handle_done("RpcNsBindingImportDone", ImportContext, NS_IMPORT);
}

RPC_STATUS RpcNsBindingSelect(RPC_BINDING_VECTOR *BindingVec, RPC_BINDING_HANDLE *Binding)
{
    ULONG n = 0, i;
    size_t k;

    detail_begin("RpcNsBindingSelect");
    if (!BindingVec || !Binding)
        return RPC_S_INVALID_ARG;
    for (i = 0; i < BindingVec->Count; i++)
        n += BindingVec->BindingH[i] != NULL;
    *Binding = NULL;
    if (!n)
        return RPC_S_NO_MORE_BINDINGS;
    k = ns_random(n);
    for (i = 0; !BindingVec->BindingH[i] || k-- > 0; i++)
        ;
    *Binding = BindingVec->BindingH[i];
    BindingVec->BindingH[i] = NULL;
    return RPC_S_OK;
}
