/* SPDX-License-Identifier: Apache-2.0
 * status.h - what each error of ours is called at a door of SSPI.
 */
#pragma once

#include "base/err.h"
#include "countersign/sspi.h"

/* The last thing a door does. Every failure leaves a detail record, if only with the table's text.
 */
SECURITY_STATUS sec_status(enum err e);
