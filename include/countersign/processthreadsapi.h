/* SPDX-License-Identifier: Apache-2.0
 * processthreadsapi.h - threads, their ends, and procedures queued for them; process and thread
 * ids.
 *
 * windows.h includes it.
 */
#ifndef COUNTERSIGN_PROCESSTHREADSAPI_H
#define COUNTERSIGN_PROCESSTHREADSAPI_H

#include "cslink.h"
#include "wintypes.h"

#define CREATE_SUSPENDED 0x00000004
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x00010000
#define STILL_ACTIVE 259U

#define DUPLICATE_CLOSE_SOURCE 0x00000001
#define DUPLICATE_SAME_ACCESS 0x00000002
#define THREAD_SET_CONTEXT 0x0010
#define THREAD_ALL_ACCESS 0x001FFFFF

typedef DWORD(WINAPI *PTHREAD_START_ROUTINE)(LPVOID lpThreadParameter);
typedef PTHREAD_START_ROUTINE LPTHREAD_START_ROUTINE;
typedef void(CALLBACK *PAPCFUNC)(ULONG_PTR Parameter);

CS_EXTERN_C_BEGIN

/* CreateThread - begin a thread.
 *
 * dwStackSize is honoured where it is more than the system's own. dwCreationFlags is 0,
 * CREATE_SUSPENDED (until ResumeThread), STACK_SIZE_PARAM_IS_A_RESERVATION or both. When main
 * returns, the process ends with all its threads. lpThreadAttributes is not looked at;
 * lpThreadId may be NULL.
 *
 * Returns: a handle, signalled when the thread has ended, for CloseHandle, which does not end the
 * thread; NULL on failure (ERROR_NOT_ENOUGH_MEMORY, ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: processthreadsapi.h, CreateThread
 */
HANDLE CreateThread(LPSECURITY_ATTRIBUTES lpThreadAttributes, SIZE_T dwStackSize,
                    LPTHREAD_START_ROUTINE lpStartAddress, LPVOID lpParameter,
                    DWORD dwCreationFlags, LPDWORD lpThreadId) CS_EXPORT(CreateThread);

/* ResumeThread - let a thread begin that CREATE_SUSPENDED holds.
 *
 * Returns: 1 when it was held, 0 when it ran; (DWORD)-1 on failure (ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: processthreadsapi.h, ResumeThread
 */
DWORD ResumeThread(HANDLE hThread) CS_EXPORT(ResumeThread);

/* ExitThread - end the calling thread.
 *
 * As pthread_exit: cleanup handlers run. Mutexes it owns are abandoned.
 *
 * Threads: concerns the calling thread only.
 * Source: processthreadsapi.h, ExitThread
 */
__attribute__((noreturn)) void ExitThread(DWORD dwExitCode) CS_EXPORT(ExitThread);

/* GetExitCodeThread - what a thread's routine returned, or ExitThread was given.
 *
 * *lpExitCode is STILL_ACTIVE while it runs, and 0 of a thread the program began by other means.
 *
 * Returns: TRUE; FALSE on failure (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER).
 * Threads: safe.
 * Source: processthreadsapi.h, GetExitCodeThread
 */
BOOL GetExitCodeThread(HANDLE hThread, LPDWORD lpExitCode) CS_EXPORT(GetExitCodeThread);

/* GetCurrentThread - the calling thread's pseudo handle, (HANDLE)-2.
 *
 * It means the calling thread wherever it is used; DuplicateHandle makes one for others.
 *
 * Returns: the handle, which needs no CloseHandle.
 * Threads: safe.
 * Source: processthreadsapi.h, GetCurrentThread
 */
HANDLE GetCurrentThread(void) CS_EXPORT(GetCurrentThread);

/* GetCurrentThreadId, GetThreadId - the id of the calling thread, or of a handle's.
 *
 * Returns: the kernel's id; 0 on failure (ERROR_INVALID_HANDLE).
 * Threads: safe.
 * Source: processthreadsapi.h, GetCurrentThreadId, GetThreadId
 */
DWORD GetCurrentThreadId(void) CS_EXPORT(GetCurrentThreadId);
DWORD GetThreadId(HANDLE Thread) CS_EXPORT(GetThreadId);

/* GetCurrentProcess - the pseudo handle of this process, (HANDLE)-1.
 *
 * Only DuplicateHandle takes it.
 *
 * Returns: the handle, which needs no CloseHandle.
 * Threads: safe.
 * Source: processthreadsapi.h, GetCurrentProcess
 */
HANDLE GetCurrentProcess(void) CS_EXPORT(GetCurrentProcess);

/* GetCurrentProcessId - the id of this process.
 *
 * Returns: the kernel's id.
 * Threads: safe.
 * Source: processthreadsapi.h, GetCurrentProcessId
 */
DWORD GetCurrentProcessId(void) CS_EXPORT(GetCurrentProcessId);

/* QueueUserAPC - have a thread call a procedure in its next alertable wait.
 *
 * They are called in the order they were queued, by the thread itself, in WaitForSingleObjectEx,
 * WaitForMultipleObjectsEx or SleepEx that is alertable, or before a new thread's routine begins.
 *
 * Returns: not 0; 0 on failure (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER, ERROR_GEN_FAILURE
 * for a thread that has ended, ERROR_NOT_ENOUGH_MEMORY).
 * Threads: safe.
 * Source: processthreadsapi.h, QueueUserAPC
 */
DWORD QueueUserAPC(PAPCFUNC pfnAPC, HANDLE hThread, ULONG_PTR dwData) CS_EXPORT(QueueUserAPC);

/* OpenThreadToken - a token of the client whom the calling thread impersonates.
 *
 * ThreadHandle is the calling thread's: another's token is not told. The token is one like
 * QuerySecurityContextToken's, for CloseHandle; DesiredAccess and OpenAsSelf are not looked at.
 *
 * Returns: TRUE; FALSE on failure: ERROR_NO_TOKEN where it impersonates nobody;
 * ERROR_NOT_SUPPORTED for another thread; ERROR_INVALID_HANDLE; ERROR_INVALID_PARAMETER;
 * ERROR_NOT_ENOUGH_MEMORY.
 * Threads: concerns the calling thread only.
 * Source: processthreadsapi.h, OpenThreadToken
 */
BOOL OpenThreadToken(HANDLE ThreadHandle, DWORD DesiredAccess, BOOL OpenAsSelf, PHANDLE TokenHandle)
    CS_EXPORT(OpenThreadToken);

/* DuplicateHandle - a further handle of an event, mutex, semaphore or thread.
 *
 * Both processes must be GetCurrentProcess(). The pseudo handle of GetCurrentThread becomes one
 * other threads can use. DUPLICATE_CLOSE_SOURCE closes hSourceHandle; accesses are not looked at.
 *
 * Returns: TRUE; FALSE on failure (ERROR_INVALID_HANDLE, ERROR_INVALID_PARAMETER,
 * ERROR_NOT_SUPPORTED for another process, ERROR_NOT_ENOUGH_MEMORY).
 * Threads: safe.
 * Source: handleapi.h, DuplicateHandle
 */
BOOL DuplicateHandle(HANDLE hSourceProcessHandle, HANDLE hSourceHandle, HANDLE hTargetProcessHandle,
                     LPHANDLE lpTargetHandle, DWORD dwDesiredAccess, BOOL bInheritHandle,
                     DWORD dwOptions) CS_EXPORT(DuplicateHandle);

CS_EXTERN_C_END

#endif
