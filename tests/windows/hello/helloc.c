/* SPDX-License-Identifier: Apache-2.0
 * helloc.c - its client: a binding parsed and composed, calls, and an exception caught.
 */
#include "hello.h"
#include <Windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>

#pragma comment(lib, "Rpcrt4.lib")

#ifdef UNICODE
typedef RPC_WSTR STRING_T;
#else
typedef RPC_CSTR STRING_T;
#endif

static void Call(void)
{
    long rgl[] = { 1L, -2L, 0x7FFFFFFFL, 4L };
    unsigned long cCalls = 0;
    REPORT report = { 0 };
    long lSize;

    HelloProc((unsigned char *)"hello, world");
    printf("sum %ld", SumProc(4L, rgl, &cCalls));
    printf(" in call %lu\n", cCalls);
    lSize = ReportProc(L"M\u00fcller", &report);
    wprintf(L"%s: %ld %lu %I64d, units of %ld bytes\n", report.pszName, report.lTotal,
            report.cCalls, report.hBig, lSize);
    midl_user_free(report.pszName);
    Shutdown();
}

int _tmain(int argc, TCHAR *argv[])
{
    RPC_STATUS status;
    STRING_T pszUuid = NULL;
    STRING_T pszProtocolSequence = NULL;
    STRING_T pszNetworkAddress = NULL;
    STRING_T pszEndpoint = NULL;
    STRING_T pszOptions = NULL;
    STRING_T pszStringBinding = NULL;
    unsigned long ulCode = 0;

    if (argc != 2)
        return 2;
    status = RpcStringBindingParse((STRING_T)argv[1], NULL, &pszProtocolSequence,
                                   &pszNetworkAddress, &pszEndpoint, NULL);
    if (status)
        exit(status);
    status = RpcStringBindingCompose(pszUuid, pszProtocolSequence, pszNetworkAddress, pszEndpoint,
                                     pszOptions, &pszStringBinding);
    if (status)
        exit(status);
    status = RpcBindingFromStringBinding(pszStringBinding, &hello_IfHandle);
    if (status)
        exit(status);
    RpcTryExcept
    {
        Call();
    }
    RpcExcept (1) {
        ulCode = RpcExceptionCode();
        printf("Runtime reported exception 0x%lx = %ld\n", ulCode, ulCode);
    }
    RpcEndExcept
    RpcStringFree(&pszStringBinding);
    RpcStringFree(&pszProtocolSequence);
    RpcStringFree(&pszNetworkAddress);
    RpcStringFree(&pszEndpoint);
    RpcBindingFree(&hello_IfHandle);
    return ulCode != 0;
}

void *__RPC_USER midl_user_allocate(size_t len)
{
    return malloc(len);
}

void __RPC_USER midl_user_free(void *ptr)
{
    free(ptr);
}
