/* SPDX-License-Identifier: Apache-2.0
 * accounts.h - accounts of a test's own: numbers that nobody has, and files that only they may
 * read.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { ACCOUNT_ONE = 20011, ACCOUNT_TWO = 20012, ACCOUNT_GROUP = 20013 };

#define ACCOUNTS_NEED "only root can be another account, outside of a user namespace"

/* Whether this process may be them: that of root, where no namespace keeps it from that. */
bool accounts_may(void);
/* A folder all may look into, made once; the path is static. */
const char *accounts_folder(void);
/* A file in it that uid, or gid where uid is 0, may read, and nobody else but root. */
void accounts_file(const char *name, uint32_t uid, uint32_t gid);
/* Whether this thread may read it. */
bool accounts_reads(const char *name);
void accounts_folder_remove(void);
