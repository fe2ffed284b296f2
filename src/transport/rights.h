/* SPDX-License-Identifier: Apache-2.0
 * rights.h - descriptors beside the bytes of a Unix socket (SCM_RIGHTS).
 *
 * They come with the byte they were sent with, and the kernel gives no more than one lot of them at
 * a time.
 */
#pragma once

#include <stdbool.h>
#include <sys/uio.h>

#include "base/err.h"

enum { TRANSPORT_RIGHTS_MAX = 64 };

struct transport_rights {
    unsigned count;
    int fd[TRANSPORT_RIGHTS_MAX];
};

/* As transport_receive_now: what came beside the bytes, closed at exec, goes to ret_rights.
 * ERR_MALFORMED for more than there is room for: all are closed then. */
MUST_CHECK enum err transport_receive_rights(int fd, const struct iovec *iov, size_t count,
                                             size_t *ret, struct transport_rights *ret_rights);
/* A first byte at least, with n descriptors, which stay the caller's; without waiting for room. */
MUST_CHECK enum err transport_send_rights(int fd, const struct iovec *iov, size_t count,
                                          const int *rights, unsigned n, bool wait, size_t *ret);
void transport_rights_close(struct transport_rights *r);
