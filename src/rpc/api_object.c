/* SPDX-License-Identifier: Apache-2.0
 * api_object.c - RpcObjectSetType, RpcObjectInqType, RpcObjectSetInqFn.
 */
#include "base/detail.h"
#include "base/err_codes.h"
#include "countersign/rpc.h"
#include "rpc/object.h"

static struct uuid uuid_in(const UUID *u)
{
    struct uuid id = { 0 };

    if (u)
        memcpy(&id, u, sizeof id);
    return id;
}

RPC_STATUS RpcObjectSetType(UUID *ObjUuid, UUID *TypeUuid)
{
    struct uuid object = uuid_in(ObjUuid), type = uuid_in(TypeUuid);

    detail_begin("RpcObjectSetType");
    return err_rpc_status(rpc_object_set(&object, &type));
}

RPC_STATUS RpcObjectInqType(UUID *ObjUuid, UUID *TypeUuid)
{
    struct uuid object = uuid_in(ObjUuid), type;
    RPC_STATUS status;

    rpc_object_type(&object, &type, &status);
    if (TypeUuid)
        memcpy(TypeUuid, &type, sizeof type);
    return status;
}

RPC_STATUS RpcObjectSetInqFn(RPC_OBJECT_INQ_FN *InquiryFn)
{
    rpc_object_ask(InquiryFn);
    return RPC_S_OK;
}
