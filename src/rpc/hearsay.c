/* SPDX-License-Identifier: Apache-2.0
 * hearsay.c - principals' names that servers told of themselves.
 */
#include "rpc/hearsay.h"

#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"

enum { KEPT = 64 }; /* a program asks, and soon uses what it was told */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *names[KEPT]; /* the oldest gives way */
static unsigned next;

static bool find(const char *name)
{
    size_t i;

    for (i = 0; i < KEPT; i++)
        if (names[i] && strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

void rpc_hearsay_note(const char *name)
{
    char *copy = *name ? mem_strdup(name) : NULL;

    pthread_mutex_lock(&lock);
    if (copy && !find(name)) {
        mem_free(names[next % KEPT]);
        names[next++ % KEPT] = copy;
        copy = NULL;
    }
    pthread_mutex_unlock(&lock);
    mem_free(copy);
}

bool rpc_hearsay_is(const char *name)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = find(name);
    pthread_mutex_unlock(&lock);
    return is;
}
