/* SPDX-License-Identifier: Apache-2.0
 * manager.c - the queue manager, from its begin to its end.
 */
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/queue.h"

enum { LINE = 512, ENDED_TOLD = 20 /* in a second */ };

#define EPOCH_SECONDS UINT64_C(11644473600) /* from 1601 to 1970 */
#define SECOND_TICKS UINT64_C(10000000)

uint64_t manager_now(const struct manager *m)
{
    struct timespec now;

    if (m->how.now)
        return m->how.now();
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec + EPOCH_SECONDS) * SECOND_TICKS + (uint64_t)now.tv_nsec / 100;
}

static void tell(const struct manager *m, const char *line)
{
    if (m->how.tell)
        m->how.tell(line);
}

uint32_t manager_status(struct manager *m, enum err e)
{
    switch (e) {
    case ERR_OK:
        return MQD_OK;
    case ERR_NO_MEMORY:
        return MQD_NO_MEMORY;
    case ERR_EXISTS:
        return MQD_EXISTS;
    case ERR_NOT_FOUND:
        return MQD_NO_MESSAGE;
    case ERR_INVALID_PARAMETER:
    case ERR_UNSUPPORTED:
    case ERR_UNEXPECTED:
        return MQD_INVALID;
    case ERR_TOO_LONG:
        return MQD_TOO_LARGE;
    case ERR_QUEUE_FULL:
        return MQD_QUEUE_FULL;
    case ERR_RPC_BUSY:
        return MQD_BUSY;
    case ERR_DISK_FULL:
        return MQD_DISK_FULL;
    case ERR_STORE_DAMAGED:
        tell(m, "the store is damaged: end and begin again, which repairs it");
        return MQD_STORE;
    default:
        tell(m, err_text(e));
        return MQD_STORE;
    }
}

bool manager_grants(const struct manager *m, const struct access_who *who, uint32_t wanted)
{
    return access_granted(buf_view(m->descriptor), who, wanted);
}

bool manager_grants_limits(const struct manager *m, const struct access_who *who, uint32_t given,
                           const mqd_settings *settings)
{
    const struct config *c = m->how.config;
    const uint64_t shipped[QUEUE_LIMITS] = { c->queue_messages, c->queue_bytes, c->sender_messages,
                                             c->sender_bytes };
    size_t i;

    for (i = 0; i < QUEUE_LIMITS; i++) {
        uint64_t wanted = given & MQD_SET_MESSAGES << i ? queue_settings_limit(settings, i) : 1;

        if (shipped[i] && (!wanted || wanted > shipped[i]))
            return manager_grants(m, who, ACCESS_SET);
    }
    return true;
}

/* ---- what the store says by itself, on its own thread ---- */

static uint64_t store_now(void *arg)
{
    return manager_now(arg);
}

static void on_ready(void *arg, uint32_t number)
{
    struct manager *m = arg;
    struct queue *q = queue_of_number(m, number);

    if (q)
        work_pump(m, q);
}

static void on_told(void *arg)
{
    work_run(arg);
}

static void on_damage(void *arg, const char *line)
{
    tell(arg, line);
}

static const char *reason_text(uint32_t reason)
{
    switch (reason) {
    case STORE_REASON_NOT_REACHED:
        return "was not there in time";
    case STORE_REASON_EXPIRED:
        return "expired";
    case STORE_REASON_ATTEMPTS:
        return "failed in every delivery";
    case STORE_REASON_QUEUE_DELETED:
        return "lost its queue";
    case STORE_REASON_DAMAGED:
        return "is damaged";
    case STORE_REASON_UNDECIDED:
        return "was sent in a transaction of which nobody said how it ended";
    default:
        return "was refused";
    }
}

/* A thousand that expire at once are not a thousand lines, each of which the disk's thread waits
 * for. */
static bool may_tell_ended(struct manager *m)
{
    uint64_t second = work_now_ms() / 1000;
    char line[LINE];

    if (second != m->ended.second) {
        if (m->ended.untold) {
            (void)snprintf(line, sizeof line, "%u more messages ended and were not told",
                           m->ended.untold);
            tell(m, line);
        }
        m->ended.second = second;
        m->ended.told = m->ended.untold = 0;
    }
    if (m->ended.told++ < ENDED_TOLD)
        return true;
    m->ended.untold++;
    return false;
}

static void on_ended(void *arg, uint32_t number, const struct store_entry *e, bool kept)
{
    struct manager *m = arg;
    struct queue *q;
    char line[LINE];

    notice_add(m, e);
    if (!may_tell_ended(m))
        return;
    q = queue_of_number(m, number);
    (void)snprintf(line, sizeof line, "a message of %s in %s %s, after %u deliveries%s",
                   e->m.sender ? e->m.sender : "nobody", q ? q->name : "a queue that is gone",
                   reason_text(e->reason), e->attempts, kept ? ": it is a dead letter" : "");
    if (m->how.tell_loss)
        m->how.tell_loss(line);
    if (q)
        queue_unref(q);
}

/* ---- its life ---- */

/* How much dead letters and journal may be. */
static enum err limit_own(struct manager *m, const char *name)
{
    const struct store_settings limits = { .messages_max = INT64_MAX,
                                           .octets_max = m->how.config->journal_bytes
                                                             ? m->how.config->journal_bytes
                                                             : INT64_MAX };
    uint32_t number = 0;
    enum err e = store_queue_find(m->store, name, &number);

    return e ? e : store_queue_set(m->store, number, &limits);
}

static enum err open_store(struct manager *m)
{
    const struct store_config how = { .dir = m->how.config->store,
                                      .now = m->how.now ? store_now : NULL,
                                      .ready = on_ready,
                                      .told = on_told,
                                      .ended = on_ended,
                                      .damage = on_damage,
                                      .lease_ms = m->how.config->lease_time,
                                      .sender_octets_max = m->how.config->account_bytes,
                                      .arg = m };
    enum err e = store_open(&how, &m->store);

    if (!e)
        e = limit_own(m, STORE_DEAD_LETTERS);
    if (!e)
        e = limit_own(m, STORE_JOURNAL);
    return e;
}

/* Of an earlier manager's: who made them is gone. */
static void remove_temporary(struct manager *m)
{
    struct queue *q, *next;

    for (q = queue_after(m, 0); q; q = next) {
        next = queue_after(m, q->number);
        if (q->settings.store.temporary && queue_delete(q))
            tell(m, "a temporary queue of an earlier time could not be removed");
        queue_unref(q);
    }
}

static void free_queues(struct manager *m)
{
    struct queue *q;

    while ((q = m->queues) != NULL) {
        m->queues = q->next;
        queue_unref(q);
    }
    mem_free(m->by_number);
}

static void dismantle(struct manager *m)
{
    store_close(m->store);
    notices_done(m);
    work_done(m);
    free_queues(m);
    buf_free(&m->descriptor);
    receivers_done(&m->receivers_known);
    pthread_mutex_destroy(&m->letters);
    pthread_mutex_destroy(&m->change);
    pthread_mutex_destroy(&m->lock);
    pthread_mutex_destroy(&m->transactions);
    mem_free(m);
}

enum err manager_new(const struct manager_how *how, struct manager **ret)
{
    struct manager *m = mem_zero(sizeof *m);
    enum err e;

    if (!m)
        return ERR_NO_MEMORY;
    m->how = *how;
    m->began = manager_now(m);
    pthread_mutex_init(&m->lock, NULL);
    pthread_mutex_init(&m->transactions, NULL);
    pthread_mutex_init(&m->change, NULL);
    pthread_mutex_init(&m->letters, NULL);
    receivers_init(&m->receivers_known, how->config->receiver_bytes);
    work_init(m);
    notices_init(m);
    e = sid_parse(how->account, &m->self);
    if (!e)
        e = access_descriptor_new(how->config->access, how->account, &m->descriptor);
    if (!e)
        e = open_store(m);
    if (!e)
        e = queue_load_all(m);
    if (!e)
        e = work_begin(m);
    if (e) {
        dismantle(m);
        return e;
    }
    remove_temporary(m);
    *ret = m;
    return ERR_OK;
}

void manager_stop(struct manager *m)
{
    struct queue *q, *next;

    atomic_store(&m->stopped, true);
    for (q = queue_after(m, 0); q; q = next) {
        receive_end_all(q, NULL, MQD_STOPPING);
        next = queue_after(m, q->number);
        queue_unref(q);
    }
}

void manager_free(struct manager *m)
{
    if (!m)
        return;
    work_end(m);
    dismantle(m);
}
