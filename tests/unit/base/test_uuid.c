/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uuid.h"

#include "lib/unit.h"

static const char text[] = "c91f7d5a-9d0e-4b3a-8f21-0123456789ab";

static void parses_and_formats(void **state)
{
    char out[UUID_TEXT];
    struct uuid u;

    (void)state;
    assert_int_equal(uuid_parse(text, &u), ERR_OK);
    assert_int_equal(u.data1, 0xc91f7d5a);
    assert_int_equal(u.data3, 0x4b3a);
    uuid_format(&u, out);
    assert_string_equal(out, text);
    assert_int_equal(uuid_parse("{C91F7D5A-9D0E-4B3A-8F21-0123456789AB}", &u), ERR_OK);
    uuid_format(&u, out);
    assert_string_equal(out, text);
}

static void the_wire_form_is_mixed_endian(void **state)
{
    struct uuid u, back;
    uint8_t wire[16];

    (void)state;
    assert_int_equal(uuid_parse(text, &u), ERR_OK);
    uuid_write(&u, wire);
    assert_int_equal(wire[0], 0x5a);
    assert_int_equal(wire[4], 0x0e);
    assert_int_equal(wire[8], 0x8f);
    assert_int_equal(uuid_read(bytes_of(wire, 16), &back), ERR_OK);
    assert_memory_equal(&u, &back, sizeof u);
    assert_int_equal(uuid_read(bytes_of(wire, 15), &back), ERR_TRUNCATED);
}

static void refuses_every_other_shape(void **state)
{
    static const char *const bad[] = {
        "",
        "c91f7d5a",
        "c91f7d5a-9d0e-4b3a-8f21-0123456789a",
        "c91f7d5a-9d0e-4b3a-8f21-0123456789abc",
        "c91f7d5a 9d0e-4b3a-8f21-0123456789ab",
        "{c91f7d5a-9d0e-4b3a-8f21-0123456789ab",
        "c91f7d5a-9d0e-4b3a-8f21-0123456789ab}",
        "g91f7d5a-9d0e-4b3a-8f21-0123456789ab",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(uuid_parse(bad[i], &(struct uuid){ 0 }), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_and_formats),
        cmocka_unit_test(the_wire_form_is_mixed_endian),
        cmocka_unit_test(refuses_every_other_shape),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
