/* SPDX-License-Identifier: Apache-2.0
 * What goes out: how a stub is cut, and what stands around the pieces.
 */
#include "rpc/outbound.h"

#include "lib/rpc_pair.h"
#include "lib/unit.h"

static uint8_t stub[1100000];

static struct rpc_message message(size_t n, size_t max_fragment, struct rpc_security *s)
{
    return (struct rpc_message){ .type = RPC_REQUEST,
                                 .call_id = 1,
                                 .opnum = 2,
                                 .stub = { stub, n },
                                 .max_fragment = max_fragment,
                                 .security = s };
}

struct counted {
    size_t fragments, longest, stub;
    uint8_t first_flags, last_flags;
    uint32_t first_hint, last_hint;
};

/* Every fragment as its reader sees it. */
static struct counted count(const struct rpc_message *m)
{
    struct buf all = rpc_pair_send(m);
    struct counted c = { 0 };
    struct rpc_request q;
    struct rpc_header h;
    struct rpc_pdu p;
    size_t at = 0;

    while (at < all.len) {
        assert_int_equal(rpc_header_read(bytes_of(all.ptr + at, 16), m->max_fragment, &h), ERR_OK);
        assert_int_equal(rpc_pdu_read(bytes_of(all.ptr + at, h.frag_length), &h, &p), ERR_OK);
        assert_int_equal(rpc_request_read(&p, &q), ERR_OK);
        assert_int_equal(q.opnum, 2);
        if (m->security && m->security->token_size) {
            assert_int_equal((q.stub.len + p.auth.pad) % RPC_PAD_ALIGN, 0);
            assert_int_equal(p.auth.value.len, m->security->token_size);
        }
        if (!c.fragments++) {
            c.first_flags = h.flags;
            c.first_hint = q.alloc_hint;
        }
        c.last_flags = h.flags;
        c.last_hint = q.alloc_hint;
        c.stub += q.stub.len;
        c.longest = c.longest < h.frag_length ? h.frag_length : c.longest;
        at += h.frag_length;
    }
    free(all.ptr);
    return c;
}

static void fragments_are_as_large_as_the_peer_takes(void **state)
{
    struct rpc_message m = message(sizeof stub, 5840, NULL);
    struct counted c = count(&m);

    (void)state;
    assert_int_equal(c.longest, 5840);
    assert_int_equal(c.fragments, (sizeof stub + 5815) / 5816);
    assert_int_equal(c.stub, sizeof stub);
    assert_int_equal(c.first_flags, RPC_FIRST);
    assert_int_equal(c.last_flags, RPC_LAST);
    assert_int_equal(c.first_hint, sizeof stub);
    assert_int_equal(c.last_hint, sizeof stub % 5816);
    m.max_fragment = 1000000;
    c = count(&m);
    assert_int_equal(c.longest, RPC_FRAGMENT_MAX);
    m.stub.len = 0;
    c = count(&m);
    assert_int_equal(c.fragments, 1);
    assert_int_equal(c.first_flags, RPC_FIRST | RPC_LAST);
}

static void signed_stubs_are_padded_and_never_exceed_the_peer(void **state)
{
    static const size_t sizes[] = { 0, 1, 16, 1408, 5728, 5729, 100000 };
    struct rpc_pair pair;
    int level;
    size_t i;

    (void)state;
    for (level = RPC_LEVEL_PKT; level <= RPC_LEVEL_PRIVACY; level++) {
        rpc_pair_make(RPC_PAIR_AES256, (uint8_t)level, true, &pair);
        for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct rpc_message m = message(sizes[i], 5840, rpc_pair_client(&pair));
            struct counted c = count(&m);

            assert_true(c.longest <= 5840);
            assert_int_equal(c.stub, sizes[i]);
        }
        rpc_pair_end(&pair);
    }
}

static void sealing_is_spread_over_the_lanes(void **state)
{
    struct rpc_message m;
    struct rpc_pair pair;

    (void)state;
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_PRIVACY, true, &pair);
    m = message(RPC_SPREAD_MIN, RPC_FRAGMENT_MAX, rpc_pair_client(&pair));
    assert_int_equal(count(&m).fragments, 1);
    m.stub.len = 65536 + 4; /* nor is one of them left with 4 bytes */
    assert_int_equal(count(&m).fragments, 65536 / RPC_SPREAD_MIN);
    m.stub.len = 16 * RPC_BATCH * 1024;
    assert_int_equal(count(&m).fragments, RPC_BATCH);
    m.stub.len *= 4;
    assert_int_equal(count(&m).fragments, 4 * RPC_BATCH);
    rpc_pair_end(&pair);
}

static void an_object_stands_in_every_fragment(void **state)
{
    const struct uuid object = { 1, 2, 3, { 4 } };
    struct rpc_message m = message(3000, 1432, NULL);
    struct counted c;

    (void)state;
    m.object = &object;
    c = count(&m);
    assert_int_equal(c.fragments, 3);
    assert_int_equal(c.stub, 3000);
    assert_int_equal(c.first_flags, RPC_FIRST | RPC_OBJECT);
    assert_int_equal(c.last_flags, RPC_LAST | RPC_OBJECT);
}

static void refuses_a_peer_that_takes_nothing(void **state)
{
    struct rpc_message m = message(10, 31, NULL);
    struct rpc_outbound o;
    struct rpc_pair pair;

    (void)state;
    assert_int_equal(rpc_outbound_begin(&o, &m), ERR_INVALID_PARAMETER);
    m.max_fragment = 32;
    assert_int_equal(rpc_outbound_begin(&o, &m), ERR_OK);
    assert_int_equal(count(&m).fragments, 2);
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_PRIVACY, true, &pair);
    m.security = rpc_pair_client(&pair);
    m.max_fragment = 24 + 16 + 8 + 76 - 1;
    assert_int_equal(rpc_outbound_begin(&o, &m), ERR_INVALID_PARAMETER);
    m.max_fragment++;
    assert_int_equal(count(&m).fragments, 1);
    rpc_pair_end(&pair);
}

/* A plain stub is sent from where it lies. */
static void a_plain_stub_is_not_copied(void **state)
{
    struct rpc_message m = message(100000, RPC_FRAGMENT_MAX, NULL);
    struct rpc_outbound o;
    struct iovec *iov;
    size_t n;

    (void)state;
    assert_int_equal(rpc_outbound_begin(&o, &m), ERR_OK);
    assert_int_equal(rpc_outbound_next(&o, &iov, &n), ERR_OK);
    assert_int_equal(n, 4);
    assert_ptr_equal(iov[1].iov_base, stub);
    assert_ptr_equal(iov[3].iov_base, stub + iov[1].iov_len);
    assert_int_equal(rpc_outbound_next(&o, &iov, &n), ERR_OK);
    assert_int_equal(n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragments_are_as_large_as_the_peer_takes),
        cmocka_unit_test(signed_stubs_are_padded_and_never_exceed_the_peer),
        cmocka_unit_test(sealing_is_spread_over_the_lanes),
        cmocka_unit_test(an_object_stands_in_every_fragment),
        cmocka_unit_test(refuses_a_peer_that_takes_nothing),
        cmocka_unit_test(a_plain_stub_is_not_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
