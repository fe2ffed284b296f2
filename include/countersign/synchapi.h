/* SPDX-License-Identifier: Apache-2.0
 * synchapi.h - events, mutexes, semaphores, waits, sleep and critical sections.
 *
 * windows.h includes it. Handles are the process's own: they are not inherited, and no other
 * process can open them.
 */
#ifndef COUNTERSIGN_SYNCHAPI_H
#define COUNTERSIGN_SYNCHAPI_H

#include "cslink.h"
#include "wintypes.h"

#define WAIT_OBJECT_0 0x00000000U
#define WAIT_ABANDONED 0x00000080U
#define WAIT_ABANDONED_0 0x00000080U
#define WAIT_IO_COMPLETION 0x000000C0U
#define WAIT_TIMEOUT 258U
#define WAIT_FAILED 0xFFFFFFFFU
#define MAXIMUM_WAIT_OBJECTS 64

#define CREATE_EVENT_MANUAL_RESET 0x00000001
#define CREATE_EVENT_INITIAL_SET 0x00000002
#define CREATE_MUTEX_INITIAL_OWNER 0x00000001

#define SYNCHRONIZE 0x00100000
#define EVENT_MODIFY_STATE 0x00000002
#define EVENT_ALL_ACCESS 0x001F0003
#define MUTEX_ALL_ACCESS 0x001F0001
#define SEMAPHORE_MODIFY_STATE 0x00000002
#define SEMAPHORE_ALL_ACCESS 0x001F0003

CS_EXTERN_C_BEGIN

/* CreateEventA, CreateEventW - an event, which threads wait for.
 *
 * A manual-reset event stays set until ResetEvent; another releases one thread each time it is set.
 * A name is known in this process only: a second CreateEvent of it opens the first event, and
 * GetLastError says ERROR_ALREADY_EXISTS (else ERROR_SUCCESS). "Local\name" is "name";
 * "Global\name", which other processes are to see, is refused. lpEventAttributes is not looked at.
 *
 * Returns: a handle, for CloseHandle; NULL on failure (ERROR_NOT_SUPPORTED,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY, ERROR_NO_UNICODE_TRANSLATION). Threads: safe.
 * Source: synchapi.h, CreateEventW
 */
HANDLE CreateEventA(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCSTR lpName) CS_EXPORT(CreateEventA);
HANDLE CreateEventW(LPSECURITY_ATTRIBUTES lpEventAttributes, BOOL bManualReset, BOOL bInitialState,
                    LPCWSTR lpName) CS_EXPORT(CreateEventW);

/* CreateEventExA, CreateEventExW - CreateEvent with flags.
 *
 * CREATE_EVENT_MANUAL_RESET and CREATE_EVENT_INITIAL_SET. Every handle has every access.
 *
 * Returns: as CreateEvent.
 * Threads: safe.
 * Source: synchapi.h, CreateEventExW
 */
HANDLE CreateEventExA(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess) CS_EXPORT(CreateEventExA);
HANDLE CreateEventExW(LPSECURITY_ATTRIBUTES lpEventAttributes, LPCWSTR lpName, DWORD dwFlags,
                      DWORD dwDesiredAccess) CS_EXPORT(CreateEventExW);

/* OpenEventA, OpenEventW - a further handle of an event this process named.
 *
 * Another process's event is not found, whatever its name is. Every handle has every access.
 *
 * Returns: a handle, for CloseHandle; NULL on failure (ERROR_FILE_NOT_FOUND, ERROR_NOT_SUPPORTED,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY).
 * Threads: safe.
 * Source: synchapi.h, OpenEventW
 */
HANDLE OpenEventA(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCSTR lpName) CS_EXPORT(OpenEventA);
HANDLE OpenEventW(DWORD dwDesiredAccess, BOOL bInheritHandle, LPCWSTR lpName) CS_EXPORT(OpenEventW);

/* SetEvent - set an event.
 *
 * What waits is released before SetEvent returns: of an auto-reset event the thread that waits
 * longest, which also resets it; of a manual-reset event all.
 *
 * Returns: TRUE; FALSE for a handle that is no event's (ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: synchapi.h, SetEvent
 */
BOOL SetEvent(HANDLE hEvent) CS_EXPORT(SetEvent);

/* ResetEvent - take an event's set state away.
 *
 * Returns: TRUE; FALSE for a handle that is no event's (ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: synchapi.h, ResetEvent
 */
BOOL ResetEvent(HANDLE hEvent) CS_EXPORT(ResetEvent);

/* PulseEvent - release who waits for an event now, and leave it reset.
 *
 * A thread that is just running a procedure of QueueUserAPC does not wait, and is not released:
 * Windows' documentation advises against this function.
 *
 * Returns: TRUE; FALSE for a handle that is no event's (ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: winbase.h, PulseEvent
 */
BOOL PulseEvent(HANDLE hEvent) CS_EXPORT(PulseEvent);

/* CreateMutexA, CreateMutexW - a mutex, which one thread owns at a time, as often as it likes.
 *
 * lpName must be NULL: what a mutex's name is for are other processes, and these would not be kept
 * out. lpMutexAttributes is not looked at.
 *
 * Returns: a handle, for CloseHandle; NULL on failure (ERROR_NOT_SUPPORTED,
 * ERROR_NOT_ENOUGH_MEMORY). Threads: safe. Source: synchapi.h, CreateMutexW
 */
HANDLE CreateMutexA(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCSTR lpName)
    CS_EXPORT(CreateMutexA);
HANDLE CreateMutexW(LPSECURITY_ATTRIBUTES lpMutexAttributes, BOOL bInitialOwner, LPCWSTR lpName)
    CS_EXPORT(CreateMutexW);

/* ReleaseMutex - give back a mutex the calling thread owns.
 *
 * Returns: TRUE; FALSE on failure (ERROR_NOT_OWNER, ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: synchapi.h, ReleaseMutex
 */
BOOL ReleaseMutex(HANDLE hMutex) CS_EXPORT(ReleaseMutex);

/* CreateSemaphoreA, CreateSemaphoreW - a semaphore, which as many waits pass as its count says.
 *
 * lpName must be NULL, as with a mutex. lpSemaphoreAttributes is not looked at.
 *
 * Returns: a handle, for CloseHandle; NULL on failure (ERROR_NOT_SUPPORTED,
 * ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY). Threads: safe. Source: winbase.h,
 * CreateSemaphoreA
 */
HANDLE CreateSemaphoreA(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                        LONG lMaximumCount, LPCSTR lpName) CS_EXPORT(CreateSemaphoreA);
HANDLE CreateSemaphoreW(LPSECURITY_ATTRIBUTES lpSemaphoreAttributes, LONG lInitialCount,
                        LONG lMaximumCount, LPCWSTR lpName) CS_EXPORT(CreateSemaphoreW);

/* ReleaseSemaphore - raise a semaphore's count.
 *
 * lpPreviousCount may be NULL.
 *
 * Returns: TRUE; FALSE on failure (ERROR_TOO_MANY_POSTS, nothing was changed;
 * ERROR_INVALID_PARAMETER; ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: synchapi.h, ReleaseSemaphore
 */
BOOL ReleaseSemaphore(HANDLE hSemaphore, LONG lReleaseCount, LPLONG lpPreviousCount)
    CS_EXPORT(ReleaseSemaphore);

/* WaitForSingleObject, WaitForSingleObjectEx - wait for an event, mutex, semaphore or thread.
 *
 * Time is the monotonic clock's; signals do not end a wait. With bAlertable procedures of
 * QueueUserAPC are called while it waits. A handle closed meanwhile stays valid for the wait.
 *
 * Returns: WAIT_OBJECT_0; WAIT_ABANDONED, the same of a mutex whose owner ended; WAIT_TIMEOUT;
 * WAIT_IO_COMPLETION when procedures were called instead; WAIT_FAILED (ERROR_INVALID_HANDLE,
 * ERROR_NOT_ENOUGH_MEMORY).
 * Threads: safe.
 * Source: synchapi.h, WaitForSingleObjectEx
 */
DWORD WaitForSingleObject(HANDLE hHandle, DWORD dwMilliseconds) CS_EXPORT(WaitForSingleObject);
DWORD WaitForSingleObjectEx(HANDLE hHandle, DWORD dwMilliseconds, BOOL bAlertable)
    CS_EXPORT(WaitForSingleObjectEx);

/* WaitForMultipleObjects, WaitForMultipleObjectsEx - wait for any of several objects, or for all.
 *
 * For any: the first of the array that can be had. For all: they are taken at one moment at which
 * all can be had, and until then none is; the same handle twice is refused then.
 *
 * Returns: as WaitForSingleObject, WAIT_OBJECT_0 and WAIT_ABANDONED_0 plus the index of what ended
 * a wait for any; WAIT_FAILED also for no or more than MAXIMUM_WAIT_OBJECTS handles
 * (ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: synchapi.h, WaitForMultipleObjectsEx
 */
DWORD WaitForMultipleObjects(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                             DWORD dwMilliseconds) CS_EXPORT(WaitForMultipleObjects);
DWORD WaitForMultipleObjectsEx(DWORD nCount, const HANDLE *lpHandles, BOOL bWaitAll,
                               DWORD dwMilliseconds, BOOL bAlertable)
    CS_EXPORT(WaitForMultipleObjectsEx);

/* SignalObjectAndWait - set an event, or release a mutex or semaphore, and wait.
 *
 * Windows does not promise that these are one step, and here they are two.
 *
 * Returns: as WaitForSingleObjectEx; WAIT_FAILED also as what signals fails.
 * Threads: safe.
 * Source: synchapi.h, SignalObjectAndWait
 */
DWORD SignalObjectAndWait(HANDLE hObjectToSignal, HANDLE hObjectToWaitOn, DWORD dwMilliseconds,
                          BOOL bAlertable) CS_EXPORT(SignalObjectAndWait);

/* Sleep, SleepEx - let time pass.
 *
 * 0 lets other threads run; INFINITE never ends but for procedures of QueueUserAPC, which SleepEx
 * calls when bAlertable is TRUE.
 *
 * Returns: of SleepEx: 0; WAIT_IO_COMPLETION when procedures were called.
 * Threads: concerns the calling thread only.
 * Source: synchapi.h, SleepEx
 */
void Sleep(DWORD dwMilliseconds) CS_EXPORT(Sleep);
DWORD SleepEx(DWORD dwMilliseconds, BOOL bAlertable) CS_EXPORT(SleepEx);

/* A mutex of one process, without a handle. Not to be copied or moved. */
typedef struct _RTL_CRITICAL_SECTION {
    ULONG_PTR Reserved[8];
} RTL_CRITICAL_SECTION, *PRTL_CRITICAL_SECTION, CRITICAL_SECTION, *PCRITICAL_SECTION,
    *LPCRITICAL_SECTION;

#define CRITICAL_SECTION_NO_DEBUG_INFO 0x01000000

/* InitializeCriticalSection, InitializeCriticalSectionAndSpinCount, InitializeCriticalSectionEx -
 * make a critical section.
 *
 * One thread is in it at a time, as often as it likes. It does not spin, whatever the count.
 *
 * Returns: TRUE, where something is returned.
 * Threads: by one thread, before others use it.
 * Source: synchapi.h, InitializeCriticalSection, InitializeCriticalSectionEx
 */
void InitializeCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
    CS_EXPORT(InitializeCriticalSection);
BOOL InitializeCriticalSectionAndSpinCount(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount)
    CS_EXPORT(InitializeCriticalSectionAndSpinCount);
BOOL InitializeCriticalSectionEx(LPCRITICAL_SECTION lpCriticalSection, DWORD dwSpinCount,
                                 DWORD Flags) CS_EXPORT(InitializeCriticalSectionEx);

/* EnterCriticalSection, TryEnterCriticalSection, LeaveCriticalSection - be alone in a section.
 *
 * Returns: of TryEnterCriticalSection: TRUE when the thread is in it, FALSE when another is.
 * Threads: safe.
 * Source: synchapi.h, EnterCriticalSection
 */
void EnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection) CS_EXPORT(EnterCriticalSection);
BOOL TryEnterCriticalSection(LPCRITICAL_SECTION lpCriticalSection)
    CS_EXPORT(TryEnterCriticalSection);
void LeaveCriticalSection(LPCRITICAL_SECTION lpCriticalSection) CS_EXPORT(LeaveCriticalSection);

/* DeleteCriticalSection - end a critical section nobody is in.
 *
 * Threads: when no other thread uses it.
 * Source: synchapi.h, DeleteCriticalSection
 */
void DeleteCriticalSection(LPCRITICAL_SECTION lpCriticalSection) CS_EXPORT(DeleteCriticalSection);

CS_EXTERN_C_END

/* clang-format off */
#ifdef UNICODE
#define CreateEvent     CreateEventW
#define CreateEventEx   CreateEventExW
#define OpenEvent       OpenEventW
#define CreateMutex     CreateMutexW
#define CreateSemaphore CreateSemaphoreW
#else
#define CreateEvent     CreateEventA
#define CreateEventEx   CreateEventExA
#define OpenEvent       OpenEventA
#define CreateMutex     CreateMutexA
#define CreateSemaphore CreateSemaphoreA
#endif
/* clang-format on */

#endif
