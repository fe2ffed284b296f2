/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/server_call.h"

#include "lib/unit.h"

static void a_call_has_a_handle_from_begin_to_end(void **state)
{
    struct rpc_server_call *c = rpc_server_call_new(), *got = NULL;
    void *handle;

    (void)state;
    assert_non_null(c);
    assert_null(rpc_server_call_handle(c));
    assert_true(rpc_server_call_open_handle(c));
    handle = rpc_server_call_handle(c);
    assert_non_null(handle);
    assert_int_equal(rpc_server_call_get(handle, &got), ERR_OK);
    assert_ptr_equal(got, c);
    rpc_server_call_close_handle(c);
    assert_int_equal(rpc_server_call_get(handle, &got), ERR_RPC_BINDING);
    assert_null(rpc_server_call_handle(c)); /* whoever asks now gets none, and makes none */
    rpc_server_call_unref(got);
    rpc_server_call_unref(c);
}

/* The thread's next call is made of the same memory, and of the same slot. */
static void a_handle_is_no_later_calls(void **state)
{
    struct rpc_server_call *c = rpc_server_call_new(), *next, *got = NULL;
    void *handle;

    (void)state;
    assert_non_null(c);
    assert_true(rpc_server_call_open_handle(c));
    handle = rpc_server_call_handle(c);
    rpc_server_call_close_handle(c);
    rpc_server_call_unref(c);
    next = rpc_server_call_new();
    assert_ptr_equal(next, c);
    assert_true(rpc_server_call_open_handle(next));
    assert_int_equal((uint32_t)(uintptr_t)rpc_server_call_handle(next),
                     (uint32_t)(uintptr_t)handle);
    assert_ptr_not_equal(rpc_server_call_handle(next), handle);
    assert_int_equal(rpc_server_call_get(handle, &got), ERR_RPC_BINDING);
    rpc_server_call_close_handle(next);
    rpc_server_call_unref(next);
}

/* Held at this moment by somebody who looks the call up: who lets it go last gives the slot back.
 */
static void what_is_held_ends_with_its_holder(void **state)
{
    struct rpc_server_call *c = rpc_server_call_new();
    void *object = NULL, *handle;
    handle_id id;

    (void)state;
    assert_non_null(c);
    assert_true(rpc_server_call_open_handle(c));
    handle = rpc_server_call_handle(c);
    id = (handle_id)(uintptr_t)handle;
    assert_int_equal(handle_get(id, HANDLE_RPC_CALL, &object), ERR_OK);
    rpc_server_call_close_handle(c);
    assert_int_equal(c->shut_handle, 0);
    assert_int_equal(atomic_load(&c->refs), 2); /* the holder's */
    handle_put(id);
    assert_int_equal(atomic_load(&c->refs), 1);
    rpc_server_call_unref(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_has_a_handle_from_begin_to_end),
        cmocka_unit_test(a_handle_is_no_later_calls),
        cmocka_unit_test(what_is_held_ends_with_its_holder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
