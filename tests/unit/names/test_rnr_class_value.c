/* SPDX-License-Identifier: Apache-2.0 */
#include "names/rnr_class_value.h"

#include "base/writer.h"
#include "lib/unit.h"

static const char port[] = "43 53 57 43 01 00 20 00 00 00 04 00 00 00 07 54 63 70 50 6f 72 74 "
                           "04 00 89 13 00 00";

static enum err parse(struct bytes b)
{
    struct rnr_class_value v;

    return rnr_class_value_read(b, &v);
}

static void reads_what_it_is_given_and_writes_it_back(void **state)
{
    struct bytes b = unit_hex(port);
    struct rnr_class_value v = { 0 };
    struct buf written = { 0 };

    (void)state;
    assert_int_equal(rnr_class_value_read(b, &v), ERR_OK);
    assert_int_equal(v.space, 32);
    assert_int_equal(v.type, 4);
    unit_assert_bytes(v.name, bytes_of_text("TcpPort"));
    unit_assert_bytes(v.data, bytes_of("\x89\x13\0\0", 4));
    assert_int_equal(rnr_class_value_write(&v, &written), ERR_OK);
    unit_assert_bytes(buf_view(written), b);
    buf_free(&written);
    free((void *)b.ptr);
}

static void refuses_every_shorter_value(void **state)
{
    struct bytes b = unit_hex(port);

    (void)state;
    unit_every_prefix(b, parse);
    free((void *)b.ptr);
}

static enum err with_byte(size_t at, uint8_t byte)
{
    struct bytes b = unit_hex(port);
    enum err e;

    ((uint8_t *)b.ptr)[at] = byte;
    e = parse(b);
    free((void *)b.ptr);
    return e;
}

static void refuses_what_is_not_as_it_must_be(void **state)
{
    static const uint8_t data[RNR_CLASS_DATA_MAX + 1];
    struct rnr_class_value v = { 32, 3, bytes_of_text("x"), { data, sizeof data } };
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(with_byte(3, 'A'), ERR_MALFORMED);
    assert_int_equal(with_byte(4, 0), ERR_UNSUPPORTED);
    assert_int_equal(with_byte(14, 0), ERR_TRUNCATED); /* no name, and the rest is too short */
    assert_int_equal(with_byte(16, 0), ERR_MALFORMED); /* NUL within the name */
    assert_int_equal(with_byte(16, 0xff), ERR_MALFORMED);
    assert_int_equal(with_byte(22, 3), ERR_MALFORMED); /* something behind the data */
    assert_int_equal(rnr_class_value_write(&v, &b), ERR_INVALID_PARAMETER);
    v.data.len--;
    assert_int_equal(rnr_class_value_write(&v, &b), ERR_OK);
    assert_int_equal(parse(buf_view(b)), ERR_OK);
    buf_free(&b);
    v.name = bytes_of_text("");
    assert_int_equal(rnr_class_value_write(&v, &b), ERR_INVALID_PARAMETER);
}

static enum err scenario(void *arg)
{
    struct rnr_class_value v = { 32, 4, bytes_of_text("TcpPort"), bytes_of("\1\2\3\4", 4) };
    struct buf b = { 0 };
    enum err e = rnr_class_value_write(&v, &b);

    (void)arg;
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_is_given_and_writes_it_back),
        cmocka_unit_test(refuses_every_shorter_value),
        cmocka_unit_test(refuses_what_is_not_as_it_must_be),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
