/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/tower.h"

#include "lib/unit.h"

/* A tower of the endpoint mapper itself, version 3.0, at 127.53.1.1 port 135. */
static const char example[] = "05 00"
                              "13 00 0d 08 83 af e1 1f 5d c9 11 91 a4 08 00 2b 14 a0 fa 03 00"
                              "02 00 00 00"
                              "13 00 0d 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00"
                              "02 00 00 00"
                              "01 00 0b 02 00 00 00"
                              "01 00 07 02 00 00 87"
                              "01 00 09 04 00 7f 35 01 01";

static enum err parse(struct bytes b)
{
    struct rpc_tower t;

    return rpc_tower_read(b, &t);
}

static void writes_back_what_it_read(void **state)
{
    struct bytes b = unit_hex(example);
    uint8_t room[RPC_TOWER_MAX];
    struct writer w = writer_over(room, sizeof room);
    struct rpc_tower t;

    (void)state;
    assert_int_equal(rpc_tower_read(b, &t), ERR_OK);
    assert_int_equal(t.interface.data1, 0xe1af8308);
    assert_int_equal(t.interface_major, 3);
    assert_int_equal(t.syntax.data1, 0x8a885d04);
    assert_int_equal(t.syntax_major, 2);
    assert_string_equal(t.protseq, "ncacn_ip_tcp");
    assert_string_equal(t.endpoint, "135");
    assert_string_equal(t.address, "127.53.1.1");
    rpc_tower_write(&w, &t);
    assert_int_equal(w.err, ERR_OK);
    unit_assert_bytes(bytes_of(w.ptr, w.len), b);
    free((void *)b.ptr);
}

static void refuses_every_shorter_one(void **state)
{
    struct bytes b = unit_hex(example);

    (void)state;
    unit_every_prefix(b, parse);
    free((void *)b.ptr);
}

static enum err verdict(const char *hex)
{
    struct bytes b = unit_hex(hex);
    enum err e = parse(b);

    free((void *)b.ptr);
    return e;
}

static struct rpc_tower tower_of(const char *protseq, const char *endpoint, const char *address)
{
    struct rpc_tower t = { .interface_major = 1, .protseq = protseq };

    t.interface.data1 = 0x12345678;
    (void)snprintf(t.endpoint, sizeof t.endpoint, "%s", endpoint);
    (void)snprintf(t.address, sizeof t.address, "%s", address);
    return t;
}

static void assert_travels(const char *protseq, const char *endpoint, const char *address)
{
    struct rpc_tower t = tower_of(protseq, endpoint, address), again;
    uint8_t room[RPC_TOWER_MAX];
    struct writer w = writer_over(room, sizeof room);

    rpc_tower_write(&w, &t);
    assert_int_equal(w.err, ERR_OK);
    assert_int_equal(rpc_tower_read(bytes_of(w.ptr, w.len), &again), ERR_OK);
    assert_string_equal(again.protseq, protseq);
    assert_string_equal(again.endpoint, endpoint);
    assert_string_equal(again.address, address);
    assert_int_equal(again.interface.data1, 0x12345678);
}

static void knows_every_protocol_sequence_that_has_towers(void **state)
{
    (void)state;
    assert_travels("ncacn_ip_tcp", "65535", "192.0.2.7");
    assert_travels("ncacn_ip_tcp", "", "");
    assert_travels("ncalrpc", "LRPC-0123456789", "");
    assert_travels("ncalrpc", "", "");
    assert_travels("ncacn_np", "\\pipe\\lsass", "\\\\DC1");
    assert_travels("ncacn_http", "593", "192.0.2.7");
    assert_travels("ncadg_ip_udp", "1025", "192.0.2.7");
    assert_non_null(rpc_tower_protseq("ncalrpc"));
    assert_null(rpc_tower_protseq("ncacn_spx"));
}

static enum err write_verdict(const char *protseq, const char *endpoint)
{
    struct rpc_tower t = tower_of(protseq, endpoint, "2001:db8::1");
    uint8_t room[RPC_TOWER_MAX];
    struct writer w = writer_over(room, sizeof room);

    rpc_tower_write(&w, &t);
    return w.err;
}

static void writes_no_endpoint_that_cannot_be(void **state)
{
    (void)state;
    assert_int_equal(write_verdict("ncacn_ip_tcp", "65536"), ERR_RPC_ENDPOINT_FORMAT);
    assert_int_equal(write_verdict("ncacn_ip_tcp", "http"), ERR_RPC_ENDPOINT_FORMAT);
    assert_int_equal(write_verdict("ncacn_spx", "1"), ERR_RPC_PROTSEQ);
    assert_int_equal(write_verdict("ncacn_ip_tcp", "80"), ERR_OK); /* without its IPv6 address */
}

#define LOCAL                                                                                      \
    "04 00  13 00 0d 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 02 00 00 00"            \
    "       13 00 0d 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 02 00 00 00"            \
    "       01 00 0c 02 00 00 00  01 00 10 "

/* It is shown to people, and becomes a part of string bindings. */
static void refuses_texts_that_are_none(void **state)
{
    (void)state;
    assert_int_equal(verdict(LOCAL "03 00 41 42 00"), ERR_OK);
    assert_int_equal(verdict(LOCAL "02 00 41 42"), ERR_OK);
    assert_int_equal(verdict(LOCAL "00 00"), ERR_OK);
    assert_int_equal(verdict(LOCAL "03 00 41 00 00"), ERR_MALFORMED);
    assert_int_equal(verdict(LOCAL "03 00 1b 5b 00"), ERR_MALFORMED);
    assert_int_equal(verdict(LOCAL "03 00 c3 28 00"), ERR_MALFORMED);
}

static void passes_over_floors_it_does_not_know(void **state)
{
    (void)state;
    assert_int_equal(verdict("01 00  01 00 0c 02 00 00 00"), ERR_UNSUPPORTED);
    assert_int_equal(verdict("00 00"), ERR_UNSUPPORTED);
    assert_int_equal(verdict("11 00"), ERR_MALFORMED); /* more floors than any has */
    assert_int_equal(verdict("01 00  00 00 02 00 00 00"), ERR_MALFORMED); /* a floor of nothing */
}

/* Lengths are looked at before what they stand for. */
static void refuses_floors_of_other_sizes(void **state)
{
    struct bytes b = unit_hex(example);
    uint8_t copy[128];
    struct rpc_tower t;
    size_t at;

    (void)state;
    for (at = 0; at < b.len; at++) {
        memcpy(copy, b.ptr, b.len);
        copy[at] ^= 0xff;
        (void)!rpc_tower_read(bytes_of(copy, b.len), &t);
    }
    memcpy(copy, b.ptr, b.len);
    copy[b.len - 6] = 5; /* an address of five octets */
    assert_int_equal(rpc_tower_read(bytes_of(copy, b.len), &t), ERR_TRUNCATED);
    free((void *)b.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_one),
        cmocka_unit_test(knows_every_protocol_sequence_that_has_towers),
        cmocka_unit_test(writes_no_endpoint_that_cannot_be),
        cmocka_unit_test(refuses_texts_that_are_none),
        cmocka_unit_test(passes_over_floors_it_does_not_know),
        cmocka_unit_test(refuses_floors_of_other_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
