/* SPDX-License-Identifier: Apache-2.0
 * executed_machine.h - whose memory of executed messages a folder holds: this machine's, or that of
 * the machine it was copied from.
 *
 * Two machines with the same keys and one memory each would both execute the same message. What
 * tells them apart is /etc/machine-id, which whoever clones a machine is to make anew
 * (machine-id(5)); where both have the same one, nothing can be seen.
 */
#pragma once

#include "base/bytes.h"

#define QUEUE_MACHINE_ID "/etc/machine-id"

/* The folder is marked as this machine's when it has no mark yet. ERR_ACCESS_DENIED: it has
 * another's. Where no id is in that file nothing is told apart. */
MUST_CHECK enum err queue_executed_machine(const char *folder, const char *id_file)
    SHARED(queue_executed_machine);
