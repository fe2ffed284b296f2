/* SPDX-License-Identifier: Apache-2.0
 * thread_user.c - the impersonated name, in the thread itself: nothing to free.
 */
#include "win32/thread_user.h"

#include <stdio.h>

enum { NAME_BYTES = 1025 };

static __thread char user[NAME_BYTES];

void win32_thread_user(const char *name)
{
    snprintf(user, sizeof user, "%s", name ? name : "");
}

const char *win32_thread_user_get(void)
{
    return user[0] ? user : NULL;
}
