/* SPDX-License-Identifier: Apache-2.0
 * last_error.h - failing in the manner of Win32.
 */
#pragma once

#include "base/err.h"
#include "countersign/windows.h"

/* Sets the thread's last error to e's Win32 value. */
void win32_fail(enum err e);
/* TRUE for ERR_OK; else fails so. */
BOOL win32_bool(enum err e);
/* Stores text as a caller's string; *size is in characters and becomes what was stored, or is
 * needed, the zero counted. ERR_BUFFER_TOO_SMALL. */
MUST_CHECK enum err win32_store(BOOL wide, const char *text, void *to, DWORD *size);
