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
    assert_int_equal(t.port, 135);
    assert_memory_equal(t.host, "\x7f\x35\x01\x01", 4);
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

static void passes_over_what_is_not_tcp(void **state)
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
        cmocka_unit_test(passes_over_what_is_not_tcp),
        cmocka_unit_test(refuses_floors_of_other_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
