/* SPDX-License-Identifier: Apache-2.0
 * sockets.h - whether this process has begun to use Winsock: WSAStartup, counted.
 */
#pragma once

#include <stdbool.h>

#include "base/link.h"

void sockets_begin(void) SHARED(sockets_begin);
/* False: nothing was begun. */
bool sockets_end(void) SHARED(sockets_end);
bool sockets_begun(void) SHARED(sockets_begun);
