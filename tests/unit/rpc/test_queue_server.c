/* SPDX-License-Identifier: Apache-2.0
 * test_queue_server.c - calls taken out of a queue: which are made, for whom, and what is said of
 * them.
 */
#include <countersign/rpc.h>
#include <countersign/sddl.h>
#include <countersign/windows.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/policy.h"
#include "lib/queue_door.h"
#include "lib/unit.h"
#include "rpc/queue_server.h"
#include "transport/queued.h"

enum { STORE, RAISE, ASK, ANSWERED, PROCEDURES };

static atomic_int stored;
static atomic_uint last;

static void store(CS_SERVER_CALL *call)
{
    ULONG n = CsNdrInU32(CsServerIn(call));

    if (!CsServerReady(call))
        return;
    atomic_store(&last, n);
    atomic_fetch_add(&stored, 1);
}

static void raise(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        RpcRaiseException(4711);
}

/* What the routine of ASK was told. */
static struct {
    RPC_STATUS auth, attributes, server, impersonate, address;
    ULONG level, service, authorization;
    char principal[64], client[64];
    RPC_CALL_ATTRIBUTES_V2_A more;
} told;

static void ask_attributes(void)
{
    memset(&told.more, 0, sizeof told.more);
    told.more.Version = 2;
    told.more.Flags =
        RPC_QUERY_CLIENT_PRINCIPAL_NAME | RPC_QUERY_IS_CLIENT_LOCAL | RPC_QUERY_NO_AUTH_REQUIRED;
    told.more.ClientPrincipalName = (unsigned char *)told.client;
    told.more.ClientPrincipalNameBufferLength = sizeof told.client;
    told.attributes = RpcServerInqCallAttributesA(NULL, &told.more);
}

static void ask(CS_SERVER_CALL *call)
{
    unsigned char *principal = NULL, *name = NULL;
    RPC_BINDING_HANDLE back = NULL;
    RPC_AUTHZ_HANDLE privileges = NULL;

    if (!CsServerReady(call))
        return;
    told.auth = RpcBindingInqAuthClientA(NULL, &privileges, &principal, &told.level, &told.service,
                                         &told.authorization);
    if (!told.auth) {
        snprintf(told.principal, sizeof told.principal, "%s", (char *)principal);
        assert_string_equal((char *)privileges, "alice@EXAMPLE.COM");
        RpcStringFreeA(&principal);
    }
    ask_attributes();
    told.server = RpcBindingServerFromClient(NULL, &back);
    told.impersonate = RpcImpersonateClient(NULL);
    assert_int_equal(RpcServerInqBindingHandle(&back), RPC_S_OK);
    told.address = RpcBindingToStringBindingA(back, &name);
    atomic_fetch_add(&stored, 1);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = { { store, "Store", CS_CALL_MESSAGE },
                                                            { raise, "Raise", CS_CALL_MESSAGE },
                                                            { ask, "Ask", CS_CALL_MESSAGE },
                                                            { store, "Answered", 0 } };
static const CS_SERVER_INTERFACE face = { .Head = { .Length = sizeof face,
                                                    .StubAbi = CS_STUB_ABI,
                                                    .Side = CS_INTERFACE_SERVER,
                                                    .ProcedureCount = PROCEDURES,
                                                    .Id = { { 1, 2, 3, { 4 } }, 1, 0 },
                                                    .Name = "unit",
                                                    .Allocate = malloc,
                                                    .Free = free },
                                          .Procedures = procedures,
                                          .DefaultManagerEpv = procedures };

static const char *const alice[] = { "S-1-5-21-1-2-3-1104", "S-1-5-21-1-2-3-513" };

static struct queued_message letter(uint16_t opnum, enum queued_level level)
{
    static const uint8_t body[4] = { 7 };

    return (struct queued_message){
        .interface = { { 1, 2, 3, { 4 } }, 1, 0 },
        .transfer = { { 0x8a885d04,
                        0x1ceb,
                        0x11c9,
                        { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } },
                      2,
                      0 },
        .opnum = opnum,
        .body = bytes_of(body, sizeof body),
        .level = level,
        .sender = level == QUEUED_LEVEL_NONE ? NULL : "alice@EXAMPLE.COM",
        .sids = alice,
        .sids_count = 2,
        .server = level == QUEUED_LEVEL_NONE ? NULL : "orders/server.example.com",
    };
}

static size_t put(uint16_t opnum, enum queued_level level)
{
    const struct queued_message m = letter(opnum, level);

    return door_put(&m);
}

static RPC_STATUS use(const char *queue, ULONG flags, ULONG nics, void *descriptor)
{
    RPC_POLICY policy = { sizeof policy, flags, nics };

    return RpcServerUseProtseqEpExA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR)(uintptr_t)queue,
                                    descriptor, &policy);
}

static void serve(ULONG flags, UINT interface_flags, RPC_IF_CALLBACK_FN *callback)
{
    assert_int_equal(use("orders", flags, 0, NULL), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx((RPC_IF_HANDLE)(uintptr_t)&face, NULL, NULL,
                                           interface_flags | RPC_IF_AUTOLISTEN, 8, callback),
                     RPC_S_OK);
}

static int begin(void **state)
{
    (void)state;
    door_begin();
    queued_set(door_functions());
    atomic_store(&stored, 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    rpc_queues_end();
    assert_int_equal(door.opened - (door.open_fails ? 1U : 0U), door.closed);
    (void)RpcServerUnregisterIf((RPC_IF_HANDLE)(uintptr_t)&face, NULL, 1);
    queued_set(NULL);
    policy_set(POLICY_QUEUE_LEVEL, POLICY_ENFORCE);
    policy_set(POLICY_ANONYMOUS, POLICY_ENFORCE);
    return 0;
}

static void expect(size_t i, enum queued_end what, uint32_t status)
{
    struct queued_outcome o = door_outcome(i);

    assert_int_equal(o.end, what);
    assert_int_equal(o.status, status);
}

/* ---- the queue ---- */

static void flags_say_what_the_queue_is(void **state)
{
    (void)state;
    assert_int_equal(use("orders",
                         RPC_C_MQ_PERMANENT | RPC_C_MQ_CLEAR_ON_OPEN |
                             RPC_C_MQ_USE_EXISTING_SECURITY | RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY,
                         0, NULL),
                     RPC_S_OK);
    assert_string_equal(door.name, "orders");
    assert_true(door.ask.permanent && door.ask.clear && door.ask.keep_security);
    assert_int_equal(door.ask.least, QUEUED_LEVEL_PRIVACY);
    assert_int_equal(use("orders", 0, 0, NULL), RPC_S_DUPLICATE_ENDPOINT);
    assert_int_equal(door.opened, 1); /* it was not even asked, or it would have been cleared */
    assert_int_equal(
        use("others", RPC_C_MQ_TEMPORARY | RPC_C_MQ_AUTHN_LEVEL_PKT_INTEGRITY, 0, NULL), RPC_S_OK);
    assert_false(door.ask.permanent || door.ask.clear || door.ask.keep_security);
    assert_int_equal(door.ask.least, QUEUED_LEVEL_INTEGRITY);
    assert_int_equal(RpcServerUseProtseqEpA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR) "more", NULL),
                     RPC_S_OK);
    assert_int_equal(door.ask.least, QUEUED_LEVEL_NONE);
    assert_int_equal(door.ask.access.len, 0);
}

static void a_queue_may_be_refused(void **state)
{
    (void)state;
    assert_int_equal(use("orders", 0x20, 0, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(use("orders", 0, RPC_C_BIND_TO_ALL_NICS, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(use("$orders", 0, 0, NULL), RPC_S_INVALID_ENDPOINT_FORMAT);
    assert_int_equal(RpcServerUseProtseqA((RPC_CSTR) "ncadg_mq", 1, NULL), RPC_S_CANNOT_SUPPORT);
    assert_int_equal(door.opened, 0);
    door.open_fails = ERR_ACCESS_DENIED;
    assert_int_equal(use("orders", 0, 0, NULL), RPC_S_ACCESS_DENIED);
}

static void its_descriptor_is_the_queues_too(void **state)
{
    PSECURITY_DESCRIPTOR d = NULL;
    size_t i;

    (void)state;
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(
        "D:(A;;GA;;;S-1-5-21-1-2-3-1105)", SDDL_REVISION_1, &d, NULL));
    assert_int_equal(use("orders", 0, 0, d), RPC_S_OK);
    assert_true(door.ask.access.len > 0);
    assert_int_equal(RpcServerRegisterIfEx((RPC_IF_HANDLE)(uintptr_t)&face, NULL, NULL,
                                           RPC_IF_AUTOLISTEN, 8, NULL),
                     RPC_S_OK);
    i = put(STORE, QUEUED_LEVEL_PRIVACY); /* alice is 1104 */
    expect(i, QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
    assert_int_equal(atomic_load(&stored), 0);
    LocalFree(d);
}

/* ---- what is executed ---- */

static void a_message_is_executed(void **state)
{
    size_t i;

    (void)state;
    serve(0, 0, NULL);
    i = put(STORE, QUEUED_LEVEL_INTEGRITY);
    expect(i, QUEUED_EXECUTED, 0);
    assert_true(door.letters[i].begun);
    assert_int_equal(atomic_load(&stored), 1);
    assert_int_equal(atomic_load(&last), 7);
}

static void an_exception_is_a_failed_delivery(void **state)
{
    size_t i;

    (void)state;
    serve(0, 0, NULL);
    i = put(RAISE, QUEUED_LEVEL_INTEGRITY);
    expect(i, QUEUED_FAILED, 4711);
    assert_true(door.letters[i].begun);
}

static void arguments_that_are_none_are_refused(void **state)
{
    struct queued_message m = letter(STORE, QUEUED_LEVEL_INTEGRITY);

    (void)state;
    serve(0, 0, NULL);
    m.body.len = 3;
    expect(door_put(&m), QUEUED_REFUSED, (uint32_t)RPC_X_BAD_STUB_DATA);
    assert_int_equal(atomic_load(&stored), 0);
}

static void what_there_is_not_is_refused(void **state)
{
    struct queued_message m = letter(STORE, QUEUED_LEVEL_INTEGRITY);

    (void)state;
    serve(0, 0, NULL);
    expect(put(PROCEDURES, QUEUED_LEVEL_INTEGRITY), QUEUED_REFUSED,
           (uint32_t)RPC_S_PROCNUM_OUT_OF_RANGE);
    expect(put(ANSWERED, QUEUED_LEVEL_INTEGRITY), QUEUED_REFUSED,
           (uint32_t)RPC_S_PROCNUM_OUT_OF_RANGE);
    m.transfer.major++;
    expect(door_put(&m), QUEUED_REFUSED, (uint32_t)RPC_S_UNSUPPORTED_TRANS_SYN);
    assert_int_equal(atomic_load(&stored), 0);
}

/* E11: they wait, whatever was first, the protocol sequence or the interface. */
static void what_is_not_registered_waits(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(use("orders", 0, 0, NULL), RPC_S_OK);
    i = put(STORE, QUEUED_LEVEL_INTEGRITY);
    usleep(50000);
    assert_false(door_taken(i));
    assert_int_equal(RpcServerRegisterIfEx((RPC_IF_HANDLE)(uintptr_t)&face, NULL, NULL,
                                           RPC_IF_AUTOLISTEN, 8, NULL),
                     RPC_S_OK);
    expect(i, QUEUED_EXECUTED, 0);
}

static void nothing_is_taken_before_the_server_listens(void **state)
{
    size_t i;

    (void)state;
    assert_int_equal(use("orders", 0, 0, NULL), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx((RPC_IF_HANDLE)(uintptr_t)&face, NULL, NULL, 0, 8, NULL),
                     RPC_S_OK);
    i = put(STORE, QUEUED_LEVEL_INTEGRITY);
    usleep(50000);
    assert_false(door_taken(i));
    assert_int_equal(RpcServerListen(1, 8, TRUE), RPC_S_OK); /* for there is a queue */
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
}

static void what_cannot_begin_waits_on(void **state)
{
    size_t i;

    (void)state;
    door.begin_fails = ERR_CONNECT;
    serve(0, 0, NULL);
    i = put(STORE, QUEUED_LEVEL_INTEGRITY);
    door_returned(i, 2);
    assert_int_equal(atomic_load(&stored), 0);
    pthread_mutex_lock(&door.lock);
    door.begin_fails = ERR_OK;
    pthread_mutex_unlock(&door.lock);
    expect(i, QUEUED_EXECUTED, 0);
}

/* ---- who may ---- */

static void an_unauthenticated_message_is_refused(void **state)
{
    (void)state;
    serve(0, 0, NULL);
    expect(put(STORE, QUEUED_LEVEL_NONE), QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
    assert_int_equal(atomic_load(&stored), 0);
    policy_set(POLICY_QUEUE_LEVEL, POLICY_OFF);
    expect(put(STORE, QUEUED_LEVEL_NONE), QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
    policy_set(POLICY_ANONYMOUS, POLICY_OFF);
    expect(put(STORE, QUEUED_LEVEL_NONE), QUEUED_EXECUTED, 0);
}

static void an_interface_may_ask_for_those_whom_nobody_knows(void **state)
{
    (void)state;
    serve(0, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, NULL);
    expect(put(STORE, QUEUED_LEVEL_NONE), QUEUED_EXECUTED, 0);
}

static void flags_only_raise(void **state)
{
    (void)state;
    serve(RPC_C_MQ_AUTHN_LEVEL_PKT_PRIVACY, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, NULL);
    expect(put(STORE, QUEUED_LEVEL_NONE), QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
    expect(put(STORE, QUEUED_LEVEL_INTEGRITY), QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
    expect(put(STORE, QUEUED_LEVEL_PRIVACY), QUEUED_EXECUTED, 0);
}

static RPC_STATUS refuse(RPC_IF_HANDLE id, void *context)
{
    ULONG level = 0;

    (void)id;
    assert_int_equal(RpcBindingInqAuthClientA(context, NULL, NULL, &level, NULL, NULL), RPC_S_OK);
    return level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? RPC_S_OK : RPC_S_ACCESS_DENIED;
}

static void the_security_callback_is_asked(void **state)
{
    (void)state;
    serve(0, 0, refuse);
    expect(put(STORE, QUEUED_LEVEL_INTEGRITY), QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
    expect(put(STORE, QUEUED_LEVEL_PRIVACY), QUEUED_EXECUTED, 0);
    assert_int_equal(atomic_load(&stored), 1);
}

static void an_interface_for_this_host_has_no_messages(void **state)
{
    (void)state;
    serve(0, RPC_IF_ALLOW_LOCAL_ONLY, NULL);
    expect(put(STORE, QUEUED_LEVEL_PRIVACY), QUEUED_REFUSED, (uint32_t)RPC_S_ACCESS_DENIED);
}

/* ---- who calls ---- */

static void the_routine_learns_who_it_was(void **state)
{
    (void)state;
    serve(0, 0, NULL);
    expect(put(ASK, QUEUED_LEVEL_PRIVACY), QUEUED_EXECUTED, 0);
    assert_int_equal(told.auth, RPC_S_OK);
    assert_int_equal(told.level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_int_equal(told.service, RPC_C_AUTHN_MQ);
    assert_int_equal(told.authorization, RPC_C_AUTHZ_NONE);
    assert_string_equal(told.principal, "orders/server.example.com");
    assert_int_equal(told.attributes, RPC_S_OK);
    assert_string_equal(told.client, "alice@EXAMPLE.COM");
    assert_int_equal(told.more.AuthenticationService, RPC_C_AUTHN_MQ);
    assert_int_equal(told.more.IsClientLocal, rcclClientUnknownLocality);
    assert_int_equal(told.more.ProtocolSequence, 0);
    assert_int_equal(told.more.OpNum, ASK);
    assert_int_equal(told.impersonate, RPC_S_CANNOT_SUPPORT);
    assert_int_equal(told.server, RPC_S_CANNOT_SUPPORT);
    assert_int_equal(told.address, RPC_S_CANNOT_SUPPORT);
}

static void of_nobody_it_learns_nothing(void **state)
{
    (void)state;
    serve(0, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, NULL);
    expect(put(ASK, QUEUED_LEVEL_NONE), QUEUED_EXECUTED, 0);
    assert_int_equal(told.auth, RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(told.attributes, RPC_S_OK);
    assert_string_equal(told.client, "");
    assert_int_equal(told.impersonate, RPC_S_NO_CONTEXT_AVAILABLE);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        ONE(flags_say_what_the_queue_is),
        ONE(a_queue_may_be_refused),
        ONE(its_descriptor_is_the_queues_too),
        ONE(a_message_is_executed),
        ONE(an_exception_is_a_failed_delivery),
        ONE(arguments_that_are_none_are_refused),
        ONE(what_there_is_not_is_refused),
        ONE(what_is_not_registered_waits),
        ONE(nothing_is_taken_before_the_server_listens),
        ONE(what_cannot_begin_waits_on),
        ONE(an_unauthenticated_message_is_refused),
        ONE(an_interface_may_ask_for_those_whom_nobody_knows),
        ONE(flags_only_raise),
        ONE(the_security_callback_is_asked),
        ONE(an_interface_for_this_host_has_no_messages),
        ONE(the_routine_learns_who_it_was),
        ONE(of_nobody_it_learns_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
