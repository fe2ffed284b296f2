/* SPDX-License-Identifier: Apache-2.0
 * client_waits.h - calls of a program to the queue manager that a thread of it waits for. Each has
 * a connection to itself while it is out, whose answer the thread reads: nobody else is woken
 * first.
 *
 * All return what became of the call; *ret_reply is the manager's own word. By any thread.
 */
#pragma once

#include <countersign/rpc.h>

#include "queue/client.h"

/* queue: the context handle of an open one. lease: NULL in no transaction. */
RPC_STATUS queue_wait_submit(void *queue, const uint64_t *lease, struct bytes message,
                             ULONG *ret_reply);
/* *ret is written where there is a message. */
RPC_STATUS queue_wait_receive(void *queue, const struct queue_client_interface *interfaces,
                              size_t count, uint32_t wait_ms, struct queue_received *ret,
                              ULONG *ret_reply);
