/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/pdu.h"

#include "lib/unit.h"

/* A request of 3 octets of stub, signed: the frame of the following tests. */
static const char signed_request[] = "05 00 00 03 10 00 00 00 3c 00 10 00 02 01 00 00 "
                                     "03 00 00 00 01 00 07 00 aa bb cc 00 00 00 00 00 00 00 00 00 "
                                     "10 05 09 00 00 00 00 00 "
                                     "01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10";

static enum err read_header(struct bytes b, size_t max_frag, struct rpc_header *ret)
{
    return rpc_header_read(bytes_of(b.ptr, b.len < RPC_HEADER_SIZE ? b.len : RPC_HEADER_SIZE),
                           max_frag, ret);
}

static enum err read_pdu(struct bytes b)
{
    struct rpc_header h;
    struct rpc_pdu p;
    enum err e = read_header(b, RPC_FRAGMENT_MAX, &h);

    return e ? e : rpc_pdu_read(b, &h, &p);
}

static void takes_a_pdu_apart(void **state)
{
    struct bytes raw = unit_hex(signed_request);
    struct rpc_header h;
    struct rpc_pdu p;

    (void)state;
    assert_int_equal(raw.len, 60);
    assert_int_equal(read_header(raw, 60, &h), ERR_OK);
    assert_int_equal(h.type, RPC_REQUEST);
    assert_int_equal(h.flags, RPC_FIRST | RPC_LAST);
    assert_int_equal(h.frag_length, 60);
    assert_int_equal(h.auth_length, 16);
    assert_int_equal(h.call_id, 0x102);
    assert_true(h.drep.little && h.drep.ascii && h.drep.ieee);
    assert_int_equal(rpc_pdu_read(raw, &h, &p), ERR_OK);
    assert_int_equal(p.body.len, 11); /* without the padding */
    assert_true(p.has_auth);
    assert_int_equal(p.auth.type, 16);
    assert_int_equal(p.auth.level, 5);
    assert_int_equal(p.auth.pad, 9);
    assert_int_equal(p.auth.context_id, 0);
    assert_int_equal(p.auth.value.len, 16);
    assert_int_equal(p.auth.value.ptr[0], 1);
    free((void *)raw.ptr);
}

static void refuses_every_shorter_message(void **state)
{
    struct bytes raw = unit_hex(signed_request);

    (void)state;
    unit_every_prefix(raw, read_pdu);
    free((void *)raw.ptr);
}

static void reads_both_orders(void **state)
{
    struct bytes raw = unit_hex("05 01 0b 03 00 00 00 00 00 1c 00 00 00 00 01 02");
    struct rpc_header h;

    (void)state;
    assert_int_equal(read_header(raw, RPC_FRAGMENT_MAX, &h), ERR_OK);
    assert_int_equal(h.minor, 1);
    assert_int_equal(h.type, RPC_BIND);
    assert_int_equal(h.frag_length, 28);
    assert_int_equal(h.call_id, 0x102);
    assert_false(h.drep.little);
    free((void *)raw.ptr);
}

/* A1: every field of the header, below, at and beyond its bounds. */
static void refuses_what_is_out_of_bounds(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        enum err want;
    } rows[] = {
        { 0, 4, ERR_UNSUPPORTED },  { 0, 6, ERR_UNSUPPORTED },
        { 1, 1, ERR_OK },           { 1, 2, ERR_UNSUPPORTED },
        { 2, 1, ERR_MALFORMED },    { 2, 4, ERR_MALFORMED },
        { 2, 10, ERR_MALFORMED },   { 2, 19, ERR_OK },
        { 2, 20, ERR_MALFORMED },   { 2, 255, ERR_MALFORMED },
        { 3, 0, ERR_OK },           { 3, 0x7f, ERR_OK },
        { 3, 0x83, ERR_MALFORMED }, { 4, 0x20, ERR_MALFORMED },
        { 4, 0x12, ERR_MALFORMED }, { 5, 3, ERR_OK },
        { 5, 4, ERR_MALFORMED },    { 8, 59, ERR_OK },
        { 8, 61, ERR_TOO_LONG },    { 8, 48, ERR_OK },
        { 8, 47, ERR_MALFORMED },   { 8, 0, ERR_MALFORMED },
        { 9, 0xff, ERR_TOO_LONG },  { 10, 0, ERR_OK },
        { 10, 28, ERR_OK },         { 10, 29, ERR_MALFORMED },
        { 10, 255, ERR_MALFORMED }, { 11, 0xff, ERR_MALFORMED },
    };
    struct bytes raw = unit_hex(signed_request);
    uint8_t header[RPC_HEADER_SIZE];
    struct rpc_header h;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        memcpy(header, raw.ptr, sizeof header);
        header[rows[i].at] = rows[i].value;
        if (rpc_header_read(bytes_of(header, sizeof header), 60, &h) != rows[i].want)
            fail_msg("octet %zu = %u", rows[i].at, rows[i].value);
    }
    free((void *)raw.ptr);
}

/* The padding may take the stub, not the header before it. */
static void refuses_padding_beyond_the_stub(void **state)
{
    static const struct {
        uint8_t pad, flags;
        enum err want;
    } rows[] = {
        { 0, 3, ERR_OK }, { 12, 3, ERR_OK }, { 13, 3, ERR_MALFORMED }, { 255, 3, ERR_MALFORMED }
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes raw = unit_hex(signed_request);

        ((uint8_t *)raw.ptr)[38] = rows[i].pad;
        assert_int_equal(read_pdu(raw), rows[i].want);
        free((void *)raw.ptr);
    }
}

static void writes_what_it_reads(void **state)
{
    static const uint8_t value[] = { 1, 2, 3 };
    struct rpc_auth auth = { .type = 9, .level = 6, .context_id = 77 };
    struct writer w = writer_new(200);
    struct rpc_header h;
    struct rpc_pdu p;

    (void)state;
    auth.value = bytes_of(value, sizeof value);
    rpc_pdu_begin(&w, RPC_SHUTDOWN, RPC_FIRST | RPC_LAST, 0xdeadbeef);
    writer_u8(&w, 0x55);
    rpc_pdu_end(&w, &auth);
    assert_int_equal(w.err, ERR_OK);
    assert_int_equal(w.len, 16 + 1 + 3 + 8 + 3);
    assert_int_equal(read_header(bytes_of(w.ptr, w.len), w.len, &h), ERR_OK);
    assert_int_equal(rpc_pdu_read(bytes_of(w.ptr, w.len), &h, &p), ERR_OK);
    assert_int_equal(p.header.call_id, 0xdeadbeef);
    assert_int_equal(p.body.len, 1);
    assert_int_equal(p.auth.pad, 3);
    assert_int_equal(p.auth.context_id, 77);
    unit_assert_bytes(p.auth.value, auth.value);
    writer_done(&w);
    w = writer_new(100000);
    rpc_pdu_begin(&w, RPC_SHUTDOWN, 0, 1);
    writer_zero(&w, 65536);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(w.err, ERR_TOO_LONG);
    writer_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_pdu_apart),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(reads_both_orders),
        cmocka_unit_test(refuses_what_is_out_of_bounds),
        cmocka_unit_test(refuses_padding_beyond_the_stub),
        cmocka_unit_test(writes_what_it_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
