/* SPDX-License-Identifier: Apache-2.0
 * api_wait.c - waits by Windows' names, critical sections, and clocks.
 */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "base/detail.h"
#include "win32/last_error.h"
#include "win32/wait.h"

static_assert(sizeof(pthread_mutex_t) <= sizeof(CRITICAL_SECTION), "a mutex has room in it");
static_assert(MAXIMUM_WAIT_OBJECTS == WAIT_OBJECTS, "one limit");
static_assert(INFINITE == WAIT_FOREVER, "one infinity");

static DWORD failed(enum err e)
{
    win32_fail(e);
    return WAIT_FAILED;
}

static DWORD told(const struct wait_result *r)
{
    switch (r->outcome) {
    case WAIT_TOOK:
        return (r->abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0) + (DWORD)r->index;
    case WAIT_CALLED:
        return WAIT_IO_COMPLETION;
    case WAIT_TIMED_OUT:
        break;
    }
    return WAIT_TIMEOUT;
}

static enum err check(DWORD count, const HANDLE *handles)
{
    if (!handles || !count || count > WAIT_OBJECTS)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "a wait for %u objects; 1 to %d can be waited for", count, WAIT_OBJECTS);
    return ERR_OK;
}

/* Also by two handles: all would be taken, and one cannot be taken twice. */
static enum err check_once(const struct wait_for *w)
{
    size_t i, j;

    for (i = 0; i < w->count; i++)
        for (j = 0; j < i; j++)
            if (w->objects[i] == w->objects[j])
                return detail_fail(ERR_INVALID_PARAMETER,
                                   "handle %zu is of the object of handle %zu", i, j);
    return ERR_OK;
}

static DWORD wait_objects(DWORD count, const HANDLE *handles, BOOL all, DWORD ms, BOOL alertable)
{
    struct object *object[WAIT_OBJECTS];
    struct wait_for w = { object, 0, all != 0, alertable != 0, ms };
    struct wait_result r = { 0 };
    enum err e = check(count, handles);
    size_t i;

    for (i = 0; !e && i < count; i++) {
        e = object_get((uintptr_t)handles[i], &object[i]);
        w.count += !e;
    }
    if (!e && all)
        e = check_once(&w);
    if (!e)
        e = wait_for(&w, &r);
    for (i = 0; i < w.count; i++)
        object_put((uintptr_t)handles[i]);
    return e ? failed(e) : told(&r);
}

DWORD WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds)
{
    detail_begin("WaitForSingleObject");
    return wait_objects(1, &hHandle, FALSE, dwMilliseconds, FALSE);
}

DWORD WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable)
{
    detail_begin("WaitForSingleObjectEx");
    return wait_objects(1, &hHandle, FALSE, dwMilliseconds, bAlertable);
}

DWORD WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                             DWORD dwMilliseconds)
{
    detail_begin("WaitForMultipleObjects");
    return wait_objects(nCount, lpHandles, bWaitAll, dwMilliseconds, FALSE);
}

DWORD WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                               DWORD dwMilliseconds, BOOL bAlertable)
{
    detail_begin("WaitForMultipleObjectsEx");
    return wait_objects(nCount, lpHandles, bWaitAll, dwMilliseconds, bAlertable);
}

/* What its kind knows as signalling. */
static BOOL signal_object(HANDLE handle)
{
    struct object *o = NULL;
    enum object_kind kind;
    enum err e = object_get((uintptr_t)handle, &o);

    if (e) {
        win32_fail(e);
        return FALSE;
    }
    kind = o->kind;
    object_put((uintptr_t)handle);
    if (kind == OBJECT_MUTEX)
        return ReleaseMutex(handle);
    if (kind == OBJECT_SEMAPHORE)
        return ReleaseSemaphore(handle, 1, NULL);
    return SetEvent(handle); /* which refuses a thread's */
}

DWORD SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds,
                          BOOL bAlertable)
{
    detail_begin("SignalObjectAndWait");
    if (!signal_object(hObjectToSignal))
        return WAIT_FAILED;
    return wait_objects(1, &hObjectToWaitOn, FALSE, dwMilliseconds, bAlertable);
}

DWORD SleepEx(DWORD dwMilliseconds, BOOL bAlertable)
{
    struct wait_for w = { .alertable = bAlertable != 0, .milliseconds = dwMilliseconds };
    struct wait_result r = { 0 };

    if (!dwMilliseconds)
        sched_yield();
    if (wait_for(&w, &r)) { /* no memory for what other threads could reach it by */
        struct timespec rest = { (time_t)(dwMilliseconds / 1000),
                                 (long)(dwMilliseconds % 1000) * 1000000 };

        while (clock_nanosleep(CLOCK_MONOTONIC, 0, &rest, &rest) || dwMilliseconds == INFINITE)
            ;
        return 0;
    }
    return r.outcome == WAIT_CALLED ? WAIT_IO_COMPLETION : 0;
}

void Sleep(DWORD dwMilliseconds)
{
    SleepEx(dwMilliseconds, FALSE);
}

static pthread_mutex_t *mutex_in(LPCRITICAL_SECTION section)
{
    return (pthread_mutex_t *)(void *)section->Reserved;
}

void InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    pthread_mutexattr_t recursive;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(mutex_in(lpCriticalSection), &recursive);
    pthread_mutexattr_destroy(&recursive);
}

BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount)
{
    (void)dwSpinCount;
    InitializeCriticalSection(lpCriticalSection);
    return TRUE;
}

BOOL InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount,
                                 DWORD Flags)
{
    (void)dwSpinCount;
    (void)Flags;
    InitializeCriticalSection(lpCriticalSection);
    return TRUE;
}

void EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    pthread_mutex_lock(mutex_in(lpCriticalSection));
}

BOOL TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    return pthread_mutex_trylock(mutex_in(lpCriticalSection)) == 0;
}

void LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    pthread_mutex_unlock(mutex_in(lpCriticalSection));
}

void DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
{
    pthread_mutex_destroy(mutex_in(lpCriticalSection));
}

static ULONGLONG nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (ULONGLONG)now.tv_sec * 1000000000 + (ULONGLONG)now.tv_nsec;
}

BOOL QueryPerformanceCounter(LARGE_INTEGER *lpPerformanceCount)
{
    lpPerformanceCount->QuadPart = (LONGLONG)(nanoseconds() / 100);
    return TRUE;
}

BOOL QueryPerformanceFrequency(LARGE_INTEGER *lpFrequency)
{
    lpFrequency->QuadPart = 10000000;
    return TRUE;
}

ULONGLONG GetTickCount64(void)
{
    return nanoseconds() / 1000000;
}

DWORD GetTickCount(void)
{
    return (DWORD)GetTickCount64();
}
