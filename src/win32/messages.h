/* SPDX-License-Identifier: Apache-2.0
 * messages.h - the system's texts for status and error values.
 */
#pragma once

#include <stdint.h>

/* One or more sentences; NULL where the system has none. */
const char *win32_message(uint32_t code);
