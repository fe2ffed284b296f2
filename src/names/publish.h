/* SPDX-License-Identifier: Apache-2.0
 * publish.h - a service published by name whole, and withdrawn: its entry and its SPN.
 */
#pragma once

#include "directory/account.h"
#include "names/found.h"

enum { NAME_ADDRESSES_MOST = 64, NAME_OBJECTS_MOST = 64 };

/* As CS_NAME; everything borrowed. */
struct name_service {
    enum found_kind kind;
    bool spn_elsewhere;
    const char *name, *service_class, *dns_name, *account, *comment, *type;
    const char *const *address, *const *object;
    size_t address_count, object_count;
};

/* What is to be published, with every default filled in. */
struct name_plan {
    struct name_service want;
    char *dn, *host, *spn;
    struct account account;
};

/* What one kind of entry needs; before is its own. */
struct name_entry {
    /* Whether want can be published; and the entry as it is, for undo. NULL: there is none. */
    enum err (*look)(struct session *s, const struct name_plan *p, void **ret_before);
    /* The host's addresses become these; those of other hosts stay. */
    enum err (*write)(struct session *s, const struct name_plan *p, const void *before);
    enum err (*verify)(struct session *s, const struct name_plan *p);
    enum err (*undo)(struct session *s, const struct name_plan *p, const void *before);
    /* The host's addresses go, and the entry with the last. *ret_needed: the host has others in it,
     * which its SPN proves too. */
    enum err (*remove)(struct session *s, const struct name_plan *p, bool *ret_needed);
    void (*forget)(void *before);
};

extern const struct name_entry name_entry_winsock, name_entry_rpc;

/* What fails half way is undone. ret_spn may be NULL; mem_free. */
MUST_CHECK enum err name_publish(struct session *s, const struct name_service *want,
                                 char **ret_spn);
MUST_CHECK enum err name_withdraw(struct session *s, const struct name_service *want);
