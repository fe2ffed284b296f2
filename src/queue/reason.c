/* SPDX-License-Identifier: Apache-2.0
 * reason.c - see reason.h.
 */
#include "queue/reason.h"

#include <stdio.h>

#include <countersign/rpc.h>
#include <countersign/winerror.h>

uint32_t queue_reason_of_refusal(enum queue_refusal r)
{
    return (uint32_t)r;
}

uint32_t queue_reason_of_status(uint32_t status)
{
    return status < QUEUE_REASON_MOST - QUEUE_REASON_STATUS ? QUEUE_REASON_STATUS + status
                                                            : QUEUE_REASON_MOST;
}

/* Those that the runtime itself has for messages. */
static const char *status_text(uint32_t status)
{
    switch ((int32_t)status) {
    case RPC_S_ACCESS_DENIED:
        return "the sender may not make this call, or not at that level";
    case RPC_S_UNSUPPORTED_TRANS_SYN:
        return "the receiver does not read that transfer syntax";
    case RPC_S_PROCNUM_OUT_OF_RANGE:
        return "the interface has no such procedure";
    case RPC_X_BAD_STUB_DATA:
        return "the arguments break their format";
    case RPC_S_UNSUPPORTED_TYPE:
        return "no routine for the object's type";
    case RPC_S_OUT_OF_RESOURCES:
        return "it was executed, and the receiver could not remember so";
    default:
        return "its execution ended with an exception";
    }
}

void queue_reason_format(uint32_t reason, char to[QUEUE_REASON_TEXT])
{
    uint32_t status = reason - QUEUE_REASON_STATUS;

    if (!reason)
        (void)snprintf(to, QUEUE_REASON_TEXT, "its receiver gave no reason");
    else if (reason < QUEUE_REASON_STATUS)
        (void)snprintf(to, QUEUE_REASON_TEXT, "%s", queue_refusal_text((enum queue_refusal)reason));
    else if (reason >= QUEUE_REASON_MOST)
        (void)snprintf(to, QUEUE_REASON_TEXT, "its execution ended with an exception");
    else
        (void)snprintf(to, QUEUE_REASON_TEXT, "%s (%u)", status_text(status), (unsigned)status);
}
