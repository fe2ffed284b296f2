/* SPDX-License-Identifier: Apache-2.0
 * spn_list.h - accounts with the SPNs they hold, for showing.
 */
#pragma once

#include "directory/search.h"

/* which: an account's name in any form, or an SPN; NULL: every account of the domain with SPNs. */
MUST_CHECK enum err spn_list(struct session *s, const char *which, struct entries *ret);
