/* SPDX-License-Identifier: Apache-2.0
 * peer_keys.h - what others publish, remembered for a stated time.
 *
 * An answer counts for lifetime seconds and no longer: that is how long a revocation or a disabled
 * account may go unseen. From half of it on it is asked for again; while the directory does not
 * answer, the old answer serves for the rest of its time. That there is no such account is
 * remembered shortly. Any number of threads; one of them asks, those who need the answer wait.
 */
#pragma once

#include "queue/published.h"

struct peer_account {
    struct sid sid;
    bool disabled;
    struct published_list keys;
};
void peer_account_done(struct peer_account *a);

enum peer_by { PEER_BY_SID, PEER_BY_SPN };

/* Where answers come from. ERR_NO_OBJECT and ERR_AMBIGUOUS say that there is no such account; other
 * errors that it cannot be told now. clock: seconds that go on while the host sleeps; time: since
 * 1970. */
struct peer_source {
    void *arg;
    enum err (*fetch)(void *arg, enum peer_by by, const char *name, int64_t now,
                      struct peer_account *ret);
    int64_t (*clock)(void *arg);
    int64_t (*time)(void *arg);
};

struct peer_options {                   /* 0: as is usual */
    uint32_t lifetime, negative, retry; /* seconds: 900, 30, 10 */
    uint32_t accounts;                  /* remembered at most: 1024 */
};

struct peer_keys;

MUST_CHECK enum err peer_keys_new(const struct peer_source *source, const struct peer_options *o,
                                  struct peer_keys **ret);
void peer_keys_free(struct peer_keys *p);

enum peer_answer { PEER_FOUND, PEER_NOBODY, PEER_DISABLED, PEER_UNSURE };

/* Whose SPN it is. An error is of this process; so below. */
MUST_CHECK enum err peer_keys_spn(struct peer_keys *p, const char *spn,
                                  enum peer_answer *ret_answer, struct sid *ret_sid);
/* The certificate with that signing key: *ret_there says whether there is one that may verify;
 * where not, *ret_revoked whether there was one that was seen here. */
struct peer_certificate {
    bool there, revoked;
    struct account_certificate c;
};
MUST_CHECK enum err peer_keys_signing(struct peer_keys *p, const struct sid *sid, const char *host,
                                      const uint8_t id[QUEUE_KEY_ID], enum peer_answer *ret_answer,
                                      struct peer_certificate *ret);
/* The current certificate of that host. */
MUST_CHECK enum err peer_keys_current(struct peer_keys *p, const struct sid *sid, const char *host,
                                      enum peer_answer *ret_answer, struct peer_certificate *ret);
