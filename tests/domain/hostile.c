/* SPDX-License-Identifier: Apache-2.0
 * hostile.c - a server of hostile_interface.idl and its honest clients.
 */
#include "domain/hostile.h"

#include <time.h>

#include "rpc/server_link.h"

enum { PATIENCE = 60000 }; /* milliseconds, about */

static unsigned port;
static RPC_BINDING_HANDLE bystander;

static void must(const char *what, RPC_STATUS status)
{
    char text[1024] = "";

    if (status == RPC_S_OK)
        return;
    (void)CsGetErrorText(text, sizeof text);
    fail_msg("%s: status %d\n%s", what, (int)status, text);
}

static RPC_CSTR text_of(const char *s)
{
    return (RPC_CSTR)(uintptr_t)s;
}

void hostile_sleep(unsigned milliseconds)
{
    struct timespec t = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

    nanosleep(&t, NULL);
}

/* ---- the server ---- */

static unsigned port_of_server(void)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;
    unsigned n;

    must("RpcServerInqBindings", RpcServerInqBindings(&bindings));
    must("RpcBindingToStringBinding", RpcBindingToStringBindingA(bindings->BindingH[0], &text));
    must("RpcStringBindingParse", RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
    n = (unsigned)atoi((char *)endpoint);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&text);
    RpcBindingVectorFree(&bindings);
    return n;
}

int hostile_set_up(void **state)
{
    static const ULONG services[] = { RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_GSS_NEGOTIATE };
    char keytab[512];
    size_t i;

    (void)state;
    snprintf(keytab, sizeof keytab, "FILE:%s", unit_env("SERVICE_KEYTAB"));
    setenv("KRB5_KTNAME", keytab, 1);
    must("RpcServerUseProtseq", RpcServerUseProtseqA(text_of("ncacn_ip_tcp"), 64, NULL));
    for (i = 0; i < 2; i++)
        must("RpcServerRegisterAuthInfo",
             RpcServerRegisterAuthInfoA(text_of(unit_env("SERVICE_SPN")), services[i], NULL, NULL));
    must("RpcServerRegisterIf2",
         RpcServerRegisterIf2(hostile_v1_0_s_ifspec, NULL, NULL,
                              RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 1000, (UINT)-1, NULL));
    must("RpcServerListen", RpcServerListen(1, 64, 1));
    port = port_of_server();
    bystander = hostile_binding(port, NULL);
    must("the bystander", hostile_add(bystander));
    return 0;
}

int hostile_tear_down(void **state)
{
    (void)state;
    hostile_free(&bystander);
    must("RpcMgmtStopServerListening", RpcMgmtStopServerListening(NULL));
    must("RpcMgmtWaitServerListen", RpcMgmtWaitServerListen());
    must("RpcServerUnregisterIfEx", RpcServerUnregisterIfEx(hostile_v1_0_s_ifspec, NULL, 1));
    return 0;
}

unsigned hostile_port(void)
{
    return port;
}

/* ---- honest clients ---- */

struct hostile_as hostile_alice(ULONG level)
{
    return (struct hostile_as){ unit_env("PERSON"), unit_env("PERSON_PASSWORD"),
                                RPC_C_AUTHN_GSS_KERBEROS, level };
}

struct hostile_as hostile_mallory(ULONG level)
{
    return (struct hostile_as){ unit_env("OTHER"), unit_env("OTHER_PASSWORD"),
                                RPC_C_AUTHN_GSS_KERBEROS, level };
}

static void authenticate(RPC_BINDING_HANDLE binding, const struct hostile_as *as)
{
    RPC_SECURITY_QOS qos = { RPC_C_SECURITY_QOS_VERSION_1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_IDENTIFY };
    SEC_WINNT_AUTH_IDENTITY_A person = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };

    person.User = text_of(as->user);
    person.Domain = text_of(unit_env("REALM"));
    person.Password = text_of(as->password);
    person.UserLength = (ULONG)strlen((char *)person.User);
    person.DomainLength = (ULONG)strlen((char *)person.Domain);
    person.PasswordLength = (ULONG)strlen((char *)person.Password);
    must("RpcBindingSetAuthInfoEx",
         RpcBindingSetAuthInfoExA(binding, text_of(unit_env("SERVICE_SPN")), as->level, as->service,
                                  &person, RPC_C_AUTHZ_NONE, &qos));
}

RPC_BINDING_HANDLE hostile_binding(unsigned to, const struct hostile_as *as)
{
    RPC_BINDING_HANDLE binding = NULL;
    char text[64];

    snprintf(text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%u]", to);
    must("RpcBindingFromStringBinding", RpcBindingFromStringBindingA(text_of(text), &binding));
    must("RpcBindingSetOption", RpcBindingSetOption(binding, RPC_C_OPT_UNIQUE_BINDING, 1));
    must("RpcBindingSetOption", RpcBindingSetOption(binding, RPC_C_OPT_CALL_TIMEOUT, 120000));
    if (as && as->user)
        authenticate(binding, as);
    return binding;
}

void hostile_free(RPC_BINDING_HANDLE *binding)
{
    must("RpcBindingFree", RpcBindingFree(binding));
}

RPC_STATUS hostile_add(RPC_BINDING_HANDLE binding)
{
    volatile RPC_STATUS status = RPC_S_OK;

    RpcTryExcept
    {
        if (c_Add(binding, 1000, 234) != 1234)
            status = -1;
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

RPC_STATUS hostile_echo(RPC_BINDING_HANDLE binding, size_t size)
{
    byte *data = malloc(size + 1), *back = calloc(1, size + 1);
    volatile RPC_STATUS status = RPC_S_OK;
    size_t i;

    for (i = 0; i < size; i++)
        data[i] = (byte)(i * 7 + i / 256);
    RpcTryExcept
    {
        c_Echo(binding, (ULONG)size, data, back);
        if (memcmp(data, back, size) != 0)
            status = -1;
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    free(data);
    free(back);
    return status;
}

/* ---- afterwards ---- */

bool hostile_is_an_end(RPC_STATUS status)
{
    switch (status) {
    case RPC_S_PROTOCOL_ERROR:
    case RPC_S_ACCESS_DENIED:
    case RPC_S_SEC_PKG_ERROR:
    case RPC_S_CALL_FAILED:
    case RPC_S_CALL_FAILED_DNE:
    case RPC_S_UNKNOWN_AUTHN_SERVICE:
    case RPC_S_UNSUPPORTED_TRANS_SYN:
    case RPC_S_UNKNOWN_IF:
    case RPC_S_CANNOT_SUPPORT:
        return true;
    default:
        return false;
    }
}

unsigned hostile_connections(void)
{
    return rpc_server_links_count() - 1;
}

void hostile_all_is_well(void)
{
    int patience = PATIENCE;

    must("the bystander", hostile_add(bystander));
    while (hostile_connections() && patience--)
        hostile_sleep(1); /* it is asked thousands of times */
    assert_int_equal(hostile_connections(), 0);
    must("the bystander", hostile_add(bystander));
}
