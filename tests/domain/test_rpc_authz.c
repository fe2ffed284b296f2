/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_authz.c - the client of a call for AuthzAccessCheck, by a ticket of a real domain
 * controller.
 */
#include <unistd.h>

#include <countersign/authz.h>

#include "base/alloc.h"
#include "forged_ticket.h"
#include "lib/samba_tool.h"
#include "lib/tcp_binding.h"
#include "rpc_try_home.h"

#define USER "authz-user"
#define PASSWORD "Only-4-this-test"
#define GROUP "authz-group"

static int begin(void **state)
{
    samba_tool("user create " USER " " PASSWORD);
    samba_tool("group add " GROUP);
    samba_tool("group addmembers " GROUP " " USER);
    return try_start(state);
}

static int end(void **state)
{
    samba_tool("user delete " USER);
    samba_tool("group delete " GROUP);
    return try_stop(state);
}

/* ---- on the server ---- */

static atomic_int status;   /* of RpcGetAuthorizationContextForClient */
static PVOID client;        /* what it gave */
static handle_t ended_call; /* a handle of a call, for when it has ended */

static RPC_STATUS get(handle_t binding)
{
    return RpcGetAuthorizationContextForClient(binding, FALSE, NULL, NULL, (LUID){ 0, 0 }, 0, NULL,
                                               &client);
}

static void ask_by_handle(handle_t server)
{
    ended_call = server;
    atomic_store(&status, (int)get(server));
}

static void ask_of_this_thread(handle_t server)
{
    (void)server;
    atomic_store(&status, (int)get(NULL));
}

/* ... and is the client from there on. */
static void ask_to_impersonate(handle_t server)
{
    HANDLE token = NULL;
    RPC_STATUS s = RpcGetAuthorizationContextForClient(server, TRUE, NULL, NULL, (LUID){ 0, 0 }, 0,
                                                       NULL, &client);

    assert_true(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    assert_true(CloseHandle(token));
    OK(RpcRevertToSelf());
    assert_false(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    atomic_store(&status, (int)s);
}

static void ask_wrongly(handle_t server)
{
    LARGE_INTEGER never = { .QuadPart = 0 };
    PVOID to = NULL;
    LUID none = { 0, 0 };

    IS(RpcGetAuthorizationContextForClient(server, FALSE, &never, NULL, none, 0, NULL, &to),
       ERROR_INVALID_PARAMETER);
    IS(RpcGetAuthorizationContextForClient(server, FALSE, NULL, NULL, (LUID){ 1, 0 }, 0, NULL, &to),
       ERROR_INVALID_PARAMETER);
    IS(RpcGetAuthorizationContextForClient(server, FALSE, NULL, NULL, none, 1, NULL, &to),
       ERROR_INVALID_PARAMETER);
    IS(RpcGetAuthorizationContextForClient(server, FALSE, NULL, NULL, none, 0, &never, &to),
       ERROR_INVALID_PARAMETER);
    IS(RpcGetAuthorizationContextForClient(server, FALSE, NULL, NULL, none, 0, NULL, NULL),
       ERROR_INVALID_PARAMETER);
    assert_null(to);
    atomic_store(&status, RPC_S_OK);
}

/* Of a call of b, what the function said. */
static RPC_STATUS ask(RPC_BINDING_HANDLE b, void (*how)(handle_t server))
{
    try_ask = how;
    client = NULL;
    atomic_store(&status, -1);
    RAISES(RPC_S_OK, TryAsk(b));
    return atomic_load(&status);
}

/* ---- what it is good for ---- */

static DWORD access_of(PVOID who, const char *format, const char *sid)
{
    char *text = mem_printf(format, sid);
    AUTHZ_ACCESS_REQUEST rq = { .DesiredAccess = 1 };
    PSECURITY_DESCRIPTOR d = NULL;
    DWORD granted = 0, error = 0;
    AUTHZ_ACCESS_REPLY reply = { 1, &granted, NULL, &error };

    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 1, &d, NULL));
    assert_true(AuthzAccessCheck(0, who, &rq, NULL, d, NULL, 0, &reply, NULL));
    LocalFree(d);
    mem_free(text);
    return error;
}

static void the_sids_of_the_ticket_decide(void **state)
{
    void (*const ways[])(handle_t) = { ask_by_handle, ask_of_this_thread, ask_to_impersonate };
    char user[200], group[200], other[200];
    RPC_BINDING_HANDLE b = try_bind_as(USER, PASSWORD, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    size_t i;

    (void)state;
    samba_tool_sid("user", USER, user);
    samba_tool_sid("group", GROUP, group);
    samba_tool_sid("group", "Domain Admins", other);
    for (i = 0; i < 3; i++) { /* the call has ended when the context is used */
        IS(ask(b, ways[i]), RPC_S_OK);
        assert_int_equal(access_of(client, "D:(A;;CC;;;%s)", user), ERROR_SUCCESS);
        assert_int_equal(access_of(client, "D:(A;;CC;;;%s)", group), ERROR_SUCCESS);
        assert_int_equal(access_of(client, "D:(A;;CC;;;%s)", other), ERROR_ACCESS_DENIED);
        assert_int_equal(access_of(client, "D:(D;;CC;;;%s)(A;;CC;;;WD)", group),
                         ERROR_ACCESS_DENIED);
        OK(RpcFreeAuthorizationContext(&client));
        assert_null(client);
        IS(RpcFreeAuthorizationContext(&client), RPC_S_INVALID_ARG);
    }
    IS(RpcFreeAuthorizationContext(NULL), RPC_S_INVALID_ARG);
    try_unbind(&b);
}

static void who_is_not_authenticated_has_none(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    IS(ask(b, ask_by_handle), RPC_S_NO_CONTEXT_AVAILABLE);
    IS(ask(b, ask_of_this_thread), RPC_S_NO_CONTEXT_AVAILABLE);
    assert_null(client);
    try_unbind(&b);
}

static void a_wrong_handle_has_its_status(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    (void)state;
    IS(get(NULL), RPC_S_NO_CALL_ACTIVE);
    IS(get(b), RPC_S_WRONG_KIND_OF_BINDING);
    IS(get((handle_t)(uintptr_t)77), RPC_S_INVALID_BINDING);
    IS(ask(b, ask_wrongly), RPC_S_OK);
    IS(ask(b, ask_by_handle), RPC_S_OK);
    OK(RpcFreeAuthorizationContext(&client));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1)); /* whose answer is behind the end of the call before */
    IS(get(ended_call), RPC_S_INVALID_BINDING);
    try_unbind(&b);
}

static void a_ticket_without_sids_gives_none(void **state)
{
    char *cache = mem_printf("FILE:%s/authz-test.%d", getenv("DOMAIN_DIR"), (int)getpid());
    const char *before = getenv("KRB5CCNAME");
    struct forged_ticket t;
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    forged_ticket_begin(&t, USER, PASSWORD);
    forged_ticket_lose_pac(&t);
    forged_ticket_end(&t, cache);
    before = before ? strdup(before) : NULL;
    setenv("KRB5CCNAME", cache, 1);
    OK(RpcBindingSetAuthInfoA(b, STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                              RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE));
    IS(ask(b, ask_by_handle), ERROR_NONE_MAPPED);
    assert_null(client);
    try_unbind(&b);
    if (before)
        setenv("KRB5CCNAME", before, 1);
    else
        unsetenv("KRB5CCNAME");
    free((void *)(uintptr_t)before);
    unlink(cache + strlen("FILE:"));
    mem_free(cache);
}

/* Who calls is known by the ticket, and so is who may use the port. */
static void a_port_is_for_those_its_descriptor_names(void **state)
{
    RPC_BINDING_HANDLE member = NULL, other = NULL;
    PSECURITY_DESCRIPTOR d = NULL;
    char group[200], port[TCP_PORT];
    char *text;

    (void)state;
    samba_tool_sid("group", GROUP, group);
    text = mem_printf("D:(A;;GX;;;%s)", group);
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(text, 1, &d, NULL));
    mem_free(text);
    tcp_listen(d, port);
    LocalFree(d);
    member = try_bind_to(NULL, "127.0.0.1", port);
    other = try_bind_to(NULL, "127.0.0.1", port);
    try_authenticate(member, USER, PASSWORD, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                     RPC_C_AUTHN_GSS_KERBEROS);
    try_authenticate(other, unit_env("OTHER"), unit_env("OTHER_PASSWORD"),
                     RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_GSS_KERBEROS);
    RAISES(RPC_S_OK, TryAdd(member, 1, 1));
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(other, 1, 1));
    try_unbind(&member);
    try_unbind(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sids_of_the_ticket_decide),
        cmocka_unit_test(who_is_not_authenticated_has_none),
        cmocka_unit_test(a_wrong_handle_has_its_status),
        cmocka_unit_test(a_ticket_without_sids_gives_none),
        cmocka_unit_test(a_port_is_for_those_its_descriptor_names),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
