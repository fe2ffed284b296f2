/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_limits.c - who takes time, room and connections from a server, and gets no more
 * of them than there is for him. Time is told to the server, not waited for.
 */
#include <sys/resource.h>

#include "base/policy_value.h"
#include "domain/hostile_raw.h"
#include "rpc/inbound.h"
#include "rpc/server_link.h"
#include "transport/transport.h"

enum { BRIEFLY = 200, SECOND = 1000, MEBI = 1 << 20 };

static long peak(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

static void after(unsigned seconds)
{
    (void)rpc_server_links_tick(transport_now() + (int64_t)seconds * SECOND);
}

/* ---- A7 ---- */

/* MiB of 200 calls. ThreadSanitizer keeps its own of each connection's memory and threads. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HINTS_MOST 256
#endif
#endif
#if !defined(HINTS_MOST) && defined(__SANITIZE_THREAD__)
#define HINTS_MOST 256
#endif
#ifndef HINTS_MOST
#define HINTS_MOST 64
#endif

static void a_hint_holds_no_memory(void **state)
{
    enum { MANY = 200 };
    struct raw *c = calloc(MANY, sizeof *c);
    struct raw_fragment f = { .flags = RPC_FIRST, .call_id = 9, .opnum = OP_ADD };
    long before = peak();
    struct buf b;
    int i;

    (void)state;
    f.stub = bytes_of(raw_add_stub.ptr, 4);
    for (i = 0; i < MANY; i++) {
        raw_open(&c[i], NULL);
        raw_bound(&c[i], RPC_LEVEL_NONE, 0, 0);
        b = raw_fragment_build(&f);
        memset(b.ptr + RPC_HEADER_SIZE, 0xff, 4);
        raw_send_adopt(&c[i], b);
    }
    f.flags = RPC_LAST;
    f.stub = bytes_of(raw_add_stub.ptr + 4, 4);
    for (i = 0; i < MANY; i++) {
        raw_fragment_send(&c[i], &f);
        assert_int_equal(raw_response(&c[i], NULL).ptr[0], 0xd2);
        raw_close(&c[i]);
    }
    free(c);
    if (peak() - before > HINTS_MOST)
        fail_msg("%ld MiB more than before", peak() - before);
    hostile_all_is_well();
}

static void a_call_has_an_end(void **state)
{
    static uint8_t piece[5840 - RPC_CALL_HEADER_SIZE];
    struct raw_fragment f = { .flags = RPC_FIRST, .call_id = 9, .opnum = OP_TAKE };
    int before = atomic_load(&hostile_executed), type;
    struct raw c;
    size_t sent;
    long was = peak();

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    f.stub = bytes_of(piece, sizeof piece);
    for (sent = 0; sent <= RPC_STUB_MAX + MEBI; sent += sizeof piece) {
        raw_fragment_send(&c, &f);
        f.flags = 0;
    }
    type = raw_next(&c, 20000); /* the fault, or the end before it was read */
    assert_true(type == RPC_FAULT || type == RAW_CLOSED);
    raw_close(&c);
    assert_int_equal(atomic_load(&hostile_executed), before);
    if (peak() - was > 6 * (RPC_STUB_MAX / MEBI)) /* ASan gives freed blocks back late */
        fail_msg("%ld MiB more than before", peak() - was);
    hostile_all_is_well();
}

/* ---- time ---- */

static void who_does_not_bind_is_cut(void **state)
{
    static const uint8_t begun[10] = { 5, 0, RPC_BIND, 3, 0x10, 0, 0, 0, 72, 0 };
    struct raw silent, slow;

    (void)state;
    raw_open(&silent, NULL);
    raw_open(&slow, NULL);
    raw_send(&slow, bytes_of(begun, sizeof begun));
    hostile_sleep(BRIEFLY);
    after(28);
    assert_int_equal(raw_next(&silent, BRIEFLY), RAW_SILENT);
    assert_int_equal(raw_next(&slow, BRIEFLY), RAW_SILENT);
    after(31);
    raw_closed(&silent);
    raw_closed(&slow);
    raw_close(&silent);
    raw_close(&slow);
    hostile_all_is_well();
}

static void a_partial_call_is_cut(void **state)
{
    struct raw_fragment f = { .flags = RPC_FIRST, .call_id = 9, .opnum = OP_ADD };
    struct raw partial, idle;

    (void)state;
    raw_open(&partial, NULL);
    raw_open(&idle, NULL);
    raw_bound(&partial, RPC_LEVEL_NONE, 0, 0);
    raw_bound(&idle, RPC_LEVEL_NONE, 0, 0);
    f.stub = raw_add_stub;
    raw_fragment_send(&partial, &f);
    hostile_sleep(BRIEFLY);
    after(55);
    assert_int_equal(raw_next(&partial, BRIEFLY), RAW_SILENT);
    after(61);
    raw_closed(&partial);
    raw_call(&idle, NULL, OP_ADD, raw_add_stub); /* who is bound and idle may stay */
    raw_response(&idle, NULL);
    raw_close(&partial);
    raw_close(&idle);
    hostile_all_is_well();
}

/* ---- connections ---- */

static void connections_that_say_nothing_are_bounded(void **state)
{
    enum { MOST = 4096, MORE = 64 };
    struct rlimit files = { .rlim_cur = 0 };
    static int fd[MOST + MORE];
    struct raw c;
    int i, patience = 500;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    assert_true(files.rlim_max > 2 * (MOST + MORE) + 100);
    for (i = 0; i < MOST + MORE; i++) {
        raw_open(&c, NULL);
        fd[i] = c.fd;
    }
    while (hostile_connections() < MOST && patience--)
        hostile_sleep(10);
    hostile_sleep(BRIEFLY);
    assert_int_equal(hostile_connections(), MOST);
    after(31); /* it is their time that ends them, and nobody else's */
    for (i = 0; i < MOST + MORE; i++) {
        c.fd = fd[i];
        raw_closed(&c);
        raw_close(&c);
    }
    hostile_all_is_well();
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    raw_close(&c);
    hostile_all_is_well();
}

/* ---- who takes nothing ---- */

enum { ASKED = 1500, GIVEN = 64 * 1024 };

/* Asks and asks; returns how many were served before the server stopped reading. */
static int ask(struct raw *c)
{
    static const uint8_t stub[4] = { 0, 0, 1, 0 }; /* GIVEN */
    int before = atomic_load(&hostile_executed), served = -1, i;

    for (i = 0; i < ASKED; i++)
        raw_call(c, NULL, OP_GIVE, bytes_of(stub, sizeof stub));
    while (served != atomic_load(&hostile_executed) - before) {
        served = atomic_load(&hostile_executed) - before;
        hostile_sleep(BRIEFLY);
    }
    return served;
}

static void who_takes_no_answer_is_not_served(void **state)
{
    struct raw c;
    int served;

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    served = ask(&c);
    if (served >= ASKED / 2)
        fail_msg("%d calls were served that nobody took the answers of", served);
    after(61);
    raw_close(&c);
    hostile_all_is_well();
}

/* The next answer's bytes; none where it says that as many calls were under way as may be. */
static size_t answer(struct raw *c)
{
    struct rpc_response r;
    struct rpc_fault f;

    if (raw_next(c, 60000) == RPC_RESPONSE) {
        assert_int_equal(rpc_response_read(&c->pdu, &r), ERR_OK);
        return r.stub.len;
    }
    assert_int_equal(rpc_fault_read(&c->pdu, &f), ERR_OK);
    assert_int_equal(f.status, NCA_S_SERVER_TOO_BUSY);
    return 0;
}

/* Each call has its one answer, whole. On a machine whose threads stand still for long, more calls
 * than the server allows may be under way at once; it says so, as documented. */
static void who_takes_answers_late_gets_all(void **state)
{
    size_t got = 0, n;
    int refused = 0;
    struct raw c;

    (void)state;
    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    assert_true(ask(&c) < ASKED / 2);
    while (got + (size_t)refused * (GIVEN + 4) < (size_t)ASKED * (GIVEN + 4)) {
        n = answer(&c);
        got += n;
        refused += !n;
    }
    assert_int_equal(got, (size_t)(ASKED - refused) * (GIVEN + 4));
    assert_true(got > 0);
    raw_close(&c);
    hostile_all_is_well();
}

/* The type of what is said to one more call. */
static int one_more(struct raw *c)
{
    raw_call(c, NULL, OP_ADD, raw_add_stub);
    return raw_next(c, 60000);
}

/* On whatever connection he asks next. */
static void answers_that_nobody_takes_are_of_his_share(void **state)
{
    static const uint8_t stub[4] = { 0, 0, 1, 0 }; /* GIVEN */
    struct raw slow, same;
    int i;

    (void)state;
    assert_int_equal(policy_value_set(POLICY_CLIENT_MEMORY, "1"), ERR_OK);
    raw_open(&slow, NULL);
    raw_open(&same, NULL);
    raw_bound(&slow, RPC_LEVEL_NONE, 0, 0);
    raw_bound(&same, RPC_LEVEL_NONE, 0, 0);
    for (i = 0; i < ASKED && one_more(&same) == RPC_RESPONSE; i++) /* the kernel holds some */
        raw_call(&slow, NULL, OP_GIVE, bytes_of(stub, sizeof stub));
    assert_true(i < ASKED);
    raw_close(&slow);
    for (i = 0; i < ASKED && one_more(&same) != RPC_RESPONSE; i++)
        hostile_sleep(1);
    assert_true(i < ASKED);
    raw_close(&same);
    assert_int_equal(policy_value_set(POLICY_CLIENT_MEMORY, "1024"), ERR_OK);
    hostile_all_is_well();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hint_holds_no_memory),
        cmocka_unit_test(a_call_has_an_end),
        cmocka_unit_test(who_does_not_bind_is_cut),
        cmocka_unit_test(a_partial_call_is_cut),
        cmocka_unit_test(who_takes_no_answer_is_not_served),
        cmocka_unit_test(who_takes_answers_late_gets_all),
        cmocka_unit_test(answers_that_nobody_takes_are_of_his_share),
        cmocka_unit_test(connections_that_say_nothing_are_bounded),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
