/* SPDX-License-Identifier: Apache-2.0
 * memory_manager.h - what the routines of memory.idl leave for a test to see.
 */
#pragma once

#include "memory.h"

extern LEAF *memory_kept; /* what Keep and KeepBlock were given */
extern LONG memory_seen;
