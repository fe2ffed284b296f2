/* SPDX-License-Identifier: Apache-2.0
 * hellos.c - a server in the documentation's style, with its own pieces of Windows: string
 * bindings of TCHARs, an event, and parameters that are long.
 */
#include "hello.h"
#include <Windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <wchar.h>

#pragma comment(lib, "Rpcrt4.lib")

#ifdef UNICODE
typedef RPC_WSTR STRING_T;
#else
typedef RPC_CSTR STRING_T;
#endif

static unsigned long cCalls = 0UL;
static HANDLE hShutdown;

void HelloProc(unsigned char *pszString)
{
    InterlockedIncrement((volatile long *)&cCalls);
    printf("%s\n", pszString);
    fflush(stdout);
}

long SumProc(long cValues, long *plValues, unsigned long *pulCalls)
{
    long lTotal = 0L;
    long i;

    for (i = 0L; i < cValues; i++)
        lTotal += plValues[i];
    *pulCalls = (unsigned long)InterlockedIncrement((volatile long *)&cCalls);
    return lTotal;
}

long ReportProc(const wchar_t *pszName, REPORT *pReport)
{
    wchar_t szText[80];

    swprintf(szText, 80, L"%s's report, call %lu", pszName, cCalls + 1UL);
    pReport->pszName = midl_user_allocate((wcslen(szText) + 1) * sizeof(wchar_t));
    if (pReport->pszName == NULL)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    wcscpy(pReport->pszName, szText);
    pReport->lTotal = LONG_MIN;
    pReport->cCalls = ULONG_MAX;
    pReport->hBig = (__int64)LONG_MAX + 1;
    return (long)sizeof(*pszName);
}

void Shutdown(void)
{
    SetEvent(hShutdown);
}

/* Anybody may say hello. */
static RPC_STATUS CALLBACK SecurityCallback(RPC_IF_HANDLE hInterface, void *pBindingHandle)
{
    UNREFERENCED_PARAMETER(hInterface);
    UNREFERENCED_PARAMETER(pBindingHandle);
    return RPC_S_OK;
}

static DWORD WINAPI WaitForShutdown(LPVOID lpParam)
{
    RPC_STATUS status;

    WaitForSingleObject((HANDLE)lpParam, INFINITE);
    status = RpcMgmtStopServerListening(NULL);
    return (DWORD)status;
}

static void Fail(LPCTSTR pszWhat, long lStatus)
{
    TCHAR szText[256] = _T("");

    FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, (DWORD)lStatus,
                  0, szText, 256, NULL);
    _ftprintf(stderr, _T("%s: %ld: %s"), pszWhat, lStatus, szText);
    exit(1);
}

int _tmain(int argc, TCHAR *argv[])
{
    RPC_STATUS status;
    STRING_T pszProtocolSequence = (STRING_T)(argc > 1 ? argv[1] : _T("ncacn_ip_tcp"));
    STRING_T pszStringBinding = NULL;
    RPC_BINDING_VECTOR *pBindings = NULL;
    HANDLE hThread;
    DWORD dwThreadId;

    hShutdown = CreateEvent(NULL, TRUE, FALSE, NULL);
    hThread = CreateThread(NULL, 0, WaitForShutdown, hShutdown, 0, &dwThreadId);
    if (hShutdown == NULL || hThread == NULL)
        Fail(_T("CreateThread"), (long)GetLastError());
    status = RpcServerUseProtseq(pszProtocolSequence, RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);
    if (status)
        Fail(_T("RpcServerUseProtseq"), status);
    status =
        RpcServerRegisterIf2(hello_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, (unsigned)-1, SecurityCallback);
    if (status)
        Fail(_T("RpcServerRegisterIf2"), status);
    status = RpcServerInqBindings(&pBindings);
    if (status)
        Fail(_T("RpcServerInqBindings"), status);
    status = RpcBindingToStringBinding(pBindings->BindingH[0], &pszStringBinding);
    if (status)
        Fail(_T("RpcBindingToStringBinding"), status);
    _tprintf(_T("binding %s\n"), (TCHAR *)pszStringBinding);
    fflush(stdout);
    RpcStringFree(&pszStringBinding);
    RpcBindingVectorFree(&pBindings);
    status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, FALSE);
    if (status)
        Fail(_T("RpcServerListen"), status);
    WaitForSingleObject(hThread, INFINITE);
    CloseHandle(hThread);
    CloseHandle(hShutdown);
    return 0;
}

void *__RPC_USER midl_user_allocate(size_t len)
{
    return malloc(len);
}

void __RPC_USER midl_user_free(void *ptr)
{
    free(ptr);
}
