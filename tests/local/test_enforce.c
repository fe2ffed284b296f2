/* SPDX-License-Identifier: Apache-2.0
 * test_enforce.c - who is stopped in front of an interface, by what, and with which status.
 *
 * Server and clients are this process: over ncalrpc as its account or as nobody, over TCP as
 * nobody.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enforce_home.h"
#include "rpc/security.h"
#include "rpc/server_call.h"

/* ---- the security callback ---- */

static atomic_int asked; /* the callback, how often */

static RPC_STATUS reads_only(RPC_IF_HANDLE id, void *binding)
{
    RPC_CALL_ATTRIBUTES_V2_A a = { .Version = 2, .Flags = RPC_QUERY_NO_AUTH_REQUIRED };

    (void)id;
    atomic_fetch_add(&asked, 1);
    if (RpcServerInqCallAttributesA(binding, &a))
        return RPC_S_ACCESS_DENIED;
    return a.OpNum == READ ? RPC_S_OK : RPC_S_ACCESS_DENIED;
}

/* Read, write, read, write: the denied one never rides on the allowed one. */
static void read_and_write(RPC_BINDING_HANDLE b)
{
    int i;

    for (i = 0; i < 2; i++) {
        IS(enforce_call(READ, b), RPC_S_OK);
        IS(enforce_call(WRITE, b), RPC_S_ACCESS_DENIED);
    }
}

/* Over several connections, each of one or two contexts; how often the callback was asked. */
static int ask_over_all(unsigned flags)
{
    RPC_BINDING_HANDLE known[2], nobody;
    int i, before;

    enforce_register(flags | RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, reads_only);
    before = atomic_load(&asked);
    for (i = 0; i < 2; i++) {
        known[i] = enforce_bind(OVER_LOCAL, true);
        nobody = enforce_bind(OVER_LOCAL, false);
        read_and_write(known[i]);
        read_and_write(nobody);
        read_and_write(known[i]);
        enforce_unbind(&nobody);
    }
    for (i = 0; i < 2; i++) {
        read_and_write(known[i]);
        enforce_unbind(&known[i]);
    }
    return atomic_load(&asked) - before;
}

enum {
    READS_KNOWN = 2 * 2 + 2 * 2 + 2 * 2, /* in ask_over_all; as many writes */
    READS_NOBODY = 2 * 2,
    ALL = 2 * (READS_KNOWN + READS_NOBODY),
    CONNECTIONS = 2, /* of those that are known */
};

static void no_answer_is_kept_unless_asked_for(void **state)
{
    (void)state;
    assert_int_equal(ask_over_all(0), ALL);
    assert_int_equal(ask_over_all(RPC_IF_SEC_NO_CACHE), ALL);
    assert_int_equal(ask_over_all(RPC_IF_SEC_NO_CACHE | RPC_IF_SEC_CACHE_PER_PROC), ALL);
}

/* Of nobody none is, and no refusal. */
static void an_answer_is_kept_for_one_operation_of_one_caller(void **state)
{
    (void)state;
    assert_int_equal(ask_over_all(RPC_IF_SEC_CACHE_PER_PROC), ALL - READS_KNOWN + CONNECTIONS);
}

static atomic_bool open_now;

static RPC_STATUS while_open(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    return atomic_load(&open_now) ? RPC_S_OK : RPC_S_ACCESS_DENIED;
}

static void what_was_kept_goes_with_the_registration(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);

    (void)state;
    atomic_store(&open_now, true);
    enforce_register(RPC_IF_SEC_CACHE_PER_PROC, while_open);
    IS(enforce_call(READ, b), RPC_S_OK);
    atomic_store(&open_now, false);
    IS(enforce_call(READ, b), RPC_S_OK);
    enforce_register(RPC_IF_SEC_CACHE_PER_PROC, while_open);
    IS(enforce_call(READ, b), RPC_S_ACCESS_DENIED);
    enforce_unbind(&b);
}

/* ---- what the callback may ask ---- */

static struct { /* by the callback */
    RPC_STATUS status[3], identifier, client, binding_status, local;
    RPC_CALL_ATTRIBUTES_V3_A v3;
    char name[128], name_again[128], binding[128];
    unsigned char octets[16];
    UINT is_local;
} seen;

static RPC_STATUS asks_all(RPC_IF_HANDLE id, void *binding)
{
    RPC_BINDING_HANDLE server = NULL;
    RPC_AUTHZ_HANDLE who = NULL;
    RPC_CSTR text = NULL;
    UINT version;

    (void)id;
    memset(&seen, 0, sizeof seen);
    for (version = 1; version <= 3; version++) {
        seen.v3 = (RPC_CALL_ATTRIBUTES_V3_A){ .Version = version,
                                              .Flags = RPC_QUERY_NO_AUTH_REQUIRED |
                                                       RPC_QUERY_CLIENT_PRINCIPAL_NAME,
                                              .ClientPrincipalName = (UCHAR *)seen.name,
                                              .ClientPrincipalNameBufferLength = sizeof seen.name };
        if (version > 1)
            seen.v3.Flags |= RPC_QUERY_IS_CLIENT_LOCAL;
        seen.status[version - 1] = RpcServerInqCallAttributesA(NULL, &seen.v3);
    }
    seen.v3.Flags = RPC_QUERY_NO_AUTH_REQUIRED | RPC_QUERY_IS_CLIENT_LOCAL | RPC_QUERY_CLIENT_ID;
    seen.v3.ClientIdentifier = seen.octets;
    seen.v3.ClientIdentifierBufferLength = sizeof seen.octets;
    seen.identifier = RpcServerInqCallAttributesA(binding, &seen.v3);
    seen.client = RpcBindingInqAuthClientExA(binding, &who, NULL, NULL, NULL, NULL, 0);
    (void)snprintf(seen.name_again, sizeof seen.name_again, "%s", who ? (char *)who : "");
    seen.binding_status = RpcBindingServerFromClient(binding, &server);
    if (!seen.binding_status && !RpcBindingToStringBindingA(server, &text))
        (void)snprintf(seen.binding, sizeof seen.binding, "%s", (char *)text);
    RpcStringFreeA(&text);
    RpcBindingFree(&server);
    seen.local = I_RpcBindingIsClientLocal(binding, &seen.is_local);
    return RPC_S_OK;
}

static void the_callback_sees_the_whole_call(void **state)
{
    const CS_SERVER_INTERFACE *face = enforce_try_v1_0_s_ifspec;
    RPC_BINDING_HANDLE known = enforce_bind(OVER_LOCAL, true), tcp = enforce_bind(OVER_TCP, false);

    (void)state;
    enforce_register(RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, asks_all);
    IS(enforce_call(WRITE, known), RPC_S_OK);
    assert_int_equal(seen.status[0] | seen.status[1] | seen.status[2] | seen.client, RPC_S_OK);
    assert_int_equal(seen.v3.AuthenticationLevel, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_int_equal(seen.v3.AuthenticationService, RPC_C_AUTHN_WINNT);
    assert_int_equal(seen.v3.ProtocolSequence, RPC_PROTSEQ_LRPC);
    assert_int_equal(seen.v3.IsClientLocal, rcclLocal);
    assert_int_equal(seen.v3.OpNum, WRITE);
    assert_memory_equal(&seen.v3.InterfaceUuid, &face->Head.Id.Uuid, sizeof(UUID));
    assert_false(seen.v3.NullSession);
    assert_true(strlen(seen.name) > 0);
    assert_string_equal(seen.name, seen.name_again);
    assert_int_equal(seen.identifier, RPC_S_CANNOT_SUPPORT);
    assert_int_equal(seen.local, RPC_S_OK);

    IS(enforce_call(READ, tcp), RPC_S_OK);
    assert_int_equal(seen.status[0] | seen.status[1] | seen.status[2], RPC_S_OK);
    assert_int_equal(seen.client, RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(seen.v3.AuthenticationLevel, RPC_C_AUTHN_LEVEL_NONE);
    assert_int_equal(seen.v3.ProtocolSequence, RPC_PROTSEQ_TCP);
    assert_int_equal(seen.v3.OpNum, READ);
    assert_string_equal(seen.name, "");
    assert_int_equal(seen.identifier, RPC_S_OK);
    assert_int_equal(seen.v3.ClientIdentifierBufferLength, 4);
    assert_memory_equal(seen.octets, "\x7f\0\0\x01", 4);
    assert_int_equal(seen.binding_status, RPC_S_OK);
    assert_memory_equal(seen.binding, "ncacn_ip_tcp:127.0.0.1", 22);
    enforce_unbind(&known);
    enforce_unbind(&tcp);
}

static ULONG granted_by_hand;

static RPC_STATUS no_null_session(RPC_IF_HANDLE id, void *binding)
{
    RPC_CALL_ATTRIBUTES_V1_A v1 = { .Version = 1 };
    RPC_CALL_ATTRIBUTES_V2_W v2 = { .Version = 2 };

    (void)id;
    rpc_server_call_current()->security->granted = granted_by_hand;
    if (RpcServerInqCallAttributesA(binding, &v1) != RPC_S_OK ||
        RpcServerInqCallAttributesW(NULL, &v2) != RPC_S_OK || v1.NullSession != v2.NullSession)
        return RPC_S_INTERNAL_ERROR;
    seen.v3.NullSession = v1.NullSession;
    return v1.NullSession ? RPC_S_ACCESS_DENIED : RPC_S_OK;
}

/* No package of ours grants one yet: NTLM will. */
static void the_callback_tells_a_null_session(void **state)
{
    static const struct {
        ULONG granted;
        BOOL null;
    } rows[] = { { 0, FALSE },
                 { ASC_RET_NULL_SESSION, TRUE },
                 { ASC_RET_NULL_SESSION | ASC_RET_INTEGRITY, TRUE },
                 { ~(ULONG)ASC_RET_NULL_SESSION, FALSE } };
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);
    size_t i;

    (void)state;
    enforce_register(0, no_null_session);
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        granted_by_hand = rows[i].granted;
        IS(enforce_call(READ, b), rows[i].null ? RPC_S_ACCESS_DENIED : RPC_S_OK);
        IS(seen.v3.NullSession, rows[i].null);
    }
    enforce_unbind(&b);
}

/* ---- the flags, each with each kind of caller ---- */

static RPC_STATUS yes(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    atomic_fetch_add(&asked, 1);
    return RPC_S_OK;
}

static RPC_STATUS no(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    atomic_fetch_add(&asked, 1);
    return RPC_S_ACCESS_DENIED;
}

enum {
    KNOWN = 1, /* over ncalrpc */
    NOBODY = 2,
    REMOTE = 4, /* nobody, over TCP */
    EVERYBODY = 7,
    SECURE = RPC_IF_ALLOW_SECURE_ONLY,
    LOCAL = RPC_IF_ALLOW_LOCAL_ONLY,
    OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
};

static const struct row {
    unsigned flags;
    RPC_IF_CALLBACK_FN *callback;
    unsigned admitted, asked; /* who is, and who the callback is asked about */
} rows[] = {
    { 0, NULL, KNOWN, 0 },
    { 0, yes, KNOWN, KNOWN },
    { 0, no, 0, KNOWN },
    { OPEN, NULL, EVERYBODY, 0 },
    { OPEN, yes, EVERYBODY, EVERYBODY },
    { OPEN, no, 0, EVERYBODY },
    { SECURE, NULL, KNOWN, 0 },
    { SECURE, yes, KNOWN, KNOWN },
    { SECURE | OPEN, NULL, KNOWN, 0 },
    { SECURE | OPEN, yes, KNOWN, KNOWN },
    { LOCAL, NULL, KNOWN, 0 },
    { LOCAL | OPEN, NULL, KNOWN | NOBODY, 0 },
    { LOCAL | OPEN, yes, KNOWN | NOBODY, KNOWN | NOBODY },
    { LOCAL | OPEN, no, 0, KNOWN | NOBODY },
    { LOCAL | SECURE | OPEN, yes, KNOWN, KNOWN },
};

static void check_row(const struct row *r, RPC_BINDING_HANDLE const caller[3])
{
    int i, before;

    for (i = 0; i < 3; i++) {
        RPC_STATUS want = r->admitted & 1U << i ? RPC_S_OK : RPC_S_ACCESS_DENIED, got;

        before = atomic_load(&asked);
        got = enforce_call(READ, caller[i]);
        if (got != want || atomic_load(&asked) - before != (int)(r->asked >> i & 1))
            fail_msg("flags %#x, caller %d: %d, not %d; the callback was asked %d times", r->flags,
                     i, (int)got, (int)want, atomic_load(&asked) - before);
    }
}

static void each_flag_stops_whom_it_should(void **state)
{
    RPC_BINDING_HANDLE caller[] = { enforce_bind(OVER_LOCAL, true), enforce_bind(OVER_LOCAL, false),
                                    enforce_bind(OVER_TCP, false) };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        enforce_register(rows[i].flags, rows[i].callback);
        check_row(&rows[i], caller);
        enforce_register(rows[i].flags | RPC_IF_AUTOLISTEN, rows[i].callback);
        check_row(&rows[i], caller);
    }
    for (i = 0; i < 3; i++)
        enforce_unbind(&caller[i]);
}

static atomic_int raised_by_callback;

static RPC_STATUS raises(RPC_IF_HANDLE id, void *binding)
{
    (void)id;
    (void)binding;
    if (atomic_load(&raised_by_callback) >= 0)
        RpcRaiseException(atomic_load(&raised_by_callback));
    return RPC_S_OK;
}

/* And nobody else: the server goes on. */
static void a_callback_that_raises_refuses_its_call(void **state)
{
    static const RPC_STATUS codes[] = { RPC_S_OUT_OF_MEMORY, RPC_S_OK, RPC_S_ACCESS_DENIED,
                                        RPC_S_ASYNC_CALL_PENDING, 123456789 };
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);
    size_t i;

    (void)state;
    enforce_register(RPC_IF_SEC_CACHE_PER_PROC, raises);
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        atomic_store(&raised_by_callback, codes[i]);
        IS(enforce_call(READ, b), RPC_S_ACCESS_DENIED);
    }
    atomic_store(&raised_by_callback, -1);
    IS(enforce_call(READ, b), RPC_S_OK);
    enforce_unbind(&b);
}

/* Without RpcServerListen an interface that does not listen by itself is not served. */
static void only_autolisten_serves_without_listening(void **state)
{
    RPC_BINDING_HANDLE b = enforce_bind(OVER_LOCAL, true);
    int i;

    (void)state;
    enforce_register(RPC_IF_AUTOLISTEN, NULL); /* keeps the connections */
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    IS(enforce_call(READ, b), RPC_S_OK);
    enforce_register(0, NULL);
    IS(enforce_call(READ, b), RPC_S_SERVER_TOO_BUSY);
    assert_int_equal(RpcServerListen(1, 1, TRUE), RPC_S_OK);
    for (i = 0; i < 200; i++) /* who has his answer has no call any more */
        IS(enforce_call(READ, b), RPC_S_OK);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    assert_int_equal(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE), RPC_S_OK);
    enforce_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_answer_is_kept_unless_asked_for),
        cmocka_unit_test(an_answer_is_kept_for_one_operation_of_one_caller),
        cmocka_unit_test(what_was_kept_goes_with_the_registration),
        cmocka_unit_test(the_callback_sees_the_whole_call),
        cmocka_unit_test(the_callback_tells_a_null_session),
        cmocka_unit_test(each_flag_stops_whom_it_should),
        cmocka_unit_test(a_callback_that_raises_refuses_its_call),
        cmocka_unit_test(only_autolisten_serves_without_listening),
    };

    return cmocka_run_group_tests(tests, enforce_set_up, enforce_tear_down);
}
