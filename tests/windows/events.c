/* SPDX-License-Identifier: Apache-2.0
 * events.c - Windows source as it is: one thread writes, the others wait for the event, each counts
 * in a long.
 */
#include <stdio.h>
#include <tchar.h>
#include <windows.h>

#define THREADCOUNT 4UL

static HANDLE ghWriteEvent;
static HANDLE ghThreads[THREADCOUNT];
static CRITICAL_SECTION csTotal;
static long lTotal = 0L;
static volatile long lReaders = 0L;
static TCHAR szShared[32];
__declspec(thread) static long lOwn = 0L;

static DWORD WINAPI ThreadProc(LPVOID lpParam)
{
    unsigned long ulNumber = *(unsigned long *)lpParam;
    DWORD dwWaitResult = WaitForSingleObject(ghWriteEvent, INFINITE);

    if (dwWaitResult != WAIT_OBJECT_0) {
        _tprintf(TEXT("Wait error (%lu)\n"), GetLastError());
        return 0;
    }
    lOwn += (long)ulNumber;
    EnterCriticalSection(&csTotal);
    if (_tcscmp(szShared, _T("written")) == 0)
        lTotal += lOwn * 100L;
    LeaveCriticalSection(&csTotal);
    InterlockedIncrement(&lReaders);
    return ulNumber + 1UL;
}

static BOOL CreateEventsAndThreads(unsigned long *pulNumbers)
{
    unsigned long i;
    DWORD dwThreadID;

    ghWriteEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    if (ghWriteEvent == NULL) {
        _tprintf(TEXT("CreateEvent failed (%lu)\n"), GetLastError());
        return FALSE;
    }
    for (i = 0; i < THREADCOUNT; i++) {
        pulNumbers[i] = i + 1;
        ghThreads[i] = CreateThread(NULL, 0, ThreadProc, &pulNumbers[i], 0, &dwThreadID);
        if (ghThreads[i] == NULL) {
            _tprintf(TEXT("CreateThread failed (%lu)\n"), GetLastError());
            return FALSE;
        }
    }
    return TRUE;
}

int _tmain(void)
{
    unsigned long rgulNumbers[THREADCOUNT];
    DWORD dwWaitResult, dwCode;
    unsigned long i;

    InitializeCriticalSection(&csTotal);
    if (!CreateEventsAndThreads(rgulNumbers))
        return 1;
    dwWaitResult = WaitForMultipleObjects(THREADCOUNT, ghThreads, TRUE, 10);
    _tprintf(TEXT("before: 0x%lx, %ld readers\n"), dwWaitResult, lReaders);
    _tcscpy(szShared, _T("written"));
    if (!SetEvent(ghWriteEvent)) {
        _tprintf(TEXT("SetEvent failed (%lu)\n"), GetLastError());
        return 1;
    }
    dwWaitResult = WaitForMultipleObjects(THREADCOUNT, ghThreads, TRUE, INFINITE);
    _tprintf(TEXT("after: 0x%lx, %ld readers, total %ld, own %ld\n"), dwWaitResult, lReaders,
             lTotal, lOwn);
    for (i = 0; i < THREADCOUNT; i++) {
        GetExitCodeThread(ghThreads[i], &dwCode);
        _tprintf(TEXT("thread %lu ended with %lu\n"), i, dwCode);
        CloseHandle(ghThreads[i]);
    }
    CloseHandle(ghWriteEvent);
    DeleteCriticalSection(&csTotal);
    return 0;
}
