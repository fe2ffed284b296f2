/* SPDX-License-Identifier: Apache-2.0
 * test_api_wide_more.c - sets, words and blocks of 16-bit units, and text in the other width.
 */
#include <errno.h>

#include "countersign/cscrt.h"
#include "lib/unit.h"

static void finds_sets(void **state)
{
    static const WCHAR text[] = u"abc,d";

    (void)state;
    assert_int_equal(cs_wcsspn(text, u"cba"), 3);
    assert_int_equal(cs_wcscspn(text, u";,"), 3);
    assert_int_equal(cs_wcscspn(text, u""), 5);
    assert_ptr_equal(cs_wcspbrk(text, u"d,"), text + 3);
    assert_null(cs_wcspbrk(text, u"x"));
}

static void parts_words(void **state)
{
    WCHAR text[] = u",,one,two", none[] = u",,", *rest = NULL;

    (void)state;
    assert_memory_equal(cs_wcstok(text, u",", &rest), u"one", 8);
    assert_memory_equal(cs_wcstok(NULL, u",", &rest), u"two", 8);
    assert_null(cs_wcstok(NULL, u",", &rest));
    assert_null(cs_wcstok(NULL, u",", &rest));
    assert_null(cs_wcstok(none, u",", &rest));
}

static void handles_blocks(void **state)
{
    WCHAR a[5] = u"abcd", b[5];

    (void)state;
    cs_wmemcpy(b, a, 5);
    assert_int_equal(cs_wmemcmp(a, b, 5), 0);
    cs_wmemmove(a + 1, a, 3);
    assert_memory_equal(a, u"aabc", 10);
    assert_true(cs_wmemcmp(a, b, 5) < 0 && cs_wmemcmp(b, a, 5) > 0);
    assert_ptr_equal(cs_wmemchr(b, u'c', 5), b + 2);
    assert_null(cs_wmemchr(b, u'c', 2));
    cs_wmemset(b, u'-', 2);
    assert_memory_equal(b, u"--cd", 10);
}

static void reads_a_double(void **state)
{
    WCHAR *end = NULL;

    (void)state;
    assert_true(cs_wcstod(u"2.5x", &end) == 2.5);
    assert_int_equal(*end, 'x');
    assert_true(cs_wcstod(u"-1e3", NULL) == -1000.0);
}

static void converts_as_much_as_fits(void **state)
{
    WCHAR wide[4];
    char narrow[4];

    (void)state;
    assert_int_equal(cs_mbstowcs(NULL, "\xc3\xa4x", 0), 2);
    assert_int_equal(cs_mbstowcs(wide, "\xc3\xa4x", 4), 2);
    assert_memory_equal(wide, u"\u00e4x", 6);
    assert_int_equal(cs_mbstowcs(wide, "abcdef", 4), 4);
    assert_int_equal(wide[3], 'd');
    assert_int_equal(cs_wcstombs(NULL, u"\u20ac!", 0), 4);
    assert_int_equal(cs_wcstombs(narrow, u"a\u20ac", 3), 1); /* no half of a character */
    assert_int_equal(cs_wcstombs(narrow, u"\u20ac", 4), 3);
    assert_string_equal(narrow, "\xe2\x82\xac");
    errno = 0;
    assert_true(cs_mbstowcs(wide, "\xff", 4) == (size_t)-1 && errno == EILSEQ);
    assert_true(cs_wcstombs(narrow, (WCHAR[]){ 0xd800, 0 }, 4) == (size_t)-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_sets),
        cmocka_unit_test(parts_words),
        cmocka_unit_test(handles_blocks),
        cmocka_unit_test(reads_a_double),
        cmocka_unit_test(converts_as_much_as_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
