/* SPDX-License-Identifier: Apache-2.0
 * server_gather.c - calls that came together and are quick: one thread executes them one after the
 * other, and their answers leave together.
 *
 * To pass a connection on and to send an answer cost more than a small call does. But whether a
 * call is small only its past can tell: an operation that was slow even once of late is executed
 * beside the others again. If one that was quick is slow now, the loop passes the connection on
 * (loop_hold), and who gets it sends what is gathered.
 */
#include "rpc/server_gather.h"

#include "rpc/server_link_state.h"

enum {
    QUICK_US = 50,     /* a call that takes no longer is quick: others may wait for it */
    QUICK_TIMES = 4,   /* in a row, then it is expected to be */
    GATHERED_US = 200, /* no answer waits longer for quick ones */
    GATHERED_MAX = 32, /* nor for more */
};

/* ---- what is expected ---- */

void rpc_server_pace_begin(struct rpc_server_pace *p, const struct rpc_server_call *c)
{
    p->registration = rpc_registration_ref(c->registration);
    p->quick = &p->registration->quick[c->opnum % RPC_PACES];
    p->start = transport_now_us();
}

bool rpc_server_pace_is_quick(const struct rpc_server_pace *p)
{
    return atomic_load_explicit(p->quick, memory_order_relaxed) >= QUICK_TIMES;
}

void rpc_server_pace_end(struct rpc_server_pace *p)
{
    unsigned char times = atomic_load_explicit(p->quick, memory_order_relaxed);

    if (transport_now_us() - p->start > QUICK_US)
        atomic_store_explicit(p->quick, 0, memory_order_relaxed);
    else if (times < QUICK_TIMES)
        atomic_store_explicit(p->quick, times + 1, memory_order_relaxed);
    rpc_registration_unref(p->registration);
}

/* ---- the turn to send, kept while there is more to answer ---- */

void rpc_server_gather_begin(struct rpc_server_link *l)
{
    int nobody = 0;

    if (atomic_load(&l->gathering) || !atomic_compare_exchange_strong(&l->waiting, &nobody, 1))
        return;
    if (rpc_server_sending_room(l)) {
        l->gathered.waiting = 1;
        l->gathering_since = transport_now_us();
        atomic_store(&l->gathering, true);
    } else if (atomic_fetch_sub(&l->waiting, 1) > 1) {
        rpc_server_sending_pump(l);
    }
}

void rpc_server_gather_more(struct rpc_server_link *l)
{
    if (!atomic_load(&l->gathering) || !atomic_exchange(&l->gathering, false))
        return;
    rpc_server_sending_gather(l);
    if (!l->queue && l->gathered.answers < GATHERED_MAX &&
        transport_now_us() - l->gathering_since < GATHERED_US)
        atomic_store(&l->gathering, true);
    else
        rpc_server_sending_pump(l);
}

void rpc_server_gather_end(struct rpc_server_link *l)
{
    if (atomic_load(&l->gathering) && atomic_exchange(&l->gathering, false))
        rpc_server_sending_pump(l);
}
