/* SPDX-License-Identifier: Apache-2.0
 * client_waits.c - the calls of mqd_waits.idl.
 */
#include "queue/client_waits.h"

#include <stdio.h>

#include <countersign/rpcndr.h>

#include "base/alloc.h"
#include "mqd_waits.h"

RPC_STATUS queue_wait_submit(void *queue, const uint64_t *lease, struct bytes message,
                             ULONG *ret_reply)
{
    byte *bytes = (byte *)(uintptr_t)message.ptr;
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        if (lease)
            *ret_reply = queue_wait_MqdSubmitJoined(queue, *lease, (ULONG)message.len, bytes);
        else
            *ret_reply = queue_wait_MqdSubmit(queue, (ULONG)message.len, bytes);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

/* ---- receiving ---- */

struct answer {
    mqd_taken taken;
    ULONG size;
    byte *message;
};

static mqd_interface *list_of(const struct queue_client_interface *interfaces, size_t count)
{
    mqd_interface *list = mem_array(count ? count : 1, sizeof *list);
    size_t i;

    for (i = 0; list && i < count; i++) {
        memcpy(list[i].uuid, interfaces[i].uuid, sizeof list[i].uuid);
        list[i].major = interfaces[i].major;
        list[i].minor = interfaces[i].minor;
    }
    return list;
}

static RPC_STATUS receive(void *queue, mqd_interface *list, size_t count, uint32_t wait_ms,
                          struct answer *ret, ULONG *ret_reply)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        *ret_reply = queue_wait_MqdReceive(queue, wait_ms, (ULONG)count, list, &ret->taken,
                                           &ret->size, &ret->message);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

RPC_STATUS queue_wait_receive(void *queue, const struct queue_client_interface *interfaces,
                              size_t count, uint32_t wait_ms, struct queue_received *ret,
                              ULONG *ret_reply)
{
    mqd_interface *list = list_of(interfaces, count);
    struct answer a = { .size = 0 };
    RPC_STATUS status =
        list ? receive(queue, list, count, wait_ms, &a, ret_reply) : RPC_S_OUT_OF_MEMORY;

    mem_free(list);
    if (status != RPC_S_OK || *ret_reply != MQD_OK) {
        mem_free(a.message);
        return status;
    }
    *ret = (struct queue_received){ .lease = a.taken.lease,
                                    .arrived = a.taken.arrived,
                                    .until = a.taken.until,
                                    .deliveries = a.taken.deliveries,
                                    .message = { a.message, a.size } };
    (void)snprintf(ret->submitter, sizeof ret->submitter, "%s", (const char *)a.taken.submitter);
    return RPC_S_OK;
}
