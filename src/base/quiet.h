/* SPDX-License-Identifier: Apache-2.0
 * quiet.h - no SIGPIPE of what a foreign library writes.
 *
 * libldap and libkrb5 write to their sockets without MSG_NOSIGNAL: where the server has reset the
 * connection, the signal would end a program that knows nothing of any socket. It is held back for
 * this thread meanwhile, and taken away if it came; one that was waiting already is left as it was.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "base/link.h"

struct quiet {
    sigset_t before;
    bool was_waiting;
};

void quiet_begin(struct quiet *q) SHARED(quiet_begin);
void quiet_end(const struct quiet *q) SHARED(quiet_end);
