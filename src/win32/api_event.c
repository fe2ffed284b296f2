/* SPDX-License-Identifier: Apache-2.0
 * api_event.c - events, mutexes and semaphores by Windows' names.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"
#include "win32/last_error.h"
#include "win32/object.h"
#include "win32/wait.h"

static HANDLE handle_of(struct object *o, enum err e)
{
    handle_id id = 0;

    if (!e)
        e = object_handle(o, &id);
    if (e)
        win32_fail(e);
    return (HANDLE)(uintptr_t)(e ? 0 : id);
}

static HANDLE create_event(const char *name, BOOL manual, BOOL set)
{
    struct object *o = NULL;
    bool found = false;
    HANDLE h = NULL;
    enum err e;

    if (name) {
        e = object_named_event(name, manual != 0, set != 0, &o, &found);
    } else {
        e = object_new(OBJECT_EVENT, &o);
        if (!e) {
            o->manual = manual != 0;
            o->ready = set != 0;
        }
    }
    h = handle_of(o, e);
    if (h)
        SetLastError(found ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return h;
}

/* Fails as the conversion did: *ret_name is the caller's. */
static BOOL narrow(LPCWSTR name, char **ret_name)
{
    return !name || win32_bool(utf8_from_wide(name, ret_name));
}

HANDLE CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCSTR lpName)
{
    (void)lpEventAttributes;
    detail_begin("CreateEvent");
    return create_event(lpName, bManualReset, bInitialState);
}

HANDLE CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCWSTR lpName)
{
    char *name = NULL;
    HANDLE h = NULL;

    (void)lpEventAttributes;
    detail_begin("CreateEvent");
    if (narrow(lpName, &name))
        h = create_event(name, bManualReset, bInitialState);
    mem_free(name);
    return h;
}

HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateEventA(lpEventAttributes, (dwFlags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (dwFlags & CREATE_EVENT_INITIAL_SET) != 0, lpName);
}

HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess)
{
    (void)dwDesiredAccess;
    return CreateEventW(lpEventAttributes, (dwFlags & CREATE_EVENT_MANUAL_RESET) != 0,
                        (dwFlags & CREATE_EVENT_INITIAL_SET) != 0, lpName);
}

static HANDLE open_event(const char *name)
{
    struct object *o = NULL;
    enum err e = name ? object_find_event(name, &o)
                      : detail_fail(ERR_INVALID_PARAMETER, "OpenEvent needs a name");

    if (e == ERR_NOT_FOUND) {
        SetLastError(ERROR_FILE_NOT_FOUND);
        return NULL;
    }
    return handle_of(o, e);
}

HANDLE OpenEventA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName)
{
    (void)dwDesiredAccess;
    (void)bInheritHandle;
    detail_begin("OpenEvent");
    return open_event(lpName);
}

HANDLE OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName)
{
    char *name = NULL;
    HANDLE h = NULL;

    (void)dwDesiredAccess;
    (void)bInheritHandle;
    detail_begin("OpenEvent");
    if (narrow(lpName, &name))
        h = open_event(name);
    mem_free(name);
    return h;
}

static BOOL on_event(HANDLE handle, void (*work)(struct object *o))
{
    handle_id id = (uintptr_t)handle;
    struct object *o = NULL;
    enum err e = object_get_kind(id, OBJECT_EVENT, &o);

    if (e)
        return win32_bool(e);
    work(o);
    object_put(id);
    return TRUE;
}

BOOL SetEvent(HANDLE hEvent)
{
    detail_begin("SetEvent");
    return on_event(hEvent, object_event_set);
}

BOOL ResetEvent(HANDLE hEvent)
{
    detail_begin("ResetEvent");
    return on_event(hEvent, object_event_reset);
}

BOOL PulseEvent(HANDLE hEvent)
{
    detail_begin("PulseEvent");
    return on_event(hEvent, object_event_pulse);
}

static HANDLE create_mutex(BOOL named, BOOL owned)
{
    struct wait_result r = { 0 };
    struct object *o = NULL;
    enum err e;

    detail_begin("CreateMutex");
    if (named)
        return handle_of(NULL, detail_fail(ERR_UNSUPPORTED, "a mutex has no name here: it would "
                                                            "not keep other processes out"));
    e = object_new(OBJECT_MUTEX, &o);
    if (!e && owned)
        e = wait_for(&(struct wait_for){ .objects = &o, .count = 1 }, &r);
    if (e && o)
        object_unref(o);
    return handle_of(o, e);
}

HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName)
{
    (void)lpMutexAttributes;
    return create_mutex(lpName != NULL, bInitialOwner);
}

HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCWSTR lpName)
{
    (void)lpMutexAttributes;
    return create_mutex(lpName != NULL, bInitialOwner);
}

BOOL ReleaseMutex(HANDLE hMutex)
{
    handle_id id = (uintptr_t)hMutex;
    struct object *o = NULL;
    enum err e;

    detail_begin("ReleaseMutex");
    e = object_get_kind(id, OBJECT_MUTEX, &o);
    if (e)
        return win32_bool(e);
    e = object_mutex_release(o);
    object_put(id);
    if (e == ERR_ACCESS_DENIED) {
        SetLastError(ERROR_NOT_OWNER);
        return FALSE;
    }
    return win32_bool(e);
}

static HANDLE create_semaphore(BOOL named, LONG count, LONG most)
{
    struct object *o = NULL;
    enum err e = ERR_OK;

    detail_begin("CreateSemaphore");
    if (named)
        e = detail_fail(ERR_UNSUPPORTED,
                        "a semaphore has no name here: other processes would not see it");
    else if (most < 1 || count < 0 || count > most)
        e = detail_fail(ERR_INVALID_PARAMETER, "a semaphore of %d of %d", count, most);
    if (!e)
        e = object_new(OBJECT_SEMAPHORE, &o);
    if (!e) {
        o->count = (uint32_t)count;
        o->most = (uint32_t)most;
    }
    return handle_of(o, e);
}

HANDLE CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                        LONG lMaximumCount, LPCSTR lpName)
{
    (void)lpSemaphoreAttributes;
    return create_semaphore(lpName != NULL, lInitialCount, lMaximumCount);
}

HANDLE CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                        LONG lMaximumCount, LPCWSTR lpName)
{
    (void)lpSemaphoreAttributes;
    return create_semaphore(lpName != NULL, lInitialCount, lMaximumCount);
}

BOOL ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount)
{
    handle_id id = (uintptr_t)hSemaphore;
    struct object *o = NULL;
    uint32_t before = 0;
    enum err e;

    detail_begin("ReleaseSemaphore");
    if (lReleaseCount < 1)
        return win32_bool(detail_fail(ERR_INVALID_PARAMETER, "%d is no count", lReleaseCount));
    e = object_get_kind(id, OBJECT_SEMAPHORE, &o);
    if (e)
        return win32_bool(e);
    e = object_semaphore_release(o, (uint32_t)lReleaseCount, &before);
    object_put(id);
    if (e) {
        SetLastError(ERROR_TOO_MANY_POSTS);
        return FALSE;
    }
    if (lpPreviousCount)
        *lpPreviousCount = (LONG)before;
    return TRUE;
}
