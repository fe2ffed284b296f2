/* SPDX-License-Identifier: Apache-2.0
 * service_connect.h - a mutually authenticated connection to one service.
 */
#pragma once

#include <countersign/scp.h>

#include "directory/point.h"

/* ERR_CONNECT, ERR_TIMEOUT and ERR_NOT_FOUND: it does not answer, another may be tried. */
MUST_CHECK enum err service_connect(const CS_CONNECT_OPTIONS *o, const struct point *p,
                                    int *ret_socket, CtxtHandle *ret_context)
    SHARED(service_connect);
