/* SPDX-License-Identifier: Apache-2.0
 * queue_door.c - a door of queues in this process' memory.
 */
#include "lib/queue_door.h"

#include <string.h>
#include <time.h>

#include "lib/unit.h"

enum { WAIT_S = 60 };

struct door door = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

struct queued_queue {
    int unused;
};
static struct queued_queue the_queue;

static void copy_text(char *to, size_t room, const char *from)
{
    assert_true(strlen(from) < room);
    memcpy(to, from, strlen(from) + 1);
}

static enum err door_submit(const struct queued_call *call)
{
    enum err e;

    pthread_mutex_lock(&door.lock);
    e = door.submit_fails;
    door.submitted++;
    door.call = *call;
    copy_text(door.host, sizeof door.host, call->host);
    copy_text(door.queue, sizeof door.queue, call->queue);
    copy_text(door.server, sizeof door.server, call->server ? call->server : "");
    assert_true(call->body.len <= sizeof door.body);
    if (call->body.len)
        memcpy(door.body, call->body.ptr, call->body.len);
    pthread_mutex_unlock(&door.lock);
    if (door.meanwhile)
        door.meanwhile();
    return e;
}

static enum err door_open(const struct queued_ask *ask, struct queued_queue **ret)
{
    enum err e;

    pthread_mutex_lock(&door.lock);
    e = door.open_fails;
    door.opened++;
    door.ask = *ask;
    copy_text(door.name, sizeof door.name, ask->name);
    pthread_mutex_unlock(&door.lock);
    if (!e)
        *ret = &the_queue;
    return e;
}

static struct timespec clock_in(int64_t milliseconds)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += (time_t)(milliseconds / 1000);
    t.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* With the lock. */
static struct door_letter *next_of(const struct queued_syntax *interfaces, size_t count)
{
    size_t i, j;

    for (i = 0; i < door.count; i++)
        for (j = 0; j < count && !door.letters[i].taken; j++)
            if (memcmp(&door.letters[i].message.interface.uuid, &interfaces[j].uuid,
                       sizeof interfaces[j].uuid) == 0)
                return &door.letters[i];
    return NULL;
}

static enum err door_receive(struct queued_queue *q, const struct queued_server *server,
                             uint32_t wait_ms, struct queued_message **ret)
{
    const struct timespec until = clock_in(wait_ms < 20 ? wait_ms : 20);
    struct door_letter *letter;

    assert_ptr_equal(q, &the_queue);
    pthread_mutex_lock(&door.lock);
    door.interfaces = server->count;
    door.services = server->services_count;
    letter = next_of(server->interfaces, server->count);
    if (!letter)
        (void)pthread_cond_timedwait(&door.changed, &door.lock, &until);
    letter = next_of(server->interfaces, server->count);
    if (letter)
        letter->taken = true;
    pthread_mutex_unlock(&door.lock);
    if (!letter)
        return ERR_TIMEOUT;
    *ret = &letter->message;
    return ERR_OK;
}

static struct door_letter *letter_of(struct queued_message *m)
{
    return (struct door_letter *)(void *)m; /* its first member */
}

static enum err door_begin_message(struct queued_queue *q, struct queued_message *m)
{
    enum err e;

    (void)q;
    pthread_mutex_lock(&door.lock);
    e = door.begin_fails;
    letter_of(m)->begun = !e;
    pthread_mutex_unlock(&door.lock);
    return e;
}

static void door_settle(struct queued_queue *q, struct queued_message *m,
                        const struct queued_outcome *outcome)
{
    struct door_letter *letter = letter_of(m);

    (void)q;
    pthread_mutex_lock(&door.lock);
    if (outcome->end == QUEUED_RETURNED) {
        letter->taken = false;
        letter->returned++;
    } else {
        letter->settled = true;
        letter->outcome = *outcome;
    }
    pthread_cond_broadcast(&door.changed);
    pthread_mutex_unlock(&door.lock);
}

static void door_close(struct queued_queue *q)
{
    assert_ptr_equal(q, &the_queue);
    pthread_mutex_lock(&door.lock);
    door.closed++;
    pthread_mutex_unlock(&door.lock);
}

static void door_tell_token(const struct queued_message *m, uint8_t ret[QUEUED_TOKEN])
{
    door_token((size_t)((const struct door_letter *)(const void *)m - door.letters), ret);
}

static enum err door_begin_transaction(struct queued_queue *q, struct queued_message *m)
{
    letter_of(m)->transaction = true;
    return door_begin_message(q, m);
}

static enum err door_submit_joined(const struct queued_call *call, struct queued_queue *q,
                                   struct queued_message *m)
{
    (void)q;
    assert_true(letter_of(m)->transaction);
    letter_of(m)->joined++;
    return door_submit(call);
}

static const struct queued_door functions = { .version = QUEUED_DOOR,
                                              .submit = door_submit,
                                              .open = door_open,
                                              .receive = door_receive,
                                              .begin = door_begin_message,
                                              .settle = door_settle,
                                              .close = door_close,
                                              .token = door_tell_token,
                                              .begin_transaction = door_begin_transaction,
                                              .submit_joined = door_submit_joined };

const struct queued_door *door_functions(void)
{
    return &functions;
}

void door_begin(void)
{
    pthread_mutex_lock(&door.lock);
    door.submitted = door.opened = door.closed = 0;
    door.submit_fails = door.open_fails = door.begin_fails = ERR_OK;
    door.count = 0;
    door.meanwhile = NULL;
    memset(door.letters, 0, sizeof door.letters);
    pthread_mutex_unlock(&door.lock);
}

void door_token(size_t i, uint8_t ret[QUEUED_TOKEN])
{
    memset(ret, 0x40 + (int)i, QUEUED_TOKEN);
}

size_t door_put(const struct queued_message *m)
{
    size_t i;

    pthread_mutex_lock(&door.lock);
    assert_true(door.count < DOOR_MOST);
    i = door.count++;
    door.letters[i] = (struct door_letter){ .message = *m };
    pthread_cond_broadcast(&door.changed);
    pthread_mutex_unlock(&door.lock);
    return i;
}

struct queued_outcome door_outcome(size_t i)
{
    const struct timespec until = clock_in(WAIT_S * 1000);
    struct queued_outcome outcome;
    int late = 0;

    pthread_mutex_lock(&door.lock);
    while (!late && !door.letters[i].settled)
        late = pthread_cond_timedwait(&door.changed, &door.lock, &until);
    outcome = door.letters[i].outcome;
    pthread_mutex_unlock(&door.lock);
    assert_int_equal(late, 0);
    return outcome;
}

void door_returned(size_t i, unsigned times)
{
    const struct timespec until = clock_in(WAIT_S * 1000);
    int late = 0;

    pthread_mutex_lock(&door.lock);
    while (!late && door.letters[i].returned < times)
        late = pthread_cond_timedwait(&door.changed, &door.lock, &until);
    pthread_mutex_unlock(&door.lock);
    assert_int_equal(late, 0);
}

bool door_taken(size_t i)
{
    bool taken;

    pthread_mutex_lock(&door.lock);
    taken = door.letters[i].taken;
    pthread_mutex_unlock(&door.lock);
    return taken;
}
