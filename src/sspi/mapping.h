/* SPDX-License-Identifier: Apache-2.0
 * mapping.h - the account of this host a client is, where the administrator said so.
 */
#pragma once

#include "base/os_account.h"
#include "sspi/token.h"

/* By the file that the policy impersonation-map names, read anew each time. *ret_is false: the
 * process' own account does, or nobody asks for another. ERR_NO_IMPERSONATION: policy wants one,
 * and there is none; or the map, or what it says of the client, is no good. ret: os_account_done.
 */
MUST_CHECK enum err mapping_account(const struct token *t, struct os_account *ret, bool *ret_is);
