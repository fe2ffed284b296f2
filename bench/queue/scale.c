/* SPDX-License-Identifier: Apache-2.0
 * scale.c - see scale.h.
 *
 * Queues are made by the manager and filled while it is down, by the store's own library: a million
 * messages, one by one accepted, would take the time that is there for measuring.
 */
#include "scale.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign/rpc.h>

#include "contestant.h"
#include "keys.h"
#include "message.h"
#include "mqd.h"
#include "queue/client.h"
#include "queue/envelope.h"
#include "queue/manager/facts.h"
#include "worker.h"

enum {
    BODY = 1024,
    BEHIND = 1000000,
    TIMED = 100000,
    TIMED_SECONDS = 20, /* over which these expire */
    HEAD = 512,         /* taken in one round */
    ROUNDS = 11,
    STARTS = 3,
    UNDER_WAY = 4096,
    WAIT_MS = 60000,
    POLL_US = 2000,
};

static const char few[] = "few", many[] = "many", timed[] = "timed";

static void must(enum err e, const char *what)
{
    if (e)
        worker_die("a large store", what);
}

/* A tenth, where it has to be quick. */
static int amount(int usual)
{
    return getenv("BENCH_QUICK") ? usual / 10 : usual;
}

/* ---- filled ---- */

struct fill {
    struct store *store;
    sem_t room;
};

static void on_disk(void *arg, enum err e)
{
    struct fill *f = arg;

    must(e, "storing a message");
    sem_post(&f->room);
}

static struct buf message_for(const char *queue)
{
    struct queue_header h = message_header(queue, QUEUE_LEVEL_NONE);
    struct queue_sealer *sealer = NULL;
    uint8_t body[BODY] = { 0 };
    struct buf m = { 0 };

    must(queue_sealer_new(keys_of(KEYS_SENDER), 0, 0, &sealer), "a sealer");
    must(queue_seal(sealer, &h, bytes_of_text(KEYS_HOST), bytes_of(body, sizeof body), &m),
         "a message");
    queue_sealer_free(sealer);
    return m;
}

/* first, step: when they expire; 0: as the message says. */
static void fill(struct fill *f, const char *queue, int count, uint64_t first, uint64_t step)
{
    struct buf message = message_for(queue);
    struct message_facts facts;
    uint32_t number = 0;
    int i;

    must(facts_read(buf_view(message), &facts), "reading a message");
    must(store_queue_find(f->store, queue, &number), "a queue");
    facts.store.sender = "S-1-5-21-1-2-3-1101";
    for (i = 0; i < UNDER_WAY; i++)
        sem_post(&f->room);
    for (i = 0; i < count; i++) {
        memcpy(facts.store.id, &i, sizeof i);
        if (first)
            facts.store.expires = facts.store.reach_by = first + (uint64_t)i * step;
        sem_wait(&f->room);
        must(store_put(f->store, number, &facts.store, on_disk, f), "storing a message");
    }
    for (i = 0; i < UNDER_WAY; i++)
        sem_wait(&f->room);
    buf_free(&message);
}

static void fill_begin(struct fill *f, const char *store)
{
    const struct store_config config = { .dir = store };

    must(sem_init(&f->room, 0, 0) ? ERR_INTERNAL : ERR_OK, "a semaphore");
    must(store_open(&config, &f->store), "opening the store");
}

static void fill_end(struct fill *f)
{
    store_close(f->store);
    sem_destroy(&f->room);
}

/* ---- the head ---- */

static struct queue_client *client(const char *queue)
{
    const struct queue_client_how how = { .queue = queue,
                                          .flags = QUEUE_OPEN_RECEIVE | QUEUE_OPEN_CREATE };
    struct queue_client *c = NULL;

    must(queue_client_open(&how, &c), "opening a queue");
    return c;
}

static void make_queues(const char *store)
{
    const char *const names[] = { few, many, timed };
    struct manager_process manager;
    size_t i;

    manager_process_begin(&manager, store);
    for (i = 0; i < sizeof names / sizeof *names; i++)
        queue_client_close(client(names[i]));
    manager_process_end(&manager);
}

/* Microseconds for each of HEAD messages, taken and ended. */
static double head(struct queue_client *c)
{
    struct queue_received r;
    double from = worker_seconds();
    int i;

    for (i = 0; i < HEAD; i++) {
        must(queue_client_receive(c, NULL, 0, WAIT_MS, &r), "receiving");
        must(queue_client_begin(c, r.lease, r.until), "beginning");
        must(queue_client_outcome(c, r.lease, QUEUE_EXECUTED, 0), "the outcome");
        buf_free(&r.message);
    }
    return (worker_seconds() - from) / HEAD * 1e6;
}

static void measure_heads(struct bench *b)
{
    double with_few[ROUNDS], with_many[ROUNDS], ratio[ROUNDS];
    struct queue_client *of_few = client(few), *of_many = client(many);
    struct bench_row *row = bench_note(b, "the head", "us", 0);
    int n = contestant_rounds(ROUNDS), i;

    (void)head(of_few);
    (void)head(of_many);
    for (i = 0; i < n; i++) {
        with_few[i] = head(of_few);
        with_many[i] = head(of_many);
        ratio[i] = with_many[i] / with_few[i];
    }
    queue_client_close(of_many);
    queue_client_close(of_few);
    row->contestants = 2;
    row->who[0] = "many";
    row->time[0] = contestant_median(with_many, n);
    row->who[1] = "few";
    row->time[1] = contestant_median(with_few, n);
    bench_aim(b, "the head's time with a million behind, times without",
              contestant_median(ratio, n), false, 1.1);
}

/* ---- expiry ---- */

static RPC_BINDING_HANDLE to_manager(void)
{
    static const char binding[] = "ncalrpc:[COUNTERSIGN-MQD]";
    RPC_SECURITY_QOS qos = { .Version = RPC_C_SECURITY_QOS_VERSION_1,
                             .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY };
    RPC_BINDING_HANDLE h = NULL;

    if (RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)binding, &h) != RPC_S_OK ||
        RpcBindingSetAuthInfoExA(h, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_NEGOTIATE,
                                 NULL, RPC_C_AUTHZ_NONE, &qos) != RPC_S_OK)
        worker_die("a large store", "no binding");
    return h;
}

static uint64_t expired(RPC_BINDING_HANDLE h)
{
    static mqd_info info;
    char name[MQD_NAME] = "timed";
    volatile uint64_t count = 0;

    RpcTryExcept
    {
        if (queue_MqdShow(h, name, &info) == MQD_OK)
            count = info.figures.expired;
    }
    RpcExcept (1) {
        worker_die("a large store", "the manager does not answer");
    }
    RpcEndExcept
    return count;
}

/* Asked from outside again and again: what has gone by then was that late at most. */
static void measure_expiry(struct bench *b, uint64_t first, uint64_t step)
{
    const int count = amount(TIMED);
    double *late = calloc((size_t)count, sizeof *late);
    RPC_BINDING_HANDLE h = to_manager();
    struct bench_row *row = bench_note(b, "expired late", "ms", 0);
    int done = 0;

    if (!late)
        worker_die("a large store", "no memory");
    if (message_now() > first)
        worker_die("a large store", "messages expired before they could be watched");
    while (done < count) {
        int gone = (int)expired(h);
        uint64_t now = message_now();

        for (; done < gone; done++)
            late[done] = ((double)now - (double)(first + (uint64_t)done * step)) / 1e4;
        (void)usleep(POLL_US);
    }
    (void)RpcBindingFree(&h);
    row->contestants = 2;
    row->who[0] = "p50";
    row->time[0] = contestant_median(late, count);
    row->who[1] = "p99";
    row->time[1] = late[count - 1 - count / 100];
    bench_aim(b, "expired late with 100,000 queued, p99, ms", row->time[1], false, 100);
    free(late);
}

/* ---- */

static void note(struct bench *b, const char *subject, const char *unit, double value)
{
    struct bench_row *row = bench_note(b, subject, unit, 0);

    row->contestants = 1;
    row->who[0] = "many";
    row->time[0] = value;
}

static double start_times(const char *store, struct manager_process *ret)
{
    double took[STARTS];
    int i;

    for (i = 0; i < STARTS; i++) {
        if (i)
            manager_process_end(ret);
        took[i] = manager_process_begin(ret, store);
    }
    return contestant_median(took, STARTS);
}

void scale_measure(struct bench *b, const char *folder)
{
    const int behind = amount(BEHIND);
    const uint64_t step = TIMED_SECONDS * QUEUE_SECOND / TIMED;
    struct manager_process manager;
    double from, resident, start;
    char store[300];
    uint64_t first;
    struct fill f;

    (void)snprintf(store, sizeof store, "%s/large", folder);
    make_queues(store);
    fill_begin(&f, store);
    fill(&f, few, HEAD * (ROUNDS + 1), 0, 0);
    from = worker_seconds();
    fill(&f, many, behind + HEAD * (ROUNDS + 1), 0, 0);
    from = worker_seconds() - from;
    fill_end(&f);
    note(b, "stored by the library", "us", from / behind * 1e6);
    start = start_times(store, &manager);
    resident = manager_process_resident(&manager);
    note(b, "started with them", "s", start);
    measure_heads(b);
    if (manager_process_resident(&manager) > resident)
        resident = manager_process_resident(&manager);
    note(b, "resident with them", "MiB", resident);
    bench_aim(b, "started with 1,000,000, seconds", start, false, 3);
    bench_aim(b, "resident with 1,000,000, MiB", resident, false, 64);
    manager_process_end(&manager);
    /* Time enough to store them, at a quarter of the speed seen. */
    first = message_now() +
            (uint64_t)((10 + 4 * start + 4 * from / behind * amount(TIMED)) * (double)QUEUE_SECOND);
    fill_begin(&f, store);
    fill(&f, timed, amount(TIMED), first, step);
    fill_end(&f);
    manager_process_begin(&manager, store);
    measure_expiry(b, first, step);
    manager_process_end(&manager);
}
