/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_pipes_middle.c - a man in the middle of a pipe: who names another interface, alters a
 * part, cuts the connection, or says counts that are none.
 */
#include <stdlib.h>

#include "lib/relay.h"
#include "rpc/pdu.h"
#include "rpc_pipes_middle.h"
#include "rpc_try_home.h"

enum { LENGTH = 3000000, UUID_AT = 28 + 4, OF_OTHER = 0x12, STUB_AT = RPC_CALL_HEADER_SIZE };

/* ---- the server ---- */

static atomic_int begun, ended, raised, by_far;
static atomic_llong pulled;

static LONGLONG put(void (*pull)(char *, byte *, ULONG, ULONG *), char *state)
{
    static byte block[65536];
    volatile bool good = false;
    volatile LONGLONG sum = 0;
    ULONG n = 1;

    atomic_fetch_add(&begun, 1);
    RpcTryFinally
    {
        while (n) {
            pull(state, block, sizeof block, &n);
            sum += n;
            atomic_store(&pulled, sum);
        }
        good = true;
    }
    RpcFinally
    {
        atomic_fetch_add(good ? &ended : &raised, 1);
    }
    RpcEndFinally
    return sum;
}

static void get(void (*push)(char *, byte *, ULONG), char *state)
{
    static byte block[50000];
    volatile bool good = false;
    int i;

    atomic_fetch_add(&begun, 1);
    RpcTryFinally
    {
        for (i = 0; i < LENGTH / 50000; i++)
            push(state, block, sizeof block);
        push(state, NULL, 0);
        good = true;
    }
    RpcFinally
    {
        atomic_fetch_add(good ? &ended : &raised, 1);
    }
    RpcEndFinally
}

LONGLONG Serve_NearPut(handle_t server, NEAR_BYTES data)
{
    (void)server;
    return put(data.pull, data.state);
}

void Serve_NearGet(handle_t server, NEAR_BYTES *data)
{
    (void)server;
    get(data->push, data->state);
}

LONGLONG Serve_FarPut(handle_t server, FAR_BYTES data)
{
    (void)server;
    atomic_fetch_add(&by_far, 1);
    return put(data.pull, data.state);
}

void Serve_FarGet(handle_t server, FAR_BYTES *data)
{
    (void)server;
    atomic_fetch_add(&by_far, 1);
    get(data->push, data->state);
}

static void open_to_all(RPC_IF_HANDLE face)
{
    OK(RpcServerRegisterIfEx(face, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL));
}

static int start(void **state)
{
    int e = try_start(state);

    open_to_all(near_one_v1_0_s_ifspec);
    open_to_all(far_one_v1_0_s_ifspec);
    return e;
}

static int stop(void **state)
{
    OK(RpcServerUnregisterIf(near_one_v1_0_s_ifspec, NULL, TRUE));
    OK(RpcServerUnregisterIf(far_one_v1_0_s_ifspec, NULL, TRUE));
    return try_stop(state);
}

/* ---- in the middle ---- */

struct middle {
    bool from_client;
    uint8_t type;    /* of the PDU that is touched */
    unsigned number; /* among those of its type that reach as far */
    size_t at;       /* where; 0: the connection is cut there */
    uint8_t octet;   /* what is put there */
    size_t octets;
    unsigned seen;
};

static enum relay_verdict meddle(void *arg, struct relay_frame *f)
{
    struct middle *m = arg;

    if (f->from_client != m->from_client || f->bytes.ptr[2] != m->type ||
        f->bytes.len < m->at + m->octets || m->seen++ != m->number)
        return RELAY_PASS;
    if (!m->at)
        return RELAY_CUT;
    memset(f->bytes.ptr + m->at, m->octet, m->octets);
    return RELAY_PASS;
}

/* ---- a client ---- */

static atomic_llong given, got;
static atomic_bool got_all;

static void alloc(char *state, ULONG bsize, byte **buf, ULONG *bcount)
{
    static byte room[70000];

    (void)state;
    *buf = room;
    *bcount = bsize < sizeof room ? bsize : (ULONG)sizeof room;
}

static void pull(char *state, byte *buf, ULONG esize, ULONG *ecount)
{
    LONGLONG left = LENGTH - atomic_load(&given);

    (void)state;
    *ecount = left < esize ? (ULONG)left : esize;
    memset(buf, 0x5a, *ecount);
    atomic_fetch_add(&given, *ecount);
}

static void push(char *state, byte *buf, ULONG ecount)
{
    (void)state;
    (void)buf;
    atomic_fetch_add(&got, ecount);
    atomic_store(&got_all, !ecount);
}

/* No routine of an earlier call is under way. */
static void settle(void)
{
    int i;

    for (i = 0; atomic_load(&begun) != atomic_load(&ended) + atomic_load(&raised) && i < 60000; i++)
        try_rest(1);
    assert_int_equal(atomic_load(&begun), atomic_load(&ended) + atomic_load(&raised));
}

static RPC_STATUS call_through(struct middle *m, ULONG level, bool put_not_get)
{
    const struct relay_how how = {
        .to_port = (unsigned)atoi(try_port()), .framing = &relay_rpc, .meddle = meddle, .arg = m
    };
    NEAR_BYTES pipe = { pull, push, alloc, NULL };
    volatile RPC_STATUS status = RPC_S_OK;
    struct relay *relay = NULL;
    RPC_BINDING_HANDLE b;
    char port[16];

    settle();
    atomic_store(&begun, 0);
    atomic_store(&ended, 0);
    atomic_store(&raised, 0);
    atomic_store(&by_far, 0);
    atomic_store(&pulled, 0);
    atomic_store(&given, 0);
    atomic_store(&got, 0);
    atomic_store(&got_all, false);
    assert_int_equal(relay_new(&how, &relay), ERR_OK);
    snprintf(port, sizeof port, "%u", relay_port(relay));
    b = try_bind_to(NULL, "127.0.0.1", port);
    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, 1));
    if (level != RPC_C_AUTHN_LEVEL_NONE)
        try_authenticate(b, unit_env("PERSON"), unit_env("PERSON_PASSWORD"), level,
                         RPC_C_AUTHN_GSS_KERBEROS);
    RpcTryExcept
    {
        if (put_not_get)
            assert_int_equal(NearPut(b, pipe), LENGTH);
        else
            NearGet(b, &pipe);
    }
    RpcExcept (1) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    try_unbind(&b);
    relay_free(relay);
    return status;
}

static void until(atomic_int *what)
{
    int i;

    for (i = 0; !atomic_load(what) && i < 60000; i++)
        try_rest(1);
    assert_int_equal(atomic_load(what), 1);
}

/* The routine of the wrong interface begins, and is told at the end: what it was given is not its.
 */
static void a_pipe_is_meant_for_one_interface(void **state)
{
    ULONG level;

    (void)state;
    for (level = RPC_C_AUTHN_LEVEL_PKT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++) {
        struct middle m = { true, RPC_BIND, 0, UUID_AT, OF_OTHER, 1, 0 };

        assert_int_equal(call_through(&m, level, true), RPC_S_ACCESS_DENIED);
        until(&raised);
        assert_int_equal(atomic_load(&by_far), 1);
        assert_int_equal(atomic_load(&ended), 0);
        m = (struct middle){ true, RPC_BIND, 0, UUID_AT, OF_OTHER, 1, 0 };
        assert_int_equal(call_through(&m, level, false), RPC_S_ACCESS_DENIED);
        assert_int_equal(atomic_load(&begun), 0); /* that one is whole, and looked at before */
    }
}

/* Sixteen octets: one of what is sealed may be what is put there already. */
static void an_altered_part_is_not_handed_on(void **state)
{
    static const ULONG levels[] = { RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                                    RPC_C_AUTHN_LEVEL_PKT_PRIVACY };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct middle m = { true, RPC_REQUEST, 20, 1000, 0x11, 16, 0 };

        assert_int_not_equal(call_through(&m, levels[i], true), RPC_S_OK);
        until(&raised);
        assert_int_equal(atomic_load(&ended), 0);
        assert_true(atomic_load(&pulled) <= 20 * 65528);
        m = (struct middle){ false, RPC_RESPONSE, 20, 1000, 0x11, 16, 0 };
        assert_int_not_equal(call_through(&m, levels[i], false), RPC_S_OK);
        assert_false(atomic_load(&got_all));
        assert_true(atomic_load(&got) <= 20 * 65528);
    }
}

static void a_cut_is_heard_of_on_both_sides(void **state)
{
    struct middle m = { true, RPC_REQUEST, 10, 0, 0, 0, 0 };

    (void)state;
    assert_int_equal(call_through(&m, RPC_C_AUTHN_LEVEL_NONE, true), RPC_S_CALL_FAILED);
    until(&raised);
    assert_true(atomic_load(&pulled) <= 10 * 65528);
    m = (struct middle){ false, RPC_RESPONSE, 10, 0, 0, 0, 0 };
    assert_int_equal(call_through(&m, RPC_C_AUTHN_LEVEL_NONE, false), RPC_S_CALL_FAILED);
    assert_false(atomic_load(&got_all));
}

static void counts_that_are_none(void **state)
{
    struct middle m = { true, RPC_REQUEST, 0, STUB_AT, 0xff, 4, 0 };

    (void)state;
    assert_int_equal(call_through(&m, RPC_C_AUTHN_LEVEL_NONE, true), RPC_X_BAD_STUB_DATA);
    until(&raised);
    assert_int_equal(atomic_load(&ended), 0);
    m = (struct middle){ false, RPC_RESPONSE, 0, STUB_AT, 0xff, 4, 0 };
    assert_int_equal(call_through(&m, RPC_C_AUTHN_LEVEL_NONE, false), RPC_X_BAD_STUB_DATA);
    assert_false(atomic_load(&got_all));
    m = (struct middle){ true, RPC_REQUEST, 0, STUB_AT, 0, 4, 0 }; /* an end, and more behind it */
    assert_int_equal(call_through(&m, RPC_C_AUTHN_LEVEL_NONE, true), RPC_X_BAD_STUB_DATA);
    until(&raised);
    assert_int_equal(atomic_load(&ended), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_is_meant_for_one_interface),
        cmocka_unit_test(an_altered_part_is_not_handed_on),
        cmocka_unit_test(a_cut_is_heard_of_on_both_sides),
        cmocka_unit_test(counts_that_are_none),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
