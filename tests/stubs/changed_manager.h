/* SPDX-License-Identifier: Apache-2.0
 * changed_manager.h - what the routines of changed.idl leave behind.
 */
#pragma once

#include "changed.h"

/* What was seen, and how often the routines beside were called. */
extern LONG changed_seen;
extern unsigned changed_notified, changed_flagged;
extern boolean changed_flag;
