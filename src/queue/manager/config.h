/* SPDX-License-Identifier: Apache-2.0
 * config.h - what an administrator tells the queue manager: countersign-mqd.conf(5).
 *
 *   line = [ name "=" value ] [ "#" comment ]
 *
 * Blanks may stand around each. A size is a number and K, M, G or nothing; a time a number and ms,
 * s, m, h or d. A line that is not understood is a reason not to begin: a manager that has guessed
 * a quota or a right is worse than none.
 */
#pragma once

#include <stdint.h>

#include "base/bytes.h"

enum {
    CONFIG_PATH = 256,
    CONFIG_SDDL = 2048,
    CONFIG_LINE = 4096,
    CONFIG_MESSAGE_MOST = 64 * 1024 * 1024, /* a body */
};

enum config_unlisted { CONFIG_UNLISTED_REFUSE, CONFIG_UNLISTED_PROTECTED, CONFIG_UNLISTED_ACCEPT };
enum config_journal { CONFIG_JOURNAL_NONE, CONFIG_JOURNAL_DEAD, CONFIG_JOURNAL_ALWAYS };

/* clang-format off */
/*  field               written              kind    as shipped                    least   most */
#define CONFIG_LIST(X) \
  X(store,              "store",             PATH,   "/var/lib/countersign-mqd",   0,      0) \
  X(senders,            "senders",           PATH,   "",                           0,      0) \
  X(access,             "access",            SDDL,   "D:(A;;GA;;;SY)(A;;GA;;;OW)(A;;0x40;;;AU)", 0, 0) \
  X(queue_access,       "queue-access",      SDDL,   "D:(A;;GA;;;OW)(A;;0x24;;;AU)", 0,    0) \
  X(unlisted_senders,   "unlisted-senders",  ACCEPT, "protected",                  0,      0) \
  X(journal,            "journal",           JOURNAL, "dead",                      0,      0) \
  X(account_bytes,      "account-bytes",     SIZE,   "4G",                         0,      INT64_MAX) \
  X(message_bytes,      "message-bytes",     SIZE,   "64M",                        1,      CONFIG_MESSAGE_MOST) \
  X(store_bytes,        "store-bytes",       SIZE,   "16G",                        1,      INT64_MAX) \
  X(queue_messages,     "queue-messages",    SIZE,   "1000000",                    0,      INT64_MAX) \
  X(queue_bytes,        "queue-bytes",       SIZE,   "4G",                         0,      INT64_MAX) \
  X(sender_messages,    "sender-messages",   SIZE,   "100000",                     0,      INT64_MAX) \
  X(sender_bytes,       "sender-bytes",      SIZE,   "2G",                         0,      INT64_MAX) \
  X(receiver_bytes,     "receiver-bytes",    SIZE,   "64M",                        1,      INT64_MAX) \
  X(journal_bytes,      "journal-bytes",     SIZE,   "256M",                       0,      INT64_MAX) \
  X(queues_of_account,  "queues-of-account", SIZE,   "64",                         0,      100000) \
  X(deliveries,         "deliveries",        SIZE,   "5",                          1,      1000000) \
  X(lease_time,         "lease-time",        TIME,   "10m",                        0,      86400000) \
  X(backoff_first,      "backoff-first",     TIME,   "1s",                         1,      86400000) \
  X(backoff_most,       "backoff-most",      TIME,   "5m",                         1,      86400000)
/* clang-format on */

struct config {
    char store[CONFIG_PATH], senders[CONFIG_PATH];
    char access[CONFIG_SDDL];       /* of the manager: what it grants holds for every queue */
    char queue_access[CONFIG_SDDL]; /* of a new queue */
    uint64_t unlisted_senders;      /* who is not in the map of senders: enum config_unlisted */
    uint64_t journal;               /* of a new queue: enum config_journal */
    uint64_t message_bytes, store_bytes;
    uint64_t account_bytes;                                              /* 0: without end */
    uint64_t queue_messages, queue_bytes, sender_messages, sender_bytes; /* 0: without end */
    uint64_t receiver_bytes; /* of one account: given, and maybe not taken yet */
    uint64_t journal_bytes, queues_of_account, deliveries;
    uint64_t lease_time;                  /* milliseconds; 0: without end */
    uint64_t backoff_first, backoff_most; /* milliseconds */
};

/* As shipped. */
MUST_CHECK enum err config_init(struct config *c);
/* What the text says goes before what was there. ERR_INVALID_PARAMETER, and the detail has the
 * line. */
MUST_CHECK enum err config_read(struct bytes text, struct config *c);
/* One setting. */
MUST_CHECK enum err config_set(const char *name, const char *value, struct config *c);
/* "4G", "250": as a size is written; also of the command line. */
MUST_CHECK enum err config_size_parse(const char *text, uint64_t *ret);
/* "dead": enum config_journal. */
MUST_CHECK enum err config_journal_parse(const char *text, uint64_t *ret);
/* "1s": in milliseconds. */
MUST_CHECK enum err config_time_parse(const char *text, uint64_t *ret_ms);
