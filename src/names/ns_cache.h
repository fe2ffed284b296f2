/* SPDX-License-Identifier: Apache-2.0
 * ns_cache.h - what was read of entries, for as long as whoever asks may use it.
 *
 * One for the process: by the account that read it, so that nobody sees through it what the
 * directory would not show him. Bounded; the oldest goes.
 */
#pragma once

#include "directory/search.h"

enum {
    NS_CACHE_MOST = 128,
    NS_CACHE_BYTES = 256 * 1024, /* of one entry's values: a bigger one is always asked for */
    NS_AGE_DEFAULT = 7200,       /* seconds: RPC_C_NS_DEFAULT_EXP_AGE */
};

struct ns_read { /* kept until ns_read_unref */
    unsigned refs;
    struct entries found; /* the object and those below it */
};

/* The object dn and what is below it, at most age seconds old. ERR_NS_NO_ENTRY. */
MUST_CHECK enum err ns_read(struct session *s, const char *dn, unsigned age, struct ns_read **ret);
void ns_read_unref(struct ns_read *r);
/* Something was changed here: the next one asks. */
void ns_cache_forget(void);

/* Of the process, in seconds. */
unsigned ns_cache_age(void);
void ns_cache_set_age(unsigned age);
