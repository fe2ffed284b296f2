/* SPDX-License-Identifier: Apache-2.0
 * published.h - what an account publishes of its keys: its list of certificates, judged. Pure.
 *
 * The newest certificate of a host is the one to seal to. An older one still verifies what it
 * signed, for account_key_keep() from when the next began.
 */
#pragma once

#include "queue/account_certificate.h"
#include "queue/account_entry.h"

enum { PUBLISHED_MAX = 256 }; /* certificates of ours, of one account */

enum published_state {
    PUBLISHED_CURRENT,
    PUBLISHED_RETIRED, /* verifies what it signed */
    PUBLISHED_OVER,    /* retired too long ago, or past its own end */
    PUBLISHED_EARLY,   /* begins later */
    PUBLISHED_FOREIGN, /* says another account's SID: somebody put it there */
    PUBLISHED_BROKEN,  /* marked as ours, and none */
};

struct published {
    enum published_state state;
    int64_t retired;              /* when the next one of the host began; 0: it is the newest */
    struct account_certificate c; /* not with PUBLISHED_BROKEN */
    uint8_t entry_id[ACCOUNT_ENTRY_ID];
};

struct published_list {
    struct published *key;
    size_t count;  /* ours, in the attribute's order */
    size_t others; /* Message Queuing's and whoever's */
};

/* value: mSMQSignCertificates of the account with that SID; now in seconds since 1970. What is
 * broken in itself is one PUBLISHED_BROKEN; an error is of the whole list. */
MUST_CHECK enum err published_read(struct bytes value, const struct sid *account, int64_t now,
                                   struct published_list *ret);
void published_done(struct published_list *l);

/* Whether a, of l as well, is older than b and of the same host. */
bool published_precedes(const struct published_list *l, const struct published *a,
                        const struct published *b);
/* NULL: none. The one to seal to. */
const struct published *published_current(const struct published_list *l, const char *host);
/* Whether it may verify what somebody signed. */
bool published_verifies(const struct published *p);
