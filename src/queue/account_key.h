/* SPDX-License-Identifier: Apache-2.0
 * account_key.h - the private keys of an account on this host, in generations.
 *
 * A generation is made, then published, then it is the one messages are signed and sealed with.
 * The next takes its place: from then on its signing key is gone, and its agreement key opens what
 * was sealed to it until nothing of that can be alive any more.
 */
#pragma once

#include "queue/account_certificate.h"

enum {
    ACCOUNT_GENERATIONS_MAX = 64,
    ACCOUNT_KEYS_BYTES = 256 * 1024, /* of a file */
};

/* How long a retired agreement key is kept, in seconds: as policy queue-lifetime lets a message
 * live, and a day for what senders have cached and for clocks. */
int64_t account_key_keep(void);

enum generation_state {
    GENERATION_MADE = 1, /* it may be published or not: it opens, and signs nothing */
    GENERATION_CURRENT = 2,
    GENERATION_RETIRED = 3,
};

struct generation {
    enum generation_state state;
    int64_t retired;             /* when, in seconds since 1970; else 0 */
    struct crypto_p256 *signing; /* NULL: retired */
    struct crypto_p256 *agreement;
    struct account_certificate certificate;
    struct buf der;
};

struct account_keys {
    struct sid sid;
    char host[ACCOUNT_HOST];
    struct generation generation[ACCOUNT_GENERATIONS_MAX]; /* the newest last */
    size_t count;
};

MUST_CHECK enum err account_keys_new(const struct sid *sid, const char *host,
                                     struct account_keys **ret);
void account_keys_free(struct account_keys *k);

/* NULL: none. */
const struct generation *account_keys_current(const struct account_keys *k);
const struct generation *account_keys_made(const struct account_keys *k);
/* By its certificate's id; by its agreement key's. */
const struct generation *account_keys_find(const struct account_keys *k,
                                           const uint8_t id[ACCOUNT_CERTIFICATE_ID]);
const struct generation *account_keys_agreeing(const struct account_keys *k,
                                               const uint8_t id[QUEUE_KEY_ID]);

/* A new generation, MADE; one that was made before and never came to be goes. */
MUST_CHECK enum err account_keys_make(struct account_keys *k, int64_t not_before,
                                      int64_t not_after);
/* The one that was made becomes the current one. */
void account_keys_promote(struct account_keys *k, int64_t now);
/* The current one is retired and none takes its place. */
void account_keys_retire(struct account_keys *k, int64_t now);
/* The one that was made goes, and was never published. */
void account_keys_drop_made(struct account_keys *k);
/* When the first of the retired is kept no longer, with keep seconds; INT64_MAX: none is retired.
 */
int64_t account_keys_due(const struct account_keys *k, int64_t keep);
/* Destroys what was retired keep seconds ago or earlier; how many. */
size_t account_keys_prune(struct account_keys *k, int64_t now, int64_t keep);

MUST_CHECK enum err account_keys_read(struct bytes file, struct account_keys **ret);
/* The result is secret. */
MUST_CHECK enum err account_keys_write(const struct account_keys *k, struct buf *ret);
