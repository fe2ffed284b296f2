/* SPDX-License-Identifier: Apache-2.0
 * access.h - who a program of this host is, and what a queue's descriptor lets it do.
 *
 * Rights have the bits that Message Queuing gives them, so that a descriptor written for one of
 * its queues means the same here. The owner is the account that created the queue.
 */
#pragma once

#include "acl/access.h"

enum access_right {
    ACCESS_DELETE = 0x1, /* with PEEK: to receive */
    ACCESS_PEEK = 0x2,
    ACCESS_RECEIVE = 0x3,
    ACCESS_SEND = 0x4,
    ACCESS_JOURNAL = 0x8,
    ACCESS_SET = 0x10,
    ACCESS_SHOW = 0x20,
    ACCESS_CREATE = 0x40, /* ours, of the manager itself */
    ACCESS_REPLAY = 0x80, /* ours, which receivers ask for */
    ACCESS_DELETE_QUEUE = 0x10000,
    ACCESS_ALL = 0xf00ff,
};

enum { ACCESS_SID = 24 }; /* bytes of "S-1-22-1-4294967295" and its zero */

struct access_who { /* as the kernel knows him */
    uint32_t uid;
    char text[ACCESS_SID]; /* his SID */
    struct sid *sids;      /* his, his groups', and those that mean everybody on this host */
    size_t count;
};

void access_sid_of_uid(uint32_t uid, char ret[ACCESS_SID]);
/* The group of the process, and those that the name service has his account in. */
MUST_CHECK enum err access_who_new(uint32_t uid, uint32_t gid, struct access_who *ret);
void access_who_done(struct access_who *w);

/* A descriptor with that owner, of a text that has none and has a list. ERR_INVALID_PARAMETER,
 * ERR_UNSUPPORTED. */
MUST_CHECK enum err access_descriptor_new(const char *sddl, const char *owner, struct buf *ret);
/* Whether all of wanted is granted. */
bool access_granted(struct bytes descriptor, const struct access_who *who, uint32_t wanted);
