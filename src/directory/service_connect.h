/* SPDX-License-Identifier: Apache-2.0
 * service_connect.h - a mutually authenticated connection to one service.
 */
#pragma once

#include <countersign/scp.h>

#include "base/turns.h"
#include "directory/point.h"

/* One after the other of several places where a service may be, within one time for all; err is
 * what the last of them said, and begins as ERR_NOT_FOUND. */
struct service_search {
    struct turns turns;
    enum err err;
};

struct service_search service_search_begin(unsigned timeout_ms, size_t places)
    SHARED(service_search_begin);
/* Whether another is to be tried, because err says that the last one does not answer; and how long
 * it may take. When the time is over first, err becomes ERR_TIMEOUT. */
bool service_search_next(struct service_search *s, DWORD *ret_timeout_ms)
    SHARED(service_search_next);

/* Within o->timeout_ms. ERR_CONNECT, ERR_TIMEOUT and ERR_NOT_FOUND: it does not answer. */
MUST_CHECK enum err service_connect(const CS_CONNECT_OPTIONS *o, const struct point *p,
                                    int *ret_socket, CtxtHandle *ret_context)
    SHARED(service_connect);
