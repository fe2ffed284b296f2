/* SPDX-License-Identifier: Apache-2.0
 * server_together.h - the answers of many asynchronous calls that one thread completes, in few
 * writes.
 */
#pragma once

#include <stdbool.h>

#include "base/link.h"

struct rpc_server_link;

/* By a thread that completes calls of whatever connections one after the other, and waits for
 * nothing meanwhile: their answers wait for each other, until the end at most. */
void rpc_server_together_begin(void) SHARED(rpc_server_together_begin);
void rpc_server_together_end(void) SHARED(rpc_server_together_end);

/* By who has just got a link's turn to send: false, it is not kept for later. */
bool rpc_server_together_keep(struct rpc_server_link *l);
/* What this thread keeps is sent now. */
void rpc_server_together_flush(void);
