/* SPDX-License-Identifier: Apache-2.0
 * changed_manager.h - what the routines of changed.idl leave behind.
 */
#pragma once

#include "changed.h"

/* What was seen, and how often the routines beside were called. */
extern LONG changed_seen;
extern unsigned changed_notified, changed_flagged;
extern boolean changed_flag;

/* ---- types that travel as another: changed_routines.c ---- */

enum {
    CHANGED_EXCEPTION = 12345, /* what the routines raise */
    CHANGED_UNSENDABLE = 99,   /* an item that makes to_xmit raise, */
    CHANGED_UNREADABLE = 98,   /* from_xmit, */
    CHANGED_REFUSED = 97,      /* and the server's routine */
    CHANGED_NUMBERS = 64,
};

/* Behind a NUMBERS_HANDLE. */
struct changed_numbers {
    ULONG count;
    LONG each[CHANGED_NUMBERS];
};

/* What the routines do wrong from now on. */
extern enum changed_wrong {
    WRONG_NOTHING,
    WRONG_MAKES_NOTHING,
    WRONG_RAISES,
    WRONG_SIZE_SMALL,
    WRONG_SIZE_HUGE,
    WRONG_MARSHAL_RAISES,
    WRONG_OTHER_TYPE,
    WRONG_END_BEFORE,
    WRONG_END_BEYOND,
    WRONG_UNMARSHAL_RAISES,
    WRONG_UNMARSHAL_BEYOND,
} changed_wrong;

/* What they saw last, and how often they were asked. */
extern unsigned changed_sized, changed_user_freed;
extern ULONG changed_flags;
extern NDR_USER_MARSHAL_INFO changed_info;
extern RPC_STATUS changed_asked;
/* The list inside of the last Holders' [in] parameter, which is the routine's to free. */
extern ITEM_LIST changed_kept;
/* Of midl_user_allocate, if the test knows. */
extern long (*changed_blocks)(void);
