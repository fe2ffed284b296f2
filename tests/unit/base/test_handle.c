/* SPDX-License-Identifier: Apache-2.0 */
#include "base/handle.h"

#include "lib/unit.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_stale_and_invented_handles),
        cmocka_unit_test(a_closed_object_lives_until_its_last_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
