/* SPDX-License-Identifier: Apache-2.0
 * object.h - which type an object has: what decides the manager a call goes to.
 */
#pragma once

#include <countersign/rpcdce.h>

#include "base/uuid.h"

/* A nil type takes the object out. ERR_RPC_NIL_OBJECT, ERR_RPC_REGISTERED. */
MUST_CHECK enum err rpc_object_set(const struct uuid *object, const struct uuid *type);
/* NULL: none. */
void rpc_object_ask(RPC_OBJECT_INQ_FN *function);
/* The type that was set; else what the function says, its status with it; else nil and
 * RPC_S_OBJECT_NOT_FOUND, and the manager of the nil type it is. Takes no lock while no object has
 * a type. */
void rpc_object_type(const struct uuid *object, struct uuid *ret_type, RPC_STATUS *ret_status);
/* Forgets them all; no call may be running. */
void rpc_object_done(void);
