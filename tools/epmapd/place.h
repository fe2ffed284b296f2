/* SPDX-License-Identifier: Apache-2.0
 * place.h - where the daemon listens: the addresses it was told, sockets of the service manager,
 * and the local endpoint EPMAPPER.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Each function says why where it cannot, and returns false. */

/* "ADDR", "ADDR:PORT", "[ADDR]:PORT", "*" and "*:PORT"; without a port it is 135. */
bool place_tcp(const char *text);
/* The sockets that systemd, or who acts like it, has handed over; ret: how many, ret_local: whether
 * EPMAPPER is among them.  sd_listen_fds(3) */
bool place_inherited(size_t *ret, bool *ret_local);
bool place_local(void);
