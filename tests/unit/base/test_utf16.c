/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf16.h"

#include "base/alloc.h"

#include "lib/unit.h"

static void crosses_both_ways(void **state)
{
    static const char *const texts[] = { "",
                                         "plain",
                                         "gr\xc3\xbc\xc3\x9f",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x94\x91 key",
                                         "\xf4\x8f\xbf\xbf" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++) {
        char16_t *wide = NULL;
        char *back = NULL;

        assert_int_equal(wide_from_utf8(texts[i], &wide), ERR_OK);
        assert_int_equal(utf8_from_wide(wide, &back), ERR_OK);
        assert_string_equal(back, texts[i]);
        mem_free(wide);
        mem_free(back);
    }
}

static void writes_surrogate_pairs(void **state)
{
    char16_t *wide = NULL;

    (void)state;
    assert_int_equal(wide_from_utf8("\xf0\x9f\x94\x91", &wide), ERR_OK);
    assert_int_equal(wide[0], 0xd83d);
    assert_int_equal(wide[1], 0xdd11);
    assert_int_equal(wide[2], 0);
    mem_free(wide);
}

static void refuses_what_is_not_utf8(void **state)
{
    static const char *const bad[] = { "\x80",
                                       "\xc0\xaf",
                                       "\xc1\x81",
                                       "\xe0\x9f\xbf",
                                       "\xed\xa0\x80",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xe2\x82",
                                       "\xc3",
                                       "a\xff" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        char16_t *wide = NULL;

        assert_int_equal(wide_from_utf8(bad[i], &wide), ERR_MALFORMED);
        assert_false(utf8_valid(bytes_of_text(bad[i])));
    }
}

static void knows_what_steers_a_terminal(void **state)
{
    static const char *const bad[] = { "\x1b[m",       "\n",           "\x7f",
                                       "\xc2\x9b",     "\xe2\x80\xae", "\xe2\x81\xa6",
                                       "\xe2\x80\x8f", "\xe2\x80\xa8", "\xd8\x9c" };
    static const size_t sizes[] = { 1, 1, 1, 2, 3, 3, 3, 3, 2 };
    static const char *const good[] = { " ",    "a",    "\xc2\xa0",     "\xc3\xb6", "\xe2\x82\xac",
                                        "\xe2", "\xc2", "\xe2\x80\x93", "\xd8" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(utf8_steering(bad[i]), sizes[i]);
    for (i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(utf8_steering(good[i]), 0);
}

static void refuses_lone_surrogates(void **state)
{
    static const char16_t high_last[] = { 'a', 0xd83d, 0 };
    static const char16_t low_first[] = { 0xdd11, 'a', 0 };
    static const char16_t two_highs[] = { 0xd83d, 0xd83d, 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(utf8_from_wide(high_last, &text), ERR_MALFORMED);
    assert_int_equal(utf8_from_wide(low_first, &text), ERR_MALFORMED);
    assert_int_equal(utf8_from_wide(two_highs, &text), ERR_MALFORMED);
    assert_null(text);
}

static void reads_and_writes_the_wire_form(void **state)
{
    static const uint8_t odd[] = { 'a', 0, 'b' };
    struct buf wire = { 0 };
    char *text = NULL;

    (void)state;
    assert_int_equal(le16_from_utf8("h\xc3\xb6st", &wire), ERR_OK);
    assert_int_equal(wire.len, 8);
    assert_int_equal(wire.ptr[2], 0xf6);
    assert_int_equal(utf8_from_le16(buf_view(wire), &text), ERR_OK);
    assert_string_equal(text, "h\xc3\xb6st");
    assert_int_equal(utf8_from_le16(bytes_of(odd, 3), &(char *){ NULL }), ERR_MALFORMED);
    mem_free(text);
    buf_free(&wire);
}

static enum err round_trip(void *arg)
{
    struct buf wire = { 0 };
    char *text = NULL;
    enum err e = le16_from_utf8(arg, &wire);

    if (!e)
        e = utf8_from_le16(buf_view(wire), &text);
    mem_free(text);
    buf_free(&wire);
    return e;
}

static void survives_want_of_memory(void **state)
{
    static char text[] = "some text";

    (void)state;
    oom_run(round_trip, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crosses_both_ways),
        cmocka_unit_test(writes_surrogate_pairs),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(knows_what_steers_a_terminal),
        cmocka_unit_test(refuses_lone_surrogates),
        cmocka_unit_test(reads_and_writes_the_wire_form),
        cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
