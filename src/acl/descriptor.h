/* SPDX-License-Identifier: Apache-2.0
 * descriptor.h - security descriptors as the directory keeps them: read, and granted more.
 * [MS-DTYP] 2.4.6, 2.4.5, 2.4.4
 */
#pragma once

#include "base/sid.h"
#include "base/uuid.h"

enum {
    DESCRIPTOR_MAX = 64 * 1024, /* an ACL's size has 16 bits */

    DESCRIPTOR_DACL_PRESENT = 0x0004,
    DESCRIPTOR_SACL_PRESENT = 0x0010,
    DESCRIPTOR_SELF_RELATIVE = 0x8000,

    ACE_ALLOWED = 0,
    ACE_DENIED = 1,
    ACE_ALLOWED_OBJECT = 5,
    ACE_DENIED_OBJECT = 6,
    ACE_INHERITED = 0x10,

    RIGHT_READ_PROPERTY = 0x10,
    RIGHT_WRITE_PROPERTY = 0x20,
};

struct acl {
    bool present; /* a NULL one otherwise */
    uint8_t revision;
    uint16_t count;
    struct bytes aces; /* checked: exactly count well-formed entries */
};

struct descriptor { /* views into the message */
    uint16_t control;
    bool has_owner, has_group;
    struct sid owner, group;
    struct acl sacl, dacl;
};

struct ace {
    uint8_t type, flags;
    uint32_t mask;
    bool known; /* the type is one of the four above: what follows is set */
    bool has_object, has_inherited;
    struct uuid object, inherited;
    struct sid who;
    struct bytes whole; /* with its head */
};

MUST_CHECK enum err descriptor_read(struct bytes msg, struct descriptor *ret)
    SHARED(descriptor_read);
MUST_CHECK enum err descriptor_write(const struct descriptor *d, struct buf *ret)
    SHARED(descriptor_write);
/* Takes the next entry off *rest. */
MUST_CHECK enum err ace_next(struct bytes *rest, struct ace *ret) SHARED(ace_next);

/* A descriptor with d's DACL and n entries more, that allow who mask on each attribute; those
 * already there are not added again. Owner, group and SACL are left out: it is for a modification
 * that says so. *ret_added: how many were missing. */
MUST_CHECK enum err descriptor_grant(const struct descriptor *d, const struct sid *who,
                                     uint32_t mask, const struct uuid *attributes, size_t n,
                                     struct buf *ret, size_t *ret_added) SHARED(descriptor_grant);
