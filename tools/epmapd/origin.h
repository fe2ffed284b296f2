/* SPDX-License-Identifier: Apache-2.0
 * origin.h - where searches come from, so that nobody keeps so many that others can have none.
 *
 * An origin is an account of this host over ncalrpc, or else an address, of IPv6 a network of 64
 * bits. With the service's lock.
 */
#pragma once

#include <countersign/rpc.h>

#include "base/err.h"

enum {
    ORIGIN_SEARCHES = 256, /* of one origin that somebody may go on with */
    SEARCHES_MOST = 32768,
};

struct origin;

/* One search more of who makes this call. ERR_RPC_RESOURCES. */
MUST_CHECK enum err origin_take(handle_t h, struct origin **ret);
/* One less. */
void origin_put(struct origin *o);
