/* SPDX-License-Identifier: Apache-2.0
 * transport_replay.c - which operators may have messages of a queue executed again.
 *
 * Whose queue it is, always: the account that executes its messages. Others, where the queue's list
 * of access gives them QUEUE_REPLAY_RIGHT. That is the one this server gave when it opened the
 * queue, which nothing between sender and receiver can change; of a queue that it opened with the
 * list that there is (RPC_C_MQ_USE_EXISTING_SECURITY) it is the queue manager's.
 */
#include "acl/access.h"
#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/process.h"
#include "queue/replay.h"
#include "queue/transport_queue.h"

static enum err list_of(struct queued_queue *q, struct buf *ret)
{
    char text[QUEUE_LIST_TEXT];
    struct queue_way *way = NULL;
    enum err e;

    if (!q->existing)
        return buf_copy(buf_view(q->callers), ret);
    e = queue_way_get(q, &way);
    if (!e)
        e = queue_client_list(way->client, text);
    queue_way_unref(way);
    return e ? e : sddl_parse(text, NULL, ret);
}

/* With those that every sender has who is known. */
static enum err sids_of(const struct queue_sender *s, struct sid **ret, size_t *ret_count)
{
    static const char *const all[] = { "S-1-1-0", "S-1-5-2", "S-1-5-11" };
    enum { ALL = sizeof all / sizeof *all };
    struct sid *sids = mem_array(s->count + ALL, sizeof *sids);
    enum err e = sids ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    for (i = 0; !e && i < s->count + ALL; i++)
        e = sid_parse(i < s->count ? s->sids[i] : all[i - s->count], &sids[i]);
    if (e) {
        mem_free(sids);
        return e;
    }
    *ret = sids;
    *ret_count = s->count + ALL;
    return ERR_OK;
}

static bool grants(struct bytes list, const struct queue_sender *who)
{
    static const struct acl_mapping mapping = { .all = RIGHT_STANDARD_ALL | QUEUE_REPLAY_RIGHT };
    const struct acl_request rq = { .wanted = QUEUE_REPLAY_RIGHT, .mapping = &mapping };
    struct sid_set set = { 0 };
    struct sid *sids = NULL;
    struct descriptor d;
    uint32_t granted = 0;
    bool may;

    /* Without a list nobody is named. */
    if (descriptor_read(list, &d) || !d.dacl.present || sids_of(who, &sids, &set.count))
        return false;
    set.sids = sids;
    may = acl_access_check(&d, &set, &rq, &granted);
    mem_free(sids);
    return may;
}

static bool is_own(const struct queue_sender *who)
{
    struct queue_outward self;
    struct sid first;

    return who->count && !sid_parse(who->sids[0], &first) &&
           !queue_process_outward(QUEUE_LEVEL_INTEGRITY, &self) && sid_equal(&first, self.account);
}

enum queue_verdict queue_replay_may(struct queued_queue *q, const struct queue_sender *who)
{
    struct buf list = { 0 };
    bool may;

    if (is_own(who))
        return QUEUE_VERDICT_OPEN;
    if (list_of(q, &list))
        return QUEUE_VERDICT_WAIT; /* the manager is away, or there is no memory */
    may = list.len && grants(buf_view(list), who);
    buf_free(&list);
    return may ? QUEUE_VERDICT_OPEN : QUEUE_VERDICT_REFUSE;
}
