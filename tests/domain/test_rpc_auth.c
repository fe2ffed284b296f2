/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_auth.c - who calls whom, how that is protected, who may; and what both can ask about it.
 */
#include <arpa/inet.h>
#include <countersign/rpcguard.h>

#include "acl/sddl.h"
#include "base/alloc.h"
#include "lib/clock.h"
#include "rpc/caller_sids.h"
#include "rpc/server_call.h"
#include "rpc_try_home.h"

static const ULONG services[] = { RPC_C_AUTHN_GSS_KERBEROS, RPC_C_AUTHN_GSS_NEGOTIATE };

/* "alice@ONE.EXAMPLE" */
static const char *full(const char *user)
{
    static char name[200];

    snprintf(name, sizeof name, "%s@%s", user, unit_env("REALM"));
    return name;
}

static bool is_wide(const void *wide, const char *narrow)
{
    const WCHAR *w = wide;
    size_t i;

    for (i = 0; narrow[i]; i++)
        if (w[i] != (WCHAR)narrow[i])
            return false;
    return !w[i];
}

static void ask(RPC_BINDING_HANDLE b, void (*what)(handle_t))
{
    try_ask = what;
    RAISES(RPC_S_OK, TryAsk(b));
}

/* ---- what a routine can ask ---- */

static struct seen { /* by the routine; looked at when its call has ended */
    handle_t handle, same;
    RPC_STATUS inq_handle, ask1, ask2, wide, small, none, names, names_wide, pid, flags, current;
    RPC_CALL_ATTRIBUTES_V1_A v1;
    RPC_CALL_ATTRIBUTES_V2_A v2;
    RPC_CALL_LOCAL_ADDRESS_V1 address;
    char client[100], server[100];
    WCHAR client_wide[100], server_wide[100];
    ULONG small_client, small_server, level, service, authorization;
    unsigned char octets[16];
    RPC_AUTHZ_HANDLE who, who_wide;
    char who_text[100];
    WCHAR who_text_wide[100];
    RPC_CSTR principal;
    RPC_WSTR principal_wide;
} seen;

enum { NAMES = RPC_QUERY_SERVER_PRINCIPAL_NAME | RPC_QUERY_CLIENT_PRINCIPAL_NAME };

static void ask_attributes(handle_t h)
{
    RPC_CALL_ATTRIBUTES_V2_W w = { .Version = 2, .Flags = NAMES };
    RPC_CALL_ATTRIBUTES_V2_A small = { .Version = 2, .Flags = NAMES };

    memset(&seen, 0, sizeof seen);
    seen.handle = h;
    seen.inq_handle = RpcServerInqBindingHandle(&seen.same);
    seen.v1 = (RPC_CALL_ATTRIBUTES_V1_A){ .Version = 1 };
    seen.ask1 = RpcServerInqCallAttributesA(h, &seen.v1);
    seen.address = (RPC_CALL_LOCAL_ADDRESS_V1){ 1, seen.octets, sizeof seen.octets, rlafInvalid };
    seen.v2 = (RPC_CALL_ATTRIBUTES_V2_A){
        .Version = 2,
        .Flags = NAMES | RPC_QUERY_CALL_LOCAL_ADDRESS | RPC_QUERY_IS_CLIENT_LOCAL |
                 RPC_QUERY_NO_AUTH_REQUIRED,
        .ServerPrincipalNameBufferLength = sizeof seen.server,
        .ServerPrincipalName = (UCHAR *)seen.server,
        .ClientPrincipalNameBufferLength = sizeof seen.client,
        .ClientPrincipalName = (UCHAR *)seen.client,
        .CallLocalAddress = &seen.address,
    };
    seen.ask2 = RpcServerInqCallAttributesA(NULL, &seen.v2);
    w.ServerPrincipalName = (RPC_WSTR)seen.server_wide;
    w.ServerPrincipalNameBufferLength = sizeof seen.server_wide;
    w.ClientPrincipalName = (RPC_WSTR)seen.client_wide;
    w.ClientPrincipalNameBufferLength = sizeof seen.client_wide;
    seen.wide = RpcServerInqCallAttributesW(h, &w);
    seen.small = RpcServerInqCallAttributesA(h, &small);
    seen.small_client = small.ClientPrincipalNameBufferLength;
    seen.small_server = small.ServerPrincipalNameBufferLength;
    small.Flags = RPC_QUERY_CLIENT_PID;
    seen.pid = RpcServerInqCallAttributesA(h, &small);
    small.Version = 4;
    seen.none = RpcServerInqCallAttributesA(h, &small);
}

static void check_fields(ULONG level, ULONG service, const char *client, const char *server)
{
    const UUID *id = &((const CS_SERVER_INTERFACE *)rpc_try_v1_2_s_ifspec)->Head.Id.Uuid;

    assert_int_equal(seen.inq_handle, RPC_S_OK);
    assert_ptr_equal(seen.same, seen.handle);
    assert_int_equal(seen.ask2, RPC_S_OK);
    assert_int_equal(seen.v2.AuthenticationLevel, level);
    assert_int_equal(seen.v2.AuthenticationService, service);
    assert_false(seen.v2.NullSession || seen.v2.KernelModeCaller);
    assert_int_equal(seen.v2.ProtocolSequence, RPC_PROTSEQ_TCP);
    assert_int_equal(seen.v2.IsClientLocal, rcclLocal);
    assert_null(seen.v2.ClientPID);
    assert_int_equal(seen.v2.CallStatus, RPC_CALL_STATUS_IN_PROGRESS);
    assert_int_equal(seen.v2.CallType, rctNormal);
    assert_int_equal(seen.v2.OpNum, 1);
    assert_memory_equal(&seen.v2.InterfaceUuid, id, sizeof *id);
    assert_string_equal(seen.client, client);
    assert_string_equal(seen.server, server);
    assert_int_equal(seen.v2.ClientPrincipalNameBufferLength, strlen(client) + 1);
    assert_int_equal(seen.v2.ServerPrincipalNameBufferLength, strlen(server) + 1);
    assert_int_equal(seen.pid, level == RPC_C_AUTHN_LEVEL_NONE ? RPC_S_BINDING_HAS_NO_AUTH
                                                               : RPC_S_CANNOT_SUPPORT);
    assert_int_equal(seen.none, RPC_S_INVALID_ARG);
}

static void a_routine_learns_all_of_its_caller(void **state)
{
    const char *spn = unit_env("SERVICE_SPN");
    ULONG level;
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++)
        for (level = RPC_C_AUTHN_LEVEL_CONNECT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++) {
            ULONG effective =
                level == RPC_C_AUTHN_LEVEL_CALL ? (ULONG)RPC_C_AUTHN_LEVEL_PKT : level;
            RPC_BINDING_HANDLE b = try_bind();

            try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"), level,
                             services[i]);
            ask(b, ask_attributes);
            check_fields(effective, services[i], full(unit_env("PERSON")), spn);
            assert_int_equal(seen.ask1, RPC_S_OK);
            assert_int_equal(seen.v1.AuthenticationLevel, effective);
            assert_int_equal(seen.v1.AuthenticationService, services[i]);
            assert_int_equal(seen.wide, RPC_S_OK);
            assert_true(is_wide(seen.client_wide, full(unit_env("PERSON"))));
            assert_true(is_wide(seen.server_wide, spn));
            assert_int_equal(seen.small, ERROR_MORE_DATA);
            assert_int_equal(seen.small_client, strlen(full(unit_env("PERSON"))) + 1);
            assert_int_equal(seen.small_server, strlen(spn) + 1);
            assert_int_equal(seen.address.AddressFormat, rlafIPv4);
            assert_int_equal(seen.address.BufferSize, 4);
            assert_memory_equal(seen.octets, "\x7f\0\0\x01", 4);
            try_unbind(&b);
        }
}

static void nobody_is_nobody(void **state)
{
    RPC_BINDING_HANDLE b = try_bind_to(NULL, "::1", try_port());

    (void)state;
    ask(b, ask_attributes);
    check_fields(RPC_C_AUTHN_LEVEL_NONE, RPC_C_AUTHN_NONE, "", "");
    assert_int_equal(seen.ask1, RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(seen.wide, RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(seen.address.AddressFormat, rlafIPv6);
    assert_memory_equal(seen.octets, &in6addr_loopback, 16);
    IS(RpcServerInqCallAttributesA(NULL, &seen.v1), RPC_S_NO_CALL_ACTIVE);
    IS(RpcServerInqCallAttributesA(b, &seen.v1), RPC_S_WRONG_KIND_OF_BINDING);
    IS(RpcServerInqCallAttributesA(seen.handle, &seen.v1), RPC_S_INVALID_BINDING);
    try_told("has its call ended", "", false);
    IS(RpcServerInqBindingHandle(&seen.same), RPC_S_NO_CALL_ACTIVE);
    try_unbind(&b);
}

static void ask_client(handle_t h)
{
    memset(&seen, 0, sizeof seen);
    seen.names = RpcBindingInqAuthClientA(h, &seen.who, &seen.principal, &seen.level, &seen.service,
                                          &seen.authorization);
    seen.names_wide =
        RpcBindingInqAuthClientW(h, &seen.who_wide, &seen.principal_wide, NULL, NULL, NULL);
    seen.flags = RpcBindingInqAuthClientExA(h, NULL, NULL, NULL, NULL, NULL, 1);
    seen.current = RpcBindingInqAuthClientExW(NULL, NULL, NULL, NULL, NULL, NULL, 0);
    if (seen.who)
        snprintf(seen.who_text, sizeof seen.who_text, "%s", (const char *)seen.who);
    if (seen.who_wide)
        memcpy(seen.who_text_wide, seen.who_wide, (strlen(seen.who_text) + 1) * sizeof(WCHAR));
}

static void a_routine_asks_who_its_client_is(void **state)
{
    RPC_BINDING_HANDLE b =
        try_bind_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"), RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);

    (void)state;
    ask(b, ask_client);
    assert_int_equal(seen.names | seen.names_wide | seen.current, RPC_S_OK);
    assert_string_equal(seen.who_text, full(unit_env("OTHER")));
    assert_true(is_wide(seen.who_text_wide, full(unit_env("OTHER"))));
    assert_string_equal((char *)seen.principal, unit_env("SERVICE_SPN"));
    assert_true(is_wide(seen.principal_wide, unit_env("SERVICE_SPN")));
    assert_int_equal(seen.level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    assert_int_equal(seen.service, RPC_C_AUTHN_GSS_KERBEROS);
    assert_int_equal(seen.authorization, RPC_C_AUTHZ_NONE);
    assert_int_equal(seen.flags, RPC_S_INVALID_ARG);
    OK(RpcStringFreeA(&seen.principal));
    OK(RpcStringFreeW(&seen.principal_wide));
    try_unbind(&b);

    b = try_bind();
    ask(b, ask_client);
    assert_int_equal(seen.names, RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(seen.names_wide, RPC_S_BINDING_HAS_NO_AUTH);
    IS(RpcBindingInqAuthClientA(b, NULL, NULL, NULL, NULL, NULL), RPC_S_WRONG_KIND_OF_BINDING);
    IS(RpcBindingInqAuthClientA(NULL, NULL, NULL, NULL, NULL, NULL), RPC_S_NO_CALL_ACTIVE);
    try_unbind(&b);
}

static struct {
    RPC_STATUS narrow, wide;
    RPC_CSTR text;
    RPC_WSTR text_wide;
} target;

static void ask_target(handle_t h)
{
    memset(&target, 0, sizeof target);
    target.narrow = CsServerInqTargetA(h, &target.text);
    target.wide = CsServerInqTargetW(NULL, &target.text_wide);
}

static void a_routine_asks_whom_its_client_meant(void **state)
{
    RPC_BINDING_HANDLE b =
        try_bind_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"), RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);

    (void)state;
    ask(b, ask_target);
    assert_int_equal(target.narrow | target.wide, RPC_S_OK);
    assert_string_equal((char *)target.text, full(unit_env("SERVICE_SPN")));
    assert_true(is_wide(target.text_wide, full(unit_env("SERVICE_SPN"))));
    OK(RpcStringFreeA(&target.text));
    OK(RpcStringFreeW(&target.text_wide));
    try_unbind(&b);

    b = try_bind();
    ask(b, ask_target);
    assert_int_equal(target.narrow, RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(target.wide, RPC_S_BINDING_HAS_NO_AUTH);
    IS(CsServerInqTargetA(NULL, &target.text), RPC_S_NO_CALL_ACTIVE);
    IS(CsServerInqTargetA(b, &target.text), RPC_S_WRONG_KIND_OF_BINDING);
    IS(CsServerInqTargetA(b, NULL), RPC_S_INVALID_ARG);
    try_unbind(&b);
}

/* ---- who may call ---- */

static _Atomic int callbacks;
static RPC_STATUS callback_attributes;
static char callback_client[100];
static RPC_IF_ID callback_id;

/* Alice alone. */
static RPC_STATUS only_alice(RPC_IF_HANDLE id, void *context)
{
    RPC_CALL_ATTRIBUTES_V2_A a = { .Version = 2,
                                   .Flags =
                                       RPC_QUERY_CLIENT_PRINCIPAL_NAME | RPC_QUERY_NO_AUTH_REQUIRED,
                                   .ClientPrincipalNameBufferLength = sizeof callback_client,
                                   .ClientPrincipalName = (UCHAR *)callback_client };

    atomic_fetch_add(&callbacks, 1);
    callback_id = *(RPC_IF_ID *)id;
    callback_attributes = RpcServerInqCallAttributesA(context, &a);
    return strncmp(callback_client, "alice@", 6) == 0 ? RPC_S_OK : 4711;
}

static void register_again(UINT flags, RPC_IF_CALLBACK_FN *callback)
{
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIfEx(rpc_try_v1_2_s_ifspec, NULL, NULL, flags,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, callback));
    atomic_store(&callbacks, 0);
}

static void the_callback_decides(void **state)
{
    RPC_BINDING_HANDLE alice = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY), nobody = try_bind();
    RPC_BINDING_HANDLE mallory =
        try_bind_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"), RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    (void)state;
    register_again(0, only_alice);
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    assert_int_equal(callback_attributes, RPC_S_OK);
    assert_string_equal(callback_client, full("alice"));
    assert_int_equal(callback_id.Uuid.Data1, 0x0c5e3f8a);
    assert_int_equal(callback_id.VersMajor, 1);
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    assert_int_equal(atomic_load(&callbacks), 2);
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(mallory, 1, 1));
    try_told("rpc_try", "access denied", true);
    assert_int_equal(atomic_load(&callbacks), 3);
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(nobody, 1, 1)); /* the callback is not asked */
    assert_int_equal(atomic_load(&callbacks), 3);

    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, only_alice);
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(nobody, 1, 1)); /* it is */
    assert_int_equal(atomic_load(&callbacks), 1);
    assert_string_equal(callback_client, "");
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, NULL);
    try_unbind(&alice);
    try_unbind(&mallory);
    try_unbind(&nobody);
}

static void unauthenticated_callers_are_refused_unless_asked_for(void **state)
{
    RPC_BINDING_HANDLE alice = try_alice(RPC_C_AUTHN_LEVEL_CONNECT), nobody = try_bind();

    (void)state;
    register_again(0, NULL);
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(nobody, 1, 1));
    try_told("rpc_try", "access denied", true);
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    assert_int_equal(CsSetPolicy("anonymous", CS_POLICY_OFF), SEC_E_OK);
    RAISES(RPC_S_OK, TryAdd(nobody, 1, 1)); /* as Windows does */
    register_again(RPC_IF_ALLOW_SECURE_ONLY, NULL);
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(nobody, 1, 1));
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    register_again(RPC_IF_ALLOW_LOCAL_ONLY, NULL);
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(alice, 1, 1));
    assert_int_equal(CsSetPolicy("anonymous", CS_POLICY_ENFORCE), SEC_E_OK);
    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, NULL);
    RAISES(RPC_S_OK, TryAdd(nobody, 1, 1));
    try_unbind(&alice);
    try_unbind(&nobody);
}

static atomic_int told_late;

static void count_late(handle_t h)
{
    (void)h;
    atomic_fetch_add(&told_late, 1);
}

static RPC_STATUS ask_again(RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        TryAsk(b);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

/* At level CONNECT no message would say so. Who comes back with a good ticket is served, on another
 * connection: his next call may still be sent over the one that ends. */
static void a_caller_is_who_he_was_until_his_ticket_expires(void **state)
{
    enum { LATER = 11 * 60 * 60 };
    RPC_STATUS raised;
    size_t i, tries;

    (void)state;
    try_ask = count_late;
    for (i = 0; i < sizeof services / sizeof *services; i++) {
        RPC_BINDING_HANDLE b = try_bind();

        try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"),
                         RPC_C_AUTHN_LEVEL_CONNECT, services[i]);
        atomic_store(&told_late, 0);
        RAISES(RPC_S_OK, TryAsk(b));
        clock_shift(LATER / 2);
        RAISES(RPC_S_OK, TryAsk(b));
        clock_shift(LATER);
        RAISES(RPC_S_ACCESS_DENIED, TryAsk(b));
        clock_shift(0);
        assert_int_equal(atomic_load(&told_late), 2);
        for (tries = 0, raised = ask_again(b); raised == RPC_S_CALL_FAILED && tries < 8; tries++)
            raised = ask_again(b);
        IS(raised, RPC_S_OK);
        assert_int_equal(atomic_load(&told_late), 3);
        try_unbind(&b);
    }
}

/* ---- security descriptors, and the SIDs of a ticket ---- */

static char user_sid[SID_TEXT];
static size_t sid_count;

static void ask_sids(handle_t h)
{
    struct rpc_caller_sids s = { 0 };

    (void)h;
    if (!rpc_caller_sids_get(rpc_server_call_current(), &s) && s.set.count)
        sid_format(&s.sids[0], user_sid);
    sid_count = s.set.count;
    rpc_caller_sids_done(&s);
}

static void register_for(const char *before, const char *sid, const char *after)
{
    struct buf b = { 0 };
    char text[400];

    snprintf(text, sizeof text, "%s%s%s", before, sid, after);
    assert_int_equal(sddl_parse(text, NULL, &b), ERR_OK);
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIf3(rpc_try_v1_2_s_ifspec, NULL, NULL, 0, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                            UINT32_MAX, NULL, b.ptr));
    buf_free(&b);
}

static void a_descriptor_names_accounts_and_groups_of_the_domain(void **state)
{
    RPC_BINDING_HANDLE alice = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RPC_BINDING_HANDLE mallory =
        try_bind_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"), RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    char domain_users[SID_TEXT];

    (void)state;
    ask(alice, ask_sids);
    assert_true(sid_count > 2);
    assert_memory_equal(user_sid, "S-1-5-21-", 9);
    register_for("D:(A;;GX;;;", user_sid, ")");
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(mallory, 1, 1));
    register_for("D:(D;;GX;;;", user_sid, ")(A;;GX;;;AU)");
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(alice, 1, 1));
    RAISES(RPC_S_OK, TryAdd(mallory, 1, 1));
    snprintf(domain_users, sizeof domain_users, "%.*s", (int)(strrchr(user_sid, '-') - user_sid),
             user_sid);
    register_for("D:(A;;GX;;;", domain_users, "-513)");
    RAISES(RPC_S_OK, TryAdd(alice, 1, 1));
    RAISES(RPC_S_OK, TryAdd(mallory, 1, 1));
    register_for("D:(A;;GX;;;", domain_users, "-512)"); /* Domain Admins */
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(alice, 1, 1));
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(mallory, 1, 1));
    register_again(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, NULL);
    try_unbind(&alice);
    try_unbind(&mallory);
}

/* ---- a client's own view ---- */

static void a_binding_tells_how_it_authenticates(void **state)
{
    RPC_SECURITY_QOS qos = { 1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH, RPC_C_QOS_IDENTITY_STATIC,
                             RPC_C_IMP_LEVEL_IDENTIFY },
                     told = { .Version = 1 };
    const char *spn = unit_env("SERVICE_SPN"), *user = unit_env("PERSON");
    SEC_WINNT_AUTH_IDENTITY_A who = {
        .User = STR(user),
        .UserLength = (ULONG)strlen(user),
        .Domain = STR(unit_env("REALM")),
        .DomainLength = (ULONG)strlen(unit_env("REALM")),
        .Password = STR(unit_env("PERSON_PASSWORD")),
        .PasswordLength = (ULONG)strlen(unit_env("PERSON_PASSWORD")),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };
    RPC_BINDING_HANDLE b = try_bind(), copy = NULL;
    RPC_AUTH_IDENTITY_HANDLE identity = NULL;
    ULONG level = 0, service = 0, authorization = 0;
    RPC_CSTR name = NULL;
    RPC_WSTR name_wide = NULL;

    (void)state;
    IS(RpcBindingInqAuthInfoA(b, &name, &level, &service, &identity, &authorization),
       RPC_S_BINDING_HAS_NO_AUTH);
    OK(RpcBindingSetAuthInfoExA(b, STR(spn), RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_AUTHN_DEFAULT, &who,
                                RPC_C_AUTHZ_NAME, &qos));
    OK(RpcBindingCopy(b, &copy));
    OK(RpcBindingInqAuthInfoExA(copy, &name, &level, &service, &identity, &authorization, 1,
                                &told));
    assert_string_equal((char *)name, spn);
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    assert_int_equal(service, RPC_C_AUTHN_GSS_NEGOTIATE);
    assert_ptr_equal(identity, &who);
    assert_int_equal(authorization, RPC_C_AUTHZ_NAME);
    assert_int_equal(told.Capabilities, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH);
    assert_int_equal(told.IdentityTracking, RPC_C_QOS_IDENTITY_STATIC);
    assert_int_equal(told.ImpersonationType, RPC_C_IMP_LEVEL_IDENTIFY);
    OK(RpcBindingInqAuthInfoW(copy, &name_wide, NULL, NULL, NULL, NULL));
    assert_true(is_wide(name_wide, spn));
    OK(RpcStringFreeA(&name));
    OK(RpcStringFreeW(&name_wide));
    RAISES(RPC_S_OK, TryAdd(copy, 1, 1));
    try_unbind(&b);
    try_unbind(&copy);
}

static void what_cannot_be_is_refused_at_once(void **state)
{
    RPC_CSTR spn = STR(unit_env("SERVICE_SPN"));
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    IS(RpcBindingSetAuthInfoA(b, spn, 7, RPC_C_AUTHN_GSS_KERBEROS, NULL, 0),
       RPC_S_UNKNOWN_AUTHN_LEVEL);
    try_told("level 7", "", false);
    IS(RpcBindingSetAuthInfoA(b, spn, 6, 99, NULL, 0), RPC_S_UNKNOWN_AUTHN_SERVICE);
    try_told("99", "", true);
    IS(RpcBindingSetAuthInfoA(b, NULL, 6, RPC_C_AUTHN_GSS_KERBEROS, NULL, 0), RPC_S_ACCESS_DENIED);
    try_told("no server principal", "", true);
    IS(RpcBindingSetAuthInfoA(b, spn, 6, RPC_C_AUTHN_GSS_KERBEROS, RPC_C_NO_CREDENTIALS, 0),
       RPC_S_INVALID_AUTH_IDENTITY);
    IS(RpcServerRegisterAuthInfoA(spn, 99, NULL, NULL), RPC_S_UNKNOWN_AUTHN_SERVICE);
    IS(RpcServerRegisterAuthInfoA(spn, RPC_C_AUTHN_GSS_KERBEROS,
                                  (RPC_AUTH_KEY_RETRIEVAL_FN)(uintptr_t)1, NULL),
       RPC_S_CANNOT_SUPPORT);
    try_told("retrieves keys", "", true);
    OK(RpcServerRegisterAuthInfoA(spn, RPC_C_AUTHN_NONE, NULL, NULL));
    try_unbind(&b);
}

/* The wrong words must be told, at the latest by the first call; *b is left for that. */
static RPC_STATUS set_as(RPC_BINDING_HANDLE b, const char *password, const char *principal)
{
    const char *user = unit_env("OTHER");
    SEC_WINNT_AUTH_IDENTITY_A who = {
        .User = STR(user),
        .UserLength = (ULONG)strlen(user),
        .Domain = STR(unit_env("REALM")),
        .DomainLength = (ULONG)strlen(unit_env("REALM")),
        .Password = STR(password),
        .PasswordLength = (ULONG)strlen(password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };

    return RpcBindingSetAuthInfoA(b, STR(principal), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                  RPC_C_AUTHN_GSS_KERBEROS, &who, RPC_C_AUTHZ_NONE);
}

static void a_wrong_password_or_name_is_told(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    OK(set_as(b, "wrong", unit_env("SERVICE_SPN"))); /* the KDC is asked by the first call */
    RAISES(RPC_S_ACCESS_DENIED, TryAdd(b, 1, 1));
    try_told(unit_env("OTHER"), "", true);
    OK(set_as(b, unit_env("OTHER_PASSWORD"), "test/nowhere.example"));
    RAISES(RPC_S_SEC_PKG_ERROR, TryAdd(b, 1, 1));
    try_told("test/nowhere.example", "", true);
    OK(set_as(b, unit_env("OTHER_PASSWORD"), unit_env("SERVICE_SPN")));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    try_unbind(&b);
}

/* ---- credentials that change ---- */

static void kinit(const char *keytab, const char *who)
{
    char command[400];

    snprintf(command, sizeof command, "kinit -f -k -t %s %s", unit_env(keytab), unit_env(who));
    assert_int_equal(system(command), 0);
}

static void own_credentials(RPC_BINDING_HANDLE b, ULONG tracking, ULONG impersonation)
{
    RPC_SECURITY_QOS qos = { 1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH, tracking, impersonation };

    OK(RpcBindingSetAuthInfoExA(b, STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE, &qos));
}

static void calls_as(RPC_BINDING_HANDLE b, const char *who)
{
    ask(b, ask_client);
    assert_string_equal(seen.who_text, full(who));
    RpcStringFreeA(&seen.principal);
    RpcStringFreeW(&seen.principal_wide);
}

static void identity_is_a_snapshot_or_follows(void **state)
{
    RPC_BINDING_HANDLE still = try_bind(), follows = try_bind();

    (void)state;
    kinit("PERSON_KEYTAB", "PERSON");
    own_credentials(still, RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_IMPERSONATE);
    own_credentials(follows, RPC_C_QOS_IDENTITY_DYNAMIC, RPC_C_IMP_LEVEL_IMPERSONATE);
    calls_as(still, unit_env("PERSON"));
    calls_as(follows, unit_env("PERSON"));
    kinit("SERVICE_KEYTAB", "SERVICE_ACCOUNT");
    calls_as(still, unit_env("PERSON"));
    calls_as(follows, unit_env("SERVICE_ACCOUNT"));
    kinit("PERSON_KEYTAB", "PERSON");
    calls_as(follows, unit_env("PERSON"));
    try_unbind(&still);
    try_unbind(&follows);
}

/* samba-tool delegation for-any-service: whom the domain's administrator trusts. */
static void trust_service(const char *on)
{
    char command[200];

    snprintf(command, sizeof command, "samba-tool delegation for-any-service %s %s >/dev/null",
             unit_env("SERVICE_ACCOUNT"), on);
    assert_int_equal(system(command), 0);
}

static void credentials_are_delegated_to_the_trusted(void **state)
{
    RPC_SECURITY_QOS any = { 1, RPC_C_QOS_CAPABILITIES_IGNORE_DELEGATE_FAILURE,
                             RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_DELEGATE };
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    kinit("PERSON_KEYTAB", "PERSON");
    own_credentials(b, RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_DELEGATE);
    RAISES(RPC_S_SEC_PKG_ERROR, TryAdd(b, 1, 1));
    try_told("delegated", unit_env("SERVICE_SPN"), true);
    OK(RpcBindingSetAuthInfoExA(b, STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE, &any));
    RAISES(RPC_S_OK, TryAdd(b, 1, 1)); /* who can do without */
    trust_service("on");
    kinit("PERSON_KEYTAB", "PERSON"); /* the ticket says whom to trust */
    own_credentials(b, RPC_C_QOS_IDENTITY_STATIC, RPC_C_IMP_LEVEL_DELEGATE);
    calls_as(b, unit_env("PERSON"));
    trust_service("off");
    try_unbind(&b);
}

/* ---- a server's keys ---- */

static void the_keytab_is_the_servers(void **state)
{
    RPC_CSTR spn = STR(unit_env("SERVICE_SPN")), name = NULL;
    RPC_WSTR wide = NULL;
    RPC_BINDING_HANDLE b;

    (void)state;
    OK(RpcServerInqDefaultPrincNameA(RPC_C_AUTHN_GSS_KERBEROS, &name));
    assert_non_null(strstr((char *)name, unit_env("REALM")));
    OK(RpcServerInqDefaultPrincNameW(RPC_C_AUTHN_DEFAULT, &wide));
    assert_true(is_wide(wide, (char *)name));
    OK(RpcStringFreeA(&name));
    OK(RpcStringFreeW(&wide));
    IS(RpcServerInqDefaultPrincNameA(99, &name), RPC_S_UNKNOWN_AUTHN_SERVICE);

    setenv("KRB5_KTNAME", "/nonexistent/keytab", 1);
    IS(RpcServerRegisterAuthInfoA(spn, RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL),
       RPC_S_INVALID_AUTH_IDENTITY);
    try_told("/nonexistent/keytab", "", true);
    IS(RpcServerInqDefaultPrincNameA(RPC_C_AUTHN_GSS_KERBEROS, &name), RPC_S_INVALID_AUTH_IDENTITY);
    setenv("KRB5_KTNAME", unit_env("HOST_KEYTAB"), 1); /* another account's keys */
    OK(RpcServerRegisterAuthInfoA(spn, RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL));
    b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RAISES(RPC_S_SEC_PKG_ERROR, TryAdd(b, 1, 1)); /* the server's answer says that much */
    try_told("refused the ticket", "", true);
    try_unbind(&b);
    try_register_auth();
    b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    RAISES(RPC_S_OK, TryAdd(b, 1, 1));
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routine_learns_all_of_its_caller),
        cmocka_unit_test(nobody_is_nobody),
        cmocka_unit_test(a_routine_asks_who_its_client_is),
        cmocka_unit_test(a_routine_asks_whom_its_client_meant),
        cmocka_unit_test(the_callback_decides),
        cmocka_unit_test(unauthenticated_callers_are_refused_unless_asked_for),
        cmocka_unit_test(a_caller_is_who_he_was_until_his_ticket_expires),
        cmocka_unit_test(a_descriptor_names_accounts_and_groups_of_the_domain),
        cmocka_unit_test(a_binding_tells_how_it_authenticates),
        cmocka_unit_test(what_cannot_be_is_refused_at_once),
        cmocka_unit_test(a_wrong_password_or_name_is_told),
        cmocka_unit_test(identity_is_a_snapshot_or_follows),
        cmocka_unit_test(credentials_are_delegated_to_the_trusted),
        cmocka_unit_test(the_keytab_is_the_servers),
    };

    return cmocka_run_group_tests(tests, try_start, try_stop);
}
