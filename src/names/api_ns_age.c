/* SPDX-License-Identifier: Apache-2.0
 * api_ns_age.c - how old what was read of entries may be.
 */
#include "base/detail.h"
#include "base/handle.h"
#include "names/ns_cache.h"
#include "names/ns_door.h"

static unsigned age_of(ULONG value)
{
    return value == (ULONG)RPC_C_NS_DEFAULT_EXP_AGE ? NS_AGE_DEFAULT : value;
}

RPC_STATUS RpcNsMgmtSetExpAge(ULONG ExpirationAge)
{
    ns_cache_set_age(age_of(ExpirationAge));
    return RPC_S_OK;
}

RPC_STATUS RpcNsMgmtInqExpAge(ULONG *ExpirationAge)
{
    if (!ExpirationAge)
        return RPC_S_INVALID_ARG;
    *ExpirationAge = ns_cache_age();
    return RPC_S_OK;
}

RPC_STATUS RpcNsMgmtHandleSetExpAge(RPC_NS_HANDLE NsHandle, ULONG ExpirationAge)
{
    handle_id id = (handle_id)(uintptr_t)NsHandle;
    struct ns_handle *h;
    void *object = NULL;
    enum err e;

    detail_begin("RpcNsMgmtHandleSetExpAge");
    e = handle_get(id, HANDLE_RPC_NS, &object);
    if (e)
        return ns_status(e);
    h = object;
    pthread_mutex_lock(&h->lock);
    h->age = age_of(ExpirationAge);
    h->age_set = true;
    pthread_mutex_unlock(&h->lock);
    handle_put(id);
    return RPC_S_OK;
}
