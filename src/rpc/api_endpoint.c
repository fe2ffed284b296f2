/* SPDX-License-Identifier: Apache-2.0
 * api_endpoint.c - the endpoint map: RpcEpRegister, RpcMgmtEpEltInqBegin and their like.
 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/handle.h"
#include "rpc/binding.h"
#include "rpc/epm_client.h"
#include "rpc/epm_inquiry.h"
#include "rpc/epm_register.h"
#include "rpc/text.h"

RPC_STATUS RpcEpResolveBinding(RPC_BINDING_HANDLE Binding, RPC_IF_HANDLE IfSpec)
{
    const CS_INTERFACE *face = IfSpec;
    struct rpc_binding *b = NULL;
    enum err e;

    detail_begin("RpcEpResolveBinding");
    if (!face)
        return RPC_S_INVALID_ARG;
    e = rpc_binding_get(Binding, &b);
    if (e)
        return err_rpc_status(e);
    if (!rpc_binding_is_bound(b))
        e = rpc_epm_resolve(b, &face->Id);
    rpc_binding_put(Binding);
    return err_rpc_status(e);
}

/* ---- registering ---- */

static RPC_STATUS change(RPC_IF_HANDLE face, const RPC_BINDING_VECTOR *bindings,
                         const UUID_VECTOR *objects, const char *annotation,
                         enum rpc_epm_change change)
{
    const struct rpc_epm_ask ask = { .interface = &((const CS_INTERFACE *)face)->Id,
                                     .bindings = bindings,
                                     .objects = objects,
                                     .annotation = annotation };

    return rpc_epm_change(&ask, change);
}

static RPC_STATUS enter(const char *function, bool wide, RPC_IF_HANDLE face,
                        const RPC_BINDING_VECTOR *bindings, const UUID_VECTOR *objects,
                        const void *annotation, enum rpc_epm_change how)
{
    char *text = NULL;
    RPC_STATUS status;
    enum err e;

    detail_begin(function);
    if (!face)
        return RPC_S_INVALID_ARG;
    e = rpc_text_in(wide, annotation, &text);
    if (e == ERR_MALFORMED)
        e = detail_fail(ERR_INVALID_PARAMETER, "the annotation is not well-formed");
    status = e ? err_rpc_status(e) : change(face, bindings, objects, text, how);
    mem_free(text);
    return status;
}

RPC_STATUS RpcEpRegisterA(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                          UUID_VECTOR *UuidVector, RPC_CSTR Annotation)
{
    return enter("RpcEpRegister", false, IfSpec, BindingVector, UuidVector, Annotation,
                 RPC_EPM_REPLACE);
}

RPC_STATUS RpcEpRegisterW(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                          UUID_VECTOR *UuidVector, RPC_WSTR Annotation)
{
    return enter("RpcEpRegister", true, IfSpec, BindingVector, UuidVector, Annotation,
                 RPC_EPM_REPLACE);
}

RPC_STATUS RpcEpRegisterNoReplaceA(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                                   UUID_VECTOR *UuidVector, RPC_CSTR Annotation)
{
    return enter("RpcEpRegisterNoReplace", false, IfSpec, BindingVector, UuidVector, Annotation,
                 RPC_EPM_ADD);
}

RPC_STATUS RpcEpRegisterNoReplaceW(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                                   UUID_VECTOR *UuidVector, RPC_WSTR Annotation)
{
    return enter("RpcEpRegisterNoReplace", true, IfSpec, BindingVector, UuidVector, Annotation,
                 RPC_EPM_ADD);
}

RPC_STATUS RpcEpUnregister(RPC_IF_HANDLE IfSpec, RPC_BINDING_VECTOR *BindingVector,
                           UUID_VECTOR *UuidVector)
{
    detail_begin("RpcEpUnregister");
    if (!IfSpec)
        return RPC_S_INVALID_ARG;
    return change(IfSpec, BindingVector, UuidVector, NULL, RPC_EPM_REMOVE);
}

RPC_STATUS RpcMgmtEpUnregister(RPC_BINDING_HANDLE EpBinding, RPC_IF_ID *IfId,
                               RPC_BINDING_HANDLE Binding, UUID *ObjectUuid)
{
    detail_begin("RpcMgmtEpUnregister");
    return IfId ? rpc_epm_manage(EpBinding, IfId, Binding, ObjectUuid) : RPC_S_INVALID_ARG;
}

/* ---- reading ---- */

static enum err check_ask(const struct rpc_inquiry_ask *ask, const RPC_IF_ID *id)
{
    bool by_interface = ask->type == RPC_C_EP_MATCH_BY_IF || ask->type == RPC_C_EP_MATCH_BY_BOTH;

    if (ask->type > RPC_C_EP_MATCH_BY_BOTH)
        return detail_fail(ERR_INVALID_PARAMETER, "there is no inquiry type %u", ask->type);
    if (by_interface && !id)
        return detail_fail(ERR_INVALID_PARAMETER, "an inquiry by interface, and none is given");
    if (by_interface && (ask->versions < RPC_C_VERS_ALL || ask->versions > RPC_C_VERS_UPTO))
        return detail_fail(ERR_RPC_VERSION_OPTION, "there is no version option %u", ask->versions);
    return ERR_OK;
}

static void release(void *inquiry)
{
    rpc_inquiry_free(inquiry);
}

RPC_STATUS RpcMgmtEpEltInqBegin(RPC_BINDING_HANDLE EpBinding, ULONG InquiryType, RPC_IF_ID *IfId,
                                ULONG VersOption, UUID *ObjectUuid,
                                RPC_EP_INQ_HANDLE *InquiryContext)
{
    struct rpc_inquiry_ask ask = { .type = InquiryType, .versions = VersOption };
    struct rpc_inquiry *q = NULL;
    handle_id id = 0;
    enum err e;

    detail_begin("RpcMgmtEpEltInqBegin");
    if (!InquiryContext)
        return RPC_S_INVALID_ARG;
    e = check_ask(&ask, IfId);
    if (e)
        return err_rpc_status(e);
    if (IfId)
        ask.interface = *IfId;
    if (ObjectUuid)
        memcpy(&ask.object, ObjectUuid, sizeof ask.object);
    e = rpc_inquiry_new(EpBinding, &ask, &q);
    if (!e)
        e = handle_new(HANDLE_RPC_INQUIRY, q, release, &id);
    if (e)
        rpc_inquiry_free(q);
    else
        *InquiryContext = (RPC_EP_INQ_HANDLE)(uintptr_t)id;
    return err_rpc_status(e);
}

static enum err not_an_inquiry(const void *handle)
{
    return detail_fail(ERR_INVALID_PARAMETER, "%p is not an inquiry context, or no more", handle);
}

static enum err publish(const struct rpc_tower *t, RPC_BINDING_HANDLE *ret)
{
    const struct rpc_string_binding name = { .address = t->address, .endpoint = t->endpoint };
    const struct transport *transport = transport_named(t->protseq);
    struct rpc_binding *b = NULL;
    enum err e =
        transport ? rpc_binding_over(transport, &name, &b)
                  : detail_fail(ERR_INTERNAL, "towers of %s have no transport's name", t->protseq);

    if (!e)
        e = rpc_binding_publish(b, ret);
    if (e)
        rpc_binding_free(b);
    return e;
}

static RPC_STATUS next(bool wide, RPC_EP_INQ_HANDLE handle, RPC_IF_ID *id,
                       RPC_BINDING_HANDLE *binding, UUID *object, void **annotation)
{
    handle_id inquiry = (handle_id)(uintptr_t)handle;
    RPC_BINDING_HANDLE made = NULL;
    struct rpc_epm_entry entry;
    RPC_STATUS status;
    void *q = NULL;
    enum err e;

    detail_begin("RpcMgmtEpEltInqNext");
    if (!id)
        return RPC_S_INVALID_ARG;
    if (handle_get(inquiry, HANDLE_RPC_INQUIRY, &q))
        return err_rpc_status(not_an_inquiry(handle));
    status = rpc_inquiry_next(q, &entry);
    handle_put(inquiry);
    if (status)
        return status;
    e = binding ? publish(&entry.tower, &made) : ERR_OK;
    if (!e && annotation)
        e = rpc_text_out(wide, entry.annotation, annotation);
    if (e) {
        if (made)
            (void)!rpc_binding_close(made);
        return err_rpc_status(e);
    }
    if (binding)
        *binding = made;
    memcpy(&id->Uuid, &entry.tower.interface, sizeof id->Uuid);
    id->VersMajor = entry.tower.interface_major;
    id->VersMinor = entry.tower.interface_minor;
    if (object)
        memcpy(object, &entry.object, sizeof *object);
    return RPC_S_OK;
}

RPC_STATUS RpcMgmtEpEltInqNextA(RPC_EP_INQ_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                RPC_BINDING_HANDLE *Binding, UUID *ObjectUuid, RPC_CSTR *Annotation)
{
    return next(false, InquiryContext, IfId, Binding, ObjectUuid, (void **)Annotation);
}

RPC_STATUS RpcMgmtEpEltInqNextW(RPC_EP_INQ_HANDLE InquiryContext, RPC_IF_ID *IfId,
                                RPC_BINDING_HANDLE *Binding, UUID *ObjectUuid, RPC_WSTR *Annotation)
{
    return next(true, InquiryContext, IfId, Binding, ObjectUuid, (void **)Annotation);
}

RPC_STATUS RpcMgmtEpEltInqDone(RPC_EP_INQ_HANDLE *InquiryContext)
{
    detail_begin("RpcMgmtEpEltInqDone");
    if (!InquiryContext)
        return RPC_S_INVALID_ARG;
    if (handle_close((handle_id)(uintptr_t)*InquiryContext, HANDLE_RPC_INQUIRY))
        return err_rpc_status(not_an_inquiry(*InquiryContext));
    *InquiryContext = NULL;
    return RPC_S_OK;
}
