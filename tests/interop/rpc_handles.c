/* SPDX-License-Identifier: Apache-2.0
 * rpc_handles.c - what rpc_server answers at idl/policy.idl, idl/accounts.idl, idl/directory.idl
 * and idl/dssetup.idl.
 */
#include "rpc_handles.h"

#include <string.h>

#include "accounts.h"
#include "directory.h"
#include "dssetup.h"
#include "policy.h"

enum { STATUS_SUCCESS = 0, WERR_OK = 0, WERR_INVALID_PARAMETER = 87 };

static void *new_handle(void)
{
    void *handle = midl_user_allocate(1);

    if (!handle)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    return handle;
}

/* ---- policy ---- */

LONG PolicyOpen(handle_t h, WCHAR *system, POLICY_ATTRIBUTES *attributes, ULONG access,
                POLICY_HANDLE *policy)
{
    (void)h;
    (void)system;
    (void)attributes;
    (void)access;
    *policy = new_handle();
    return STATUS_SUCCESS;
}

LONG PolicyOpen2(handle_t h, WCHAR *system, POLICY_ATTRIBUTES *attributes, ULONG access,
                 POLICY_HANDLE *policy)
{
    return PolicyOpen(h, system, attributes, access, policy);
}

LONG PolicyClose(POLICY_HANDLE *policy)
{
    midl_user_free(*policy);
    *policy = NULL;
    return STATUS_SUCCESS;
}

/* It has none. */
LONG PolicyQuerySecurity(POLICY_HANDLE policy, ULONG wanted, POLICY_DESCRIPTOR **descriptor)
{
    (void)policy;
    (void)wanted;
    *descriptor = NULL;
    return STATUS_SUCCESS;
}

/* Nobody's: they are said back. */
LONG PolicyUserName(handle_t h, WCHAR *system, POLICY_TEXT **user, POLICY_TEXT **domain)
{
    (void)h;
    (void)system;
    (void)user;
    (void)domain;
    return STATUS_SUCCESS;
}

void POLICY_HANDLE_rundown(POLICY_HANDLE policy)
{
    midl_user_free(policy);
}

#define NOT_USED(opnum)                                                                            \
    void PolicyOpnum##opnum##NotUsed(handle_t h)                                                   \
    {                                                                                              \
        (void)h;                                                                                   \
        RpcRaiseException(RPC_S_PROCNUM_OUT_OF_RANGE);                                             \
    }

/* clang-format off */
NOT_USED(1) NOT_USED(2) NOT_USED(4) NOT_USED(5)
NOT_USED(7) NOT_USED(8) NOT_USED(9) NOT_USED(10) NOT_USED(11) NOT_USED(12) NOT_USED(13) NOT_USED(14)
NOT_USED(15) NOT_USED(16) NOT_USED(17) NOT_USED(18) NOT_USED(19) NOT_USED(20) NOT_USED(21) NOT_USED(22)
NOT_USED(23) NOT_USED(24) NOT_USED(25) NOT_USED(26) NOT_USED(27) NOT_USED(28) NOT_USED(29) NOT_USED(30)
NOT_USED(31) NOT_USED(32) NOT_USED(33) NOT_USED(34) NOT_USED(35) NOT_USED(36) NOT_USED(37) NOT_USED(38)
NOT_USED(39) NOT_USED(40) NOT_USED(41) NOT_USED(42) NOT_USED(43)
    /* clang-format on */

    /* ---- accounts ---- */

    LONG AccountsConnect(handle_t h, WCHAR *server, ACCOUNTS_HANDLE *accounts, ULONG access)
{
    (void)h;
    (void)server;
    (void)access;
    *accounts = new_handle();
    return STATUS_SUCCESS;
}

LONG AccountsClose(ACCOUNTS_HANDLE *accounts)
{
    midl_user_free(*accounts);
    *accounts = NULL;
    return STATUS_SUCCESS;
}

void ACCOUNTS_HANDLE_rundown(ACCOUNTS_HANDLE accounts)
{
    midl_user_free(accounts);
}

/* ---- directory ---- */

ULONG DirectoryBind(handle_t h, DIRECTORY_GUID *client, DIRECTORY_EXTENSIONS *wanted,
                    DIRECTORY_EXTENSIONS **given, DIRECTORY_HANDLE *directory)
{
    (void)h;
    (void)client;
    (void)wanted;
    *given = NULL;
    *directory = new_handle();
    return WERR_OK;
}

ULONG DirectoryUnbind(DIRECTORY_HANDLE *directory)
{
    midl_user_free(*directory);
    *directory = NULL;
    return WERR_OK;
}

void DIRECTORY_HANDLE_rundown(DIRECTORY_HANDLE directory)
{
    midl_user_free(directory);
}

/* ---- dssetup ---- */

/* A server that is alone. */
ULONG DsRolerGetPrimaryDomainInformation(handle_t hBinding,
                                         DSROLE_PRIMARY_DOMAIN_INFO_LEVEL InfoLevel,
                                         PDSROLER_PRIMARY_DOMAIN_INFORMATION *DomainInfo)
{
    DSROLER_PRIMARY_DOMAIN_INFORMATION *info;

    (void)hBinding;
    *DomainInfo = NULL;
    if (InfoLevel < DsRolePrimaryDomainInfoBasic || InfoLevel > DsRoleOperationState)
        return WERR_INVALID_PARAMETER;
    info = midl_user_allocate(sizeof *info);
    if (!info)
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
    memset(info, 0, sizeof *info);
    if (InfoLevel == DsRolePrimaryDomainInfoBasic)
        info->DomainInfoBasic.MachineRole = DsRole_RoleStandaloneServer;
    *DomainInfo = info;
    return WERR_OK;
}

/* ---- all ---- */

RPC_STATUS rpc_handles_register(void)
{
    const RPC_IF_HANDLE all[] = { policy_v0_0_s_ifspec, accounts_v1_0_s_ifspec,
                                  directory_v4_0_s_ifspec, dssetup_v0_0_s_ifspec };
    RPC_STATUS status = RPC_S_OK;

    for (size_t i = 0; i < sizeof all / sizeof *all && status == RPC_S_OK; i++)
        status = RpcServerRegisterIfEx(all[i], NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                       RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL);
    return status;
}
