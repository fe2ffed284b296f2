/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/ndr.h"

#include "lib/unit.h"

static enum err label(const char *hex, struct ndr_drep *ret)
{
    struct bytes b = unit_hex(hex);
    enum err e = ndr_drep_read(b, ret);

    free((void *)b.ptr);
    return e;
}

static enum err read_label(struct bytes b)
{
    struct ndr_drep d;

    return ndr_drep_read(b, &d);
}

/* C706 14.1 */
static void reads_the_representation_label(void **state)
{
    struct bytes whole = unit_hex("10 00 00 00");
    struct ndr_drep d;

    (void)state;
    assert_int_equal(label("10 00 00 00", &d), ERR_OK);
    assert_true(d.little && d.ascii && d.ieee);
    assert_int_equal(label("01 03 00 00", &d), ERR_OK);
    assert_false(d.little || d.ascii || d.ieee);
    assert_int_equal(label("20 00 00 00", &d), ERR_MALFORMED);
    assert_int_equal(label("12 00 00 00", &d), ERR_MALFORMED);
    assert_int_equal(label("10 04 00 00", &d), ERR_MALFORMED);
    assert_int_equal(label("10 00 00 00 00", &d), ERR_MALFORMED);
    unit_every_prefix(whole, read_label);
    free((void *)whole.ptr);
}

static void copies_and_turns_elements(void **state)
{
    static const uint8_t from[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t to[8];

    (void)state;
    ndr_copy(to, from, 4, 2, true);
    assert_memory_equal(to, "\2\1\4\3\6\5\10\7", 8);
    ndr_copy(to, from, 2, 4, true);
    assert_memory_equal(to, "\4\3\2\1\10\7\6\5", 8);
    ndr_copy(to, from, 1, 8, true);
    assert_memory_equal(to, "\10\7\6\5\4\3\2\1", 8);
    ndr_copy(to, from, 1, 8, false);
    assert_memory_equal(to, from, 8);
    ndr_copy(NULL, NULL, 0, 4, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_representation_label),
        cmocka_unit_test(copies_and_turns_elements),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
