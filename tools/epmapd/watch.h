/* SPDX-License-Identifier: Apache-2.0
 * watch.h - the processes that have registered, and when they end.  pidfd_open(2)
 *
 * The kernel says of a process that held the other end of a connection its number, which is
 * somebody else's once it has ended; a descriptor of the process is not. Each gets a number of ours
 * that is never used again. Who uses this from several threads has a lock.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
    WATCH_MOST = 2048,
    WATCH_MOST_OF_USER = 256, /* of one account; root has no limit of its own */
};

/* epoll_fd: where the ends of processes show, as events whose data is the process's number. */
void watch_begin(int epoll_fd);
/* ERR_ACCESS_DENIED: it cannot be seen from here; ERR_NOT_FOUND: it is over, or another account's
 * now; ERR_RPC_RESOURCES: too many. */
MUST_CHECK enum err watch_process(uint32_t pid, uint32_t uid, uint64_t *ret);
/* What an event said. */
void watch_ended(uint64_t process);
