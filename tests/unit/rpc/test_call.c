/* SPDX-License-Identifier: Apache-2.0
 * test_call.c - calls of a client on a server that does well, or badly.
 */
#include "rpc/call.h"

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include <unistd.h>

#include "lib/rpc_peer.h"
#include "lib/unit.h"

static const CS_CLIENT_INTERFACE face = { {
    .Length = sizeof face,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0x4711, 1, 2, { 3 } }, 1, 0 },
    .Name = "face",
} };

static const CS_CLIENT_INTERFACE second = { {
    .Length = sizeof second,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0x4712, 1, 2, { 3 } }, 1, 0 },
    .Name = "second",
} };

static RPC_BINDING_HANDLE bind_port(unsigned port)
{
    RPC_BINDING_HANDLE b = NULL;
    char text[64];

    snprintf(text, sizeof text, "ncacn_ip_tcp:127.0.0.1[%u]", port);
    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR)text, &b), RPC_S_OK);
    return b;
}

/* Connections go with their last binding, so that the peer can stop. */
static void unbind(RPC_BINDING_HANDLE *b)
{
    (void)RpcBindingSetOption(*b, RPC_C_OPT_DONT_LINGER, TRUE);
    assert_int_equal(RpcBindingFree(b), RPC_S_OK);
}

/* A number there and back again. */
static RPC_STATUS call_with(const CS_CLIENT_INTERFACE *f, RPC_BINDING_HANDLE b, unsigned op,
                            unsigned flags, ULONG number, ULONG *ret)
{
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out = CsClientBegin(&call, f, b, op, flags);
    CS_NDR_IN *in;
    int i;

    for (i = 0; i < 6; i++)
        CsNdrOutU32(out, number);
    in = CsClientSend(&call);
    for (i = 0; in && i < 6; i++)
        *ret = CsNdrInU32(in);
    return CsClientEnd(&call);
}

static RPC_STATUS call_of(const CS_CLIENT_INTERFACE *f, RPC_BINDING_HANDLE b, unsigned op,
                          ULONG number, ULONG *ret)
{
    return call_with(f, b, op, 0, number, ret);
}

static RPC_STATUS call_op(RPC_BINDING_HANDLE b, unsigned op)
{
    ULONG got = 0;
    RPC_STATUS status = call_of(&face, b, op, 42, &got);

    if (!status)
        assert_int_equal(got, 42);
    return status;
}

static void calls_share_a_connection(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b, copy = NULL;
    ULONG got = 0;
    int i;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    for (i = 0; i < 10; i++)
        assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    assert_int_equal(call_op(b, PEER_PIECES), RPC_S_OK);
    assert_int_equal(call_of(&second, b, PEER_ECHO, 7, &got), RPC_S_OK); /* an alter_context */
    assert_int_equal(got, 7);
    assert_int_equal(RpcBindingCopy(b, &copy), RPC_S_OK);
    assert_int_equal(call_op(copy, PEER_ECHO), RPC_S_OK);
    assert_int_equal(RpcBindingFree(&copy), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.connections), 1);
    copy = bind_port(peer.port); /* another binding of the same server shares it, too */
    assert_int_equal(call_op(copy, PEER_ECHO), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.connections), 1);
    assert_int_equal(RpcBindingFree(&copy), RPC_S_OK);
    unbind(&b);
    rpc_peer_stop(&peer);
}

static void a_unique_binding_has_its_own(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b, alone;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    alone = bind_port(peer.port);
    assert_int_equal(RpcBindingSetOption(alone, RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    assert_int_equal(call_op(alone, PEER_ECHO), RPC_S_OK);
    assert_int_equal(call_op(alone, PEER_ECHO), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.connections), 2);
    unbind(&alone);
    unbind(&b);
    rpc_peer_stop(&peer);
}

static void *call_often(void *arg)
{
    intptr_t failures = 0;
    int i;

    for (i = 0; i < 200; i++) {
        ULONG got = 0;

        if (call_of(&face, arg, i % 2 ? PEER_ECHO : PEER_PIECES, (ULONG)i, &got) || got != (ULONG)i)
            failures++;
    }
    return (void *)failures;
}

static void many_threads_call_at_once(void **state)
{
    enum { THREADS = 8 };
    pthread_t thread[THREADS];
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;
    void *failures;
    int i;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, call_often, b), 0);
    for (i = 0; i < THREADS; i++) {
        pthread_join(thread[i], &failures);
        assert_null(failures);
    }
    assert_int_equal(atomic_load(&peer.calls), THREADS * 200);
    assert_true(atomic_load(&peer.connections) <= THREADS);
    unbind(&b);
    rpc_peer_stop(&peer);
}

static void a_closed_idle_connection_costs_no_call(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    assert_int_equal(call_op(b, PEER_LAST), RPC_S_OK);
    rpc_peer_wait(&peer);
    usleep(100000); /* longer than an idle connection is trusted without a look */
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.connections), 2);
    assert_int_equal(call_op(b, PEER_SHUTDOWN), RPC_S_OK);
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.connections), 3);
    unbind(&b);
    rpc_peer_stop(&peer);
}

/* Four octets in NDR, whichever the pointer's size. */
static void an_unsigned_int3264_comes_back(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;
    CS_CLIENT_CALL call;
    CS_NDR_OUT *out;
    CS_NDR_IN *in;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    out = CsClientBegin(&call, &face, b, PEER_ECHO, 0);
    CsNdrOutUInt3264(out, 0xfffffff0U);
    CsNdrOutU32(out, 7);
    in = CsClientSend(&call);
    assert_non_null(in);
    assert_true(CsNdrInUInt3264(in) == 0xfffffff0U);
    assert_int_equal(CsNdrInU32(in), 7);
    assert_int_equal(CsClientEnd(&call), RPC_S_OK);
    unbind(&b);
    rpc_peer_stop(&peer);
}

/* Windows takes no call for idempotent, whatever its IDL says: what was sent is not sent again. But
 * what cannot have been executed is, on another connection. */
static void an_idempotent_call_is_sent_once(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;
    ULONG got = 0;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    assert_int_equal(call_with(&face, b, PEER_CLOSE, CS_CALL_IDEMPOTENT, 1, &got),
                     RPC_S_CALL_FAILED);
    assert_int_equal(atomic_load(&peer.calls), 1);
    assert_int_equal(call_with(&face, b, PEER_LAST, CS_CALL_IDEMPOTENT, 1, &got), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.calls), 2);
    rpc_peer_wait(&peer);
    usleep(100000);
    assert_int_equal(call_with(&face, b, PEER_ECHO, CS_CALL_IDEMPOTENT, 1, &got), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.calls), 3);
    assert_int_equal(atomic_load(&peer.connections), 3);
    unbind(&b);
    rpc_peer_stop(&peer);
}

static void says_how_a_call_failed(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;
    ULONG got = 0;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    assert_int_equal(call_op(b, PEER_CLOSE), RPC_S_CALL_FAILED);
    assert_int_equal(call_op(b, PEER_WRONG_TYPE), RPC_S_PROTOCOL_ERROR);
    assert_int_equal(call_op(b, PEER_WRONG_CALL), RPC_S_PROTOCOL_ERROR);
    assert_int_equal(call_of(&face, b, PEER_FAULT, 0x1c010002, &got), RPC_S_PROCNUM_OUT_OF_RANGE);
    assert_int_equal(call_of(&face, b, PEER_FAULT, 0x4711, &got), 0x4711); /* the server's own */
    assert_int_equal(atomic_load(&peer.calls), 5);                         /* none was sent twice */
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    unbind(&b);
    rpc_peer_stop(&peer);
    b = bind_port(peer.port);
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(RpcBindingFree(&b), RPC_S_OK);
    assert_int_equal(call_op(NULL, PEER_ECHO), RPC_S_INVALID_BINDING);
}

static void a_call_waits_no_longer_than_its_time_out(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 100), RPC_S_OK);
    assert_int_equal(call_op(b, PEER_NEVER), RPC_S_CALL_CANCELLED);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_CALL_TIMEOUT, 0), RPC_S_OK);
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    unbind(&b);
    rpc_peer_stop(&peer);
    assert_int_equal(atomic_load(&peer.orphans), 1);
}

/* ---- cancels ---- */

struct victim {
    RPC_BINDING_HANDLE binding;
    unsigned op;
    LONG timeout;
    RPC_STATUS status;
};

static void *be_cancelled(void *arg)
{
    struct victim *v = arg;

    assert_int_equal(RpcMgmtSetCancelTimeout(v->timeout), RPC_S_OK);
    v->status = call_op(v->binding, v->op);
    return NULL;
}

/* Cancels the victim's call, which is out by then. */
static void cancel(struct rpc_peer *peer, struct victim *v)
{
    pthread_t thread;

    v->binding = bind_port(peer->port);
    assert_int_equal(pthread_create(&thread, NULL, be_cancelled, v), 0);
    while (atomic_load(&peer->calls) == 0)
        usleep(1000);
    usleep(20000);
    assert_int_equal(RpcCancelThread((void *)thread), RPC_S_OK);
    pthread_join(thread, NULL);
    assert_int_equal(v->status, RPC_S_CALL_CANCELLED);
}

static void a_cancel_reaches_the_server(void **state)
{
    struct rpc_peer peer;
    struct victim v = { .op = PEER_UNTIL_CANCEL, .timeout = RPC_C_CANCEL_INFINITE_TIMEOUT };

    (void)state;
    rpc_peer_start(&peer);
    cancel(&peer, &v);
    assert_int_equal(atomic_load(&peer.cancels), 1);
    assert_int_equal(call_op(v.binding, PEER_ECHO), RPC_S_OK);
    assert_int_equal(atomic_load(&peer.connections), 1);
    unbind(&v.binding);
    rpc_peer_stop(&peer);
}

static void a_cancelled_call_is_abandoned(void **state)
{
    struct rpc_peer peer;
    struct victim v = { .op = PEER_NEVER, .timeout = 0 };

    (void)state;
    rpc_peer_start(&peer);
    cancel(&peer, &v);
    unbind(&v.binding);
    rpc_peer_stop(&peer);
    assert_int_equal(atomic_load(&peer.cancels), 1);
    assert_int_equal(atomic_load(&peer.orphans), 1);
}

static void a_cancel_before_the_call_is_kept_for_it(void **state)
{
    struct rpc_peer peer;
    RPC_BINDING_HANDLE b;

    (void)state;
    rpc_peer_start(&peer);
    b = bind_port(peer.port);
    assert_int_equal(RpcMgmtSetCancelTimeout(RPC_C_CANCEL_INFINITE_TIMEOUT), RPC_S_OK);
    assert_int_equal(RpcTestCancel(), RPC_S_NOT_CANCELLED);
    assert_int_equal(RpcCancelThread((void *)pthread_self()), RPC_S_OK);
    assert_int_equal(RpcTestCancel(), RPC_S_OK);
    assert_int_equal(call_op(b, PEER_UNTIL_CANCEL), RPC_S_CALL_CANCELLED);
    assert_int_equal(call_op(b, PEER_ECHO), RPC_S_OK);
    assert_int_equal(RpcTestCancel(), RPC_S_NOT_CANCELLED);
    assert_int_equal(RpcCancelThreadEx((void *)pthread_self(), -2), RPC_S_INVALID_TIMEOUT);
    assert_int_equal(RpcMgmtSetCancelTimeout(-2), RPC_S_INVALID_TIMEOUT);
    unbind(&b);
    rpc_peer_stop(&peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_share_a_connection),
        cmocka_unit_test(a_unique_binding_has_its_own),
        cmocka_unit_test(many_threads_call_at_once),
        cmocka_unit_test(a_closed_idle_connection_costs_no_call),
        cmocka_unit_test(an_unsigned_int3264_comes_back),
        cmocka_unit_test(an_idempotent_call_is_sent_once),
        cmocka_unit_test(says_how_a_call_failed),
        cmocka_unit_test(a_call_waits_no_longer_than_its_time_out),
        cmocka_unit_test(a_cancel_reaches_the_server),
        cmocka_unit_test(a_cancelled_call_is_abandoned),
        cmocka_unit_test(a_cancel_before_the_call_is_kept_for_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
