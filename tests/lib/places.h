/* SPDX-License-Identifier: Apache-2.0
 * places.h - ports of 127.0.0.0/8 at which no service is.
 */
#pragma once

#include <stdint.h>

/* One that refuses whoever comes: nobody listens there while this process lives. */
uint16_t dead_port(void);
/* One that takes whoever comes, and never says anything. Returns the listening socket. */
int silent_port(uint16_t *ret);
