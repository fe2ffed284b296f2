/* SPDX-License-Identifier: Apache-2.0
 * decision.c - what has been decided for one client at one level, and need not be asked again.
 */
#include "rpc/decision.h"

#include "base/alloc.h"

enum { WORD = 64, WORDS = RPC_DECISION_OPERATIONS / WORD + 1 };

struct rpc_decision {
    struct rpc_decision *next;
    uint64_t number;
    _Atomic uint64_t allowed[WORDS]; /* a bit for each */
};

uint64_t rpc_decision_number(void)
{
    static _Atomic uint64_t given;

    return atomic_fetch_add(&given, 1) + 1;
}

/* Up to end, which is not looked at; *ret_count of them. */
static struct rpc_decision *find(struct rpc_decision *from, const struct rpc_decision *end,
                                 uint64_t number, unsigned *ret_count)
{
    struct rpc_decision *i;

    for (i = from; i != end && i->number != number; i = i->next)
        ++*ret_count;
    return i == end ? NULL : i;
}

bool rpc_decisions_allow(struct rpc_decisions *d, uint64_t number, unsigned what)
{
    struct rpc_decision *i = atomic_load_explicit(&d->first, memory_order_acquire);
    unsigned count = 0;

    if (what > RPC_DECISION_ALL)
        return false;
    i = find(i, NULL, number, &count);
    return i &&
           (atomic_load_explicit(&i->allowed[what / WORD], memory_order_acquire) >> (what % WORD) &
            1);
}

/* That of the number, made where there is none; NULL: no room. */
static struct rpc_decision *find_or_make(struct rpc_decisions *d, uint64_t number)
{
    struct rpc_decision *first = atomic_load(&d->first), *seen = NULL, *made = NULL, *found;
    unsigned count = 0;

    while (!(found = find(first, seen, number, &count)) && count < RPC_DECISIONS_MAX) {
        if (!made && !(made = mem_zero(sizeof *made)))
            return NULL;
        made->number = number;
        made->next = seen = first;
        if (atomic_compare_exchange_strong(&d->first, &first, made))
            return made;
    }
    mem_free(made);
    return found;
}

void rpc_decisions_add(struct rpc_decisions *d, uint64_t number, unsigned what)
{
    struct rpc_decision *i;

    if (what > RPC_DECISION_ALL)
        return;
    i = find_or_make(d, number);
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
