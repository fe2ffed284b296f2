/* SPDX-License-Identifier: Apache-2.0
 * away.h - domains that lately did not answer: nobody waits for each of their accounts in turn
 * while the calls of others could be judged. The caller locks.
 */
#pragma once

#include "base/sid.h"

enum { QUEUE_AWAY_MOST = 16 };

struct queue_away {
    struct {
        struct sid domain;
        int64_t until; /* 0: nobody */
    } place[QUEUE_AWAY_MOST];
};

/* The domain of that account is not asked until then; 0: it has answered. */
void queue_away_note(struct queue_away *a, const struct sid *account, int64_t until);
bool queue_away_is(const struct queue_away *a, const struct sid *account, int64_t now);
