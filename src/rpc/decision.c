/* SPDX-License-Identifier: Apache-2.0
 * decision.c - what has been decided for one client at one level, and need not be asked again.
 */
#include "rpc/decision.h"

#include "base/alloc.h"

enum { WORD = 64, WORDS = RPC_DECISION_OPERATIONS / WORD + 1 };

struct rpc_decision {
    struct rpc_decision *next;
    uint64_t registration;
    _Atomic uint64_t allowed[WORDS]; /* a bit for each */
};

/* Up to end, which is not looked at; *ret_count of them. */
static struct rpc_decision *find(struct rpc_decision *from, const struct rpc_decision *end,
                                 uint64_t registration, unsigned *ret_count)
{
    struct rpc_decision *i;

    for (i = from; i != end && i->registration != registration; i = i->next)
        ++*ret_count;
    return i == end ? NULL : i;
}

bool rpc_decisions_allow(struct rpc_decisions *d, uint64_t registration, unsigned what)
{
    struct rpc_decision *i = atomic_load_explicit(&d->first, memory_order_acquire);
    unsigned count = 0;

    if (what > RPC_DECISION_INTERFACE)
        return false;
    i = find(i, NULL, registration, &count);
    return i &&
           (atomic_load_explicit(&i->allowed[what / WORD], memory_order_acquire) >> (what % WORD) &
            1);
}

/* That of the registration, made where there is none; NULL: no room. */
static struct rpc_decision *find_or_make(struct rpc_decisions *d, uint64_t registration)
{
    struct rpc_decision *first = atomic_load(&d->first), *seen = NULL, *made = NULL, *found;
    unsigned count = 0;

    while (!(found = find(first, seen, registration, &count)) && count < RPC_DECISIONS_MAX) {
        if (!made && !(made = mem_zero(sizeof *made)))
            return NULL;
        made->registration = registration;
        made->next = seen = first;
        if (atomic_compare_exchange_strong(&d->first, &first, made))
            return made;
    }
    mem_free(made);
    return found;
}

void rpc_decisions_add(struct rpc_decisions *d, uint64_t registration, unsigned what)
{
    struct rpc_decision *i;

    if (what > RPC_DECISION_INTERFACE)
        return;
    i = find_or_make(d, registration);
    if (i)
        atomic_fetch_or(&i->allowed[what / WORD], UINT64_C(1) << (what % WORD));
}

void rpc_decisions_done(struct rpc_decisions *d)
{
    struct rpc_decision *i = atomic_load(&d->first), *next;

    for (; i; i = next) {
        next = i->next;
        mem_free(i);
    }
    atomic_init(&d->first, NULL);
}
