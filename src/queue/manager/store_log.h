/* SPDX-License-Identifier: Apache-2.0
 * store_log.h - the database's log (SQLite's WAL), looked at before SQLite does: that ends at the
 * first octet that is wrong, and says nothing of what is behind it.
 *
 * The mark is a file that says after each commit how far the log goes. It costs no wait for the
 * disk: it outlives a process, and after a power failure it may be an earlier one, which is true of
 * another log, or of less of this one.
 */
#pragma once

#include "queue/manager/store.h"

struct store_mark {
    uint8_t salt[8]; /* of the log */
    uint32_t frames; /* that are committed; 0: the database has all of it */
    uint64_t next;   /* the number of the next message */
};

/* Descriptors of them; -1: there is none, with which the following do nothing. dir: the store's
 * folder. */
int store_mark_open(int dir);
int store_log_open(int dir);
/* Failing costs certainty alone, so nobody is told. */
void store_mark_write(int mark_fd, const struct store_mark *mark);
/* The salt of the log as it stands; false: it has none. */
bool store_log_salt(int log_fd, uint8_t ret[8]);

/* Room for so many octets of it, written or not; false: there is none on the disk, or no log. */
bool store_log_reserve(int dir, uint64_t octets);

/* The store's lock is held, and nobody has the database open. Damage is told in the report, and
 * repaired if that is asked for: the old log goes to damaged-<time>, a new one has what can be read
 * of it. *ret_doubt: not all could be put right, so all records have to be looked at.
 * ERR_STORE_DAMAGED: there is damage, and repair was not asked for. */
MUST_CHECK enum err store_log_check(const char *dir, bool repair, struct store_report *report,
                                    bool *ret_doubt);
