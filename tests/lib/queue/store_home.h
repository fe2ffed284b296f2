/* SPDX-License-Identifier: Apache-2.0
 * store_home.h - a store in a folder of its own, and its calls waited for.
 */
#pragma once

#include "queue/manager/store.h"

struct store_home {
    char dir[64];
    struct store *store;
    struct store_config config;
    uint32_t queue;
};

void store_home_make(struct store_home *h);  /* the folder; config.dir is it */
void store_home_open(struct store_home *h);  /* and the queue "q", where it is not there */
void store_home_again(struct store_home *h); /* closed and opened */
void store_home_done(struct store_home *h);  /* closed, and the folder gone */
void store_home_remove(const char *dir);     /* a folder and all in it */

/* A message like any other: sender "S-1-5-21-1-2-3-1000", recoverable, priority 3. */
struct store_message store_home_message(uint64_t order, struct bytes body);
enum err store_home_put(struct store_home *h, const struct store_message *m);
/* Takes one with its body; what cannot be read is passed over. */
enum err store_home_lend(struct store_home *h, store_wants_fn *wants, struct store_lease *ret,
                         struct store_entry *entry);
/* Takes one; its order, or UINT64_MAX where there is none. */
uint64_t store_home_take(struct store_home *h, struct store_lease *ret, struct store_entry *entry);
/* Each waits. */
typedef enum err store_home_fn(struct store *s, struct store_lease lease, store_done_fn *done,
                               void *arg);
enum err store_home_end(struct store_home *h, store_home_fn *how, struct store_lease lease);
enum err store_home_fail(struct store_home *h, struct store_lease lease, uint32_t reason);
enum err store_home_refuse(struct store_home *h, struct store_lease lease, uint32_t reason);
enum err store_home_purge(struct store_home *h, uint32_t queue);
enum err store_home_move(struct store_home *h, uint32_t queue, uint64_t number, uint32_t to);
enum err store_home_delete(struct store_home *h, uint32_t queue, uint64_t number);
uint64_t store_home_now(void); /* the clock's ticks */
