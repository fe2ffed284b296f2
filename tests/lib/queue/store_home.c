/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/queue/store_home.h"

#include <ftw.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#include "base/detail.h"
#include "lib/unit.h"

struct waited {
    sem_t done;
    enum err err;
};

static void done(void *arg, enum err e)
{
    struct waited *w = arg;

    w->err = e;
    sem_post(&w->done);
}

static enum err wait_for(struct waited *w, enum err e)
{
    while (!e && sem_wait(&w->done) != 0)
        continue;
    sem_destroy(&w->done);
    return e ? e : w->err;
}

void store_home_make(struct store_home *h)
{
    *h = (struct store_home){ .config = { .dir = h->dir } };
    snprintf(h->dir, sizeof h->dir, "%s/countersign-store-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"); /* nobody cuts the power */
    assert_non_null(mkdtemp(h->dir));
}

void store_home_open(struct store_home *h)
{
    const struct store_settings settings = { .backoff_first_ms = 20, .backoff_max_ms = 40 };

    h->config.dir = h->dir;
    if (store_open(&h->config, &h->store))
        fail_msg("store_open: %s", detail_get()->text);
    if (store_queue_find(h->store, "q", &h->queue))
        assert_int_equal(store_queue_create(h->store, "q", &settings, &h->queue), ERR_OK);
}

void store_home_again(struct store_home *h)
{
    store_close(h->store);
    h->store = NULL;
    store_home_open(h);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void store_home_remove(const char *dir)
{
    (void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void store_home_done(struct store_home *h)
{
    store_close(h->store);
    h->store = NULL;
    store_home_remove(h->dir);
}

struct store_message store_home_message(uint64_t order, struct bytes body)
{
    struct store_message m = { .sender = "S-1-5-21-1-2-3-1000",
                               .order = order,
                               .priority = STORE_PRIORITY,
                               .delivery = STORE_RECOVERABLE,
                               .body = body };

    memcpy(m.id, &order, sizeof order);
    return m;
}

enum err store_home_put(struct store_home *h, const struct store_message *m)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, store_put(h->store, h->queue, m, done, &w));
}

enum err store_home_lend(struct store_home *h, store_wants_fn *wants, struct store_lease *ret,
                         struct store_entry *entry)
{
    enum err e, body = ERR_OK;

    do {
        e = store_take(h->store, h->queue, wants, NULL, ret, entry);
        if (!e && ret->grant)
            body = store_take_body(h->store, *ret, entry);
    } while (!e && ret->grant && body);
    return e;
}

uint64_t store_home_take(struct store_home *h, struct store_lease *ret, struct store_entry *entry)
{
    assert_int_equal(store_home_lend(h, NULL, ret, entry), ERR_OK);
    return ret->grant ? entry->m.order : UINT64_MAX;
}

enum err store_home_end(struct store_home *h, store_home_fn *how, struct store_lease lease)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, how(h->store, lease, done, &w));
}

enum err store_home_fail(struct store_home *h, struct store_lease lease, uint32_t reason)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, store_fail(h->store, lease, reason, done, &w));
}

enum err store_home_refuse(struct store_home *h, struct store_lease lease, uint32_t reason)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, store_refuse(h->store, lease, reason, done, &w));
}

enum err store_home_purge(struct store_home *h, uint32_t queue)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, store_purge(h->store, queue, done, &w));
}

enum err store_home_move(struct store_home *h, uint32_t queue, uint64_t number, uint32_t to)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, store_move(h->store, queue, number, to, done, &w));
}

enum err store_home_delete(struct store_home *h, uint32_t queue, uint64_t number)
{
    struct waited w;

    sem_init(&w.done, 0, 0);
    return wait_for(&w, store_remove(h->store, queue, number, done, &w));
}

uint64_t store_home_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return UINT64_C(116444736000000000) + (uint64_t)now.tv_sec * 10000000 +
           (uint64_t)now.tv_nsec / 100;
}
