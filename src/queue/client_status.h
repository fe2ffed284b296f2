/* SPDX-License-Identifier: Apache-2.0
 * client_status.h - why the queue manager said no, or could not be asked.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

/* What the manager says no with, as an error and, for a person, as a sentence with what to try. */
enum err queue_client_fail(uint32_t status, const char *queue) SHARED(queue_client_fail);
/* The same of a call that failed as such: RPC_S_xxx. */
enum err queue_client_rpc_fail(int32_t status, const char *queue) SHARED(queue_client_rpc_fail);
