/* SPDX-License-Identifier: Apache-2.0
 * group_map.c - what the endpoint map of this host says of an interface group.
 */
#include "rpc/group_map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "rpc/epm_register.h"
#include "rpc/server_binding.h"

enum err rpc_group_objects_copy(const UUID_VECTOR *from, UUID_VECTOR **ret)
{
    size_t count = from ? from->Count : 0, i;
    size_t head = sizeof *from + count * sizeof from->Uuid[0];
    UUID_VECTOR *v;
    UUID *uuids;

    *ret = NULL;
    if (!count)
        return ERR_OK;
    v = mem_zero(head + count * sizeof *uuids);
    if (!v)
        return ERR_NO_MEMORY;
    uuids = (UUID *)(void *)((char *)v + head);
    for (i = 0; i < count; i++) {
        if (from->Uuid[i])
            uuids[i] = *from->Uuid[i];
        v->Uuid[i] = &uuids[i];
    }
    v->Count = from->Count;
    *ret = v;
    return ERR_OK;
}

/* Of each interface; the first status that is not RPC_S_OK. */
static RPC_STATUS change(struct rpc_interface_group *g, enum rpc_epm_change how)
{
    RPC_STATUS first = RPC_S_OK, status;
    size_t i;

    for (i = 0; i < g->interface_count && (!first || how == RPC_EPM_REMOVE); i++) {
        status =
            rpc_epm_change(&(struct rpc_epm_ask){ .interface = &g->interfaces[i].how.face->Head.Id,
                                                  .bindings = g->mapped,
                                                  .objects = g->interfaces[i].objects,
                                                  .annotation = g->interfaces[i].annotation },
                           how);
        first = first ? first : status;
    }
    return first;
}

RPC_STATUS rpc_group_map_enter(struct rpc_interface_group *g)
{
    RPC_STATUS status;

    if (!g->endpoint_count || !g->interface_count)
        return RPC_S_OK;
    status = err_rpc_status(rpc_server_bindings(g, &g->mapped));
    if (status)
        return status;
    status = change(g, RPC_EPM_ADD);
    if (!status)
        return RPC_S_OK;
    if (status == RPC_S_SERVER_UNAVAILABLE)
        log_warning("rpc: no endpoint mapper runs here: clients of an interface group must know "
                    "its endpoints");
    rpc_group_map_leave(g);
    return status == RPC_S_SERVER_UNAVAILABLE ? RPC_S_OK : status;
}

void rpc_group_map_leave(struct rpc_interface_group *g)
{
    RPC_STATUS status;

    if (!g->mapped)
        return;
    status = change(g, RPC_EPM_REMOVE);
    if (status)
        log_debug("rpc: an interface group left the endpoint map: status %d", (int)status);
    (void)RpcBindingVectorFree(&g->mapped);
}
