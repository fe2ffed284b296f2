/* SPDX-License-Identifier: Apache-2.0
 * server_together.c - see server_together.h: a thread keeps the turn to send of the links that its
 * answers go to, so that others push behind them, and sends when it has made them all.
 */
#include "rpc/server_together.h"

#include "rpc/server_link_state.h"

enum { LINKS_MAX = 16 };

static _Thread_local struct {
    bool on;
    size_t count;
    struct rpc_server_link *links[LINKS_MAX]; /* each with a reference */
} kept;

void rpc_server_together_begin(void)
{
    kept.on = true;
}

bool rpc_server_together_keep(struct rpc_server_link *l)
{
    if (!kept.on || kept.count == LINKS_MAX)
        return false;
    atomic_fetch_add_explicit(&l->refs, 1, memory_order_relaxed);
    kept.links[kept.count++] = l;
    return true;
}

void rpc_server_together_flush(void)
{
    while (kept.count) {
        struct rpc_server_link *l = kept.links[--kept.count];

        rpc_server_sending_pump(l);
        rpc_server_link_unref(l);
    }
}

void rpc_server_together_end(void)
{
    kept.on = false;
    rpc_server_together_flush();
}
