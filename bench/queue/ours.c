/* SPDX-License-Identifier: Apache-2.0
 * ours.c - a sender and a receiver of countersign-mqd's as bench-queue's contestant: recoverable
 * messages of level none, integrity or privacy, handed to a daemon that runs.
 *
 * A message is received as a server does it: opened, begun, and it is the program's; remembered as
 * executed by the account, on the disk, and then its outcome is told, which nobody waits for until
 * the last one is.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "keys.h"
#include "message.h"
#include "queue/client.h"
#include "queue/envelope.h"
#include "queue_peer.h"

enum { WAIT_MS = 60000, THREADS = 64, TELLING = 256 /* outcomes at once */ };

static const char *queue;
static enum queue_level level;
static struct queue_client *client;
static struct queue_sealer *sealer;
static struct queue_opener *opener;
static struct queue_executed *executed;
static sem_t room;    /* in the window */
static sem_t telling; /* outcomes that may be on their way */

static void must(enum err e, const char *what)
{
    char why[600];

    if (!e)
        return;
    (void)snprintf(why, sizeof why, "%.80s: %s", what, detail_get()->text);
    queue_peer_die(why);
}

static enum queue_level level_of(const char *kind)
{
    if (strcmp(kind, "none") == 0)
        return QUEUE_LEVEL_NONE;
    return strcmp(kind, "privacy") == 0 ? QUEUE_LEVEL_PRIVACY : QUEUE_LEVEL_INTEGRITY;
}

static void open_queue(const char *kind)
{
    const struct queue_client_how how = { .queue = kind,
                                          .flags = QUEUE_OPEN_SEND | QUEUE_OPEN_RECEIVE |
                                                   QUEUE_OPEN_CREATE | QUEUE_OPEN_CLEAR };
    const char *folder = getenv("QUEUE_BENCH_FOLDER");
    char marks[300];

    queue = kind;
    level = level_of(kind);
    if (!folder || snprintf(marks, sizeof marks, "%s/%s", folder, kind) >= (int)sizeof marks ||
        mkdir(marks, 0700) != 0 || sem_init(&room, 0, 0) != 0 ||
        sem_init(&telling, 0, TELLING) != 0)
        queue_peer_die("no folder");
    must(queue_client_open(&how, &client), "opening the queue");
    must(queue_sealer_new(keys_of(KEYS_SENDER), 0, 0, &sealer), "a sealer");
    must(queue_executed_open(marks, 0, message_now(), 300 * QUEUE_SECOND, &executed, NULL), marks);
    must(queue_opener_new(keys_of(KEYS_RECEIVER), executed, &opener), "an opener");
}

static void close_queue(void)
{
    queue_client_close(client);
    queue_sealer_free(sealer);
    queue_opener_free(opener);
    queue_executed_close(executed);
}

/* ---- sending ---- */

static struct buf seal(const uint8_t body[QUEUE_PEER_BODY])
{
    struct queue_header h = message_header(queue, level);
    struct buf m = { 0 };

    must(queue_seal(sealer, &h, bytes_of_text(KEYS_HOST), bytes_of(body, QUEUE_PEER_BODY), &m),
         "sealing");
    return m;
}

static void on_disk(void *arg, enum err e)
{
    struct buf *message = arg;

    must(e, "sending");
    buf_free(message);
    mem_free(message);
    sem_post(&room);
}

static void wait_for(sem_t *s)
{
    while (sem_wait(s) != 0)
        continue;
}

static void send_one(const uint8_t body[QUEUE_PEER_BODY])
{
    struct buf m = seal(body);

    must(queue_client_send(client, buf_view(m)), "sending");
    buf_free(&m);
}

static void send_all(int count, int window)
{
    int i;

    if (window == 1) { /* who sends no second one meanwhile waits, as a program's thread does */
        for (i = 0; i < count; i++)
            send_one(queue_peer_body);
        return;
    }
    for (i = 0; i < window; i++)
        sem_post(&room);
    for (i = 0; i < count; i++) {
        struct buf *message = mem_alloc(sizeof *message);

        wait_for(&room);
        if (!message)
            queue_peer_die("no memory");
        *message = seal(queue_peer_body);
        must(queue_client_submit(client, buf_view(*message), on_disk, message), "sending");
    }
    for (i = 0; i < window; i++)
        wait_for(&room);
}

/* ---- receiving ---- */

static struct queue_opened open_it(const struct queue_received *r)
{
    static const char *const services[] = { MESSAGE_SERVICE };
    const struct queue_door door = { .queue = bytes_of_text(queue),
                                     .services = services,
                                     .service_count = 1,
                                     .level = level,
                                     .now = message_now(),
                                     .skew = 300 * QUEUE_SECOND };
    struct queue_opened o;

    must(queue_open(opener, &door, buf_view(r->message), &o), "opening");
    if (o.verdict != QUEUE_VERDICT_OPEN || o.body.len != QUEUE_PEER_BODY)
        queue_peer_die("a message was refused");
    return o;
}

static void remember(const struct queue_opened *o)
{
    uint64_t number = 0;

    must(queue_executed_add(executed, o->mark, o->header.expires, &number), "remembering");
    must(queue_executed_sync(executed, number), "remembering");
}

static void on_told(void *arg, enum err e)
{
    (void)arg;
    must(e, "the outcome");
    sem_post(&telling);
}

/* Until all are on the disk. */
static void wait_for_telling(void)
{
    int i;

    for (i = 0; i < TELLING; i++)
        wait_for(&telling);
    for (i = 0; i < TELLING; i++)
        sem_post(&telling);
}

/* To be followed by wait_for_telling. */
static void receive_next(uint8_t *ret)
{
    struct queue_received r;
    struct queue_opened o;

    must(queue_client_receive(client, NULL, 0, WAIT_MS, &r), "receiving");
    o = open_it(&r);
    must(queue_client_begin(client, r.lease, r.until), "beginning");
    if (ret) {
        memcpy(ret, o.body.ptr, QUEUE_PEER_BODY);
        queue_peer_arrived();
    }
    remember(&o);
    wait_for(&telling);
    must(queue_client_tell(client, r.lease, QUEUE_EXECUTED, 0, on_told, NULL), "the outcome");
    queue_opened_done(&o);
    buf_free(&r.message);
}

static atomic_int left;

static void *receive_some(void *arg)
{
    while (atomic_fetch_sub(&left, 1) > 0)
        receive_next(NULL);
    return arg;
}

/* A server has threads. */
static void receive_all(int count, int window)
{
    pthread_t thread[THREADS];
    int n = window < THREADS ? window : THREADS, i;

    atomic_store(&left, count);
    for (i = 0; i < n; i++)
        if (pthread_create(&thread[i], NULL, receive_some, NULL) != 0)
            queue_peer_die("no thread");
    for (i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    wait_for_telling();
}

static void receive_one(uint8_t body[QUEUE_PEER_BODY])
{
    receive_next(body);
    wait_for_telling();
}

int main(int argc, char **argv)
{
    static const struct queue_peer peer = { open_queue, send_all,    receive_all,
                                            send_one,   receive_one, close_queue };

    return queue_peer_main(&peer, argc, argv);
}
