/* SPDX-License-Identifier: Apache-2.0
 * quiet.c - SIGPIPE held back while libldap writes.
 */
#include "base/quiet.h"

#include <errno.h>
#include <time.h>

static bool is_waiting(void)
{
    sigset_t waiting;

    sigemptyset(&waiting);
    return sigpending(&waiting) == 0 && sigismember(&waiting, SIGPIPE) == 1;
}

static void only_pipe(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGPIPE);
}

void quiet_begin(struct quiet *q)
{
    sigset_t pipe;

    only_pipe(&pipe);
    q->was_waiting = is_waiting();
    pthread_sigmask(SIG_BLOCK, &pipe, &q->before);
}

void quiet_end(const struct quiet *q)
{
    const struct timespec at_once = { 0 };
    sigset_t pipe;
    int kept = errno;

    only_pipe(&pipe);
    while (!q->was_waiting && is_waiting() && sigtimedwait(&pipe, NULL, &at_once) < 0 &&
           errno == EINTR)
        ;
    pthread_sigmask(SIG_SETMASK, &q->before, NULL);
    errno = kept;
}
