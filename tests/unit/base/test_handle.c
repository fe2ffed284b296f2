/* SPDX-License-Identifier: Apache-2.0 */
#include "base/handle.h"

#include <pthread.h>
#include <stdatomic.h>

#include "lib/unit.h"

enum { THREADS = 4, TURNS = 20000, HELD = 3 };

static int released;

static void on_release(void *object)
{
    (void)object;
    released++;
}

static void refuses_stale_and_invented_handles(void **state)
{
    int object = 0;
    handle_id id = 0;
    void *got = NULL;

    (void)state;
    released = 0;
    assert_int_equal(handle_new(HANDLE_CONTEXT, &object, on_release, &id), ERR_OK);
    assert_int_equal(handle_get(id, HANDLE_CREDENTIAL, &got), ERR_INVALID_HANDLE);
    assert_int_equal(handle_get(id + ((uint64_t)1 << 32), HANDLE_CONTEXT, &got),
                     ERR_INVALID_HANDLE);
    assert_int_equal(handle_get(0, HANDLE_CONTEXT, &got), ERR_INVALID_HANDLE);
    assert_int_equal(handle_get(UINT64_MAX, HANDLE_CONTEXT, &got), ERR_INVALID_HANDLE);
    assert_int_equal(handle_close(id, HANDLE_CONTEXT), ERR_OK);
    assert_int_equal(released, 1);
    assert_int_equal(handle_get(id, HANDLE_CONTEXT, &got), ERR_INVALID_HANDLE);
    assert_int_equal(handle_close(id, HANDLE_CONTEXT), ERR_INVALID_HANDLE);
    assert_int_equal(released, 1);
}

static void a_closed_object_lives_until_its_last_user(void **state)
{
    int object = 0;
    handle_id id = 0;
    void *got = NULL;

    (void)state;
    released = 0;
    assert_int_equal(handle_new(HANDLE_CONTEXT, &object, on_release, &id), ERR_OK);
    assert_int_equal(handle_get(id, HANDLE_CONTEXT, &got), ERR_OK);
    assert_ptr_equal(got, &object);
    assert_int_equal(handle_close(id, HANDLE_CONTEXT), ERR_OK);
    assert_int_equal(released, 0);
    handle_put(id);
    assert_int_equal(released, 1);
}

/* ---- an object's own, again and again ---- */

static void what_is_shut_can_be_opened_again(void **state)
{
    int object = 0, other = 0;
    handle_id id = 0, again, next = 0;
    void *got = NULL;

    (void)state;
    released = 0;
    assert_int_equal(handle_new(HANDLE_CONTEXT, &object, on_release, &id), ERR_OK);
    assert_false(handle_shut(id, HANDLE_CREDENTIAL));
    assert_true(handle_shut(id, HANDLE_CONTEXT));
    assert_false(handle_shut(id, HANDLE_CONTEXT));
    assert_int_equal(handle_get(id, HANDLE_CONTEXT, &got), ERR_INVALID_HANDLE);
    assert_int_equal(handle_close(id, HANDLE_CONTEXT), ERR_INVALID_HANDLE);
    assert_int_equal(handle_new(HANDLE_CONTEXT, &other, on_release, &next), ERR_OK);
    assert_int_not_equal((uint32_t)next, (uint32_t)id); /* the slot is its owner's */
    again = handle_reopen(id);
    assert_true(again && again != id);
    assert_int_equal(handle_get(id, HANDLE_CONTEXT, &got), ERR_INVALID_HANDLE);
    assert_int_equal(handle_get(again, HANDLE_CONTEXT, &got), ERR_OK);
    assert_ptr_equal(got, &object);
    handle_put(again);
    assert_true(handle_shut(again, HANDLE_CONTEXT));
    handle_drop(again);
    assert_int_equal(released, 0);
    assert_int_equal(handle_close(next, HANDLE_CONTEXT), ERR_OK);
}

static void what_is_held_is_not_shut(void **state)
{
    int object = 0;
    handle_id id = 0;
    void *got = NULL;

    (void)state;
    released = 0;
    assert_int_equal(handle_new(HANDLE_CONTEXT, &object, on_release, &id), ERR_OK);
    assert_int_equal(handle_get(id, HANDLE_CONTEXT, &got), ERR_OK);
    assert_false(handle_shut(id, HANDLE_CONTEXT));
    assert_int_equal(handle_close(id, HANDLE_CONTEXT), ERR_OK);
    assert_int_equal(released, 0);
    handle_put(id);
    assert_int_equal(released, 1);
}

/* ---- slots that go from thread to thread ---- */

static atomic_int let_go;

static void on_let_go(void *object)
{
    *(int *)object -= 1; /* its owner's thread, which closes it */
    atomic_fetch_add(&let_go, 1);
}

/* Says into *arg what was wrong. */
static void *take_and_close(void *arg)
{
    const char **wrong = arg;
    int mine[HELD] = { 0 };
    handle_id id[HELD];
    void *got = NULL;
    int turn, i;

    for (turn = 0; turn < TURNS && !*wrong; turn++) {
        for (i = 0; i < HELD; i++) {
            mine[i]++;
            if (handle_new(HANDLE_CONTEXT, &mine[i], on_let_go, &id[i]))
                *wrong = "no handle";
        }
        for (i = 0; i < HELD; i++) {
            if (handle_get(id[i], HANDLE_CONTEXT, &got) || got != &mine[i])
                *wrong = "another thread's object";
            handle_put(id[i]);
            if (handle_close(id[i], HANDLE_CONTEXT) || mine[i])
                *wrong = "not closed";
            if (!handle_get(id[i], HANDLE_CONTEXT, &got))
                *wrong = "open again";
        }
    }
    return NULL;
}

static void no_two_have_a_slot_at_once(void **state)
{
    const char *wrong[THREADS] = { NULL };
    pthread_t thread[THREADS];
    int i;

    (void)state;
    atomic_store(&let_go, 0);
    for (i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, take_and_close, &wrong[i]), 0);
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        if (wrong[i])
            fail_msg("%s", wrong[i]);
    }
    assert_int_equal(atomic_load(&let_go), THREADS * TURNS * HELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_stale_and_invented_handles),
        cmocka_unit_test(a_closed_object_lives_until_its_last_user),
        cmocka_unit_test(what_is_shut_can_be_opened_again),
        cmocka_unit_test(what_is_held_is_not_shut),
        cmocka_unit_test(no_two_have_a_slot_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
