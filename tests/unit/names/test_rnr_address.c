/* SPDX-License-Identifier: Apache-2.0 */
#include "names/rnr_address.h"

#include <netinet/in.h>

#include "lib/unit.h"

static const char four[] =
    "43 53 57 41 01 00 01 00 06 00 02 00 00 00 00 00 00 00 02 00 13 89 c0 00 02 07 "
    "11 68 6f 73 74 31 2e 6f 6e 65 2e 65 78 61 6d 70 6c 65";
static const char six[] = "43 53 57 41 01 00 02 00 00 00 00 00 17 00 00 35 01 00 00 00 "
                          "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 02 00 00 00 01 68";

static struct rnr_address read_it(const char *hex)
{
    struct bytes b = unit_hex(hex);
    struct rnr_address a = { 0 };

    assert_int_equal(rnr_address_read(b, &a), ERR_OK);
    free((void *)b.ptr);
    return a;
}

static void reads_both_families(void **state)
{
    struct rnr_address a = read_it(four);

    (void)state;
    assert_int_equal(a.type, RNR_STREAM);
    assert_int_equal(a.protocol, IPPROTO_TCP);
    assert_int_equal(a.local.family, RNR_INET);
    assert_int_equal(a.remote.family, RNR_INET);
    assert_int_equal(a.remote.port, 5001);
    assert_memory_equal(a.remote.ip, "\xc0\x00\x02\x07", 4);
    assert_string_equal(a.host, "host1.one.example");
    a = read_it(six);
    assert_int_equal(a.type, RNR_DGRAM);
    assert_int_equal(a.local.family, RNR_NO_FAMILY);
    assert_int_equal(a.remote.family, RNR_INET6);
    assert_int_equal(a.remote.port, 53);
    assert_int_equal(a.remote.flow, 1);
    assert_int_equal(a.remote.scope, 2);
    assert_int_equal(rnr_address_protocol(&a), IPPROTO_UDP);
    assert_string_equal(a.host, "h");
}

static void writes_back_what_it_read(void **state)
{
    static const char *const values[] = { four, six };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct bytes b = unit_hex(values[i]);
        struct rnr_address a;
        struct buf written = { 0 };

        assert_int_equal(rnr_address_read(b, &a), ERR_OK);
        assert_int_equal(rnr_address_write(&a, &written), ERR_OK);
        unit_assert_bytes(buf_view(written), b);
        buf_free(&written);
        free((void *)b.ptr);
    }
}

static enum err parse(struct bytes b)
{
    struct rnr_address a;

    return rnr_address_read(b, &a);
}

static void refuses_every_shorter_value(void **state)
{
    struct bytes b = unit_hex(four);

    (void)state;
    unit_every_prefix(b, parse);
    free((void *)b.ptr);
    b = unit_hex(six);
    unit_every_prefix(b, parse);
    free((void *)b.ptr);
}

/* One byte of a sound value is another. */
static enum err with_byte(const char *hex, size_t at, uint8_t byte)
{
    struct bytes b = unit_hex(hex);
    enum err e;

    ((uint8_t *)b.ptr)[at] = byte;
    e = parse(b);
    free((void *)b.ptr);
    return e;
}

static void refuses_what_is_not_as_it_must_be(void **state)
{
    uint8_t longer[RNR_ADDRESS_MAX + 1] = { 'C', 'S', 'W', 'A', 1 };

    (void)state;
    assert_int_equal(with_byte(four, 0, 'c'), ERR_MALFORMED);
    assert_int_equal(with_byte(four, 4, 2), ERR_UNSUPPORTED);
    assert_int_equal(with_byte(four, 6, 0), ERR_MALFORMED);    /* no type of a socket */
    assert_int_equal(with_byte(four, 7, 8), ERR_MALFORMED);    /* flags of this system's socket() */
    assert_int_equal(with_byte(four, 18, 10), ERR_MALFORMED);  /* this system's AF_INET6 */
    assert_int_equal(with_byte(four, 26, 18), ERR_TRUNCATED);  /* a longer host */
    assert_int_equal(with_byte(four, 26, 16), ERR_MALFORMED);  /* something behind it */
    assert_int_equal(with_byte(four, 30, '/'), ERR_MALFORMED); /* would end an SPN's part */
    assert_int_equal(with_byte(four, 30, 0), ERR_MALFORMED);
    assert_int_equal(with_byte(four, 27, '.'), ERR_MALFORMED);
    assert_int_equal(with_byte(four, 43, '.'), ERR_MALFORMED);
    assert_int_equal(with_byte(six, 12, 2), ERR_TRUNCATED);
    assert_int_equal(parse(bytes_of(longer, sizeof longer)), ERR_TOO_LONG);
}

static void writes_nothing_it_would_not_read(void **state)
{
    struct rnr_address good = read_it(four);
    struct rnr_address a = good;
    struct buf b = { 0 };

    (void)state;
    a.remote.family = RNR_NO_FAMILY;
    assert_int_equal(rnr_address_write(&a, &b), ERR_INVALID_PARAMETER);
    a = good;
    a.remote.family = RNR_INET6; /* and the local one is not */
    assert_int_equal(rnr_address_write(&a, &b), ERR_INVALID_PARAMETER);
    a = good;
    a.host[0] = '\0';
    assert_int_equal(rnr_address_write(&a, &b), ERR_INVALID_PARAMETER);
    a.host[0] = '-';
    assert_int_equal(rnr_address_write(&a, &b), ERR_INVALID_PARAMETER);
    a = good;
    a.type = (enum rnr_socket)9;
    assert_int_equal(rnr_address_write(&a, &b), ERR_INVALID_PARAMETER);
    assert_null(b.ptr);
}

static enum err scenario(void *arg)
{
    struct buf b = { 0 };
    enum err e = rnr_address_write(arg, &b);

    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    struct rnr_address a = read_it(six);

    (void)state;
    oom_run(scenario, &a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_families),
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_value),
        cmocka_unit_test(refuses_what_is_not_as_it_must_be),
        cmocka_unit_test(writes_nothing_it_would_not_read),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
