/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "lib/unit.h"

static RPC_BINDING_HANDLE binding(void)
{
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA((RPC_CSTR) "ncacn_ip_tcp:[135]", &b), RPC_S_OK);
    return b;
}

static void the_bindings_of_a_vector_go_with_it(void **state)
{
    RPC_BINDING_VECTOR *all = mem_zero(sizeof *all + 2 * sizeof all->BindingH[0]);
    RPC_BINDING_HANDLE kept, copy = NULL;

    (void)state;
    all->Count = 3;
    kept = all->BindingH[0] = binding();
    all->BindingH[2] = binding();
    assert_int_equal(RpcBindingVectorFree(&all), RPC_S_OK);
    assert_null(all);
    assert_int_equal(RpcBindingCopy(kept, &copy), RPC_S_INVALID_BINDING);
    assert_int_equal(RpcBindingVectorFree(&all), RPC_S_OK);
    assert_int_equal(RpcBindingVectorFree(NULL), RPC_S_INVALID_ARG);
}

static void a_bad_one_is_told_and_the_others_are_freed(void **state)
{
    RPC_BINDING_VECTOR *all = mem_zero(sizeof *all + sizeof all->BindingH[0]);
    RPC_BINDING_HANDLE stale = binding();

    (void)state;
    all->Count = 2;
    all->BindingH[0] = stale;
    all->BindingH[1] = binding();
    assert_int_equal(RpcBindingFree(&stale), RPC_S_OK);
    assert_int_equal(RpcBindingVectorFree(&all), RPC_S_INVALID_BINDING);
    assert_null(all);
}

static void each_service_has_a_default_level(void **state)
{
    ULONG level = 0;

    (void)state;
    assert_int_equal(RpcMgmtInqDefaultProtectLevel(RPC_C_AUTHN_NONE, &level), RPC_S_OK);
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_NONE);
    assert_int_equal(RpcMgmtInqDefaultProtectLevel(RPC_C_AUTHN_DEFAULT, &level), RPC_S_OK);
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    assert_int_equal(RpcMgmtInqDefaultProtectLevel(RPC_C_AUTHN_GSS_KERBEROS, &level), RPC_S_OK);
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    assert_int_equal(RpcMgmtInqDefaultProtectLevel(RPC_C_AUTHN_DCE_PUBLIC, &level),
                     RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(RpcMgmtInqDefaultProtectLevel(256 + RPC_C_AUTHN_GSS_KERBEROS, &level),
                     RPC_S_UNKNOWN_AUTHN_SERVICE);
    assert_int_equal(RpcMgmtInqDefaultProtectLevel(RPC_C_AUTHN_NONE, NULL), RPC_S_INVALID_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bindings_of_a_vector_go_with_it),
        cmocka_unit_test(a_bad_one_is_told_and_the_others_are_freed),
        cmocka_unit_test(each_service_has_a_default_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
