/* SPDX-License-Identifier: Apache-2.0
 * thread_user.h - in whose name a thread acts while it impersonates.
 */
#pragma once

/* Copies "user@REALM"; NULL: the process's user again. */
void win32_thread_user(const char *name);
/* NULL when the thread impersonates nobody. */
const char *win32_thread_user_get(void);
