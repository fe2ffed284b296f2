/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"
#include "lib/unit.h"
#include "rpc/negotiate.h"

static const struct rpc_syntax epm = {
    { 0xe1af8308, 0x5d1f, 0x11c9, { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } }, 3, 0
};

/* A bind of the endpoint mapper's interface with NDR and both features, as Windows lays it out. */
static const char bind[] =
    "05 00 0b 03 10 00 00 00 74 00 00 00 02 00 00 00 d0 16 d0 16 00 00 00 00 02 00 00 00 "
    "00 00 01 00 08 83 af e1 1f 5d c9 11 91 a4 08 00 2b 14 a0 fa 03 00 00 00 "
    "04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 00 00 "
    "01 00 01 00 08 83 af e1 1f 5d c9 11 91 a4 08 00 2b 14 a0 fa 03 00 00 00 "
    "2c 1c b7 6c 12 98 40 45 03 00 00 00 00 00 00 00 01 00 00 00";

static const char bind_ack[] =
    "05 00 0c 03 10 00 00 00 54 00 00 00 02 00 00 00 d0 16 d0 16 44 33 22 11 04 00 31 33 35 00 "
    "00 00 02 00 00 00 00 00 00 00 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 00 00 "
    "03 00 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";

static enum err take(struct bytes raw, struct rpc_pdu *ret)
{
    struct rpc_header h;
    enum err e =
        rpc_header_read(bytes_of(raw.ptr, raw.len < 16 ? raw.len : 16), RPC_FRAGMENT_MAX, &h);

    return e ? e : rpc_pdu_read(raw, &h, ret);
}

static void reads_a_bind(void **state)
{
    struct bytes raw = unit_hex(bind);
    struct rpc_offer offer[3];
    struct rpc_bind b = { 0 };
    struct rpc_pdu p = { 0 };
    uint16_t bits;

    (void)state;
    assert_int_equal(take(raw, &p), ERR_OK);
    assert_int_equal(rpc_bind_read(&p, &b), ERR_OK);
    assert_int_equal(b.max_send, RPC_FRAGMENT_WINDOWS);
    assert_int_equal(b.max_receive, RPC_FRAGMENT_WINDOWS);
    assert_int_equal(b.offers.left, 2);
    assert_true(rpc_offer_next(&b.offers, &offer[0]));
    assert_true(rpc_offer_next(&b.offers, &offer[1]));
    assert_false(rpc_offer_next(&b.offers, &offer[2]));
    assert_int_equal(offer[0].id, 0);
    assert_true(rpc_syntax_equal(&offer[0].abstract, &epm));
    assert_int_equal(offer[0].transfers, 1);
    assert_true(rpc_syntax_equal(&offer[0].transfer[0], &rpc_ndr20));
    assert_int_equal(offer[1].id, 1);
    assert_true(rpc_features_read(&offer[1].transfer[0], &bits));
    assert_int_equal(bits, 3);
    free((void *)raw.ptr);
}

static void writes_a_bind(void **state)
{
    struct bytes raw = unit_hex(bind);
    struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 };
    struct writer w = writer_new(1000);
    struct rpc_offer offer[2];

    (void)state;
    rpc_negotiate_offer(0, &epm, NDR_20, &offer[0]);
    rpc_negotiate_offer_features(1, &epm, &offer[1]);
    rpc_pdu_begin(&w, RPC_BIND, RPC_FIRST | RPC_LAST, 2);
    rpc_bind_write(&w, &b, offer, 2);
    rpc_pdu_end(&w, NULL);
    unit_assert_bytes(bytes_of(w.ptr, w.len), raw);
    writer_done(&w);
    free((void *)raw.ptr);
}

/* Every integer in it turned: what Samba sends when it is told to be big-endian. */
static void reads_a_big_endian_bind(void **state)
{
    struct bytes raw = unit_hex(
        "05 00 0b 03 00 00 00 00 00 48 00 00 00 00 00 02 16 d0 16 d0 00 00 00 00 01 00 00 00 "
        "00 07 01 00 e1 af 83 08 5d 1f 11 c9 91 a4 08 00 2b 14 a0 fa 00 00 00 03 "
        "8a 88 5d 04 1c eb 11 c9 9f e8 08 00 2b 10 48 60 00 00 00 02");
    struct rpc_offer offer;
    struct rpc_bind b = { 0 };
    struct rpc_pdu p = { 0 };

    (void)state;
    assert_int_equal(take(raw, &p), ERR_OK);
    assert_int_equal(rpc_bind_read(&p, &b), ERR_OK);
    assert_int_equal(b.max_send, 5840);
    assert_true(rpc_offer_next(&b.offers, &offer));
    assert_int_equal(offer.id, 7);
    assert_true(rpc_syntax_equal(&offer.abstract, &epm));
    assert_true(rpc_syntax_equal(&offer.transfer[0], &rpc_ndr20));
    free((void *)raw.ptr);
}

/* An offer of more transfer syntaxes than are looked at is passed over whole. */
static void passes_over_transfers_beyond_its_limit(void **state)
{
    struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 }, got;
    struct writer w = writer_new(1000), longer = writer_new(1000);
    struct rpc_offer offer[2] = { { .id = 4, .transfers = RPC_TRANSFERS_MAX }, { .id = 5 } };
    struct rpc_offer back;
    struct rpc_pdu p = { 0 };

    (void)state;
    rpc_pdu_begin(&w, RPC_BIND, 3, 2);
    rpc_bind_write(&w, &b, offer, 2);
    rpc_pdu_end(&w, NULL);
    /* one more syntax into the first offer */
    writer_bytes(&longer, bytes_of(w.ptr, 28 + 24));
    writer_zero(&longer, 20);
    writer_bytes(&longer, bytes_of(w.ptr + 28 + 24, w.len - 28 - 24));
    longer.ptr[8] = (uint8_t)longer.len;
    longer.ptr[9] = (uint8_t)(longer.len >> 8);
    longer.ptr[28 + 2] = RPC_TRANSFERS_MAX + 1;
    assert_int_equal(take(bytes_of(longer.ptr, longer.len), &p), ERR_OK);
    assert_int_equal(rpc_bind_read(&p, &got), ERR_OK);
    assert_true(rpc_offer_next(&got.offers, &back));
    assert_int_equal(back.transfers, RPC_TRANSFERS_MAX);
    assert_true(rpc_offer_next(&got.offers, &back));
    assert_int_equal(back.id, 5);
    writer_done(&w);
    writer_done(&longer);
}

static enum err read_bind_body(struct bytes body)
{
    struct rpc_pdu p = { .header = { .drep = NDR_DREP_NATIVE }, .body = body };
    struct rpc_bind b = { 0 };

    return rpc_bind_read(&p, &b);
}

static enum err read_ack_body(struct bytes body)
{
    struct rpc_pdu p = { .header = { .drep = NDR_DREP_NATIVE }, .body = body };
    struct rpc_bind_ack b = { 0 };

    return rpc_bind_ack_read(&p, &b);
}

static void refuses_every_shorter_body(void **state)
{
    struct bytes b = unit_hex(bind), a = unit_hex(bind_ack);

    (void)state;
    unit_every_prefix(bytes_of(b.ptr + 16, b.len - 16), read_bind_body);
    unit_every_prefix(bytes_of(a.ptr + 16, a.len - 16), read_ack_body);
    free((void *)b.ptr);
    free((void *)a.ptr);
}

static void reads_and_writes_a_bind_ack(void **state)
{
    struct bytes raw = unit_hex(bind_ack);
    struct writer w = writer_new(1000);
    struct rpc_result result[3];
    struct rpc_bind_ack b = { 0 };
    struct rpc_pdu p = { 0 };

    (void)state;
    assert_int_equal(take(raw, &p), ERR_OK);
    assert_int_equal(rpc_bind_ack_read(&p, &b), ERR_OK);
    assert_int_equal(b.group, 0x11223344);
    unit_assert_bytes(b.address, bytes_of("135", 3));
    assert_true(rpc_result_next(&b.results, &result[0]));
    assert_true(rpc_result_next(&b.results, &result[1]));
    assert_false(rpc_result_next(&b.results, &result[2]));
    assert_int_equal(result[0].result, RPC_ACCEPTED);
    assert_true(rpc_syntax_equal(&result[0].transfer, &rpc_ndr20));
    assert_int_equal(result[1].result, RPC_NEGOTIATED);
    assert_int_equal(result[1].reason, 3);
    rpc_pdu_begin(&w, RPC_BIND_ACK, RPC_FIRST | RPC_LAST, 2);
    rpc_bind_ack_write(&w, &b, result, 2);
    rpc_pdu_end(&w, NULL);
    unit_assert_bytes(bytes_of(w.ptr, w.len), raw);
    writer_done(&w);
    free((void *)raw.ptr);
}

static void an_address_beyond_its_limit_is_refused(void **state)
{
    struct writer w = writer_new(1000);

    (void)state;
    writer_zero(&w, 8);
    writer_le16(&w, RPC_ADDRESS_MAX + 1);
    writer_zero(&w, 400);
    assert_int_equal(read_ack_body(bytes_of(w.ptr, w.len)), ERR_TOO_LONG);
    writer_done(&w);
}

static void reads_and_writes_a_bind_nak(void **state)
{
    static const char *const naks[] = {
        "04 00 01 05 00 00 00 00",
        "08 00 00 00 20 03 74 90 d0 fa d3 11 82 d7 00 90 27 b1 30 ab 01 02 03",
    };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct bytes raw = unit_hex(naks[i]);
        struct rpc_pdu p = { .header = { .drep = NDR_DREP_NATIVE }, .body = raw };
        struct writer w = writer_new(100);
        struct rpc_bind_nak b = { 0 };

        assert_int_equal(rpc_bind_nak_read(&p, &b), ERR_OK);
        assert_int_equal(b.reason, i ? RPC_NAK_AUTH_TYPE : RPC_NAK_VERSION);
        assert_int_equal(b.versions, i ? 0 : 1);
        assert_int_equal(b.extra.len, i ? 3 : 0);
        rpc_bind_nak_write(&w, &b);
        unit_assert_bytes(bytes_of(w.ptr, w.len), raw);
        writer_done(&w);
        free((void *)raw.ptr);
    }
}

static void a_bind_nak_may_be_its_reason_alone(void **state)
{
    struct rpc_pdu p = { .header = { .drep = NDR_DREP_NATIVE }, .body = bytes_of("\2", 2) };
    struct rpc_bind_nak b = { 0 };

    (void)state;
    assert_int_equal(rpc_bind_nak_read(&p, &b), ERR_OK);
    assert_int_equal(b.reason, RPC_NAK_LIMIT);
    p.body = bytes_of("\2\0\1\5", 4);
    assert_int_equal(rpc_bind_nak_read(&p, &b), ERR_TRUNCATED);
}

static void an_auth3_without_a_token_is_refused(void **state)
{
    struct rpc_auth auth = { .type = 16, .level = 6, .value = bytes_of("token", 5) };
    struct writer w = writer_new(100);
    struct rpc_pdu p = { 0 };

    (void)state;
    rpc_pdu_begin(&w, RPC_AUTH3, RPC_FIRST | RPC_LAST, 2);
    rpc_auth3_write(&w);
    rpc_pdu_end(&w, &auth);
    assert_int_equal(take(bytes_of(w.ptr, w.len), &p), ERR_OK);
    assert_int_equal(rpc_auth3_read(&p), ERR_OK);
    assert_int_equal(p.auth.value.len, 5);
    p.has_auth = false;
    assert_int_equal(rpc_auth3_read(&p), ERR_MALFORMED);
    writer_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_bind),
        cmocka_unit_test(writes_a_bind),
        cmocka_unit_test(reads_a_big_endian_bind),
        cmocka_unit_test(passes_over_transfers_beyond_its_limit),
        cmocka_unit_test(refuses_every_shorter_body),
        cmocka_unit_test(reads_and_writes_a_bind_ack),
        cmocka_unit_test(an_address_beyond_its_limit_is_refused),
        cmocka_unit_test(reads_and_writes_a_bind_nak),
        cmocka_unit_test(a_bind_nak_may_be_its_reason_alone),
        cmocka_unit_test(an_auth3_without_a_token_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
