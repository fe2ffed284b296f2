/* SPDX-License-Identifier: Apache-2.0
 * impersonation.c - whom a thread impersonates.
 */
#include "base/impersonation.h"

#include <pthread.h>

static _Thread_local struct impersonation *current;
/* Atomic. The threads that impersonate: mostly none does, and then no thread asks for its own. */
static unsigned threads;
static pthread_key_t key; /* for its destructor alone */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool have_key;

static void set_current(struct impersonation *i)
{
    if (!current != !i)
        __atomic_fetch_add(&threads, i ? 1U : -1U, __ATOMIC_RELAXED);
    current = i;
}

static bool nobody_does(void)
{
    return !__atomic_load_n(&threads, __ATOMIC_RELAXED);
}

static void at_end_of_thread(void *any)
{
    (void)any;
    impersonation_end();
}

static void make_key(void)
{
    have_key = pthread_key_create(&key, at_end_of_thread) == 0;
}

enum err impersonation_begin_adopt(struct impersonation *i)
{
    struct impersonation *before = impersonation_set_aside();
    enum err e = ERR_NO_MEMORY;

    pthread_once(&once, make_key);
    if (have_key && !pthread_setspecific(key, &current))
        e = i->has_account ? os_identity_take(&i->account, &i->home) : ERR_OK;
    if (e) {
        i->release(i);
        impersonation_take_up_adopt(before);
        return e;
    }
    set_current(i);
    if (before)
        before->release(before);
    return ERR_OK;
}

OFTEN void impersonation_end(void)
{
    struct impersonation *i = impersonation_set_aside();

    if (i)
        i->release(i);
}

OFTEN struct impersonation *impersonation_current(void)
{
    return nobody_does() ? NULL : current;
}

OFTEN struct impersonation *impersonation_set_aside(void)
{
    struct impersonation *i = impersonation_current();

    if (!i)
        return NULL;
    if (i->has_account)
        os_identity_give_back();
    set_current(NULL);
    return i;
}

OFTEN void impersonation_take_up_adopt(struct impersonation *i)
{
    impersonation_end();
    if (i && i->has_account && os_identity_take(&i->account, &i->home))
        os_identity_lost("to its client's account again");
    if (i)
        set_current(i);
}
