/* SPDX-License-Identifier: Apache-2.0
 * service.h - the endpoint map behind its interface: the map, its lock, and what begins and ends
 * it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "map.h"

struct service_how {
    bool authenticated; /* who asks over the network has to prove who he is */
};

/* epoll_fd: where the ends of processes show; service_ended is told. */
MUST_CHECK enum err service_begin(const struct service_how *how, int epoll_fd);
/* The mapper is in its own map. address "": every one, or none. */
MUST_CHECK enum err service_add_own(const char *protseq, const char *address, const char *endpoint);
void service_ended(uint64_t process);
/* Serves the interface; returns false and has said why where it cannot. */
bool service_offer(void);

/* The map is looked at, and changed, and processes are watched, with the lock. */
void service_lock(void);
void service_unlock(void);
struct map *service_map(void);
