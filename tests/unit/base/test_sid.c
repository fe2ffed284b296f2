/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sid.h"

#include "lib/unit.h"

static void reads_and_writes_both_forms(void **state)
{
    static const char *const texts[] = { "S-1-5-32-544", "S-1-1-0", "S-1-0x123456789abc-7",
                                         "S-1-5-21-397955417-626881126-188441444-501",
                                         "S-1-5-4294967295-1-2-3-4-5-6-7-8-9-10-11-12-13-14" };
    char back[SID_TEXT];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct writer w = writer_new(SID_BYTES_MAX);
        struct sid s, again;
        struct buf b = { 0 };

        assert_int_equal(sid_parse(texts[i], &s), ERR_OK);
        sid_format(&s, back);
        assert_string_equal(back, texts[i]);
        sid_put(&w, &s);
        assert_int_equal(writer_take(&w, &b), ERR_OK);
        assert_int_equal(b.len, sid_size(&s));
        assert_int_equal(sid_read(buf_view(b), &again), ERR_OK);
        assert_true(sid_equal(&s, &again));
        buf_free(&b);
    }
}

static void refuses_what_is_no_sid(void **state)
{
    static const char *const bad[] = { "",
                                       "S-2-5-32",
                                       "S-1-",
                                       "S-1-5-",
                                       "S-1-5-x",
                                       "S-1-5 ",
                                       "S-1-5-4294967296",
                                       "S-1-0x1000000000000",
                                       "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16" };
    struct sid s;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (sid_parse(bad[i], &s) == ERR_OK)
            fail_msg("\"%s\" was accepted", bad[i]);
}

static enum err parse(struct bytes msg)
{
    struct sid s;

    return sid_read(msg, &s);
}

static void refuses_every_shorter_message(void **state)
{
    struct bytes msg = unit_hex("01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00");

    (void)state;
    assert_int_equal(parse(msg), ERR_OK);
    unit_every_prefix(msg, parse);
    free((void *)msg.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_both_forms),
        cmocka_unit_test(refuses_what_is_no_sid),
        cmocka_unit_test(refuses_every_shorter_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
