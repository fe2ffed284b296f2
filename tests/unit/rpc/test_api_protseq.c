/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "base/err.h"
#include "lib/unit.h"

static void knows_which_are_valid(void **state)
{
    (void)state;
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) "ncacn_ip_tcp"), RPC_S_OK);
    assert_int_equal(RpcNetworkIsProtseqValidW((WCHAR[]){ u"ncacn_ip_tcp" }), RPC_S_OK);
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) "ncacn_np"), RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_int_equal(RpcNetworkIsProtseqValidW((WCHAR[]){ u"ncacn_spx" }),
                     RPC_S_PROTSEQ_NOT_SUPPORTED);
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) "ncacn_ip_tc"),
                     RPC_S_INVALID_RPC_PROTSEQ);
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) ""), RPC_S_INVALID_RPC_PROTSEQ);
    assert_int_equal(RpcNetworkIsProtseqValidA((RPC_CSTR) "\xff"), RPC_S_INVALID_RPC_PROTSEQ);
    assert_int_equal(RpcNetworkIsProtseqValidA(NULL), RPC_S_INVALID_RPC_PROTSEQ);
}

static void lists_those_it_has(void **state)
{
    RPC_PROTSEQ_VECTORA *a = NULL;
    RPC_PROTSEQ_VECTORW *w = NULL;
    UINT i;

    (void)state;
    assert_int_equal(RpcNetworkInqProtseqsA(&a), RPC_S_OK);
    assert_int_equal(RpcNetworkInqProtseqsW(&w), RPC_S_OK);
    assert_true(a->Count >= 1 && a->Count == w->Count);
    assert_string_equal(a->Protseq[0], "ncacn_ip_tcp");
    for (i = 0; i < a->Count; i++) {
        assert_int_equal(RpcNetworkIsProtseqValidA(a->Protseq[i]), RPC_S_OK);
        assert_int_equal(RpcNetworkIsProtseqValidW(w->Protseq[i]), RPC_S_OK);
    }
    assert_int_equal(RpcProtseqVectorFreeA(&a), RPC_S_OK);
    assert_int_equal(RpcProtseqVectorFreeW(&w), RPC_S_OK);
    assert_null(a);
    assert_null(w);
    assert_int_equal(RpcProtseqVectorFreeA(&a), RPC_S_OK);
}

static enum err list(void *arg)
{
    RPC_PROTSEQ_VECTORW *w = (void *)1;
    RPC_STATUS status = RpcNetworkInqProtseqsW(&w);

    (void)arg;
    assert_true(!status == !!w);
    RpcProtseqVectorFreeW(&w);
    return status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : status ? ERR_INTERNAL : ERR_OK;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(list, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_which_are_valid),
        cmocka_unit_test(lists_those_it_has),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
