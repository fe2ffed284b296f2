/* SPDX-License-Identifier: Apache-2.0
 * wire.h - between the interface's types and the map's.
 */
#pragma once

#include "base/uuid.h"
#include "epm.h"
#include "rpc/tower.h"

struct uuid wire_uuid_read(const ept_uuid_t *u);
ept_uuid_t wire_uuid_write(const struct uuid *u);
/* ERR_TRUNCATED, ERR_MALFORMED, also for no tower; ERR_UNSUPPORTED for unknown protocols. */
MUST_CHECK enum err wire_tower_read(const ept_tower_t *from, struct rpc_tower *ret);
/* With that address where it has none of its own. NULL: no memory. */
ept_tower_t *wire_tower_write(const struct rpc_tower *from, const char *address);
error_status_t wire_status(enum err e);
