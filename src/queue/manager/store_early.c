/* SPDX-License-Identifier: Apache-2.0
 * store_early.c - a message is lent while its put is on its way to the disk.
 *
 * Changes reach the disk in the order in which they were submitted, so whatever becomes of it is
 * there with it or behind it. Its sender is told once it is committed, as of any other: what was
 * lent and is lost with this process has been accepted from nobody. What could refuse it was asked
 * before it is lent, and if the commit fails, its sender hears that nobody can tell.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_private.h"

/* Whether the disk has to be waited for by nobody but its sender. */
static bool may_be_early(const struct store *s, const struct op *op)
{
    const struct record *r = op->record;

    return !op->item->express && !op->lease.grant && !r->file && r->size <= STORE_EARLY_MAX &&
           s->early + r->size <= STORE_EARLY_OCTETS;
}

/* Neither there, for who waits, nor on the way; nor on disk beyond what one looks at. */
static bool is_first(struct store *s, const struct op *op, const struct store_waiting *to)
{
    struct queue *q = op->queue;

    return q->coming == 1 && q->stats.taken < STORE_LEASED_MAX &&
           store_has_none(s, q, to->wants, to->arg, store_now(s)) && !op->lane->more;
}

void store_early_lend(struct store *s, struct op *op, struct store_waiting *to)
{
    struct item *i = op->item;
    struct buf body = { 0 };

    if (!may_be_early(s, op) || (to->wants && !to->wants(to->arg, op->record->m.interface)) ||
        !is_first(s, op, to))
        return;
    store_put_number(s, op);
    i->due = op->record->due;
    if (!item_can_go(i, op->record->put) || buf_copy(op->borrowed, &body))
        return;
    item_know(s, i, op->record);
    i->early = i->coming = true;
    op->queue->coming--;
    s->early += i->size;
    item_lend(s, i, &to->lease);
    record_entry(op->record, body, &to->entry);
    to->entry.file = to->entry.file_size = 0;
}

static void come(struct store *s, struct item *i)
{
    i->coming = false;
    s->early -= i->size;
    if (i->state == ITEM_COMING)
        i->lane->queue->coming--;
}

void store_early_apply(struct store *s, struct op *op)
{
    struct item *i = op->item;

    op->item = NULL;
    come(s, i);
    if (i->state == ITEM_COMING) /* its receiver has let go of it */
        item_back(s, i);
}

/* Who has it lets go of it in his time. */
void store_early_undo(struct store *s, struct op *op)
{
    struct item *i = op->item;

    op->item = NULL;
    op->err = detail_fail(ERR_RPC_FAILED, "a message could not be kept, and had been given out");
    come(s, i);
    item_cancel_charge(i);
    i->gone = true;
    if (i->state == ITEM_COMING)
        item_back(s, i);
}
