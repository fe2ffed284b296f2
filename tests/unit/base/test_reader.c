/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reader.h"

#include "lib/unit.h"

static void reads_both_byte_orders(void **state)
{
    static const uint8_t raw[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct reader r = reader_over(bytes_of(raw, sizeof raw));

    (void)state;
    assert_int_equal(reader_le16(&r), 0x0201);
    assert_int_equal(reader_be16(&r), 0x0304);
    assert_int_equal(reader_le32(&r), 0x08070605);
    reader_end(&r);
    assert_int_equal(r.err, ERR_OK);
}

static void the_first_failure_sticks(void **state)
{
    static const uint8_t raw[] = { 1, 2, 3 };
    struct reader r = reader_over(bytes_of(raw, sizeof raw));

    (void)state;
    assert_int_equal(reader_le32(&r), 0);
    assert_int_equal(r.err, ERR_TRUNCATED);
    reader_fail(&r, ERR_MALFORMED);
    assert_int_equal(r.err, ERR_TRUNCATED);
    assert_int_equal(reader_u8(&r), 0);
    assert_int_equal(reader_left(&r), 0);
}

static void refuses_lengths_near_the_top(void **state)
{
    static const uint8_t raw[] = { 1, 2, 3 };
    struct reader r = reader_over(bytes_of(raw, sizeof raw));

    (void)state;
    reader_u8(&r);
    assert_int_equal(reader_take(&r, SIZE_MAX).len, 0);
    assert_int_equal(r.err, ERR_TRUNCATED);
    r = reader_over(bytes_of(raw, sizeof raw));
    reader_window(&r, 2, SIZE_MAX);
    assert_int_equal(r.err, ERR_TRUNCATED);
}

static void a_sub_reader_inherits_a_failure(void **state)
{
    static const uint8_t raw[] = { 1, 2, 3 };
    struct reader r = reader_over(bytes_of(raw, sizeof raw));
    struct reader sub = reader_sub(&r, 4);

    (void)state;
    assert_int_equal(sub.err, ERR_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_byte_orders),
        cmocka_unit_test(the_first_failure_sticks),
        cmocka_unit_test(refuses_lengths_near_the_top),
        cmocka_unit_test(a_sub_reader_inherits_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
