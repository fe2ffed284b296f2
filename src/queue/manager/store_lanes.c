/* SPDX-License-Identifier: Apache-2.0
 * store_lanes.c - lanes that have nothing any more are given back: each interface that is named
 * makes one, and who invents interfaces must not use them up.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_private.h"

bool store_lane_room(struct store *s, struct queue *q, int64_t kind, uint8_t priority, int64_t who)
{
    const struct lane *lane;
    size_t his = 0;

    for (lane = q->lane; lane; lane = lane->next) {
        if (lane->kind == kind && lane->priority == priority)
            return true;
        his += lane->who == who;
    }
    if (his >= STORE_SENDER_LANES_MAX / 2 || q->lanes >= STORE_LANES_MAX / 2) {
        q->crowded = s->crowded = true;
        pthread_cond_signal(&s->work);
    }
    return his < STORE_SENDER_LANES_MAX && q->lanes < STORE_LANES_MAX;
}

/* A change that waits between two batches and stands on it, or will put something there. */
static bool is_named(const struct store *s, const struct lane *lane)
{
    const struct op *op;

    for (op = s->todo.first; op; op = op->next)
        if (op->lane == lane || op->lane_next == lane)
            return true;
    return false;
}

static enum err is_empty(struct store *s, const struct lane *lane, bool *ret)
{
    sqlite3_stmt *st;
    enum err e = ERR_OK;

    *ret = !lane->more;
    if (*ret)
        return ERR_OK;
    st = sql_use(&s->writer, SQL_LANE);
    if (!st)
        return sql_fail(&s->writer, "a queue's index");
    sql_bind(st, 1, lane->queue->number);
    sql_bind(st, 2, (uint64_t)lane->kind);
    sql_bind(st, 3, lane->priority);
    sql_bind(st, 4, 0);
    sql_bind(st, 5, 1);
    *ret = !sql_row(&s->writer, st, &e);
    (void)sqlite3_reset(st);
    return e;
}

static void sweep(struct store *s, struct queue *q)
{
    struct lane **at = &q->lane, *lane;
    bool empty = false;
    enum err e = ERR_OK;

    while (!e && (lane = *at)) {
        empty = false;
        if (!lane->items && !lane->held && !is_named(s, lane))
            e = is_empty(s, lane, &empty);
        if (e || !empty) {
            at = &lane->next;
            continue;
        }
        *at = lane->next;
        q->lanes--;
        mem_free(lane);
    }
    (void)store_broken(s, e);
}

void store_lanes_sweep(struct store *s)
{
    uint64_t now = store_now(s);
    size_t i;

    if (!s->crowded || s->damaged || now < s->swept + STORE_SWEEP_TICKS)
        return;
    s->swept = now;
    s->crowded = false;
    for (i = 0; i < s->queue_count; i++)
        if (s->queues[i]->crowded) {
            s->queues[i]->crowded = false;
            sweep(s, s->queues[i]);
        }
}
