/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_flow.c - asynchronous pipes from stub to routine: by every way of being told, at level
 * NONE and sealed by Kerberos, in both syntaxes, and with the other side synchronous.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "lib/ncalrpc_folder.h"
#include "rpc_flow_home.h"
#include "rpc_flow_sync.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static const LONGLONG huge = SANITIZED ? 16LL * 1024 * 1024 : 128LL * 1024 * 1024;
static const RPC_NOTIFICATION_TYPES types[] = { RpcNotificationTypeNone, RpcNotificationTypeEvent,
                                                RpcNotificationTypeApc, RpcNotificationTypeCallback,
                                                (RPC_NOTIFICATION_TYPES)CsNotificationTypeFd };

static int fresh(void **state)
{
    (void)state;
    flow_forget();
    return 0;
}

static void brings_over_every_length(void **state)
{
    static const LONGLONG lengths[] = { 0, 1, 3, 15, 16, 17, 4095, 5840, 100000, 3000000 };
    RPC_BINDING_HANDLE b = try_bind();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        flow_send(b, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, lengths[i], 7777);
        flow_receive(b, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, lengths[i], 7777);
    }
    try_unbind(&b);
}

static void by_every_way_of_being_told(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    size_t i;
    LONG way;

    (void)state;
    for (i = 0; i < sizeof types / sizeof *types; i++)
        for (way = 0; way < FLOW_WAYS; way++) {
            flow_send(b, types[i], way, 2000000, 50000);
            flow_receive(b, types[i], way, 2000000, 50000);
        }
    try_unbind(&b);
}

static void turn(RPC_BINDING_HANDLE b, LONG way, LONG count)
{
    struct flow *f = flow_new(RpcNotificationTypeEvent, false);
    static FLOW_SAMPLE sent[FLOW_SAMPLES_MAX], got[FLOW_SAMPLES_MAX];
    ASYNC_FLOW_SAMPLES samples = { NULL, NULL, NULL, NULL };
    LONG i, n = -1;
    ULONG part = 1, at = 0;
    RPC_STATUS s;

    for (i = 0; i < count; i++)
        sent[i] = (FLOW_SAMPLE){ (LONGLONG)i << 33, { (short)i, 7, (short)(i * 3) } };
    RAISES(RPC_S_OK, FlowTurn(&f->state, b, way, &samples, &f->bytes, &n));
    if (count)
        OK(samples.push(samples.state, sent, (ULONG)count));
    OK(samples.push(samples.state, NULL, 0));
    while (part) {
        s = samples.pull(samples.state, got + at, 777, &part);
        if (s == RPC_S_ASYNC_CALL_PENDING)
            flow_wait(f);
        else
            OK(s);
        at += part;
        part |= s == RPC_S_ASYNC_CALL_PENDING;
    }
    assert_int_equal(at, count);
    assert_memory_equal(got, sent, (size_t)count * sizeof *got);
    OK(flow_pull(f, 1000));
    assert_int_equal(f->at, count);
    OK(flow_complete(f));
    assert_int_equal(n, count);
    flow_free(f);
}

static void structures_there_and_back(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    LONG way;

    (void)state;
    for (way = 0; way < FLOW_WAYS; way++) {
        turn(b, way, 4000);
        turn(b, way, 0);
        turn(b, way, 1);
    }
    try_unbind(&b);
}

static void all(RPC_BINDING_HANDLE b)
{
    flow_send(b, RpcNotificationTypeEvent, FLOW_BY_ROUTINE, 1000000, 65536);
    flow_receive(b, RpcNotificationTypeEvent, FLOW_BY_ROUTINE, 1000000, 65536);
    turn(b, FLOW_BY_ROUTINE, 3333);
}

static void at_every_level_in_both_syntaxes(void **state)
{
    static const ULONG levels[] = { RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                                    RPC_C_AUTHN_LEVEL_PKT_PRIVACY };
    RPC_BINDING_HANDLE b;
    size_t i, syntax;

    (void)state;
    for (syntax = 0; syntax < 2; syntax++) {
        assert_int_equal(CsSetPolicy("ndr64", syntax ? CS_POLICY_ENFORCE : CS_POLICY_OFF),
                         SEC_E_OK);
        b = try_bind();
        all(b);
        try_unbind(&b);
        for (i = 0; i < sizeof levels / sizeof *levels; i++) {
            b = try_alice(levels[i]);
            all(b);
            try_unbind(&b);
        }
    }
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_OFF), SEC_E_OK);
}

static RPC_BINDING_HANDLE local_binding(ULONG service)
{
    RPC_BINDING_HANDLE b = NULL;

    OK(RpcBindingFromStringBindingA(STR("ncalrpc:[FLOW]"), &b));
    if (service)
        OK(RpcBindingSetAuthInfoA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, service, NULL, 0));
    return b;
}

static void over_ncalrpc(void **state)
{
    static const ULONG services[] = { 0, RPC_C_AUTHN_WINNT };
    size_t i;

    (void)state;
    ncalrpc_folder_make();
    OK(RpcServerUseProtseqEpA(STR("ncalrpc"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT, STR("FLOW"), NULL));
    for (i = 0; i < 2; i++) {
        RPC_BINDING_HANDLE b = local_binding(services[i]);

        all(b);
        try_unbind(&b);
    }
    ncalrpc_folder_remove();
}

static long memory(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

/* With and without being told of each push: then pushing waits. */
static void of_any_length_in_little_memory(void **state)
{
    RPC_BINDING_HANDLE b = try_bind(), sealed = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    long before;

    (void)state;
    flow_send(sealed, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, 10000000, 65536);
    flow_receive(sealed, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, 10000000, 100000);
    before = memory();
    flow_send(b, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, huge, 65536);
    flow_send(b, RpcNotificationTypeNone, FLOW_BY_ROUTINE, huge, 65536);
    flow_receive(b, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, huge, 100000);
    flow_send(sealed, RpcNotificationTypeNone, FLOW_BY_ROUTINE, huge / 2, 65536);
    flow_receive(sealed, RpcNotificationTypeCallback, FLOW_BY_ROUTINE, huge / 2, 100000);
    if (!SANITIZED)
        assert_in_range(memory() - before, 0, 24);
    try_unbind(&sealed);
    try_unbind(&b);
}

/* ---- with one side that waits ---- */

static LONGLONG sync_at, sync_sum;

static void sync_alloc(char *state, ULONG bsize, byte **buf, ULONG *bcount)
{
    static byte room[50000];

    (void)state;
    *buf = room;
    *bcount = bsize < sizeof room ? bsize : (ULONG)sizeof room;
}

static void sync_pull(char *state, byte *buf, ULONG esize, ULONG *ecount)
{
    LONGLONG left = *(LONGLONG *)(void *)state - sync_at;

    *ecount = left < esize ? (ULONG)left : esize;
    memcpy(buf, flow_from(sync_at), *ecount);
    sync_sum += flow_sum(buf, *ecount);
    sync_at += *ecount;
}

static void sync_push(char *state, byte *buf, ULONG ecount)
{
    (void)state;
    assert_memory_equal(buf ? buf : flow_from(0), flow_from(sync_at), ecount);
    sync_sum += flow_sum(buf, ecount);
    sync_at += ecount;
}

static void a_synchronous_client(void **state)
{
    LONGLONG length = 3000000, sum = 0;
    SYNC_BYTES pipe = { sync_pull, sync_push, sync_alloc, (char *)&length };
    RPC_BINDING_HANDLE b[] = { try_bind(), try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY) };
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        sync_at = sync_sum = 0;
        assert_int_equal(SyncCount(b[i], FLOW_BY_ROUTINE, pipe, &sum), length);
        assert_int_equal(sum, sync_sum);
        sync_at = sync_sum = 0;
        assert_int_equal(SyncMake(b[i], FLOW_BY_ROUTINE, length, 10000, &pipe, &sum), length);
        assert_int_equal(sync_at, length);
        assert_int_equal(sum, sync_sum);
        try_unbind(&b[i]);
    }
}

LONGLONG Serve_SyncCount(handle_t server, LONG way, SYNC_BYTES data, LONGLONG *sum)
{
    static byte block[50000];
    LONGLONG n = 0;
    ULONG got = 1;

    (void)server;
    (void)way;
    for (*sum = 0; got; n += got) {
        data.pull(data.state, block, sizeof block, &got);
        *sum += flow_sum(block, got);
    }
    return n;
}

LONGLONG Serve_SyncMake(handle_t server, LONG way, LONGLONG count, LONG push, SYNC_BYTES *data,
                        LONGLONG *sum)
{
    LONGLONG n = 0;
    ULONG k = 1;

    (void)server;
    (void)way;
    for (*sum = 0; k; n += k) {
        k = count - n < push ? (ULONG)(count - n) : (ULONG)push;
        data->push(data->state, (byte *)(uintptr_t)flow_from(n), k);
        *sum += flow_sum(flow_from(n), k);
    }
    return n;
}

static void a_synchronous_server(void **state)
{
    RPC_BINDING_HANDLE b[] = { try_bind(), try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY) };
    int i;

    (void)state;
    OK(RpcServerUnregisterIf(rpc_flow_v1_0_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIfEx(rpc_flow_sync_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
    for (i = 0; i < 2; i++) {
        flow_send(b[i], RpcNotificationTypeEvent, 0, 3000000, 50000);
        flow_receive(b[i], RpcNotificationTypeEvent, 0, 3000000, 50000);
        try_unbind(&b[i]);
    }
    OK(RpcServerUnregisterIf(rpc_flow_sync_v1_0_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIfEx(rpc_flow_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(brings_over_every_length, fresh),
        cmocka_unit_test_setup(by_every_way_of_being_told, fresh),
        cmocka_unit_test_setup(structures_there_and_back, fresh),
        cmocka_unit_test_setup(at_every_level_in_both_syntaxes, fresh),
        cmocka_unit_test_setup(over_ncalrpc, fresh),
        cmocka_unit_test_setup(of_any_length_in_little_memory, fresh),
        cmocka_unit_test_setup(a_synchronous_client, fresh),
        cmocka_unit_test_setup(a_synchronous_server, fresh),
    };

    return cmocka_run_group_tests(tests, flow_start, flow_stop);
}
