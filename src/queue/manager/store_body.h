/* SPDX-License-Identifier: Apache-2.0
 * store_body.h - bodies too long for the database, each a file of its own.
 *
 * A long body in the database would be written twice, to the log and from there to its place, and
 * hold up everybody else's commit while it is.
 */
#pragma once

#include "base/bytes.h"

/* dir: the directory's descriptor. On the disk, with its name, when it returns. */
MUST_CHECK enum err body_write(int dir, uint64_t file, struct bytes body);
/* ERR_STORE_DAMAGED: not there, or not of that size. */
MUST_CHECK enum err body_read(int dir, uint64_t file, size_t size, struct buf *ret);
/* The same of its first octets, at most so many. */
MUST_CHECK enum err body_read_begin(int dir, uint64_t file, size_t size, size_t most,
                                    struct buf *ret);
void body_remove(int dir, uint64_t file);
/* The number a name says; 0: it is no body's. */
uint64_t body_number(const char *name);
