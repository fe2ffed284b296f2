/* SPDX-License-Identifier: Apache-2.0
 * settings.h - what a queue is: as the interface says it, and as the store keeps it.
 *
 * What the store does not know of (the owner, the list of access, the journal) stands in its
 * attributes:
 *
 *    0 version 1 | 1 journal 1 | 2 owner's length 2, owner | list's length 2, list
 */
#pragma once

#include "mqd.h"
#include "queue/manager/access.h"
#include "queue/manager/config.h"
#include "queue/manager/store.h"

struct settings {
    struct store_settings store; /* without its attributes */
    uint32_t journal;            /* enum config_journal */
    char owner[ACCESS_SID];
    char access[CONFIG_SDDL]; /* the list, as text */
    struct buf descriptor;    /* made of list and owner */
};

/* A new queue's, of what is given and of the configuration. MQD_INVALID, MQD_NO_MEMORY. */
uint32_t queue_settings_new(const struct config *c, const char *owner, uint32_t given,
                            const mqd_settings *from, struct settings *ret);
/* The same of what changes of an old one's. */
uint32_t queue_settings_change(const struct settings *old, uint32_t given, const mqd_settings *from,
                               struct settings *ret);
/* The quotas of one, in the order of their bits: MQD_SET_MESSAGES is the first's. */
enum { QUEUE_LIMITS = 4 };
uint64_t queue_settings_limit(const mqd_settings *f, size_t which);
void queue_settings_done(struct settings *s);
void queue_settings_tell(const struct settings *s, mqd_settings *ret);

/* As the store has them. */
MUST_CHECK enum err queue_settings_write(const struct settings *s, struct buf *ret_attributes);
MUST_CHECK enum err queue_settings_read(const struct store_settings *stored,
                                        struct bytes attributes, struct settings *ret);
