/* SPDX-License-Identifier: Apache-2.0
 * limit.c - how much one client may have of a server at a time.
 */
#include "rpc/limit.h"

#include <stdatomic.h>

#include "base/policy_value.h"
#include "transport/transport.h"

static bool to_be_said(enum policy p)
{
    static _Atomic int64_t last[POLICY_COUNT];
    int64_t now = transport_now(), said = atomic_load(&last[p]);

    return (!said || now - said >= 1000) && atomic_compare_exchange_strong(&last[p], &said, now);
}

bool rpc_limit_reached(enum policy p, size_t count, const char *who)
{
    enum policy_mode mode = policy_get(p);

    if (mode == POLICY_OFF || count < policy_number(p))
        return false;
    if (to_be_said(p))
        return policy_forbids(p, "%s, who has %zu already", *who ? who : "a client", count);
    return mode == POLICY_ENFORCE;
}
