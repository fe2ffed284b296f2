/* SPDX-License-Identifier: Apache-2.0
 * uuid_time.h - UUIDs of version 1: the time and this host's network address.  RFC 4122 4.2
 */
#pragma once

#include "base/uuid.h"

/* Each is later than the one before. *ret_local: no network card has an address, a random one
 * stands for it. */
MUST_CHECK enum err rpc_uuid_time(struct uuid *ret, bool *ret_local);
