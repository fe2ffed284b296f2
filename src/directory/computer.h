/* SPDX-License-Identifier: Apache-2.0
 * computer.h - this host's computer object.
 */
#pragma once

#include "directory/search.h"

/* One entry; ERR_NO_OBJECT where the host has no account in the session's domain. */
MUST_CHECK enum err computer_find(struct session *s, const char *const *attrs, struct entries *ret)
    SHARED(computer_find);
/* mem_free. */
MUST_CHECK enum err computer_dn(struct session *s, char **ret) SHARED(computer_dn);
