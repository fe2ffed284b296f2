/* SPDX-License-Identifier: Apache-2.0
 * serve.h - the queue manager behind its interface.
 */
#pragma once

#include <stdbool.h>

#include "queue/manager/manager.h"

/* At COUNTERSIGN-MQD, or a socket of that name which the service manager made. False: it has said
 * why it cannot be. */
bool serve_listen(void);
bool serve_begin(struct manager *m);
/* Who waits for a message is told; calls under way are answered, what programs had open is closed.
 */
void serve_end(void);
