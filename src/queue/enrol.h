/* SPDX-License-Identifier: Apache-2.0
 * enrol.h - an account's keys made and published, replaced, taken back.
 *
 * The file is written before the directory and after: whatever ends the process in between, the
 * file has the keys of what is published, and doing it again ends well.
 */
#pragma once

#include "directory/key_account.h"
#include "queue/account_key_file.h"
#include "queue/published.h"

enum { ENROL_DAYS = 365 };

struct enrolment {
    struct session *session; /* bound as the account, or as one who may write its keys */
    const char *host;        /* NULL: this host */
    unsigned days;           /* the certificate is valid; 0: ENROL_DAYS */
    bool replace;            /* what is published for this host already retires */
    int64_t now;             /* seconds since 1970 */
};

/* New keys into the file, published. The account is the session's. ERR_EXISTS: there are keys here,
 * or published for this host by somebody, and neither is to be replaced. */
MUST_CHECK enum err enrol(const struct enrolment *w, const struct account_key_place *place,
                          struct account_certificate *ret);
/* The next generation. ERR_NOT_FOUND: none is enrolled here. */
MUST_CHECK enum err enrol_rotate(const struct enrolment *w, const struct account_key_place *place,
                                 struct account_certificate *ret);

/* Which certificates go: of host, or with that id (its beginning in hexadecimal digits), or all of
 * ours. */
struct enrol_revocation {
    struct session *session;
    const char *account; /* NULL: the session's own */
    const char *host, *id;
    bool all;
    int64_t now;
};
/* place, where its keys are of that account and any of them went, retires them. ERR_NOT_FOUND:
 * there is no such certificate. place may be NULL. */
MUST_CHECK enum err enrol_revoke(const struct enrol_revocation *w,
                                 const struct account_key_place *place, size_t *ret_count);

/* What an account publishes. account NULL: the session's own. */
MUST_CHECK enum err enrol_list(struct session *s, const char *account, int64_t now,
                               struct key_account *ret, struct published_list *ret_list);
