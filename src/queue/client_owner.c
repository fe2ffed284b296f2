/* SPDX-License-Identifier: Apache-2.0
 * client_owner.c - whose queue a receiver may make its own.
 */
#include "queue/client_owner.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/detail.h"

enum { SID_ROOM = 32 };

enum err queue_client_check_owner(const char *queue, const char *owner, const char *manager,
                                  const char *named)
{
    char mine[SID_ROOM];

    (void)snprintf(mine, sizeof mine, "S-1-22-1-%u", (unsigned)geteuid());
    if (strcmp(owner, mine) == 0 || strcmp(owner, "S-1-22-1-0") == 0 ||
        strcmp(owner, manager) == 0 || (named && strcmp(owner, named) == 0))
        return ERR_OK;
    detail_remedy("Ask what it is for; root removes it with: countersign queue delete %s", queue);
    return detail_fail(ERR_ACCESS_DENIED,
                       "%s: the queue was there and is of %s, who could read and delete what comes",
                       queue, owner);
}
