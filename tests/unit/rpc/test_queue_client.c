/* SPDX-License-Identifier: Apache-2.0
 * test_queue_client.c - bindings of ncadg_mq, and calls left in a queue.
 */
#include <countersign/rpc.h>

#include "base/detail.h"
#include "base/policy.h"
#include "lib/queue_door.h"
#include "lib/unit.h"
#include "rpc/thread.h"
#include "transport/queued.h"

#define SPN (unsigned char *)"orders/server.example.com"

static const CS_ENDPOINT endpoints[] = { { "ncacn_ip_tcp", "4711" }, { "ncadg_mq", "of the IDL" } };
static const CS_CLIENT_INTERFACE face = { { .Length = sizeof face,
                                            .StubAbi = CS_STUB_ABI,
                                            .Side = CS_INTERFACE_CLIENT,
                                            .Id = { { 1, 2, 3, { 4 } }, 5, 6 },
                                            .Name = "unit",
                                            .Endpoints = endpoints,
                                            .EndpointCount = 2,
                                            .Syntaxes = CS_SYNTAX_NDR | CS_SYNTAX_NDR64 } };

static int begin(void **state)
{
    (void)state;
    door_begin();
    queued_set(door_functions());
    return 0;
}

static int end(void **state)
{
    (void)state;
    queued_set(NULL);
    return 0;
}

static RPC_BINDING_HANDLE bound(const char *text)
{
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)text, &b), RPC_S_OK);
    return b;
}

static RPC_STATUS from(const char *text)
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)text, &b);

    if (!status)
        assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    return status;
}

/* As the stub of [message] void Send([in] long n) of procedure 3. */
static RPC_STATUS left(RPC_BINDING_HANDLE b, LONG n)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, &face, b, 3, CS_CALL_MESSAGE);

    CsNdrOutU32(out, (ULONG)n);
    assert_null(CsClientSend(&call));
    return CsClientEnd(&call);
}

/* ---- whether there is any ---- */

static bool is_listed(void)
{
    RPC_PROTSEQ_VECTORA *all = NULL;
    bool listed;

    assert_int_equal(RpcNetworkInqProtseqsA(&all), RPC_S_OK);
    listed = strcmp((char *)all->Protseq[all->Count - 1], "ncadg_mq") == 0;
    assert_int_equal(RpcProtseqVectorFreeA(&all), RPC_S_OK);
    return listed;
}

static void without_its_library_there_is_none(void **state)
{
    const struct queued_door other = { .version = QUEUED_DOOR + 1 };

    (void)state;
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) "ncadg_mq"), RPC_S_OK);
    assert_true(is_listed());
    queued_set(&other);
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) "ncadg_mq"), RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_non_null(strstr(detail_get()->remedy, "libcountersign-queue.so"));
    assert_int_equal(from("ncadg_mq:[orders]"), RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_int_equal(RpcServerUseProtseqEpA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR) "orders", NULL),
                     RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_false(is_listed());
}

static void a_binding_names_a_queue(void **state)
{
    char longest[QUEUED_NAME_MAX + 32] = "ncadg_mq:[";
    unsigned char *text = NULL;
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");
    size_t n = strlen(longest);

    (void)state;
    assert_int_equal(RpcBindingToStringBindingA(b, &text), RPC_S_OK);
    assert_string_equal((char *)text, "ncadg_mq:[orders]");
    assert_int_equal(RpcStringFreeA(&text), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    memset(longest + n, 'q', QUEUED_NAME_MAX);
    memcpy(longest + n + QUEUED_NAME_MAX, "]", 2);
    assert_int_equal(from(longest), RPC_S_OK);
    memcpy(longest + n + QUEUED_NAME_MAX, "q]", 3);
    assert_int_equal(from(longest), RPC_S_INVALID_ENDPOINT_FORMAT);
    assert_int_equal(from("ncadg_mq:[Bestellungen \xc3\xbc"
                          "ber Nacht]"),
                     RPC_S_OK);
    assert_int_equal(from("ncadg_mq:[$system]"), RPC_S_INVALID_ENDPOINT_FORMAT);
    assert_int_equal(from("ncadg_mq:[ ahead]"), RPC_S_INVALID_ENDPOINT_FORMAT);
    assert_int_equal(from("ncadg_mq:[behind ]"), RPC_S_INVALID_ENDPOINT_FORMAT);
    assert_int_equal(from("ncadg_mq:[orders,Security=none]"), RPC_S_INVALID_NETWORK_OPTIONS);
}

/* ---- options ---- */

static ULONG_PTR option_of(RPC_BINDING_HANDLE b, ULONG option)
{
    ULONG_PTR value = 12345;

    assert_int_equal(RpcBindingInqOption(b, option, &value), RPC_S_OK);
    return value;
}

static void options_have_their_defaults(void **state)
{
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");

    (void)state;
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_DELIVERY), RPC_C_MQ_EXPRESS);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_PRIORITY), 3);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_JOURNAL), RPC_C_MQ_JOURNAL_NONE);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_ACKNOWLEDGE), FALSE);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_AUTHN_SERVICE), RPC_C_AUTHN_NONE);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_AUTHN_LEVEL), RPC_C_AUTHN_LEVEL_NONE);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE), INFINITE);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED), INFINITE);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void options_reach_the_call(void **state)
{
    static const struct {
        ULONG option;
        ULONG_PTR value;
    } set[] = { { RPC_C_OPT_MQ_DELIVERY, RPC_C_MQ_RECOVERABLE },
                { RPC_C_OPT_MQ_PRIORITY, 7 },
                { RPC_C_OPT_MQ_JOURNAL, RPC_C_MQ_JOURNAL_ALWAYS },
                { RPC_C_OPT_MQ_ACKNOWLEDGE, TRUE },
                { RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE, 10 },
                { RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED, 3600 },
                { RPC_C_OPT_CALL_TIMEOUT, 500 },
                { RPC_C_OPT_BINDING_NONCAUSAL, TRUE } };
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]"), copy = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof set / sizeof *set; i++)
        assert_int_equal(RpcBindingSetOption(b, set[i].option, set[i].value), RPC_S_OK);
    assert_int_equal(RpcBindingCopy(b, &copy), RPC_S_OK);
    for (i = 0; i < sizeof set / sizeof *set; i++)
        assert_int_equal(option_of(copy, set[i].option), set[i].value);
    assert_int_equal(left(copy, 1), RPC_S_OK);
    assert_true(door.call.options.recoverable && door.call.options.acknowledge);
    assert_int_equal(door.call.options.priority, 7);
    assert_int_equal(door.call.options.journal, QUEUED_JOURNAL_ALWAYS);
    assert_int_equal(door.call.options.reach_seconds, 10);
    assert_int_equal(door.call.options.receive_seconds, 3600);
    assert_int_equal(RpcBindingFree(&copy), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void options_have_ranges(void **state)
{
    static const struct {
        ULONG option;
        ULONG_PTR value;
        RPC_STATUS status;
    } bad[] = {
        { RPC_C_OPT_MQ_DELIVERY, 2, RPC_S_INVALID_ARG },
        { RPC_C_OPT_MQ_PRIORITY, 8, RPC_S_INVALID_ARG },
        { RPC_C_OPT_MQ_JOURNAL, 3, RPC_S_INVALID_ARG },
        { RPC_C_OPT_MQ_TIME_TO_REACH_QUEUE, (ULONG_PTR)1 << 32, RPC_S_INVALID_ARG },
        { RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED, (ULONG_PTR)1 << 32, RPC_S_INVALID_ARG },
        { RPC_C_OPT_MQ_AUTHN_LEVEL, 7, RPC_S_UNKNOWN_AUTHN_LEVEL },
        { RPC_C_OPT_MQ_AUTHN_SERVICE, RPC_C_AUTHN_WINNT, RPC_S_UNKNOWN_AUTHN_SERVICE },
        { 0, 0, RPC_S_CANNOT_SUPPORT },
        { RPC_C_OPT_SECURITY_CALLBACK, 1, RPC_S_CANNOT_SUPPORT },
        { RPC_C_OPT_UNIQUE_BINDING, TRUE, RPC_S_CANNOT_SUPPORT },
        { RPC_C_OPT_DONT_LINGER, TRUE, RPC_S_CANNOT_SUPPORT },
    };
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");
    ULONG_PTR value = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(RpcBindingSetOption(b, bad[i].option, bad[i].value), bad[i].status);
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (bad[i].status == RPC_S_CANNOT_SUPPORT)
            assert_int_equal(RpcBindingInqOption(b, bad[i].option, &value), RPC_S_CANNOT_SUPPORT);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* Their numbers are other options' there, or none's. */
static void options_are_of_queues_alone(void **state)
{
    RPC_BINDING_HANDLE b = bound("ncacn_ip_tcp:127.0.0.1[4711]");
    ULONG_PTR value = 0;
    ULONG option;

    (void)state;
    for (option = RPC_C_OPT_MQ_DELIVERY; option <= RPC_C_OPT_MQ_TIME_TO_BE_RECEIVED; option++) {
        assert_int_equal(RpcBindingSetOption(b, option, 1), RPC_S_CANNOT_SUPPORT);
        assert_int_equal(RpcBindingInqOption(b, option, &value), RPC_S_CANNOT_SUPPORT);
    }
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* ---- authentication ---- */

static RPC_STATUS authenticate(RPC_BINDING_HANDLE b, unsigned char *spn, ULONG level, ULONG service)
{
    return RpcBindingSetAuthInfoA(b, spn, level, service, NULL, RPC_C_AUTHZ_NONE);
}

static void levels_are_raised(void **state)
{
    static const struct {
        ULONG asked, got;
    } level[] = { { RPC_C_AUTHN_LEVEL_DEFAULT, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY },
                  { RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY },
                  { RPC_C_AUTHN_LEVEL_CALL, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY },
                  { RPC_C_AUTHN_LEVEL_PKT, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY },
                  { RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY },
                  { RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_LEVEL_PKT_PRIVACY } };
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");
    unsigned char *spn = NULL;
    ULONG got = 0, service = 0;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof level / sizeof *level; i++) {
        assert_int_equal(
            authenticate(b, SPN, level[i].asked, i % 2 ? RPC_C_AUTHN_MQ : RPC_C_AUTHN_DEFAULT),
            RPC_S_OK);
        assert_int_equal(RpcBindingInqAuthInfoA(b, &spn, &got, &service, NULL, NULL), RPC_S_OK);
        assert_int_equal(got, level[i].got);
        assert_int_equal(service, RPC_C_AUTHN_MQ);
        assert_string_equal((char *)spn, (char *)SPN);
        assert_int_equal(RpcStringFreeA(&spn), RPC_S_OK);
        assert_int_equal(left(b, 1), RPC_S_OK);
        assert_int_equal(door.call.level, level[i].got);
        assert_string_equal(door.server, (char *)SPN);
    }
    assert_int_equal(authenticate(b, SPN, RPC_C_AUTHN_LEVEL_NONE, RPC_C_AUTHN_MQ), RPC_S_OK);
    assert_int_equal(left(b, 1), RPC_S_OK);
    assert_int_equal(door.call.level, QUEUED_LEVEL_NONE);
    assert_null(door.call.server);
    assert_int_equal(RpcBindingInqAuthInfoA(b, NULL, &got, NULL, NULL, NULL),
                     RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void only_messages_of_ones_own_account(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_A who = { .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");

    (void)state;
    assert_int_equal(RpcBindingSetAuthInfoA(b, SPN, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_MQ,
                                            &who, RPC_C_AUTHZ_NONE),
                     RPC_S_INVALID_AUTH_IDENTITY);
    assert_int_equal(authenticate(b, SPN, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_WINNT),
                     RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(authenticate(b, SPN, 7, RPC_C_AUTHN_MQ), RPC_S_UNKNOWN_AUTHN_LEVEL);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    b = bound("ncacn_ip_tcp:127.0.0.1[4711]");
    assert_int_equal(authenticate(b, SPN, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_MQ),
                     RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void a_principal_is_named(void **state)
{
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");

    (void)state;
    assert_int_equal(authenticate(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, RPC_C_AUTHN_MQ),
                     RPC_S_ACCESS_DENIED);
    assert_int_equal(
        RpcBindingSetOption(b, RPC_C_OPT_MQ_AUTHN_LEVEL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY),
        RPC_S_ACCESS_DENIED);
    assert_int_equal(authenticate(b, SPN, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_AUTHN_MQ),
                     RPC_S_OK);
    assert_int_equal(
        RpcBindingSetOption(b, RPC_C_OPT_MQ_AUTHN_LEVEL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY), RPC_S_OK);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_AUTHN_LEVEL), RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_AUTHN_SERVICE), RPC_C_AUTHN_MQ);
    assert_int_equal(left(b, 1), RPC_S_OK);
    assert_string_equal(door.server, (char *)SPN);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_MQ_AUTHN_SERVICE, RPC_C_AUTHN_NONE),
                     RPC_S_OK);
    assert_int_equal(option_of(b, RPC_C_OPT_MQ_AUTHN_LEVEL), RPC_C_AUTHN_LEVEL_NONE);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* ---- calls ---- */

static void a_call_is_handed_over(void **state)
{
    static const struct uuid ndr = {
        0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 }
    };
    RPC_BINDING_HANDLE b = bound("0a000000-0000-0000-0000-000000000001@ncadg_mq:elsewhere[orders]");

    (void)state;
    assert_int_equal(left(b, 0x01020304), RPC_S_OK);
    assert_int_equal(door.submitted, 1);
    assert_string_equal(door.host, "elsewhere");
    assert_string_equal(door.queue, "orders");
    assert_int_equal(door.call.interface.uuid.data1, 1);
    assert_int_equal(door.call.interface.major, 5);
    assert_int_equal(door.call.interface.minor, 6);
    assert_int_equal(door.call.opnum, 3);
    assert_int_equal(door.call.object.data1, 0x0a000000);
    assert_memory_equal(&door.call.transfer.uuid, &ndr, sizeof ndr);
    assert_int_equal(door.call.transfer.major, 2);
    assert_int_equal(door.call.body.len, 4);
    assert_memory_equal(door.body, "\x04\x03\x02\x01", 4);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void the_idl_may_name_the_queue(void **state)
{
    CS_CLIENT_INTERFACE nameless = face;
    RPC_BINDING_HANDLE b = bound("ncadg_mq:");
    CS_CLIENT_CALL call;

    (void)state;
    nameless.Head.EndpointCount = 1;
    (void)CsClientBegin(&call, &nameless, b, 3, CS_CALL_MESSAGE);
    assert_null(CsClientSend(&call));
    assert_int_equal(CsClientEnd(&call), RPC_S_NO_ENDPOINT_FOUND);
    assert_int_equal(left(b, 1), RPC_S_OK);
    assert_string_equal(door.queue, "of the IDL");
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void what_is_not_accepted_fails(void **state)
{
    static const struct {
        enum err submit;
        RPC_STATUS status;
    } rows[] = {
        { ERR_QUEUE_FULL, RPC_S_SERVER_TOO_BUSY },
        { ERR_RPC_BUSY, RPC_S_SERVER_TOO_BUSY },
        { ERR_DISK_FULL, RPC_S_OUT_OF_RESOURCES },
        { ERR_RPC_UNAVAILABLE, RPC_S_SERVER_UNAVAILABLE },
    };
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        door.submit_fails = rows[i].submit;
        assert_int_equal(left(b, 1), rows[i].status);
    }
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void what_takes_more_than_an_answer_does_not_go(void **state)
{
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");
    RPC_ASYNC_STATE async;
    CS_CLIENT_CALL call;
    RPC_IF_ID_VECTOR *ids = NULL;

    (void)state;
    (void)CsClientBegin(&call, &face, b, 3, CS_CALL_PIPE_OUT);
    assert_null(CsClientSend(&call));
    assert_int_equal(CsClientEnd(&call), RPC_S_CANNOT_SUPPORT);
    (void)CsClientBegin(&call, &face, b, 3, CS_CALL_MAYBE);
    assert_null(CsClientSend(&call));
    assert_int_equal(CsClientEnd(&call), RPC_S_CANNOT_SUPPORT);
    assert_int_equal(RpcMgmtInqIfIds(b, &ids), RPC_S_CANNOT_SUPPORT);
    assert_int_equal(RpcAsyncInitializeHandle(&async, sizeof async), RPC_S_OK);
    async.NotificationType = RpcNotificationTypeNone;
    assert_int_equal(
        CsAsyncSend(CsAsyncBegin(&async, &face, b, &(CS_ASYNC_PROCEDURE){ .Opnum = 3 }, NULL)),
        RPC_S_CANNOT_SUPPORT);
    assert_int_equal(door.submitted, 0);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void cancel_it(void)
{
    assert_int_equal(RpcCancelThreadEx((void *)(uintptr_t)pthread_self(), 0), RPC_S_OK);
    assert_false(rpc_thread_is_cancelled());
}

/* What the library calls on the way would end, and the message could be there twice. */
static void a_call_that_is_handed_over_is_not_cancelled(void **state)
{
    RPC_BINDING_HANDLE b = bound("ncadg_mq:[orders]");

    (void)state;
    door.meanwhile = cancel_it;
    assert_int_equal(left(b, 1), RPC_S_OK);
    assert_int_equal(door.submitted, 1);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        ONE(without_its_library_there_is_none),
        ONE(a_binding_names_a_queue),
        ONE(options_have_their_defaults),
        ONE(options_reach_the_call),
        ONE(options_have_ranges),
        ONE(options_are_of_queues_alone),
        ONE(levels_are_raised),
        ONE(only_messages_of_ones_own_account),
        ONE(a_principal_is_named),
        ONE(a_call_is_handed_over),
        ONE(the_idl_may_name_the_queue),
        ONE(what_is_not_accepted_fails),
        ONE(a_call_that_is_handed_over_is_not_cancelled),
        ONE(what_takes_more_than_an_answer_does_not_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
