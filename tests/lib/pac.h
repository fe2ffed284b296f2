/* SPDX-License-Identifier: Apache-2.0
 * pac.h - logon information of a PAC, made as a domain controller makes it.  [MS-PAC] 2.5
 */
#pragma once

#include "base/writer.h"

struct pac_logon {
    const char *domain; /* NULL: none */
    uint32_t user, primary;
    const uint32_t *groups; /* in the domain, all of them enabled */
    size_t group_count;
    const char *const *extra;
    size_t extra_count;
    const char *resource;
    const uint32_t *resources;
    size_t resource_count;
};

struct buf pac_logon_make(const struct pac_logon *l);
