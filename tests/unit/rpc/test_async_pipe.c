/* SPDX-License-Identifier: Apache-2.0
 * What a peer sends into asynchronous pipes before anybody pulls is bounded, however it is cut.
 */
#include "rpc/async_pipe.h"

#include "base/alloc.h"
#include "lib/unit.h"

enum { MANY = 100000, BLOCK = 256 * 1024 - sizeof(struct rpc_block) };

static const struct rpc_pipes_end end;

static int set_up(void **state)
{
    static struct rpc_pipes p;
    static RPC_ASYNC_STATE told;

    rpc_pipes_init(&p, &end, &told, NULL);
    p.server = true;
    *state = &p;
    return 0;
}

static int tear_down(void **state)
{
    rpc_pipes_close(*state);
    rpc_pipes_done(*state);
    return 0;
}

/* Of a request that goes on; the block is the part's. */
static bool comes(struct rpc_pipes *p, struct rpc_block *b, size_t n)
{
    struct rpc_part *part = mem_zero(sizeof *part);

    assert_non_null(part);
    assert_non_null(b);
    part->r.block = b;
    part->r.more = true;
    part->r.request.stub = bytes_of(b->data, n);
    return rpc_pipes_part_adopt(p, part);
}

/* Fragments so far apart that each has a block, and nothing but a header in it. */
static void empty_fragments_are_not_free(void **state)
{
    int n = 1;

    while (!comes(*state, rpc_block_get(BLOCK), 0))
        assert_true(++n < 100);
    assert_true(n > 1);
}

/* Fragments that came side by side, in one block. */
static void many_small_ones_are_not_free(void **state)
{
    struct rpc_block *b = rpc_block_get(BLOCK);
    int n = 1;

    assert_non_null(b);
    while (!comes(*state, rpc_block_ref(b), 0))
        assert_true(++n < MANY);
    assert_true(n > 100);
    rpc_block_put(b);
}

/* The limit an honest peer meets is that of its bytes. */
static void much_is_enough(void **state)
{
    struct rpc_block *b = rpc_block_get(BLOCK);
    size_t n = 5000;

    assert_non_null(b);
    while (!comes(*state, rpc_block_ref(b), 5000))
        n += 5000;
    assert_in_range(n, RPC_PIPE_BEFORE, RPC_PIPE_BEFORE + 5000);
    rpc_block_put(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(empty_fragments_are_not_free, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_small_ones_are_not_free, set_up, tear_down),
        cmocka_unit_test_setup_teardown(much_is_enough, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
