/* SPDX-License-Identifier: Apache-2.0
 * accept.h - whether a message may enter a queue, by what its header says and who hands it over.
 *
 * Pure, but for the map of senders, whose local names the name service knows.
 */
#pragma once

#include "queue/manager/config.h"
#include "queue/manager/facts.h"

struct accept_sender { /* the one who was looked up last, of a handle */
    bool known, protects;
    struct sid sid;
    uint32_t status;
};

struct accept {
    const struct config *config;
    struct bytes senders; /* the map: lines of identity_map.h */
    const char *queue;    /* the one that was opened */
    uint32_t uid;         /* who hands it over */
    uint64_t now;         /* 100 ns ticks since 1601 */
};

/* MQD_OK, or why not. */
uint32_t accept_check(const struct accept *a, const struct message_facts *m,
                      struct accept_sender *last);
