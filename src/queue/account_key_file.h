/* SPDX-License-Identifier: Apache-2.0
 * account_key_file.h - where an account's private keys lie: a file nobody else may read, or a
 * credential of the service manager's.
 *
 * COUNTERSIGN_QUEUE_KEYS names the file. Without it a service that was given the credential
 * "countersign-queue-keys" has that one, and it is read only; else it is
 * /var/lib/countersign/queue.keys of root, ~/.local/state/countersign/queue.keys of others.
 */
#pragma once

#include "queue/account_key.h"

#define ACCOUNT_KEY_CREDENTIAL "countersign-queue-keys"

struct account_key_place {
    char *path;   /* mem_free */
    bool managed; /* the service manager's: it is not written */
};

MUST_CHECK enum err account_key_place_find(struct account_key_place *ret);
void account_key_place_done(struct account_key_place *p);

/* Where the account's other memory lies, such as which messages it has executed: beside its keys,
 * in "queue.keys.NAME". Of keys that are the service manager's in its STATE_DIRECTORY, else where
 * they would lie. mem_free. */
MUST_CHECK enum err account_key_place_beside(const struct account_key_place *p, const char *name,
                                             char **ret);
/* Each missing folder above path, for its owner alone. */
MUST_CHECK enum err account_key_folders_make(const char *path);

/* What changes when the file is another: to see cheaply whether to read again. */
struct account_key_stamp {
    uint64_t device, inode, size;
    int64_t second, nanosecond;
};

/* ERR_NOT_FOUND: there is none. ERR_ACCESS_DENIED: others may read or replace it, and the detail
 * says how that is mended. ret_stamp may be NULL. */
MUST_CHECK enum err account_key_file_read(const struct account_key_place *p,
                                          struct account_keys **ret,
                                          struct account_key_stamp *ret_stamp);
/* Whether the file is still that one. */
bool account_key_file_is(const struct account_key_place *p, const struct account_key_stamp *stamp);
/* Whole or not at all; what was there before is overwritten. Missing folders are made. */
MUST_CHECK enum err account_key_file_write(const struct account_key_place *p,
                                           const struct account_keys *k);
/* Destroys in the file what was retired keep seconds ago or earlier. A file that another is just
 * changing, or that the service manager's is, stays as it is. */
MUST_CHECK enum err account_key_file_prune(const struct account_key_place *p, int64_t now,
                                           int64_t keep);

/* One process at a time changes a file: from reading it until it is written. */
MUST_CHECK enum err account_key_file_lock(const struct account_key_place *p, int *ret);
void account_key_file_unlock(int lock); /* accepts -1 */
