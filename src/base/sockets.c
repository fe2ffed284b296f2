/* SPDX-License-Identifier: Apache-2.0
 * sockets.c - how often WSAStartup was called and not yet ended.
 */
#include "base/sockets.h"

static unsigned begun; /* atomic */

void sockets_begin(void)
{
    __atomic_add_fetch(&begun, 1, __ATOMIC_RELAXED);
}

bool sockets_end(void)
{
    unsigned now = __atomic_load_n(&begun, __ATOMIC_RELAXED);

    while (now && !__atomic_compare_exchange_n(&begun, &now, now - 1, false, __ATOMIC_RELAXED,
                                               __ATOMIC_RELAXED))
        continue;
    return now != 0;
}

bool sockets_begun(void)
{
    return __atomic_load_n(&begun, __ATOMIC_RELAXED) != 0;
}
