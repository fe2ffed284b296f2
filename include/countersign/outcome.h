/* SPDX-License-Identifier: Apache-2.0
 * outcome.h - what became of calls left in queues (ncadg_mq).
 *
 * Countersign's own functions; text is UTF-8. A caller who sets RPC_C_OPT_MQ_ACKNOWLEDGE is told by
 * the receiver of each of its messages what came of it: in a queue of the caller's account on this
 * host, which the first CsOutcomesOpen makes and which stays. What is told has the message's own
 * level: above none it is sealed by the receiver's account for the caller's.
 *
 * That a message has expired before anybody received it is told by the queue manager, as at
 * RPC_C_AUTHN_LEVEL_NONE: it has no keys, and could have thrown the message away without a word. Of
 * what else nobody has received nobody tells. What is told may be lost, or come twice, and is never
 * invented. Why a call failed: CsGetErrorDetail
 * (countersign.h).
 */
#ifndef COUNTERSIGN_OUTCOME_H
#define COUNTERSIGN_OUTCOME_H

#include "cslink.h"
#include "winerror.h"
#include "wintypes.h"

CS_EXTERN_C_BEGIN

enum { CS_MESSAGE_ID = 16, CS_OUTCOME_TEXT = 160, CS_OUTCOME_ACCOUNT = 192 };

typedef enum _CS_OUTCOME_KIND {
    CS_OUTCOME_EXECUTED, /* the routine has returned */
    CS_OUTCOME_FAILED,  /* it raised an exception; it is tried again as often as its queue allows */
    CS_OUTCOME_REFUSED, /* it is not executed, and will not be */
    CS_OUTCOME_EXPIRED  /* the same: its time is over */
} CS_OUTCOME_KIND;

typedef struct _CS_OUTCOME {
    UCHAR message[CS_MESSAGE_ID]; /* as CsMessageLastId has it */
    CS_OUTCOME_KIND what;
    DWORD reason;                     /* as its dead letter has it; 0 where it was executed */
    ULONG level;                      /* of what is told: RPC_C_AUTHN_LEVEL_xxx; that a message has
                                         expired may be told at a lower one than was asked for */
    char text[CS_OUTCOME_TEXT];       /* reason in words; "" where it was executed */
    char account[CS_OUTCOME_ACCOUNT]; /* SID of who tells it; proven at a level above none */
} CS_OUTCOME, *PCS_OUTCOME;

/* CsMessageLastId - the id of the message that this thread's last call left in a queue.
 *
 * Returns: ERROR_SUCCESS; ERROR_NOT_FOUND (it has left none); ERROR_INVALID_PARAMETER.
 * Threads: safe; each thread has its own.
 * Source: outcome.h
 */
DWORD CsMessageLastId(UCHAR id[CS_MESSAGE_ID]) CS_EXPORT(CsMessageLastId);

/* CsOutcomesOpen - the outcomes of messages that were sent at that level, or a higher one.
 *
 * Of RPC_C_AUTHN_LEVEL_NONE they are those of this process's account of the host, and of messages
 * of level none alone; of RPC_C_AUTHN_LEVEL_PKT_INTEGRITY and RPC_C_AUTHN_LEVEL_PKT_PRIVACY those
 * of the account whose keys are enrolled here. Open it before the first such call: nothing is kept
 * for who has no queue. Freed with CsOutcomesClose.
 *
 * Returns: ERROR_SUCCESS; ERROR_NO_SUCH_LOGON_SESSION (no keys are enrolled); ERROR_ACCESS_DENIED
 * (the queue is another account's); ERROR_INVALID_PARAMETER; RPC_S_SERVER_UNAVAILABLE (no queue
 * manager runs here); ERROR_NOT_ENOUGH_MEMORY. Threads: safe. Source: outcome.h
 */
DWORD CsOutcomesOpen(ULONG level, HANDLE *outcomes) CS_EXPORT(CsOutcomesOpen);

/* CsOutcomesNext - the next one; waits so long for it.
 *
 * It is told once. While the queue manager is away the wait goes on.
 *
 * Returns: ERROR_SUCCESS; ERROR_TIMEOUT; ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER;
 * ERROR_NOT_ENOUGH_MEMORY. Threads: safe; one waits, others wait for it. Source: outcome.h
 */
DWORD CsOutcomesNext(HANDLE outcomes, DWORD milliseconds, CS_OUTCOME *outcome)
    CS_EXPORT(CsOutcomesNext);

/* CsOutcomesClose - no more of them. The queue stays.
 *
 * Returns: ERROR_SUCCESS; ERROR_INVALID_HANDLE.
 * Threads: safe.
 * Source: outcome.h
 */
DWORD CsOutcomesClose(HANDLE outcomes) CS_EXPORT(CsOutcomesClose);

CS_EXTERN_C_END

#endif
