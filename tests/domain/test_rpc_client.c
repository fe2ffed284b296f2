/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_client.c - the RPC client against a real domain controller: its endpoint mapper, and
 * the management interface at each authentication level.
 */
#include <countersign/countersign.h>
#include <countersign/rpc.h>
#include <countersign/rpcndr.h>

#include "lib/unit.h"

#define OK(call) expect_ok((call), #call)

static void expect_ok(RPC_STATUS status, const char *call)
{
    char text[1024];

    if (status == RPC_S_OK)
        return;
    (void)CsGetErrorText(text, sizeof text);
    fail_msg("%s: status %d\n%s", call, status, text);
}

/* [MS-LSAD] 3.1.4 and [MS-SAMR] 3.1.5: what every domain controller registers. */
static CS_CLIENT_INTERFACE lsarpc = { {
    .Length = sizeof lsarpc,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0x12345778, 0x1234, 0xabcd, { 0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab } },
            0,
            0 },
    .Name = "lsarpc",
} };

static RPC_BINDING_HANDLE bind_to(const char *endpoint)
{
    RPC_BINDING_HANDLE binding = NULL;
    RPC_CSTR text = NULL;

    OK(RpcStringBindingComposeA(NULL, (RPC_CSTR)(uintptr_t) "ncacn_ip_tcp",
                                (RPC_CSTR)(uintptr_t)unit_env("DC_ADDRESS"),
                                (RPC_CSTR)(uintptr_t)endpoint, NULL, &text));
    OK(RpcBindingFromStringBindingA(text, &binding));
    RpcStringFreeA(&text);
    return binding;
}

static void authenticate(RPC_BINDING_HANDLE binding, ULONG service, ULONG level)
{
    char principal[256];
    SEC_WINNT_AUTH_IDENTITY_A person = {
        .User = (UCHAR *)(uintptr_t)unit_env("PERSON"),
        .Domain = (UCHAR *)(uintptr_t)unit_env("REALM"),
        .Password = (UCHAR *)(uintptr_t)unit_env("PERSON_PASSWORD"),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };

    person.UserLength = (ULONG)strlen((char *)person.User);
    person.DomainLength = (ULONG)strlen((char *)person.Domain);
    person.PasswordLength = (ULONG)strlen((char *)person.Password);
    snprintf(principal, sizeof principal, "host/%s", unit_env("DC_NAME"));
    OK(RpcBindingSetAuthInfoA(binding, (RPC_CSTR)principal, level, service, &person,
                              RPC_C_AUTHZ_NONE));
}

static void resolves_an_endpoint_by_the_mapper(void **state)
{
    RPC_BINDING_HANDLE binding = bind_to(NULL);
    RPC_CSTR text = NULL;

    (void)state;
    OK(RpcEpResolveBinding(binding, &lsarpc));
    OK(RpcBindingToStringBindingA(binding, &text));
    assert_non_null(strchr((char *)text, '['));
    RpcStringFreeA(&text);
    OK(RpcBindingReset(binding));
    OK(RpcBindingToStringBindingA(binding, &text));
    assert_null(strchr((char *)text, '['));
    RpcStringFreeA(&text);
    OK(RpcBindingFree(&binding));
    assert_null(binding);
}

static void tells_when_nobody_has_registered(void **state)
{
    RPC_BINDING_HANDLE binding = bind_to(NULL);
    CS_CLIENT_INTERFACE nobody = lsarpc;

    (void)state;
    nobody.Head.Id.Uuid.Data1 = 0x4711;
    assert_int_equal(RpcEpResolveBinding(binding, &nobody), EPT_S_NOT_REGISTERED);
    OK(RpcBindingFree(&binding));
}

static void lists_interfaces_without_authentication(void **state)
{
    RPC_BINDING_HANDLE binding = bind_to("135");
    RPC_IF_ID_VECTOR *ids = NULL;

    (void)state;
    OK(RpcMgmtIsServerListening(binding));
    OK(RpcMgmtInqIfIds(binding, &ids));
    assert_true(ids->Count >= 1);
    OK(RpcIfIdVectorFree(&ids));
    OK(RpcBindingFree(&binding));
}

static void calls_at_every_level(void **state)
{
    static const ULONG services[] = { RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_GSS_NEGOTIATE };
    size_t i;
    ULONG level;

    (void)state;
    for (i = 0; i < 2; i++) {
        for (level = RPC_C_AUTHN_LEVEL_CONNECT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++) {
            RPC_BINDING_HANDLE binding = bind_to(NULL);
            int again;

            OK(RpcEpResolveBinding(binding, &lsarpc));
            authenticate(binding, services[i], level);
            for (again = 0; again < 3; again++)
                OK(RpcMgmtIsServerListening(binding));
            OK(RpcBindingFree(&binding));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resolves_an_endpoint_by_the_mapper),
        cmocka_unit_test(tells_when_nobody_has_registered),
        cmocka_unit_test(lists_interfaces_without_authentication),
        cmocka_unit_test(calls_at_every_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
