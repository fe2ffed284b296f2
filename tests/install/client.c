/* SPDX-License-Identifier: Apache-2.0
 * client.c - a stranger's program: C17 or C++17, against the installed headers and libraries only.
 */
#define SECURITY_WIN32
#include <sspi.h>
#include <stdio.h>
#include <string.h>

#ifdef WITH_DIRECTORY
#include <countersign/ntdsapi.h>

static int names_a_service(void)
{
    char spn[256];
    DWORD len = sizeof spn;
    DWORD status = DsMakeSpnA("http", "www.example.com", NULL, 0, NULL, &len, spn);

    printf("%s\n", spn);
    return status == ERROR_SUCCESS && strcmp(spn, "http/www.example.com") == 0;
}
#endif

#ifdef WITH_RPC
#include <rpc.h>

static int makes_a_uuid(void)
{
    RPC_STATUS status = RPC_S_INTERNAL_ERROR;
    UUID uuid;

    return UuidCreateNil(&uuid) == RPC_S_OK && UuidIsNil(&uuid, &status) && status == RPC_S_OK;
}

static int catches_an_exception(void)
{
    volatile ULONG code = 0;

    RpcTryExcept
    {
        RpcRaiseException(RPC_S_CALL_FAILED);
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        code = RpcExceptionCode();
    }
    RpcEndExcept
    return code == RPC_S_CALL_FAILED;
}
#endif

static int lists_packages(void)
{
    PSecurityFunctionTableA table = InitSecurityInterfaceA();
    PSecPkgInfoA packages = NULL;
    ULONG count = 0, i;
    int found = 0;

    if (!table || table->EnumerateSecurityPackagesA(&count, &packages) != SEC_E_OK)
        return 0;
    for (i = 0; i < count; i++) {
        printf("%s, tokens up to %u\n", packages[i].Name, (unsigned)packages[i].cbMaxToken);
        found += !strcmp(packages[i].Name, "Kerberos") || !strcmp(packages[i].Name, "Negotiate");
    }
    FreeContextBuffer(packages);
    return found == 2;
}

int main(void)
{
    if (!lists_packages())
        return 1;
#ifdef WITH_DIRECTORY
    if (!names_a_service())
        return 2;
#endif
#ifdef WITH_RPC
    if (!makes_a_uuid() || !catches_an_exception())
        return 3;
#endif
    return 0;
}
