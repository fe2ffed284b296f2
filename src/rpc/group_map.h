/* SPDX-License-Identifier: Apache-2.0
 * group_map.h - what the endpoint map of this host says of an interface group.
 */
#pragma once

#include "rpc/interface_group.h"

/* UUIDs of the library's own, in one block; NULL gives NULL. */
MUST_CHECK enum err rpc_group_objects_copy(const UUID_VECTOR *from, UUID_VECTOR **ret);

/* Every interface at every endpoint, beside what is there. A host without a mapper is none the
 * worse. */
RPC_STATUS rpc_group_map_enter(struct rpc_interface_group *g);
/* What was entered; as far as the mapper is there to be asked. */
void rpc_group_map_leave(struct rpc_interface_group *g);
