/* SPDX-License-Identifier: Apache-2.0
 * rpc_ground.c - written as the documentation's RPC programs are: string bindings composed and
 * parsed, UUIDs made, exceptions caught, statuses put into words.
 *
 * Compiled narrow, wide with char16_t and wide with -fshort-wchar; all three print the same.
 */
#ifdef UNICODE
#define _UNICODE
#endif

#include <rpc.h>
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>

static int nClosed;

static void PrintStatus(LPCTSTR pszWhat, RPC_STATUS status)
{
    TCHAR szText[DCE_C_ERROR_STRING_LEN];

    DceErrorInqText(status, (RPC_TSTR)szText);
    _tprintf(TEXT("%s: %d: %s"), pszWhat, (int)status, szText);
}

static void ComposeAndParse(void)
{
    RPC_STATUS status;
    RPC_TSTR pszUuid = NULL;
    RPC_TSTR pszProtocolSequence = (RPC_TSTR)TEXT("ncacn_np");
    RPC_TSTR pszNetworkAddress = NULL;
    RPC_TSTR pszEndpoint = (RPC_TSTR)TEXT("\\pipe\\hello");
    RPC_TSTR pszOptions = NULL;
    RPC_TSTR pszStringBinding = NULL;
    RPC_TSTR pszBack = NULL;

    status = RpcStringBindingCompose(pszUuid, pszProtocolSequence, pszNetworkAddress, pszEndpoint,
                                     pszOptions, &pszStringBinding);
    if (status)
        exit(status);
    _tprintf(TEXT("%s\n"), (LPTSTR)pszStringBinding);
    status = RpcStringBindingParse(pszStringBinding, NULL, NULL, NULL, &pszBack, NULL);
    if (status)
        exit(status);
    _tprintf(TEXT("%s\n"), (LPTSTR)pszBack);
    RpcStringFree(&pszBack);
    RpcStringFree(&pszStringBinding);
    PrintStatus(TEXT("ncacn_np"), RpcNetworkIsProtseqValid(pszProtocolSequence));
}

static void MakeUuids(void)
{
    UUID uuid;
    RPC_STATUS status;
    RPC_TSTR pszUuid = NULL;
    UUID back;

    if (UuidCreate(&uuid) != RPC_S_OK || UuidToString(&uuid, &pszUuid) != RPC_S_OK)
        exit(1);
    if (UuidFromString(pszUuid, &back) != RPC_S_OK || !UuidEqual(&uuid, &back, &status))
        exit(2);
    RpcStringFree(&pszUuid);
    PrintStatus(TEXT("uuid"), UuidFromString((RPC_TSTR)TEXT("6b29fc40"), &back));
}

/* Stands for a stub whose server is away. */
static void HelloProc(void)
{
    RpcTryFinally
    {
        RpcRaiseException(RPC_S_SERVER_UNAVAILABLE);
    }
    RpcFinally
    {
        nClosed++;
    }
    RpcEndFinally
}

static void CallServer(void)
{
    unsigned long ulCode;

    RpcTryExcept
    {
        HelloProc();
    }
    RpcExcept (1) {
        ulCode = RpcExceptionCode();
        _tprintf(TEXT("Runtime reported exception 0x%lx = %ld\n"), ulCode, ulCode);
    }
    RpcEndExcept

    RpcTryExcept
    {
        HelloProc();
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        PrintStatus(TEXT("HelloProc"), (RPC_STATUS)RpcExceptionCode());
    }
    RpcEndExcept
    _tprintf(TEXT("closed %d times\n"), nClosed);
}

int _tmain(int argc, TCHAR *argv[])
{
    UNREFERENCED_PARAMETER(argv);
    if (argc != 1)
        return 2;
    ComposeAndParse();
    MakeUuids();
    CallServer();
    return 0;
}
