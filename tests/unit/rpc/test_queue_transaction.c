/* SPDX-License-Identifier: Apache-2.0
 * test_queue_transaction.c - queued calls executed in transactions: who is asked when, what is
 * joined, what is said of them.
 */
#include <countersign/rpc.h>
#include <countersign/rpctransaction.h>
#include <pthread.h>
#include <stdatomic.h>

#include "lib/queue_door.h"
#include "lib/unit.h"
#include "rpc/queue_server.h"

enum { SEND, SEND_BY_ANOTHER_THREAD, RAISE, COMMIT_AND_RAISE, PROCEDURES };

static struct {
    atomic_int runs, asked, answer;
    CS_TRANSACTION_TOKEN of_routine, of_question;
    RPC_STATUS token, sent, replay;
    char replayer[64], reason[64];
} seen;

/* ---- the routines ---- */

static const CS_CLIENT_INTERFACE out = { { .Length = sizeof out,
                                           .StubAbi = CS_STUB_ABI,
                                           .Side = CS_INTERFACE_CLIENT,
                                           .Id = { { 9, 2, 3, { 4 } }, 1, 0 },
                                           .Name = "out",
                                           .Syntaxes = CS_SYNTAX_NDR } };

/* As the stub of [message] void Send(void). */
static RPC_STATUS leave_one(void)
{
    RPC_BINDING_HANDLE b = NULL;
    CS_CLIENT_CALL call;
    RPC_STATUS status;

    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR) "ncadg_mq:[out]", &b), RPC_S_OK);
    (void)CsClientBegin(&call, &out, b, 0, CS_CALL_MESSAGE);
    assert_null(CsClientSend(&call));
    status = CsClientEnd(&call);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    return status;
}

/* In either form, and each half of it. */
static void inquire_replay(void)
{
    RPC_CSTR by = NULL, reason = NULL;
    RPC_WSTR wide = NULL;

    seen.replay = CsServerInqReplayA(NULL, &by, &reason);
    (void)snprintf(seen.replayer, sizeof seen.replayer, "%s", by ? (const char *)by : "");
    (void)snprintf(seen.reason, sizeof seen.reason, "%s", reason ? (const char *)reason : "");
    (void)RpcStringFreeA(&by);
    (void)RpcStringFreeA(&reason);
    assert_int_equal(CsServerInqReplayW(NULL, NULL, &wide), seen.replay);
    assert_int_equal(wide != NULL, seen.replay == RPC_S_OK);
    (void)RpcStringFreeW(&wide);
    assert_int_equal(CsServerInqReplayA(NULL, NULL, NULL), seen.replay);
}

static bool ready(CS_SERVER_CALL *call)
{
    if (!CsServerReady(call))
        return false;
    atomic_fetch_add(&seen.runs, 1);
    seen.token = CsServerInqTransaction(NULL, &seen.of_routine);
    inquire_replay();
    return true;
}

static void send_one(CS_SERVER_CALL *call)
{
    if (ready(call))
        seen.sent = leave_one();
}

static void *leave_from_here(void *arg)
{
    (void)arg;
    seen.sent = leave_one();
    return NULL;
}

static void send_by_another_thread(CS_SERVER_CALL *call)
{
    pthread_t thread;

    if (!ready(call))
        return;
    assert_int_equal(pthread_create(&thread, NULL, leave_from_here, NULL), 0);
    pthread_join(thread, NULL);
}

static void raise(CS_SERVER_CALL *call)
{
    if (ready(call))
        RpcRaiseException(4711);
}

static void commit_and_raise(CS_SERVER_CALL *call)
{
    if (!ready(call))
        return;
    seen.sent = leave_one();
    atomic_store(&seen.answer, CsTransactionCommitted);
    RpcRaiseException(4711);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = {
    { send_one, "Send", CS_CALL_MESSAGE },
    { send_by_another_thread, "SendByAnotherThread", CS_CALL_MESSAGE },
    { raise, "Raise", CS_CALL_MESSAGE },
    { commit_and_raise, "CommitAndRaise", CS_CALL_MESSAGE },
};
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

static RPC_IF_HANDLE spec(void)
{
    return (RPC_IF_HANDLE)(uintptr_t)&face;
}

/* ---- the application ---- */

static char context;

static CS_TRANSACTION_OUTCOME RPC_ENTRY answer(const CS_TRANSACTION_TOKEN *token, void *arg)
{
    assert_ptr_equal(arg, &context);
    seen.of_question = *token;
    atomic_fetch_add(&seen.asked, 1);
    return (CS_TRANSACTION_OUTCOME)atomic_load(&seen.answer);
}

static void serve(CS_TRANSACTION_OUTCOME_FN *outcome)
{
    assert_int_equal(CsServerRegisterOutcome(spec(), outcome, &context), RPC_S_OK);
    assert_int_equal(RpcServerUseProtseqEpA((RPC_CSTR) "ncadg_mq", 1, (RPC_CSTR) "orders", NULL),
                     RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx(spec(), NULL, NULL, RPC_IF_AUTOLISTEN, 8, NULL),
                     RPC_S_OK);
}

static struct queued_message letter(uint16_t opnum)
{
    static const char *const alice[] = { "S-1-5-21-1-2-3-1104" };
    return (struct queued_message){
        .interface = { { 1, 2, 3, { 4 } }, 1, 0 },
        .transfer = { { 0x8a885d04,
                        0x1ceb,
                        0x11c9,
                        { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } },
                      2,
                      0 },
        .opnum = opnum,
        .level = QUEUED_LEVEL_INTEGRITY,
        .sender = "alice@EXAMPLE.COM",
        .sids = alice,
        .sids_count = 1,
        .server = "orders/server.example.com",
    };
}

static size_t put(uint16_t opnum)
{
    const struct queued_message m = letter(opnum);

    return door_put(&m);
}

static int begin(void **state)
{
    (void)state;
    door_begin();
    queued_set(door_functions());
    memset(&seen, 0, sizeof seen);
    atomic_store(&seen.answer, CsTransactionAborted);
    return 0;
}

static int end(void **state)
{
    (void)state;
    rpc_queues_end();
    (void)RpcServerUnregisterIf(spec(), NULL, 1);
    assert_int_equal(CsServerRegisterOutcome(spec(), NULL, NULL), RPC_S_OK);
    queued_set(NULL);
    return 0;
}

static void expect(size_t i, enum queued_end what, uint32_t status)
{
    struct queued_outcome o = door_outcome(i);

    assert_int_equal(o.end, what);
    assert_int_equal(o.status, status);
}

static void assert_token_of(const CS_TRANSACTION_TOKEN *token, size_t i)
{
    uint8_t wanted[QUEUED_TOKEN];

    door_token(i, wanted);
    assert_memory_equal(token->Data, wanted, sizeof wanted);
}

/* ---- what is done ---- */

static void a_routine_runs_in_a_transaction_and_what_it_sends_is_joined(void **state)
{
    size_t i;

    (void)state;
    serve(answer);
    i = put(SEND);
    expect(i, QUEUED_EXECUTED, 0);
    assert_true(door.letters[i].transaction);
    assert_int_equal(door.letters[i].joined, 1);
    assert_int_equal(seen.token, RPC_S_OK);
    assert_int_equal(seen.sent, RPC_S_OK);
    assert_int_equal(atomic_load(&seen.asked), 1);
    assert_token_of(&seen.of_question, i);
    assert_token_of(&seen.of_routine, i);
}

static void what_was_committed_does_not_run_again(void **state)
{
    size_t i;

    (void)state;
    atomic_store(&seen.answer, CsTransactionCommitted);
    serve(answer);
    i = put(SEND);
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(atomic_load(&seen.runs), 0);
    assert_false(door.letters[i].begun);
}

static void it_waits_while_nobody_knows(void **state)
{
    size_t i;

    (void)state;
    atomic_store(&seen.answer, CsTransactionUnknown);
    serve(answer);
    i = put(SEND);
    door_returned(i, 2);
    assert_int_equal(atomic_load(&seen.runs), 0);
    atomic_store(&seen.answer, CsTransactionAborted);
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(atomic_load(&seen.runs), 1);
}

static void an_exception_is_a_failed_delivery(void **state)
{
    (void)state;
    serve(answer);
    expect(put(RAISE), QUEUED_FAILED, 4711);
    assert_int_equal(atomic_load(&seen.asked), 2);
}

static void an_exception_behind_the_commit_does_not_undo_it(void **state)
{
    size_t i;

    (void)state;
    serve(answer);
    i = put(COMMIT_AND_RAISE);
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(door.letters[i].joined, 1);
    assert_int_equal(atomic_load(&seen.runs), 1);
}

static void what_other_threads_send_is_not_joined(void **state)
{
    size_t i;

    (void)state;
    serve(answer);
    i = put(SEND_BY_ANOTHER_THREAD);
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(seen.sent, RPC_S_OK);
    assert_int_equal(door.submitted, 1);
    assert_int_equal(door.letters[i].joined, 0);
}

/* ---- what is none ---- */

static void without_an_outcome_there_is_no_transaction(void **state)
{
    size_t i;

    (void)state;
    serve(NULL);
    i = put(SEND);
    expect(i, QUEUED_EXECUTED, 0);
    assert_true(door.letters[i].begun);
    assert_false(door.letters[i].transaction);
    assert_int_equal(door.letters[i].joined, 0);
    assert_int_equal(door.submitted, 1);
    assert_int_equal(seen.token, RPC_S_CANNOT_SUPPORT);
}

static void a_replay_is_said_to_be_one(void **state)
{
    struct queued_message m = letter(SEND);
    size_t i;

    (void)state;
    serve(answer);
    m.replayer = "olga@EXAMPLE.COM";
    m.replay_reason = "closed in May";
    i = door_put(&m);
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(seen.replay, RPC_S_OK);
    assert_string_equal(seen.replayer, "olga@EXAMPLE.COM");
    assert_string_equal(seen.reason, "closed in May");
    i = put(SEND);
    expect(i, QUEUED_EXECUTED, 0);
    assert_int_equal(seen.replay, RPC_S_UNKNOWN_PRINCIPAL);
    assert_int_equal(CsServerInqReplayA(NULL, NULL, NULL), RPC_S_NO_CALL_ACTIVE);
}

static void arguments_are_checked(void **state)
{
    CS_TRANSACTION_TOKEN token;

    (void)state;
    assert_int_equal(CsServerRegisterOutcome(NULL, answer, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(CsServerRegisterOutcome((RPC_IF_HANDLE)(uintptr_t)&out, answer, NULL),
                     RPC_S_UNKNOWN_IF);
    assert_int_equal(CsServerInqTransaction(NULL, NULL), RPC_S_INVALID_ARG);
    assert_int_equal(CsServerInqTransaction(NULL, &token), RPC_S_NO_CALL_ACTIVE);
    serve(answer);
    assert_int_equal(CsServerRegisterOutcome(spec(), NULL, NULL), RPC_S_ALREADY_REGISTERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(a_routine_runs_in_a_transaction_and_what_it_sends_is_joined),
        TEST(what_was_committed_does_not_run_again),
        TEST(it_waits_while_nobody_knows),
        TEST(an_exception_is_a_failed_delivery),
        TEST(an_exception_behind_the_commit_does_not_undo_it),
        TEST(what_other_threads_send_is_not_joined),
        TEST(without_an_outcome_there_is_no_transaction),
        TEST(a_replay_is_said_to_be_one),
        TEST(arguments_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
