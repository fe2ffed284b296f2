/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_pipes.c - pipes from stub to routine, over TCP, by themselves and sealed by Kerberos:
 * of any length in little memory, slow on either side, misused, cancelled and cut.
 */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "rpc_pipes.h"
#include "rpc_try_home.h"

enum { BLOCK = 100000 };

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

static const LONGLONG huge = SANITIZED ? 16LL * 1024 * 1024 : 1024LL * 1024 * 1024;

/* What is sent: again and again what a prime number of octets says. */
enum { PATTERN = 65521 };
static byte pattern[PATTERN + BLOCK];

static void make_pattern(void)
{
    int i;

    for (i = 0; i < PATTERN + BLOCK; i++)
        pattern[i] = (byte)(i % PATTERN * 31 + (i % PATTERN >> 7));
}

static const byte *from(LONGLONG i)
{
    return pattern + i % PATTERN;
}

static LONGLONG sum_of(const byte *p, ULONG n)
{
    LONGLONG sum = 0;
    ULONG i;

    for (i = 0; i < n; i++)
        sum += p[i];
    return sum;
}

/* ---- the server ---- */

static atomic_int pulls, rest_between;      /* milliseconds between two pulls or pushes */
static atomic_int raise_after, turns_ended; /* pulls; -1: never */
static atomic_llong pulled;

static void between(void)
{
    if (atomic_load(&rest_between))
        try_rest(atomic_load(&rest_between));
}

LONGLONG Serve_PipesCount(handle_t server, const char *name, BYTES data, LONGLONG *sum)
{
    byte block[BLOCK];
    LONGLONG n = 0;
    ULONG got = 1;

    (void)server;
    assert_string_equal(name, "bytes");
    *sum = 0;
    atomic_store(&pulls, 0);
    atomic_store(&pulled, 0);
    while (got) {
        data.pull(data.state, block, BLOCK, &got);
        *sum += sum_of(block, got);
        n += got;
        atomic_store(&pulled, n);
        if (atomic_fetch_add(&pulls, 1) == atomic_load(&raise_after))
            RpcRaiseException(RPC_S_INTERNAL_ERROR);
        between();
    }
    return n;
}

static LONGLONG make(LONGLONG count, LONG push, BYTES *data, byte *block, LONGLONG *sum)
{
    LONGLONG n = 0;
    ULONG k, i, part;

    while (n < count) {
        k = count - n < push ? (ULONG)(count - n) : (ULONG)push;
        for (i = 0; i < k; i += part) {
            part = k - i < BLOCK ? k - i : BLOCK;
            memcpy(block + i, from(n + i), part);
        }
        *sum += sum_of(block, k);
        data->push(data->state, block, k);
        n += k;
        if (atomic_fetch_add(&pulls, 1) == atomic_load(&raise_after))
            RpcRaiseException(RPC_S_INTERNAL_ERROR);
        between();
    }
    data->push(data->state, NULL, 0);
    return n;
}

LONGLONG Serve_PipesMake(handle_t server, LONGLONG count, LONG push, BYTES *data, LONGLONG *sum)
{
    byte *const block = malloc((size_t)push);
    volatile LONGLONG n = 0;

    (void)server;
    *sum = 0;
    RpcTryFinally
    {
        n = make(count, push, data, block, sum);
    }
    RpcFinally
    {
        free(block);
        atomic_fetch_add(&turns_ended, 1);
    }
    RpcEndFinally
    return n;
}

LONG Serve_PipesTurn(handle_t server, SAMPLES *samples)
{
    static SAMPLE kept[10000];
    ULONG n = 0, got = 1, i;

    (void)server;
    while (got) {
        samples->pull(samples->state, kept + n, 10000 - n, &got);
        n += got;
    }
    for (i = 0; i < n; i += got) {
        got = n - i < 777 ? n - i : 777;
        samples->push(samples->state, kept + i, got);
    }
    samples->push(samples->state, NULL, 0);
    return (LONG)n;
}

void Serve_PipesMany(handle_t server, LONGS *a, BYTES *b, BYTES c)
{
    static LONG longs[1000];
    static byte bytes[1000];
    ULONG nl = 0, nb = 0, got = 1;

    (void)server;
    for (; got; nl += got)
        a->pull(a->state, longs + nl, 1000 - nl, &got);
    for (got = 1; got; nb += got)
        c.pull(c.state, bytes + nb, 1000 - nb, &got);
    a->push(a->state, longs, nl);
    a->push(a->state, longs, nl);
    a->push(a->state, NULL, 0);
    b->push(b->state, bytes, nb);
    b->push(b->state, NULL, 0);
}

enum misuse {
    PULL_LATER_FIRST,
    PUSH_BEFORE_PULLS,
    PULL_AT_THE_END,
    PUSH_AT_THE_END,
    PUSH_LATER_FIRST,
    PULL_OUT,
    PUSH_IN,
    PULL_NOWHERE,
    RETURN_AT_ONCE,
    RETURN_UNENDED,
};

static ULONG drain(BYTES *p)
{
    byte block[100];
    ULONG got = 1, n = 0;

    for (; got; n += got)
        p->pull(p->state, block, sizeof block, &got);
    return n;
}

void Serve_PipesMisuse(handle_t server, LONG how, BYTES a, BYTES *b, BYTES *c)
{
    byte block[10] = { 0 };
    ULONG got;

    (void)server;
    if (how == RETURN_AT_ONCE)
        return;
    if (how == PULL_LATER_FIRST)
        b->pull(b->state, block, 10, &got);
    if (how == PUSH_BEFORE_PULLS)
        b->push(b->state, block, 10);
    if (how == PULL_NOWHERE)
        a.pull(a.state, block, 0, &got);
    if (how == PUSH_IN) { /* whoever has the pipe's state can say it is another */
        a.push = b->push;
        a.push(a.state, block, 10);
    }
    (void)drain(&a);
    if (how == PULL_AT_THE_END)
        a.pull(a.state, block, 10, &got);
    (void)drain(b);
    if (how == PULL_OUT) {
        c->pull = b->pull;
        c->pull(c->state, block, 10, &got);
    }
    if (how == PUSH_LATER_FIRST)
        c->push(c->state, block, 10);
    b->push(b->state, NULL, 0);
    if (how == PUSH_AT_THE_END)
        b->push(b->state, block, 10);
    c->push(c->state, block, 10);
    if (how == RETURN_UNENDED)
        return;
    c->push(c->state, NULL, 0);
}

LONGLONG Serve_PipesRange(handle_t server, BYTES data, LONG push, BYTES *back)
{
    byte block[10] = { 0 };
    LONGLONG n = drain(&data);

    (void)server;
    back->push(back->state, block, (ULONG)push);
    back->push(back->state, NULL, 0);
    return n;
}

static int start(void **state)
{
    int e = try_start(state);

    make_pattern();
    OK(RpcServerRegisterIfEx(rpc_pipes_v1_0_s_ifspec, NULL, NULL,
                             RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             NULL));
    return e;
}

static int stop(void **state)
{
    OK(RpcServerUnregisterIf(rpc_pipes_v1_0_s_ifspec, NULL, TRUE));
    return try_stop(state);
}

static int calm(void **state)
{
    (void)state;
    atomic_store(&rest_between, 0);
    atomic_store(&raise_after, -1);
    atomic_store(&pulls, 0);
    atomic_store(&turns_ended, 0);
    return 0;
}

/* ---- a client's routines ---- */

struct end { /* of a pipe of bytes */
    LONGLONG length, at, sum;
    ULONG most;                /* elements that pull gives at once */
    int rest;                  /* milliseconds before each */
    RPC_STATUS raises;         /* at the middle */
    bool ended, any;           /* nothing more comes; octets of any value may */
    RPC_BINDING_HANDLE nested; /* calls on it in between */
    byte buffer[BLOCK];
};

static void on_the_way(struct end *e)
{
    if (e->rest)
        try_rest(e->rest);
    if (e->nested)
        assert_int_equal(TryAdd(e->nested, 1, 2), 3);
    if (e->raises && e->at >= e->length / 2)
        RpcRaiseException(e->raises);
}

static void end_alloc(char *state, ULONG bsize, byte **buf, ULONG *bcount)
{
    struct end *e = (struct end *)(void *)state;

    *buf = e->buffer;
    *bcount = bsize < sizeof e->buffer ? bsize : sizeof e->buffer;
}

static void end_pull(char *state, byte *buf, ULONG esize, ULONG *ecount)
{
    struct end *e = (struct end *)(void *)state;
    ULONG n = e->most && e->most < esize ? e->most : esize;

    on_the_way(e);
    n = e->length - e->at < n ? (ULONG)(e->length - e->at) : n;
    memcpy(buf, from(e->at), n);
    e->sum += sum_of(buf, n);
    e->at += n;
    *ecount = n;
}

static void end_push(char *state, byte *buf, ULONG ecount)
{
    struct end *e = (struct end *)(void *)state;

    assert_false(e->ended);
    on_the_way(e);
    if (ecount && !e->any && memcmp(buf, from(e->at), ecount) != 0)
        fail_msg("octets from %lld are wrong", (long long)e->at);
    e->sum += ecount ? sum_of(buf, ecount) : 0;
    e->at += ecount;
    e->ended = !ecount;
}

static BYTES pipe_of(struct end *e)
{
    return (BYTES){ end_pull, end_push, end_alloc, (char *)e };
}

static void send_bytes(RPC_BINDING_HANDLE b, LONGLONG length, ULONG most)
{
    struct end *e = calloc(1, sizeof *e);
    LONGLONG sum = 0;

    e->length = length;
    e->most = most;
    assert_int_equal(PipesCount(b, "bytes", pipe_of(e), &sum), length);
    assert_int_equal(sum, e->sum);
    free(e);
}

static void receive_bytes(RPC_BINDING_HANDLE b, LONGLONG length, LONG push)
{
    struct end *e = calloc(1, sizeof *e);
    BYTES pipe = pipe_of(e);
    LONGLONG sum = 0;

    e->length = length;
    assert_int_equal(PipesMake(b, length, push, &pipe, &sum), length);
    assert_int_equal(e->at, length);
    assert_true(e->ended);
    assert_int_equal(sum, e->sum);
    free(e);
}

/* ---- what goes well ---- */

static void every_length(RPC_BINDING_HANDLE b)
{
    static const LONGLONG lengths[] = { 0, 1, 15, 16, 17, 5000, 65528, 1000003 };
    size_t i;

    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        send_bytes(b, lengths[i], 0);
        receive_bytes(b, lengths[i], 4000);
    }
    send_bytes(b, 3000, 1);
    send_bytes(b, 30000, 13);
    receive_bytes(b, 3000, 1);
    receive_bytes(b, 3000000, 3000000);
}

static void brings_over_every_length(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    every_length(b);
    try_unbind(&b);
}

static void at_every_level(void **state)
{
    static const ULONG levels[] = { RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT,
                                    RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                                    RPC_C_AUTHN_LEVEL_PKT_PRIVACY };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof levels / sizeof *levels; i++) {
        RPC_BINDING_HANDLE b = try_alice(levels[i]);

        every_length(b);
        try_unbind(&b);
    }
}

static long memory(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

static void of_any_length_in_little_memory(void **state)
{
    RPC_BINDING_HANDLE b = try_bind(), sealed = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    long before;

    (void)state;
    send_bytes(b, 10000000, 0);
    receive_bytes(sealed, 10000000, 100000);
    before = memory();
    send_bytes(b, huge, 0);
    receive_bytes(b, huge / 4, 100000);
    send_bytes(sealed, huge, 0);
    receive_bytes(sealed, huge / 4, 100000);
    if (!SANITIZED)
        assert_in_range(memory() - before, 0, 16);
    try_unbind(&sealed);
    try_unbind(&b);
}

static void samples_alloc(char *state, ULONG bsize, SAMPLE **buf, ULONG *bcount)
{
    static SAMPLE room[50];

    (void)state;
    *buf = room;
    *bcount = bsize < sizeof room ? bsize : (ULONG)sizeof room;
}

static void samples_pull(char *state, SAMPLE *buf, ULONG esize, ULONG *ecount)
{
    LONGLONG *at = (LONGLONG *)(void *)state;

    for (*ecount = 0; *ecount < esize && *at < 5000; ++*ecount, ++*at)
        buf[*ecount] = (SAMPLE){ *at << 33, { (short)*at, 7, (short)(*at * 3) } };
    if (!*ecount)
        *at = 0;
}

static void samples_push(char *state, SAMPLE *buf, ULONG ecount)
{
    LONGLONG *at = (LONGLONG *)(void *)state;
    ULONG i;

    for (i = 0; i < ecount; i++, ++*at) {
        assert_int_equal(buf[i].number, *at << 33);
        assert_int_equal(buf[i].of[2], (short)(*at * 3));
    }
}

static void structures_there_and_back(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    LONGLONG at = 0;
    SAMPLES samples = { samples_pull, samples_push, samples_alloc, (char *)&at };

    (void)state;
    assert_int_equal(PipesTurn(b, &samples), 5000);
    assert_int_equal(at, 5000);
    try_unbind(&b);
}

struct longs {
    LONG at, sum, room[10];
};

static void longs_alloc(char *state, ULONG bsize, LONG **buf, ULONG *bcount)
{
    (void)bsize;
    *buf = ((struct longs *)(void *)state)->room;
    *bcount = sizeof((struct longs *)(void *)state)->room;
}

static void longs_pull(char *state, LONG *buf, ULONG esize, ULONG *ecount)
{
    struct longs *l = (struct longs *)(void *)state;

    for (*ecount = 0; *ecount < esize && l->at < 100; ++*ecount)
        buf[*ecount] = ++l->at;
}

static void longs_push(char *state, LONG *buf, ULONG ecount)
{
    struct longs *l = (struct longs *)(void *)state;

    while (ecount--)
        l->sum += *buf++;
}

static void several_in_their_order(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    struct end *sent = calloc(1, sizeof *sent), *got = calloc(1, sizeof *got);
    struct longs l = { 0 };
    LONGS longs = { longs_pull, longs_push, longs_alloc, (char *)&l };
    BYTES back = pipe_of(got);

    (void)state;
    sent->length = 999;
    sent->most = 10;
    PipesMany(b, &longs, &back, pipe_of(sent));
    assert_int_equal(l.sum, 2 * 5050);
    assert_int_equal(got->at, 999);
    free(sent);
    free(got);
    try_unbind(&b);
}

/* The server pulls while the client waits, and the other way round: nothing is lost, and what is on
 * the way is little. */
static void slow_on_either_side(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct end *e = calloc(1, sizeof *e);
    LONGLONG sum;

    (void)state;
    e->length = 1000;
    e->most = 100;
    e->rest = 5;
    assert_int_equal(PipesCount(b, "bytes", pipe_of(e), &sum), 1000);
    assert_true(atomic_load(&pulls) > 2); /* it did not wait for all of it */
    atomic_store(&rest_between, 5);
    send_bytes(b, 3000000, 0);
    receive_bytes(b, 3000000, 100000);
    free(e);
    try_unbind(&b);
}

static void other_calls_within_a_routine(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct end *e = calloc(1, sizeof *e);
    LONGLONG sum;
    BYTES pipe = pipe_of(e);

    (void)state;
    e->length = 300000;
    e->nested = b;
    assert_int_equal(PipesCount(b, "bytes", pipe, &sum), 300000);
    e->at = 0;
    assert_int_equal(PipesMake(b, 300000, 30000, &pipe, &sum), 300000);
    free(e);
    try_unbind(&b);
}

/* ---- what does not ---- */

static void misuse_is_an_exception(void **state)
{
    static const RPC_STATUS want[] = {
        [PULL_LATER_FIRST] = RPC_X_WRONG_PIPE_ORDER,
        [PUSH_BEFORE_PULLS] = RPC_X_WRONG_PIPE_ORDER,
        [PULL_AT_THE_END] = RPC_X_PIPE_EMPTY,
        [PUSH_AT_THE_END] = RPC_X_PIPE_CLOSED,
        [PUSH_LATER_FIRST] = RPC_X_WRONG_PIPE_ORDER,
        [PULL_OUT] = RPC_X_WRONG_PIPE_ORDER,
        [PUSH_IN] = RPC_X_WRONG_PIPE_ORDER,
        [PULL_NOWHERE] = RPC_S_SERVER_OUT_OF_MEMORY,
        [RETURN_AT_ONCE] = RPC_X_PIPE_DISCIPLINE_ERROR,
        [RETURN_UNENDED] = RPC_X_PIPE_DISCIPLINE_ERROR,
    };
    static const LONGLONG lengths[] = { 50, 1000000 }; /* all in one fragment, or much to come */
    struct end *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b), *c = calloc(1, sizeof *c);
    BYTES of_b = pipe_of(b), of_c = pipe_of(c);
    RPC_BINDING_HANDLE handle = try_bind();
    size_t i, k;

    (void)state;
    for (k = 0; k < 2; k++) {
        for (i = 0; i < sizeof want / sizeof *want; i++) {
            memset(a, 0, sizeof *a);
            memset(b, 0, sizeof *b);
            memset(c, 0, sizeof *c);
            a->length = b->length = lengths[k];
            b->any = c->any = true;
            RAISES(want[i], PipesMisuse(handle, (LONG)i, pipe_of(a), &of_b, &of_c));
            assert_int_equal(TryAdd(handle, 1, 2), 3); /* and the next call is good */
        }
    }
    free(a);
    free(b);
    free(c);
    try_unbind(&handle);
}

static void chunks_keep_to_their_range(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct end *sent = calloc(1, sizeof *sent), *got = calloc(1, sizeof *got);
    BYTES back = pipe_of(got);

    (void)state;
    sent->length = 1;
    RAISES(RPC_X_INVALID_BOUND, PipesRange(b, pipe_of(sent), 5, &back));
    sent->length = 2000;
    sent->most = 1001;
    sent->at = 0;
    RAISES(RPC_X_INVALID_BOUND, PipesRange(b, pipe_of(sent), 5, &back));
    sent->most = 1000;
    sent->at = 0;
    RAISES(RPC_X_INVALID_BOUND, PipesRange(b, pipe_of(sent), 8, &back));
    free(sent);
    free(got);
    try_unbind(&b);
}

static void a_server_that_raises_midway(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct end *e = calloc(1, sizeof *e);
    BYTES pipe = pipe_of(e);
    LONGLONG sum;

    (void)state;
    atomic_store(&raise_after, 3);
    e->length = 200000000;
    RAISES(RPC_S_INTERNAL_ERROR, PipesCount(b, "bytes", pipe, &sum));
    assert_true(e->at < e->length); /* the client stopped */
    memset(e, 0, sizeof *e);
    atomic_store(&pulls, 0);
    RAISES(RPC_S_INTERNAL_ERROR, PipesMake(b, 200000000, 100000, &pipe, &sum));
    assert_int_equal(e->at, 400000); /* what was pushed came */
    assert_false(e->ended);
    assert_int_equal(TryAdd(b, 1, 2), 3);
    free(e);
    try_unbind(&b);
}

static void until(atomic_int *what, int n)
{
    int i;

    for (i = 0; atomic_load(what) < n && i < 60000; i++)
        try_rest(1);
    assert_true(atomic_load(what) >= n);
}

static void a_client_that_raises_midway(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    struct end *e = calloc(1, sizeof *e);
    BYTES pipe = pipe_of(e);
    LONGLONG sum;

    (void)state;
    e->length = 1000000;
    e->raises = 4711;
    RAISES(4711, PipesCount(b, "bytes", pipe, &sum));
    memset(e, 0, sizeof *e);
    e->length = 1000000;
    e->raises = 4712;
    RAISES(4712, PipesMake(b, 100000000, 10000, &pipe, &sum));
    until(&turns_ended, 1); /* the server's push was told */
    assert_int_equal(TryAdd(b, 1, 2), 3);
    free(e);
    try_unbind(&b);
}

static void no_alloc(char *state, ULONG bsize, byte **buf, ULONG *bcount)
{
    (void)state;
    (void)bsize;
    (void)buf;
    *bcount = 0;
}

static void lying_pull(char *state, byte *buf, ULONG esize, ULONG *ecount)
{
    (void)state;
    (void)buf;
    *ecount = esize + 1;
}

static void a_client_without_room(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct end *e = calloc(1, sizeof *e);
    BYTES none = { end_pull, end_push, no_alloc, (char *)e };
    BYTES lies = { lying_pull, end_push, end_alloc, (char *)e };
    LONGLONG sum;

    (void)state;
    RAISES(RPC_X_PIPE_APP_MEMORY, PipesCount(b, "bytes", none, &sum));
    RAISES(RPC_X_PIPE_APP_MEMORY, PipesMake(b, 100, 10, &none, &sum));
    RAISES(RPC_X_INVALID_BOUND, PipesCount(b, "bytes", lies, &sum));
    RAISES(RPC_X_NULL_REF_POINTER, PipesMake(b, 100, 10, NULL, &sum));
    free(e);
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(brings_over_every_length, calm),
        cmocka_unit_test_setup(at_every_level, calm),
        cmocka_unit_test_setup(of_any_length_in_little_memory, calm),
        cmocka_unit_test_setup(structures_there_and_back, calm),
        cmocka_unit_test_setup(several_in_their_order, calm),
        cmocka_unit_test_setup(slow_on_either_side, calm),
        cmocka_unit_test_setup(other_calls_within_a_routine, calm),
        cmocka_unit_test_setup(misuse_is_an_exception, calm),
        cmocka_unit_test_setup(chunks_keep_to_their_range, calm),
        cmocka_unit_test_setup(a_server_that_raises_midway, calm),
        cmocka_unit_test_setup(a_client_that_raises_midway, calm),
        cmocka_unit_test_setup(a_client_without_room, calm),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
