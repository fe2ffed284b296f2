/* SPDX-License-Identifier: Apache-2.0
 * cursor.h - a search that hands out one entry after the other, in the memory of one page.
 */
#pragma once

#include "directory/search.h"

enum { CURSOR_ENTRIES_MOST = 1000000 }; /* of one search; more are ERR_TOO_LONG */

struct cursor;

/* Keeps a copy of q, whose max is not looked at, and s, which the caller closes after the cursor.
 * Nothing is asked yet. An attribute of too many values is cut. */
MUST_CHECK enum err cursor_open(struct session *s, const struct search *q, struct cursor **ret)
    SHARED(cursor_open);
/* *ret is the cursor's and lives until its next call; NULL: there are no more. One thread at a
 * time. After a failure the cursor has nothing more to give. */
MUST_CHECK enum err cursor_next(struct cursor *c, const struct entry **ret) SHARED(cursor_next);
/* From any thread: what waits in cursor_next, and every call after, ends with ERR_RPC_CANCELLED.
 * The session is broken by it. */
void cursor_cancel(struct cursor *c) SHARED(cursor_cancel);
void cursor_close(struct cursor *c) SHARED(cursor_close);
