/* SPDX-License-Identifier: Apache-2.0
 * policy_file.h - the file an administrator writes policy in, if it may be trusted.
 */
#pragma once

#include "base/bytes.h"

/* A plain file of at most POLICY_TEXT_MAX bytes, that root or this process' user owns and nobody
 * else may write; ret is the caller's. ERR_NOT_FOUND: there is none; ERR_UNTRUSTED and others:
 * there is one, and it counts for nothing. ret_why: a constant. */
MUST_CHECK enum err policy_file_read(const char *path, struct buf *ret, const char **ret_why)
    SHARED(policy_file_read);
/* The same of one that root owns, whoever this process is. */
MUST_CHECK enum err policy_file_read_of_root(const char *path, struct buf *ret,
                                             const char **ret_why) SHARED(policy_file_read_of_root);
