/* SPDX-License-Identifier: Apache-2.0
 * api_thread.c - threads by Windows' names, and handles.
 */
#include <unistd.h>

#include "base/detail.h"
#include "win32/last_error.h"
#include "win32/thread.h"

HANDLE CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                    LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                    DWORD dwCreationFlags, LPDWORD lpThreadId)
{
    struct thread_begin how = { lpStartAddress, lpParameter, dwStackSize,
                                (dwCreationFlags & CREATE_SUSPENDED) != 0 };
    handle_id id = 0;
    uint32_t number = 0;
    enum err e = ERR_OK;

    (void)lpThreadAttributes;
    detail_begin("CreateThread");
    if (!lpStartAddress ||
        (dwCreationFlags & ~(DWORD)(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION)))
        e = detail_fail(ERR_INVALID_PARAMETER, "no routine, or flags %#x", dwCreationFlags);
    if (!e)
        e = thread_begin(&how, &id, &number);
    if (!win32_bool(e))
        return NULL;
    if (lpThreadId)
        *lpThreadId = number;
    return (HANDLE)(uintptr_t)id;
}

/* The thread of a handle, held until object_put. */
static enum err thread_of(HANDLE handle, struct thread **ret)
{
    struct object *o = NULL;
    enum err e = object_get_kind((uintptr_t)handle, OBJECT_THREAD, &o);

    if (!e)
        *ret = (struct thread *)o;
    return e;
}

DWORD ResumeThread(HANDLE hThread)
{
    struct thread *t = NULL;
    DWORD before;

    detail_begin("ResumeThread");
    if (!win32_bool(thread_of(hThread, &t)))
        return (DWORD)-1;
    before = thread_resume(t);
    object_put((uintptr_t)hThread);
    return before;
}

void ExitThread(DWORD dwExitCode)
{
    thread_exit(dwExitCode);
}

BOOL GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode)
{
    struct thread *t = NULL;
    uint32_t code = STILL_ACTIVE;
    enum err e = lpExitCode ? ERR_OK : ERR_INVALID_PARAMETER;

    detail_begin("GetExitCodeThread");
    if (!e)
        e = thread_of(hThread, &t);
    if (!win32_bool(e))
        return FALSE;
    (void)thread_is_ended(t, &code);
    object_put((uintptr_t)hThread);
    if (lpExitCode) /* it is: the analyzer does not see what win32_bool said */
        *lpExitCode = code;
    return TRUE;
}

HANDLE GetCurrentThread(void)
{
    return (HANDLE)(uintptr_t)OBJECT_THIS_THREAD;
}

DWORD GetCurrentThreadId(void)
{
    return (DWORD)gettid();
}

DWORD GetThreadId(HANDLE Thread)
{
    struct thread *t = NULL;
    DWORD id;

    detail_begin("GetThreadId");
    if (!win32_bool(thread_of(Thread, &t)))
        return 0;
    id = thread_id(t);
    object_put((uintptr_t)Thread);
    return id;
}

HANDLE GetCurrentProcess(void)
{
    return (HANDLE)(uintptr_t)OBJECT_THIS_PROCESS;
}

DWORD GetCurrentProcessId(void)
{
    return (DWORD)getpid();
}

DWORD QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData)
{
    struct thread *t = NULL;
    enum err e;

    detail_begin("QueueUserAPC");
    e = pfnAPC ? thread_of(hThread, &t) : detail_fail(ERR_INVALID_PARAMETER, "no procedure");
    if (!e) {
        e = thread_queue(t, pfnAPC, dwData);
        object_put((uintptr_t)hThread);
    }
    if (e == ERR_UNEXPECTED) {
        SetLastError(ERROR_GEN_FAILURE);
        return FALSE;
    }
    return (DWORD)win32_bool(e);
}

BOOL DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                     LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                     DWORD dwOptions)
{
    handle_id id = 0;
    struct object *o = NULL;
    enum err e;

    (void)dwDesiredAccess;
    detail_begin("DuplicateHandle");
    if (hSourceProcessHandle != GetCurrentProcess() || hTargetProcessHandle != GetCurrentProcess())
        return win32_bool(
            detail_fail(ERR_UNSUPPORTED, "only handles of this process, for this process"));
    if (!lpTargetHandle || bInheritHandle)
        return win32_bool(
            detail_fail(ERR_INVALID_PARAMETER, "nowhere to put it, or to be inherited"));
    e = object_get((uintptr_t)hSourceHandle, &o);
    if (e)
        return win32_bool(e);
    object_lock();
    object_ref(o);
    object_unlock();
    object_put((uintptr_t)hSourceHandle);
    e = object_handle(o, &id);
    if (!win32_bool(e))
        return FALSE;
    if (dwOptions & DUPLICATE_CLOSE_SOURCE)
        CloseHandle(hSourceHandle);
    *lpTargetHandle = (HANDLE)(uintptr_t)id;
    return TRUE;
}

BOOL CloseHandle(HANDLE hObject)
{
    handle_id id = (uintptr_t)hObject;
    enum err e = ERR_OK;

    if (id == OBJECT_THIS_THREAD)
        return TRUE;
    e = handle_close(id, HANDLE_TOKEN);
    if (e)
        e = handle_close(id, HANDLE_WAITABLE);
    return win32_bool(e);
}
