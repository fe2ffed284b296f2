/* SPDX-License-Identifier: Apache-2.0
 * facts.h - what the manager goes by of a message: its header, and never its body.
 */
#pragma once

#include "base/sid.h"
#include "queue/manager/store.h"

struct message_facts {
    struct store_message store; /* as the store keeps it, but for the sender, who is the manager's
                                   business; views into the message */
    struct bytes queue;         /* for which it says it is */
    struct sid sender;          /* who it says it is from */
    bool protects;              /* and whether it can prove that: its level is not none */
    uint64_t body;              /* its length, */
    uint64_t around;            /* and how much of it is only around another message */
    struct bytes head;          /* the header */
};

/* ERR_TRUNCATED, ERR_MALFORMED. */
MUST_CHECK enum err facts_read(struct bytes message, struct message_facts *ret);
