/* SPDX-License-Identifier: Apache-2.0
 * queue_meddle.c - what somebody does to a stopped queue manager's store who may write it, for
 * domain/test_queue*.sh.
 *
 *   queue_meddle STORE copy QUEUE OTHER   the first message of QUEUE, also into OTHER
 *   queue_meddle STORE flip QUEUE         its last octet another one; all checksums are right
 */
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "base/detail.h"
#include "queue/manager/store.h"

static sem_t over;
static enum err outcome;

static void done(void *arg, enum err e)
{
    (void)arg;
    outcome = e;
    sem_post(&over);
}

static enum err wait_for(enum err begun)
{
    if (begun)
        return begun;
    while (sem_wait(&over))
        continue;
    return outcome;
}

static enum err put(struct store *s, const char *queue, struct store_entry *e)
{
    struct store_message m = e->m;
    uint32_t number = 0;
    enum err err = store_queue_find(s, queue, &number);

    m.id[0] ^= 1; /* the store has each but once */
    m.sender = e->sender;
    return err ? err : wait_for(store_put(s, number, &m, done, NULL));
}

static enum err meddle(struct store *s, int argc, char **argv)
{
    struct store_entry e = { 0 };
    uint32_t queue = 0;
    enum err err = store_queue_find(s, argv[3], &queue);

    if (!err)
        err = store_peek(s, queue, 0, true, &e);
    if (err)
        return err;
    if (!strcmp(argv[2], "copy") && argc == 5) {
        err = put(s, argv[4], &e);
    } else {
        e.body.ptr[e.body.len - 1] ^= 1;
        err = put(s, argv[3], &e);
        if (!err)
            err = wait_for(store_remove(s, queue, e.number, done, NULL));
    }
    store_entry_done(&e);
    return err;
}

int main(int argc, char **argv)
{
    struct store_config config = { .dir = argc > 3 ? argv[1] : NULL };
    struct store *s = NULL;
    enum err e;

    if (argc < 4)
        return 2;
    sem_init(&over, 0, 0);
    e = store_open(&config, &s);
    if (!e)
        e = meddle(s, argc, argv);
    store_close(s);
    if (e)
        fprintf(stderr, "queue_meddle: %s: %s\n", err_text(e), detail_get()->text);
    return e ? 1 : 0;
}
