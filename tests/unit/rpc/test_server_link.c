/* SPDX-License-Identifier: Apache-2.0
 * A real server on a port of the loopback, and a client of bare PDUs.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/detail.h"
#include "lib/unit.h"
#include "rpc/fault.h"
#include "rpc/server.h"
#include "rpc/stub.h"

enum { QUICK, SLOW, RAISE, NUMBER, LEFT, PROCEDURES, CLIENTS = 8, CALLS = 300 };

static atomic_int quick_calls;

static void quick(CS_SERVER_CALL *call)
{
    atomic_fetch_add(&quick_calls, 1);
    if (CsServerReady(call))
        CsNdrOutU32(CsServerOut(call), 7);
}

/* Until it is cancelled. */
static void slow(CS_SERVER_CALL *call)
{
    int i;

    if (!CsServerReady(call))
        return;
    for (i = 0; i < 12000 && RpcServerTestCancel(NULL) != RPC_S_OK; i++)
        usleep(5000);
    CsNdrOutU32(CsServerOut(call), i < 12000);
}

static void raise_busy(CS_SERVER_CALL *call)
{
    if (CsServerReady(call))
        RpcRaiseException(RPC_S_OUT_OF_MEMORY);
}

static void number(CS_SERVER_CALL *call)
{
    float f = CsNdrInFloat(CsServerIn(call));

    if (CsServerReady(call))
        CsNdrOutU32(CsServerOut(call), (ULONG)f);
}

static const CS_SERVER_PROCEDURE procedures[PROCEDURES] = {
    { quick, "quick", 0 },
    { slow, "slow", 0 },
    { raise_busy, "raise", 0 },
    { number, "number", 0 },
    { quick, "left", CS_CALL_MESSAGE },
};
static const CS_SERVER_INTERFACE face = {
    .Head = { .Length = sizeof face,
              .StubAbi = CS_STUB_ABI,
              .Side = CS_INTERFACE_SERVER,
              .ProcedureCount = PROCEDURES,
              .Id = { { 1, 2, 3, { 4 } }, 1, 0 },
              .Name = "unit",
              .Allocate = malloc,
              .Free = free },
    .Procedures = procedures,
    .DefaultManagerEpv = procedures,
};
static const struct rpc_syntax id = { { 1, 2, 3, { 4 } }, 1, 0 };
static char port[TRANSPORT_ENDPOINT];

static void send_pdu(int fd, struct writer *w)
{
    struct iovec iov;
    struct buf b;

    rpc_pdu_end(w, NULL);
    assert_int_equal(writer_take(w, &b), ERR_OK);
    iov = (struct iovec){ b.ptr, b.len };
    assert_int_equal(transport_send(fd, &iov, 1, transport_deadline_in(5000)), ERR_OK);
    buf_free(&b);
}

/* Type, call id, and the first four octets after a call's header. */
static uint8_t receive(int fd, uint32_t *ret_call, uint32_t *ret_word)
{
    uint8_t pdu[512] = { 0 };
    size_t have = 0, n = 0, length = RPC_HEADER_SIZE;
    struct reader r;

    while (have < length) {
        const struct iovec iov = { pdu + have, length - have };

        assert_int_equal(transport_receive(fd, &iov, 1, transport_deadline_in(20000), &n), ERR_OK);
        assert_true(n > 0);
        have += n;
        if (have >= 10)
            length = pdu[8] | (size_t)pdu[9] << 8;
        assert_true(length <= sizeof pdu);
    }
    r = reader_over(bytes_of(pdu, length));
    reader_take(&r, 12);
    *ret_call = reader_le32(&r);
    reader_take(&r, 8);
    *ret_word = reader_le32(&r);
    return pdu[2];
}

static int bound(void)
{
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 };
    struct writer w = writer_new(65535);
    struct rpc_offer offer;
    uint32_t call, word;
    int fd = -1;

    assert_int_equal(transport_tcp.connect("127.0.0.1", port, transport_deadline_in(5000), &fd),
                     ERR_OK);
    rpc_negotiate_offer(0, &id, NDR_20, &offer);
    rpc_pdu_begin(&w, RPC_BIND, RPC_FIRST | RPC_LAST | RPC_CONC_MPX, 1);
    rpc_bind_write(&w, &b, &offer, 1);
    send_pdu(fd, &w);
    assert_int_equal(receive(fd, &call, &word), RPC_BIND_ACK);
    return fd;
}

static void ask_with(int fd, uint32_t call_id, uint16_t opnum, uint8_t flags)
{
    const struct rpc_request q = { .opnum = opnum };
    struct writer w = writer_new(65535);

    rpc_pdu_begin(&w, RPC_REQUEST, RPC_FIRST | RPC_LAST | flags, call_id);
    rpc_request_write(&w, &q);
    send_pdu(fd, &w);
}

static void ask(int fd, uint32_t call_id, uint16_t opnum)
{
    ask_with(fd, call_id, opnum, 0);
}

static void call_quick(int fd, uint32_t call_id)
{
    uint32_t call = 0, word = 0;

    ask(fd, call_id, QUICK);
    assert_int_equal(receive(fd, &call, &word), RPC_RESPONSE);
    assert_int_equal(call, call_id);
    assert_int_equal(word, 7);
}

/* Also of a connection that a thread has come to stay with. */
static void a_cancel_and_a_second_call_arrive_during_a_slow_one(void **state)
{
    struct writer w = writer_new(100);
    uint32_t call = 0, word = 0, i;
    int fd = bound();

    (void)state;
    for (i = 0; i < 50; i++)
        call_quick(fd, i);
    ask(fd, 100, SLOW);
    call_quick(fd, 101);
    rpc_pdu_begin(&w, RPC_CO_CANCEL, RPC_FIRST | RPC_LAST, 100);
    send_pdu(fd, &w);
    assert_int_equal(receive(fd, &call, &word), RPC_RESPONSE);
    assert_int_equal(call, 100);
    assert_int_equal(word, 1);
    close(fd);
}

static void an_exception_is_a_fault(void **state)
{
    uint32_t call = 0, word = 0;
    int fd = bound();

    (void)state;
    ask(fd, 1, RAISE);
    assert_int_equal(receive(fd, &call, &word), RPC_FAULT);
    assert_int_equal(word, rpc_fault_wire(RPC_S_OUT_OF_MEMORY));
    ask(fd, 2, PROCEDURES);
    assert_int_equal(receive(fd, &call, &word), RPC_FAULT);
    assert_int_equal(word, NCA_S_OP_RNG_ERROR);
    call_quick(fd, 3);
    close(fd);
}

/* 2.0, or what a VAX would mean by the same octets. */
static void ask_number(int fd, uint32_t call_id, bool vax)
{
    const struct rpc_request q = { .opnum = NUMBER };
    struct writer w = writer_new(65535);

    rpc_pdu_begin(&w, RPC_REQUEST, RPC_FIRST | RPC_LAST, call_id);
    rpc_request_write(&w, &q);
    writer_le32(&w, 0x40000000);
    w.ptr[5] = vax ? 1 : 0;
    send_pdu(fd, &w);
}

static void a_foreign_float_is_bad_stub_data(void **state)
{
    uint32_t call = 0, word = 0;
    int fd = bound();

    (void)state;
    ask_number(fd, 1, true);
    assert_int_equal(receive(fd, &call, &word), RPC_FAULT);
    assert_int_equal(word, RPC_X_BAD_STUB_DATA);
    ask_number(fd, 2, false);
    assert_int_equal(receive(fd, &call, &word), RPC_RESPONSE);
    assert_int_equal(word, 2);
    close(fd);
}

static void until_called(int times)
{
    int i;

    for (i = 0; i < 12000 && atomic_load(&quick_calls) < times; i++)
        usleep(5000);
    assert_int_equal(atomic_load(&quick_calls), times);
}

static void a_maybe_call_is_made_and_not_answered(void **state)
{
    uint32_t call = 0, word = 0;
    int before = atomic_load(&quick_calls);
    int fd = bound();

    (void)state;
    ask_with(fd, 1, QUICK, RPC_MAYBE);
    until_called(before + 1);
    ask(fd, 2, QUICK);
    assert_int_equal(receive(fd, &call, &word), RPC_RESPONSE);
    assert_int_equal(call, 2); /* the only answer there is */
    close(fd);
}

/* As a stub of a [maybe] procedure does: it waits for nothing, and the connection serves on. */
static void a_client_waits_for_no_answer_to_maybe(void **state)
{
    const CS_CLIENT_INTERFACE interface = { { .Length = sizeof interface,
                                              .StubAbi = CS_STUB_ABI,
                                              .Side = CS_INTERFACE_CLIENT,
                                              .Id = face.Head.Id,
                                              .Name = "unit" } };
    int before = atomic_load(&quick_calls);
    RPC_BINDING_HANDLE b = NULL;
    unsigned char text[TRANSPORT_ENDPOINT + 32];
    CS_CLIENT_CALL call;

    (void)state;
    snprintf((char *)text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%s]", port);
    assert_int_equal(RpcBindingFromStringBindingA(text, &b), RPC_S_OK);
    (void)CsClientBegin(&call, &interface, b, QUICK, CS_CALL_MAYBE);
    (void)CsClientSend(&call);
    assert_int_equal(CsClientEnd(&call), RPC_S_OK);
    until_called(before + 1);
    (void)CsClientBegin(&call, &interface, b, QUICK, 0);
    assert_int_equal(CsNdrInU32(CsClientSend(&call)), 7);
    assert_int_equal(CsClientEnd(&call), RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_DONT_LINGER, TRUE), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

/* What goes through queues does so alone: neither end does it on a connection. */
static void a_message_goes_over_no_connection(void **state)
{
    const CS_CLIENT_INTERFACE interface = { { .Length = sizeof interface,
                                              .StubAbi = CS_STUB_ABI,
                                              .Side = CS_INTERFACE_CLIENT,
                                              .Id = face.Head.Id,
                                              .Name = "unit" } };
    int before = atomic_load(&quick_calls), fd = bound();
    unsigned char text[TRANSPORT_ENDPOINT + 32];
    RPC_BINDING_HANDLE b = NULL;
    uint32_t id_of_call = 0, word = 0;
    CS_CLIENT_CALL call;

    (void)state;
    ask(fd, 1, LEFT);
    assert_int_equal(receive(fd, &id_of_call, &word), RPC_FAULT);
    close(fd);
    snprintf((char *)text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%s]", port);
    assert_int_equal(RpcBindingFromStringBindingA(text, &b), RPC_S_OK);
    (void)CsClientBegin(&call, &interface, b, LEFT, CS_CALL_MESSAGE);
    (void)CsClientSend(&call);
    assert_int_equal(CsClientEnd(&call), RPC_S_CANNOT_SUPPORT);
    assert_non_null(strstr(detail_get()->text, "ncadg_mq"));
    (void)CsClientBegin(&call, &interface, b, LEFT, 0); /* as a stub of another IDL would */
    (void)CsClientSend(&call);
    assert_int_equal(CsClientEnd(&call), RPC_S_PROCNUM_OUT_OF_RANGE);
    assert_int_equal(atomic_load(&quick_calls), before);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
}

static void *client(void *arg)
{
    uint32_t i;
    int fd = bound();

    (void)arg;
    for (i = 0; i < CALLS; i++)
        call_quick(fd, i);
    close(fd);
    return NULL;
}

static void many_clients_are_served_side_by_side(void **state)
{
    pthread_t t[CLIENTS];
    int i;

    (void)state;
    for (i = 0; i < CLIENTS; i++)
        assert_int_equal(pthread_create(&t[i], NULL, client, NULL), 0);
    for (i = 0; i < CLIENTS; i++)
        pthread_join(t[i], NULL);
}

/* Runs last. */
static void stops_when_its_last_call_has_been_answered(void **state)
{
    uint32_t call = 0, word = 0;
    int gone = bound(), fd = bound();

    (void)state;
    ask(gone, 1, SLOW);
    usleep(50000);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtIsServerListening(NULL), RPC_S_NOT_LISTENING);
    close(gone); /* cancels it */
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    close(fd);
    fd = bound();
    ask(fd, 2, QUICK);
    assert_int_equal(receive(fd, &call, &word), RPC_FAULT);
    assert_int_equal(word, NCA_S_SERVER_TOO_BUSY);
    close(fd);
    assert_int_equal(RpcServerUnregisterIf((RPC_IF_HANDLE)&face, NULL, 1), RPC_S_OK);
    assert_int_equal(RpcServerUnregisterIf((RPC_IF_HANDLE)&face, NULL, 1), RPC_S_UNKNOWN_IF);
}

static int set_up(void **state)
{
    const struct transport *t;

    (void)state;
    return RpcServerUseProtseqA((RPC_CSTR) "ncacn_ip_tcp", 10, NULL) ||
           !rpc_server_endpoint_at(0, &t, port) ||
           RpcServerRegisterIfEx((RPC_IF_HANDLE)&face, NULL, NULL,
                                 RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, 10, NULL) ||
           RpcServerListen(1, 100, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_and_a_second_call_arrive_during_a_slow_one),
        cmocka_unit_test(an_exception_is_a_fault),
        cmocka_unit_test(a_foreign_float_is_bad_stub_data),
        cmocka_unit_test(a_maybe_call_is_made_and_not_answered),
        cmocka_unit_test(a_client_waits_for_no_answer_to_maybe),
        cmocka_unit_test(a_message_goes_over_no_connection),
        cmocka_unit_test(many_clients_are_served_side_by_side),
        cmocka_unit_test(stops_when_its_last_call_has_been_answered),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
