/* SPDX-License-Identifier: Apache-2.0
 * os_account.h - an account of this host, as the kernel knows one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/identity_map.h"

struct os_account {
    uint32_t uid, gid;
    uint32_t *groups; /* mem_alloc */
    size_t count;
};

/* Whom a map names, with the groups the name service knows; a uid with a gid has no others. A uid
 * alone has those of its account. ERR_NO_MAPPING: there is no such account, its uid is less than
 * the least, or its group is root's. */
MUST_CHECK enum err os_account_find(const struct identity_map_target *t, struct os_account *ret)
    SHARED(os_account_find);
void os_account_done(struct os_account *a) SHARED(os_account_done);
