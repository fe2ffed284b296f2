/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_hostile_group.c - association groups and the context handles in them, wanted by others
 * than their makers.
 */
#include "domain/hostile_raw.h"

enum { HANDLE_SIZE = 20, AT_ONCE = 0 };

struct next_stub { /* of JobNext */
    uint8_t octets[HANDLE_SIZE + 4];
};

static struct next_stub next_of(const uint8_t handle[HANDLE_SIZE], uint32_t milliseconds)
{
    struct next_stub s;

    memcpy(s.octets, handle, HANDLE_SIZE);
    s.octets[HANDLE_SIZE] = (uint8_t)milliseconds;
    s.octets[HANDLE_SIZE + 1] = (uint8_t)(milliseconds >> 8);
    s.octets[HANDLE_SIZE + 2] = s.octets[HANDLE_SIZE + 3] = 0;
    return s;
}

static void call_next(struct raw *c, struct rpc_security *s, const uint8_t handle[HANDLE_SIZE],
                      uint32_t milliseconds)
{
    struct next_stub stub = next_of(handle, milliseconds);

    raw_call(c, s, OP_JOB_NEXT, bytes_of(stub.octets, sizeof stub.octets));
}

static void job_open(struct raw *c, struct rpc_security *s, uint8_t ret[HANDLE_SIZE])
{
    static const uint8_t first[4] = { 41 };

    raw_call(c, s, OP_JOB_OPEN, bytes_of(first, sizeof first));
    memcpy(ret, raw_response(c, s).ptr, HANDLE_SIZE);
}

static struct rpc_security *open_as(struct raw *c, struct hostile_as as, uint32_t group)
{
    raw_open(c, &as);
    return raw_bound(c, (uint8_t)as.level, RPC_SUPPORT_HEADER_SIGN, group);
}

static void no_jobs_are_left(void)
{
    int patience = 500;

    while (atomic_load(&hostile_jobs) && patience--)
        hostile_sleep(10);
    assert_int_equal(atomic_load(&hostile_jobs), 0);
}

/* ---- A11 ---- */

static void a_handle_is_its_makers_alone(void **state)
{
    struct raw alice, c;
    struct rpc_security *s, *t;
    uint8_t handle[HANDLE_SIZE];
    uint32_t group;

    (void)state;
    s = open_as(&alice, hostile_alice(RPC_LEVEL_INTEGRITY), 0);
    group = alice.group;
    job_open(&alice, s, handle);

    t = open_as(&c, hostile_mallory(RPC_LEVEL_PRIVACY), group); /* joins, and gains nothing */
    assert_int_equal(c.group, group);
    call_next(&c, t, handle, AT_ONCE);
    raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
    raw_close(&c);

    raw_open(&c, NULL);
    raw_bound(&c, RPC_LEVEL_NONE, 0, group);
    call_next(&c, NULL, handle, AT_ONCE);
    raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
    raw_close(&c);

    t = open_as(&c, hostile_alice(RPC_LEVEL_CONNECT), group); /* she herself, at a lower level */
    call_next(&c, t, handle, AT_ONCE);
    raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
    raw_close(&c);

    t = open_as(&c, hostile_alice(RPC_LEVEL_PRIVACY), 0); /* and outside the group */
    call_next(&c, t, handle, AT_ONCE);
    raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
    raw_close(&c);

    t = open_as(&c, hostile_alice(RPC_LEVEL_PRIVACY), group); /* in it: a second connection */
    call_next(&c, t, handle, AT_ONCE);
    assert_int_equal(raw_response(&c, t).ptr[0], 42);
    call_next(&alice, s, handle, AT_ONCE);
    assert_int_equal(raw_response(&alice, s).ptr[0], 43);
    raw_close(&c);
    raw_close(&alice);
    no_jobs_are_left();
    hostile_all_is_well();
}

static void a_guessed_handle_is_none(void **state)
{
    struct rpc_security *s;
    uint8_t handle[HANDLE_SIZE];
    struct raw c;
    int i;

    (void)state;
    s = open_as(&c, hostile_alice(RPC_LEVEL_INTEGRITY), 0);
    job_open(&c, s, handle);
    for (i = 4; i < HANDLE_SIZE; i++) {
        handle[i] ^= 1;
        call_next(&c, s, handle, AT_ONCE);
        raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
        handle[i] ^= 1;
    }
    raw_call(&c, s, OP_JOB_CLOSE, bytes_of(handle, HANDLE_SIZE));
    raw_response(&c, s);
    call_next(&c, s, handle, AT_ONCE); /* closed */
    raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
    raw_call(&c, s, OP_JOB_CLOSE, bytes_of(handle, HANDLE_SIZE)); /* twice */
    raw_fault(&c, NCA_S_FAULT_CONTEXT_MISMATCH);
    raw_call(&c, s, OP_ADD, raw_add_stub); /* calls fail, the connection does not */
    raw_response(&c, s);
    raw_close(&c);
    no_jobs_are_left();
    hostile_all_is_well();
}

static void a_group_nobody_has_is_not_joined(void **state)
{
    struct raw_bind how = { .type = RPC_BIND };
    struct raw c;
    uint32_t i;

    (void)state;
    for (i = 1; i < 5; i++) {
        raw_open(&c, NULL);
        how.group = i * 0x1234567;
        raw_send_adopt(&c, raw_bind_build(&c, &how));
        assert_int_equal(raw_next(&c, 5000), RPC_BIND_NAK);
        raw_closed(&c);
        raw_close(&c);
    }
    raw_open(&c, NULL); /* one that was */
    raw_bound(&c, RPC_LEVEL_NONE, 0, 0);
    how.group = c.group;
    raw_close(&c);
    hostile_all_is_well();
    raw_open(&c, NULL);
    raw_send_adopt(&c, raw_bind_build(&c, &how));
    assert_int_equal(raw_next(&c, 5000), RPC_BIND_NAK);
    raw_close(&c);
    hostile_all_is_well();
}

/* The maker's connection closes while another's call has the handle: it lives until that ends. */
static void a_handle_outlives_its_makers_connection(void **state)
{
    struct rpc_security *s, *t;
    uint8_t handle[HANDLE_SIZE];
    struct raw a, b;
    int begun;

    (void)state;
    s = open_as(&a, hostile_alice(RPC_LEVEL_INTEGRITY), 0);
    t = open_as(&b, hostile_alice(RPC_LEVEL_INTEGRITY), a.group);
    job_open(&a, s, handle);
    begun = atomic_load(&hostile_executed) + 1;
    call_next(&b, t, handle, 500);
    while (atomic_load(&hostile_executed) < begun)
        hostile_sleep(5);
    raw_close(&a);
    assert_int_equal(raw_response(&b, t).ptr[0], 42);
    assert_int_equal(atomic_load(&hostile_jobs), 1);
    call_next(&b, t, handle, 200); /* and with both closed until its call ends */
    begun++;
    while (atomic_load(&hostile_executed) < begun)
        hostile_sleep(5);
    raw_close(&b);
    assert_int_equal(atomic_load(&hostile_jobs), 1);
    no_jobs_are_left();
    hostile_all_is_well();
}

/* Closed by one while another waits for it: the one that waits finds nothing. */
static void a_handle_closed_meanwhile_is_gone(void **state)
{
    struct rpc_security *s, *t;
    uint8_t handle[HANDLE_SIZE];
    struct raw a, b;
    int begun, answers;

    (void)state;
    s = open_as(&a, hostile_alice(RPC_LEVEL_INTEGRITY), 0);
    t = open_as(&b, hostile_alice(RPC_LEVEL_INTEGRITY), a.group);
    job_open(&a, s, handle);
    begun = atomic_load(&hostile_executed) + 1;
    call_next(&a, s, handle, 300);
    while (atomic_load(&hostile_executed) < begun)
        hostile_sleep(5);
    raw_call(&a, s, OP_JOB_CLOSE,
             bytes_of(handle, HANDLE_SIZE)); /* on the same connection, at once */
    hostile_sleep(100);
    call_next(&b, t, handle, AT_ONCE);
    answers = raw_response(&a, s).ptr[0]; /* a nil handle's and the number's, in either order */
    answers += raw_response(&a, s).ptr[0];
    assert_true(answers == 42);
    assert_int_not_equal(raw_next(&b, 15000), RAW_SILENT);
    raw_close(&a);
    raw_close(&b);
    no_jobs_are_left();
    hostile_all_is_well();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handle_is_its_makers_alone),
        cmocka_unit_test(a_guessed_handle_is_none),
        cmocka_unit_test(a_group_nobody_has_is_not_joined),
        cmocka_unit_test(a_handle_outlives_its_makers_connection),
        cmocka_unit_test(a_handle_closed_meanwhile_is_gone),
    };

    return cmocka_run_group_tests(tests, hostile_set_up, hostile_tear_down);
}
