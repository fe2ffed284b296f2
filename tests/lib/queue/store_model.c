/* SPDX-License-Identifier: Apache-2.0
 * store_model.c - see store_model.h.
 */
#include "lib/queue/store_model.h"

enum { TICKS_PER_MS = 10000 };

struct message model_all[MODEL_PUTS];
int model_count;
uint64_t model_turns;
atomic_ullong model_now;
struct model_limits model_limits[2];

unsigned model_count_at(enum place at)
{
    unsigned n = 0;
    int i;

    for (i = 0; i < model_count; i++)
        n += model_all[i].at == at;
    return n;
}

unsigned model_count_delayed(enum place at)
{
    unsigned n = 0;
    int i;

    for (i = 0; i < model_count; i++)
        n += model_all[i].at == at && model_all[i].state == DELAYED &&
             model_all[i].not_before > model_now;
    return n;
}

void model_goes(int i, enum place to, uint32_t reason)
{
    model_all[i].at = to;
    model_all[i].state = READY;
    model_all[i].reason = reason;
    model_all[i].express = false;
    model_all[i].turn = ++model_turns;
}

static void expire(int i, uint32_t reason)
{
    model_goes(i, model_all[i].journal == STORE_JOURNAL_NONE ? NOWHERE : DEAD, reason);
}

void model_children(int i, enum fate fate)
{
    int c;

    for (c = 0; c < model_count; c++) {
        if (model_all[c].at >= DEAD || model_all[c].state != HELD || model_all[c].parent != i)
            continue;
        if (fate == RELEASED)
            model_goes(c, model_all[c].at, STORE_REASON_NONE);
        else if (fate == WITHDRAWN)
            model_goes(c, NOWHERE, 0);
        else
            expire(c, STORE_REASON_UNDECIDED);
    }
}

bool model_has_children(int i)
{
    int c;

    for (c = 0; c < model_count; c++)
        if (model_all[c].at < DEAD && model_all[c].state == HELD && model_all[c].parent == i)
            return true;
    return false;
}

void model_expire_all(void)
{
    int i;

    for (i = 0; i < model_count; i++) {
        struct message *m = model_all + i;

        if (m->at < DEAD && m->state != LEASED && m->expires && m->expires <= model_now) {
            bool held = m->state == HELD;

            expire(i, STORE_REASON_EXPIRED);
            if (!held)
                model_children(i, UNDECIDED);
        }
    }
    for (i = 0; i < model_count; i++)
        if (model_all[i].at < DEAD && model_all[i].state == DELAYED &&
            model_all[i].not_before <= model_now)
            model_all[i].state = READY;
}

void model_dies(int i, bool decided, uint32_t reason)
{
    model_goes(i, DEAD, reason);
    model_children(i, decided ? WITHDRAWN : UNDECIDED);
}

void model_fails(int i, bool lost, uint32_t reason)
{
    struct message *m = model_all + i;
    const bool decided = !lost && m->begun && m->joint;
    uint64_t ms = MODEL_BACKOFF_MS;
    uint32_t n;

    m->attempts += !m->begun;
    m->begun = true;
    if (m->attempts >= model_limits[m->at].attempts_max && !(lost && m->joint)) {
        model_dies(i, decided, reason ? reason : STORE_REASON_ATTEMPTS);
        return;
    }
    for (n = m->attempts; --n && ms < 4 * MODEL_BACKOFF_MS;)
        ms *= 2;
    m->state = DELAYED;
    m->not_before = model_now + ms * TICKS_PER_MS;
    if (decided)
        model_children(i, WITHDRAWN);
}
