/* SPDX-License-Identifier: Apache-2.0
 * store_joined.c - messages put in the transaction in which another is executed: held until it is
 * known what became of that, and then released or gone in the same transaction of the disk.
 *
 * The row of what is held names the other's number, and stands in a lane of its own, whose kind is
 * 0; an index finds it. What is released gets a new number, so that it is behind what was put
 * before and can have been taken already.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_private.h"

/* What becomes of it; OP_KINDS: it waits on. Where nobody has decided it may become a dead letter,
 * for a person to look at. */
static enum op_kind joined_fate(const struct op *op)
{
    switch (op->kind) {
    case OP_FINISH:
        return OP_RELEASE;
    case OP_ANEW:
    case OP_REMOVE:
        return OP_WITHDRAW;
    case OP_DELAY:
        return op->decided ? OP_WITHDRAW : OP_KINDS;
    case OP_DEAD:
        return op->decided ? OP_WITHDRAW : OP_EXPIRE;
    case OP_EXPIRE:
    case OP_SET_ASIDE:
    case OP_UNDECIDED:
        return OP_EXPIRE;
    default:
        return OP_KINDS;
    }
}

/* On the row the statement stands on. */
static enum err add_part(struct store *s, sqlite3_stmt *st, enum op_kind kind,
                         struct op_list *parts)
{
    struct op *op = op_new(kind, NULL);

    if (!op)
        return ERR_NO_MEMORY;
    op->part = op->held = true;
    op->number = sql_u64(st, 0);
    op->who = sqlite3_column_int64(st, 2);
    op->size = sql_u64(st, 3);
    op->due_reason = STORE_REASON_UNDECIDED;
    pthread_mutex_lock(&s->lock);
    op->queue = store_queue_at(s, (uint32_t)sql_u64(st, 1));
    pthread_mutex_unlock(&s->lock);
    if (op->queue) {
        op_append(parts, op);
        return ERR_OK;
    }
    op_free(op);
    return detail_fail(ERR_STORE_DAMAGED, "a message is in queue %llu, which is none",
                       (unsigned long long)sql_u64(st, 1));
}

MUST_CHECK enum err store_run_joined(struct store *s, const struct op *op, struct op_list *parts)
{
    enum sql_statement which = op->kind == OP_UNDECIDED ? SQL_UNDECIDED : SQL_HELD;
    enum op_kind kind = joined_fate(op);
    sqlite3_stmt *st;
    enum err e = ERR_OK;

    if (kind == OP_KINDS || op->held)
        return ERR_OK;
    st = sql_use(&s->writer, which);
    if (!st)
        return sql_fail(&s->writer, "the index of transactions");
    sql_bind(st, 1, op->kind == OP_UNDECIDED ? STORE_FIRST_QUEUE : op->number);
    while (!e && sql_row(&s->writer, st, &e))
        e = add_part(s, st, kind, parts);
    (void)sqlite3_reset(st);
    return e;
}

MUST_CHECK enum err store_has_joined(struct store *s, uint64_t number, bool *ret)
{
    sqlite3_stmt *st;
    enum err e = ERR_OK;

    *ret = false;
    if (!atomic_load(&s->joins))
        return ERR_OK;
    st = sql_use(&s->reader, SQL_HELD);
    if (!st)
        return sql_fail(&s->reader, "the index of transactions");
    sql_bind(st, 1, number);
    *ret = sql_row(&s->reader, st, &e);
    (void)sqlite3_reset(st);
    return store_broken(s, e);
}

/* ---- the transaction begins ---- */

/* Locked; adopts a charge. It has been given out once more to be asked for alone. */
static enum err use_up(struct store *s, struct item *i, struct op *op)
{
    op->kind = OP_DEAD;
    op->reason = STORE_REASON_ATTEMPTS;
    op->decided = true;
    store_end_lease(s, i, op);
    return detail_fail(ERR_NOT_FOUND, "its %u deliveries are used up", i->attempts);
}

/* Locked. Whether an earlier execution may have left something; or it is not on disk yet, and a
 * transaction waits for that. */
static enum err find(struct store *s, struct store_lease lease, struct item **ret, bool *ret_again)
{
    struct item *i = store_leased(s, lease);

    if (!i || i->begun || i->gone)
        return detail_fail(ERR_NOT_FOUND, "no such lease");
    *ret = i;
    *ret_again = i->coming || (i->attempts && atomic_load(&s->joins));
    return *ret_again ? ERR_OK : store_has_joined(s, lease.number, ret_again);
}

/* Locked; adopts both, and leaves *anew where it is not needed. */
static enum err begin(struct store *s, struct store_lease lease, struct op *charge,
                      struct op **anew)
{
    struct item *i = NULL;
    bool again = false;
    enum err e = find(s, lease, &i, &again);

    if (e) {
        op_free(charge);
        return e;
    }
    if (i->attempts >= i->lane->queue->settings.attempts_max)
        return use_up(s, i, charge);
    item_begin(s, i, true, charge);
    if (!again)
        return ERR_OK;
    (*anew)->queue = i->lane->queue;
    (*anew)->number = lease.number;
    store_submit(s, *anew);
    *anew = NULL;
    return ERR_OK;
}

MUST_CHECK enum err store_begin_transaction(struct store *s, struct store_lease lease,
                                            store_done_fn *done, void *arg)
{
    struct op *charge = op_new(OP_CHARGE, NULL), *anew = op_new(OP_ANEW, NULL);
    enum err e = done ? ERR_NO_MEMORY : ERR_INVALID_PARAMETER;
    bool waits;

    if (!done || !charge || !anew) {
        op_free(charge);
        op_free(anew);
        return e;
    }
    anew->done = done;
    anew->arg = arg;
    pthread_mutex_lock(&s->lock);
    e = begin(s, lease, charge, &anew);
    pthread_mutex_unlock(&s->lock);
    waits = !anew;
    op_free(anew);
    if (!e && !waits)
        done(arg, ERR_OK);
    return e;
}
