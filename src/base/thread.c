/* SPDX-License-Identifier: Apache-2.0
 * thread.c - threads of the library's own.
 */
#include "base/thread.h"

#include <signal.h>

#include "base/impersonation.h"

int thread_start(void *(*run)(void *), void *arg, size_t stack, pthread_t *ret)
{
    struct impersonation *aside;
    pthread_attr_t attributes;
    sigset_t all, before;
    pthread_t thread;
    int error = pthread_attr_init(&attributes);

    if (error)
        return error;
    if (stack)
        (void)pthread_attr_setstacksize(&attributes, stack);
    if (!ret)
        (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    aside = impersonation_set_aside(); /* a thread inherits the kernel's idea of its creator */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&thread, &attributes, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    impersonation_take_up_adopt(aside);
    pthread_attr_destroy(&attributes);
    if (!error && ret)
        *ret = thread;
    return error;
}
