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

    RIGHT_READ_PROPERTY = 0x10,
    RIGHT_WRITE_PROPERTY = 0x20,
    RIGHT_READ_CONTROL = 0x00020000,
    RIGHT_WRITE_DAC = 0x00040000,
    RIGHT_STANDARD_ALL = 0x001f0000,
    RIGHT_SPECIFIC_ALL = 0x0000ffff,
    RIGHT_SYSTEM_SECURITY = 0x01000000,
    RIGHT_MAXIMUM_ALLOWED = 0x02000000,
    RIGHT_GENERIC_ALL = 0x10000000,
    RIGHT_GENERIC_EXECUTE = 0x20000000,
    RIGHT_GENERIC_WRITE = 0x40000000,
};
#define RIGHT_GENERIC_READ 0x80000000U /* no int, and so no enumeration constant */

enum ace_type {
    ACE_ALLOWED = 0,
    ACE_DENIED = 1,
    ACE_AUDIT = 2,
    ACE_ALARM = 3,
    ACE_ALLOWED_OBJECT = 5,
    ACE_DENIED_OBJECT = 6,
    ACE_AUDIT_OBJECT = 7,
    ACE_ALARM_OBJECT = 8,
    ACE_ALLOWED_CALLBACK = 9, /* with a condition behind the SID, as the next three */
    ACE_DENIED_CALLBACK = 10,
    ACE_ALLOWED_CALLBACK_OBJECT = 11,
    ACE_DENIED_CALLBACK_OBJECT = 12,
    ACE_AUDIT_CALLBACK = 13,
    ACE_AUDIT_CALLBACK_OBJECT = 15,
    ACE_MANDATORY_LABEL = 17,
    ACE_RESOURCE_ATTRIBUTE = 18,
    ACE_SCOPED_POLICY = 19,
};

enum ace_flags {
    ACE_OBJECT_INHERIT = 0x01,
    ACE_CONTAINER_INHERIT = 0x02,
    ACE_NO_PROPAGATE = 0x04,
    ACE_INHERIT_ONLY = 0x08, /* concerns children, not the object itself */
    ACE_INHERITED = 0x10,
    ACE_CRITICAL = 0x20,
    ACE_SUCCESS = 0x40,
    ACE_FAILURE = 0x80,
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
    bool known; /* the type is one of those above: what follows is set */
    bool has_object, has_inherited;
    struct uuid object, inherited;
    struct sid who;
    struct bytes data;  /* behind the SID: a condition, or claims */
    struct bytes whole; /* with its head */
};

MUST_CHECK enum err descriptor_read(struct bytes msg, struct descriptor *ret)
    SHARED(descriptor_read);
/* The same of a program's memory, whose length nobody tells: it is believed to be as long as its
 * offsets and counts say. ERR_UNSUPPORTED for one that is not self-relative. */
MUST_CHECK enum err descriptor_at(const void *where, struct bytes *ret_whole,
                                  struct descriptor *ret) SHARED(descriptor_at);
MUST_CHECK enum err sid_at(const void *where, struct sid *ret) SHARED(sid_at);
MUST_CHECK enum err descriptor_write(const struct descriptor *d, struct buf *ret)
    SHARED(descriptor_write);
/* Takes the next entry off *rest. */
MUST_CHECK enum err ace_next(struct bytes *rest, struct ace *ret) SHARED(ace_next);
/* One of the types that [MS-DTYP] 2.4.4 gives no data; an object type without an object is written
 * as the plain one, which means the same. */
void ace_put(struct writer *w, const struct ace *a) SHARED(ace_put);
uint8_t ace_plain_type(const struct ace *a) SHARED(ace_plain_type);

/* A descriptor with d's DACL and n entries more, that allow who mask on each attribute; those
 * already there are not added again. Owner, group and SACL are left out: it is for a modification
 * that says so. *ret_added: how many were missing. */
MUST_CHECK enum err descriptor_grant(const struct descriptor *d, const struct sid *who,
                                     uint32_t mask, const struct uuid *attributes, size_t n,
                                     struct buf *ret, size_t *ret_added) SHARED(descriptor_grant);
