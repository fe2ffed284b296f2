/* SPDX-License-Identifier: Apache-2.0
 * account_entry.h - the list of certificates an account has in mSMQSignCertificates, and the
 * digests of them in mSMQDigests.  [MS-MQMQ] 2.2.21, 2.2.22; [MS-MQDSSM] 3.1.6.1.1.9
 *
 * Message Queuing keeps its own certificates in the same list: what is not ours is carried over
 * byte by byte.
 */
#pragma once

#include "base/bytes.h"

enum {
    ACCOUNT_ENTRIES_MAX = 1024,          /* of one account, everybody's */
    ACCOUNT_ENTRIES_BYTES = 1024 * 1024, /* the attribute's rangeUpper */
    ACCOUNT_ENTRY_DIGEST = 16,
    ACCOUNT_ENTRY_ID = 16,
};

struct account_entry {
    uint8_t digest[ACCOUNT_ENTRY_DIGEST]; /* MD5 of the certificate, or what somebody wrote there */
    uint8_t id[ACCOUNT_ENTRY_ID];         /* chosen by whoever registered it */
    struct bytes certificate;             /* borrowed */
};

struct account_entries {
    struct account_entry *entry;
    size_t count;
};

/* value: the whole attribute; empty: no entries. The certificates are views into it. */
MUST_CHECK enum err account_entries_read(struct bytes value, struct account_entries *ret);
/* No entries are an empty value: the attribute goes. */
MUST_CHECK enum err account_entries_write(const struct account_entries *list, struct buf *ret);
void account_entries_done(struct account_entries *list);

/* An entry of ours: its digest is the certificate's MD5, its id the certificate's key id. */
void account_entry_make(struct bytes certificate, const uint8_t id[ACCOUNT_ENTRY_ID],
                        struct account_entry *ret);
/* Whether its digest is what the specification says it is. */
bool account_entry_is_whole(const struct account_entry *e);
/* A list of the same entries, without those that leave says go (NULL: all stay), and then more.
 * Views of what the two view. */
MUST_CHECK enum err account_entries_change(const struct account_entries *list,
                                           bool (*leaves)(const struct account_entry *e, void *arg),
                                           void *arg, const struct account_entry *more, size_t n,
                                           struct account_entries *ret);
