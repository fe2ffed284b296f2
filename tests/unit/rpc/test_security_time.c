/* SPDX-License-Identifier: Apache-2.0
 * How long a caller is taken for who he was. With a real ticket: domain/test_rpc_auth.c.
 */
#include <stdlib.h>
#include <time.h>

#include "lib/rpc_pair.h"
#include "lib/unit.h"

enum { LENGTH = 20000, FRAGMENT = 5840 };

/* Until it is whole, or refused. */
static enum err receive(struct rpc_inbound *in, struct bytes from, struct rpc_received *ret)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t n;
    enum err e;

    while (!(e = rpc_inbound_next(in, ret)) && ret->event == RPC_EVENT_MORE) {
        assert_true(from.len > 0);
        e = rpc_inbound_room(in, iov, &n);
        if (e)
            return e;
        n = iov[0].iov_len < from.len ? iov[0].iov_len : from.len;
        memcpy(iov[0].iov_base, from.ptr, n);
        rpc_inbound_filled(in, n);
        from = bytes_of(from.ptr + n, from.len - n);
    }
    return e;
}

/* What a request comes to whose sender is known until then. */
static enum err taken(struct rpc_pair *pair, size_t length, int64_t expiry)
{
    static const struct rpc_limits wide = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };
    struct rpc_message m = { .type = RPC_REQUEST,
                             .stub = { calloc(1, LENGTH), length },
                             .max_fragment = FRAGMENT,
                             .security = rpc_pair_client(pair) };
    struct buf all = rpc_pair_send(&m);
    struct rpc_received got;
    struct rpc_inbound in;
    enum err e;

    rpc_pair_server(pair)->expiry = expiry;
    rpc_inbound_init(&in, true, &wide, &pair->server);
    e = receive(&in, bytes_of(all.ptr, all.len), &got);
    if (!e)
        rpc_block_put(got.block);
    rpc_inbound_done(&in);
    free(m.stub.ptr);
    free(all.ptr);
    return e;
}

/* Where messages are protected the package sees to it with each of them. */
static void without_signatures_the_callers_time_is_looked_at(void **state)
{
    static const size_t lengths[] = { 0, 100, LENGTH };
    struct rpc_pair pair;
    size_t i;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_CONNECT, false, &pair);
    for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_int_equal(taken(&pair, lengths[i], RPC_SECURITY_FOR_EVER), ERR_OK);
        assert_int_equal(taken(&pair, lengths[i], time(NULL) + 3600), ERR_OK);
        assert_int_equal(taken(&pair, lengths[i], time(NULL) - 1), ERR_EXPIRED);
        assert_int_equal(taken(&pair, lengths[i], -1), ERR_EXPIRED);
    }
    rpc_pair_end(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_signatures_the_callers_time_is_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
