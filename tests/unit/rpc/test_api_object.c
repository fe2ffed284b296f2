/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include <pthread.h>
#include <stdatomic.h>

#include "lib/unit.h"
#include "rpc/object.h"

static UUID numbered(ULONG n)
{
    return (UUID){ n, 1, 2, { 3 } };
}

static void an_object_has_the_type_it_was_given(void **state)
{
    UUID object = numbered(1), type = numbered(2), other = numbered(3), nil = { 0 }, got;

    (void)state;
    assert_int_equal(RpcObjectInqType(&object, &got), RPC_S_OBJECT_NOT_FOUND);
    assert_memory_equal(&got, &nil, sizeof got);
    assert_int_equal(RpcObjectSetType(&object, &type), RPC_S_OK);
    assert_int_equal(RpcObjectInqType(&object, &got), RPC_S_OK);
    assert_memory_equal(&got, &type, sizeof got);
    assert_int_equal(RpcObjectInqType(&object, NULL), RPC_S_OK);
    assert_int_equal(RpcObjectSetType(&object, &other), RPC_S_ALREADY_REGISTERED);
    assert_int_equal(RpcObjectInqType(&other, NULL), RPC_S_OBJECT_NOT_FOUND);
    assert_int_equal(RpcObjectSetType(&object, NULL), RPC_S_OK);
    assert_int_equal(RpcObjectInqType(&object, NULL), RPC_S_OBJECT_NOT_FOUND);
    assert_int_equal(RpcObjectSetType(&object, &other), RPC_S_OK);
    assert_int_equal(RpcObjectSetType(&object, &nil), RPC_S_OK);
    assert_int_equal(RpcObjectSetType(&object, &nil), RPC_S_OK);
    rpc_object_done();
}

static void the_nil_object_has_the_nil_type(void **state)
{
    UUID nil = { 0 }, type = numbered(2), got = type;

    (void)state;
    assert_int_equal(RpcObjectSetType(&nil, &type), RPC_S_INVALID_OBJECT);
    assert_int_equal(RpcObjectSetType(NULL, &type), RPC_S_INVALID_OBJECT);
    assert_int_equal(RpcObjectInqType(&nil, &got), RPC_S_OK);
    assert_memory_equal(&got, &nil, sizeof got);
}

static void knows(UUID *object, UUID *type, RPC_STATUS *status)
{
    *status = object->Data1 == 8 ? RPC_S_OK : RPC_S_OBJECT_NOT_FOUND;
    if (object->Data1 == 8)
        *type = numbered(88);
}

static void the_function_is_asked_for_the_others(void **state)
{
    UUID object = numbered(8), type = numbered(88), own = numbered(9), unknown = numbered(10), got;

    (void)state;
    assert_int_equal(RpcObjectSetInqFn(knows), RPC_S_OK);
    assert_int_equal(RpcObjectInqType(&object, &got), RPC_S_OK);
    assert_memory_equal(&got, &type, sizeof got);
    assert_int_equal(RpcObjectInqType(&unknown, &got), RPC_S_OBJECT_NOT_FOUND);
    assert_int_equal(RpcObjectSetType(&object, &own), RPC_S_OK);
    assert_int_equal(RpcObjectInqType(&object, &got), RPC_S_OK);
    assert_memory_equal(&got, &own, sizeof got);
    assert_int_equal(RpcObjectSetType(&object, NULL), RPC_S_OK);
    assert_int_equal(RpcObjectSetInqFn(NULL), RPC_S_OK);
    assert_int_equal(RpcObjectInqType(&object, &got), RPC_S_OBJECT_NOT_FOUND);
    rpc_object_done();
}

static void there_may_be_many(void **state)
{
    UUID object, type = numbered(7);
    ULONG i;

    (void)state;
    for (i = 1; i <= 10000; i++) {
        object = numbered(i);
        assert_int_equal(RpcObjectSetType(&object, &type), RPC_S_OK);
    }
    for (i = 1; i <= 10000; i += 2) {
        object = numbered(i);
        assert_int_equal(RpcObjectSetType(&object, NULL), RPC_S_OK);
    }
    for (i = 1; i <= 10001; i++) {
        object = numbered(i);
        assert_int_equal(RpcObjectInqType(&object, NULL),
                         i % 2 || i > 10000 ? RPC_S_OBJECT_NOT_FOUND : RPC_S_OK);
    }
    rpc_object_done();
}

static atomic_int stop;

static void *asks(void *arg)
{
    UUID object = numbered(5), got;
    uintptr_t wrong = 0;

    (void)arg;
    while (!atomic_load(&stop))
        if (RpcObjectInqType(&object, &got) == RPC_S_OK && got.Data1 != 55)
            wrong++;
    return (void *)wrong;
}

static void it_may_change_while_it_is_asked(void **state)
{
    UUID object, five = numbered(55);
    pthread_t thread;
    void *wrong;
    ULONG i;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, asks, NULL), 0);
    for (i = 1; i <= 20000; i++) {
        object = numbered(i % 500 + 1);
        RpcObjectSetType(&object, i / 500 % 2 ? NULL : &five);
    }
    atomic_store(&stop, 1);
    assert_int_equal(pthread_join(thread, &wrong), 0);
    assert_null(wrong);
    rpc_object_done();
}

static enum err give_types(void *arg)
{
    RPC_STATUS status = RPC_S_OK;
    UUID object, type = numbered(7);
    ULONG i;

    (void)arg;
    for (i = 1; i <= 100 && !status; i++) {
        object = numbered(i);
        status = RpcObjectSetType(&object, &type);
    }
    rpc_object_done();
    return status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : status ? ERR_INTERNAL : ERR_OK;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(give_types, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_has_the_type_it_was_given),
        cmocka_unit_test(the_nil_object_has_the_nil_type),
        cmocka_unit_test(the_function_is_asked_for_the_others),
        cmocka_unit_test(there_may_be_many),
        cmocka_unit_test(it_may_change_while_it_is_asked),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
