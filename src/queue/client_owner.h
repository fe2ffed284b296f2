/* SPDX-License-Identifier: Apache-2.0
 * client_owner.h - whose queue a receiver may make its own: who has made it before him can read and
 * delete what comes to it.
 */
#pragma once

#include "base/err.h"

/* SIDs as text: the queue's owner, the manager's account, and whom the receiver accepts besides
 * (NULL: nobody). Root's, the manager's and this process's own are good. ERR_ACCESS_DENIED. */
MUST_CHECK enum err queue_client_check_owner(const char *queue, const char *owner,
                                             const char *manager, const char *named);
