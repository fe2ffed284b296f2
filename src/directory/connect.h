/* SPDX-License-Identifier: Apache-2.0
 * connect.h - a TCP connection within a time.
 */
#pragma once

#include "base/bytes.h"

/* Every address of host in turn, all of them within timeout_ms; host is a name, asked for before
 * that, or an address. The socket is blocking, with each receiving and sending bounded by
 * timeout_ms as well. */
MUST_CHECK enum err connect_tcp(const char *host, uint16_t port, unsigned timeout_ms, int *ret)
    SHARED(connect_tcp);
