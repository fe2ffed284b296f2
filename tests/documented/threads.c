/* SPDX-License-Identifier: Apache-2.0
 * threads.c - events, threads and procedure calls, written as Windows programs are: one thread
 * writes, the others read when the writer has set an event.
 *
 * Compiled narrow, wide with char16_t and wide with -fshort-wchar; all three print the same.
 */
#ifdef UNICODE
#define _UNICODE
#endif

#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <windows.h>

#define THREADCOUNT 4

static HANDLE ghWriteEvent;
static HANDLE ghThreads[THREADCOUNT];
static CRITICAL_SECTION gSection;
static TCHAR gszBuffer[64];
static LONG gcReaders;
static DWORD gdwSum;

static void Fail(LPCTSTR pszWhat)
{
    _tprintf(TEXT("%s failed: %u\n"), pszWhat, GetLastError());
    exit(1);
}

static DWORD WINAPI ThreadProc(LPVOID lpParam)
{
    DWORD dwNumber = *(DWORD *)lpParam;

    switch (WaitForSingleObject(ghWriteEvent, INFINITE)) {
    case WAIT_OBJECT_0:
        EnterCriticalSection(&gSection);
        if (_tcscmp(gszBuffer, TEXT("written by the master")) == 0)
            gdwSum += dwNumber;
        LeaveCriticalSection(&gSection);
        InterlockedIncrement(&gcReaders);
        break;
    default:
        ExitThread(1);
    }
    return dwNumber;
}

static VOID CALLBACK ApcProc(ULONG_PTR dwParam)
{
    _tprintf(TEXT("procedure %u\n"), (DWORD)dwParam);
}

static void StartReaders(DWORD adwNumbers[])
{
    DWORD dwThreadID;
    DWORD i;

    for (i = 0; i < THREADCOUNT; i++) {
        adwNumbers[i] = i + 1;
        ghThreads[i] = CreateThread(NULL, 0, ThreadProc, &adwNumbers[i], 0, &dwThreadID);
        if (ghThreads[i] == NULL)
            Fail(TEXT("CreateThread"));
    }
}

static void Procedures(void)
{
    DWORD dwWaitResult;

    if (!QueueUserAPC(ApcProc, GetCurrentThread(), 1) ||
        !QueueUserAPC(ApcProc, GetCurrentThread(), 2))
        Fail(TEXT("QueueUserAPC"));
    if (!ResetEvent(ghWriteEvent))
        Fail(TEXT("ResetEvent"));
    dwWaitResult = WaitForSingleObjectEx(ghWriteEvent, INFINITE, TRUE);
    _tprintf(TEXT("waited: 0x%x\n"), dwWaitResult);
    dwWaitResult = SleepEx(1, TRUE);
    _tprintf(TEXT("slept: 0x%x\n"), dwWaitResult);
}

int _tmain(void)
{
    DWORD adwNumbers[THREADCOUNT];
    LARGE_INTEGER liStart, liEnd;
    HANDLE hSame = NULL;
    DWORD dwExitCode = 0;
    DWORD i;

    InitializeCriticalSection(&gSection);
    QueryPerformanceCounter(&liStart);
    ghWriteEvent = CreateEvent(NULL, TRUE, FALSE, TEXT("WriteEvent"));
    if (ghWriteEvent == NULL)
        Fail(TEXT("CreateEvent"));
    hSame = OpenEvent(EVENT_ALL_ACCESS, FALSE, TEXT("WriteEvent"));
    if (hSame == NULL)
        Fail(TEXT("OpenEvent"));
    StartReaders(adwNumbers);
    _tcscpy_s(gszBuffer, 64, TEXT("written by the master"));
    if (WaitForMultipleObjects(THREADCOUNT, ghThreads, TRUE, 0) != WAIT_TIMEOUT)
        Fail(TEXT("WaitForMultipleObjects"));
    if (!SetEvent(hSame))
        Fail(TEXT("SetEvent"));
    _tprintf(TEXT("all: %u\n"), WaitForMultipleObjects(THREADCOUNT, ghThreads, TRUE, INFINITE));
    for (i = 0; i < THREADCOUNT; i++) {
        if (!GetExitCodeThread(ghThreads[i], &dwExitCode))
            Fail(TEXT("GetExitCodeThread"));
        _tprintf(TEXT("thread %u: %u\n"), i, dwExitCode);
        CloseHandle(ghThreads[i]);
    }
    _tprintf(TEXT("readers: %d, sum: %u\n"), gcReaders, gdwSum);
    Procedures();
    QueryPerformanceCounter(&liEnd);
    _tprintf(TEXT("time passed: %s\n"),
             liEnd.QuadPart > liStart.QuadPart ? TEXT("yes") : TEXT("no"));
    CloseHandle(hSame);
    CloseHandle(ghWriteEvent);
    if (!SetEvent(ghWriteEvent))
        _tprintf(TEXT("closed: %u\n"), GetLastError());
    DeleteCriticalSection(&gSection);
    return 0;
}
