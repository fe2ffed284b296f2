/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "lib/unit.h"

static void an_interface_tells_its_id(void **state)
{
    const CS_CLIENT_INTERFACE face = { { .Length = sizeof face,
                                         .StubAbi = CS_STUB_ABI,
                                         .Id = { { 0x12345678, 1, 2, { 3 } }, 4, 5 } } };
    RPC_IF_ID id = { 0 };

    (void)state;
    assert_int_equal(RpcIfInqId((RPC_IF_HANDLE)(uintptr_t)&face, &id), RPC_S_OK);
    assert_memory_equal(&id, &face.Head.Id, sizeof id);
    assert_int_equal(RpcIfInqId(NULL, &id), RPC_S_INVALID_ARG);
}

static void vectors_are_freed_whole(void **state)
{
    RPC_IF_ID_VECTOR *ids = mem_zero(sizeof *ids + sizeof ids->IfId[0]);
    RPC_STATS_VECTOR *stats = mem_zero(sizeof *stats);

    (void)state;
    ids->Count = 2;
    ids->IfId[0] = mem_zero(sizeof *ids->IfId[0]);
    ids->IfId[1] = mem_zero(sizeof *ids->IfId[1]);
    assert_int_equal(RpcIfIdVectorFree(&ids), RPC_S_OK);
    assert_null(ids);
    assert_int_equal(RpcIfIdVectorFree(&ids), RPC_S_OK);
    assert_int_equal(RpcIfIdVectorFree(NULL), RPC_S_INVALID_ARG);
    assert_int_equal(RpcMgmtStatsVectorFree(&stats), RPC_S_OK);
    assert_null(stats);
    assert_int_equal(RpcMgmtStatsVectorFree(NULL), RPC_S_INVALID_ARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interface_tells_its_id),
        cmocka_unit_test(vectors_are_freed_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
