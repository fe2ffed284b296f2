/* SPDX-License-Identifier: Apache-2.0
 * test_scan.c - scanf as Windows means it: sizes, text of both widths, and where it stops.
 */
#include <errno.h>

#include "countersign/cscrt.h"
#include "lib/unit.h"

static void stores_integers_in_their_windows_sizes(void **state)
{
    struct {
        int32_t l;
        int32_t guard;
    } a = { 0, 77 };
    int64_t big = 0;
    int16_t h = 0;
    int8_t hh = 0;
    uint32_t x = 0;
    size_t z = 0;

    (void)state;
    assert_int_equal(cs_sscanf("-5", "%ld", &a.l), 1);
    assert_int_equal(a.l, -5);
    assert_int_equal(a.guard, 77);
    assert_int_equal(
        cs_sscanf("99999999999,7 8 ff 12", "%I64d,%hd %hhd %lx %Iu", &big, &h, &hh, &x, &z), 5);
    assert_int_equal(big, 99999999999);
    assert_int_equal(h, 7);
    assert_int_equal(hh, 8);
    assert_int_equal(x, 0xff);
    assert_int_equal(z, 12);
    assert_int_equal(cs_sscanf("0x1f 017 5", "%li %li %lld", &a.l, &x, &big), 3);
    assert_int_equal(a.l, 31);
    assert_int_equal(x, 15);
    assert_int_equal(big, 5);
}

static void reads_fractions(void **state)
{
    float f = 0;
    double d = 0;

    (void)state;
    assert_int_equal(cs_sscanf("1.5 2.25", "%f %lf", &f, &d), 2);
    assert_true(f == 1.5F && d == 2.25);
}

static void stores_text_of_both_widths(void **state)
{
    char narrow[16];
    char16_t wide[16];

    (void)state;
    assert_int_equal(cs_sscanf("  n\xc3\xa4h fern", "%s %ls", narrow, wide), 2);
    assert_string_equal(narrow, "n\xc3\xa4h");
    assert_memory_equal(wide, u"fern", 10);
    assert_int_equal(cs_swscanf(u" w\u00e4it n", u"%s %S", wide, narrow), 2);
    assert_memory_equal(wide, u"w\u00e4it", 10);
    assert_string_equal(narrow, "n");
    assert_int_equal(cs_sscanf("\xf0\x9f\x98\x80\xc3\xa4", "%3ls", wide), 1); /* a pair and one */
    assert_memory_equal(wide, u"\U0001f600\u00e4", 8);
    assert_int_equal(cs_sscanf("\xc3\xa4\xf0\x9f\x98\x80", "%2ls", wide),
                     1); /* no half of a pair */
    assert_memory_equal(wide, u"\u00e4", 4);
}

static void reads_characters_and_sets(void **state)
{
    char a[8] = "", b[8] = "", c[8] = "", d = 0;

    (void)state;
    assert_int_equal(cs_sscanf("ab12]-x", "%2c%[0-9]%[]-]%c", a, b, c, &d), 4);
    assert_string_equal(a, "ab");
    assert_string_equal(b, "12");
    assert_string_equal(c, "]-");
    assert_int_equal(d, 'x');
    assert_int_equal(cs_sscanf("key=value", "%[^=]=%s", a, b), 2);
    assert_string_equal(a, "key");
    assert_string_equal(b, "value");
    assert_int_equal(cs_sscanf("a", "%2c", a), 0);
}

static void counts_and_skips(void **state)
{
    int32_t n = 0, v = 0;

    (void)state;
    assert_int_equal(cs_sscanf("skip 12 %3", "%*s %*d %% %ld%n", &v, &n), 1);
    assert_int_equal(v, 3);
    assert_int_equal(n, 10);
}

static void stops_where_the_text_differs(void **state)
{
    int32_t v = 9, w = 9;

    (void)state;
    assert_int_equal(cs_sscanf("1;2", "%ld,%ld", &v, &w), 1);
    assert_int_equal(w, 9);
    assert_int_equal(cs_sscanf("x", "%ld", &v), 0);
    assert_int_equal(cs_sscanf("", "%ld", &v), EOF);
    assert_int_equal(cs_sscanf("", "x"), EOF);
    assert_int_equal(cs_sscanf("  ", "%s", NULL), EOF);
    assert_int_equal(cs_sscanf("5", "%q", &v), 0);
    assert_int_equal(cs_sscanf("\xff", "%ls", NULL), 0); /* not UTF-8 */
}

static void keeps_to_the_sizes_of_the_s_forms(void **state)
{
    char small[4] = "zzz", other[8] = "old";
    char16_t wide[3] = u"zz";

    (void)state;
    assert_int_equal(sscanf_s("abc defg", "%s %s", small, 4U, other, 8U), 2);
    assert_string_equal(small, "abc");
    assert_int_equal(sscanf_s("abcd rest", "%s %s", small, 4U, other, 8U), 0);
    assert_string_equal(small, "");
    assert_string_equal(other, "defg");
    assert_int_equal(cs_swscanf_s(u"ab 7", u"%s", wide, 3U), 1);
    assert_int_equal(cs_swscanf_s(u"abc", u"%s", wide, 3U), 0);
    assert_int_equal(wide[0], 0);
}

static void reads_files(void **state)
{
    FILE *f = tmpfile();
    int32_t a = 0, b = 0;
    char word[8];

    (void)state;
    assert_non_null(f);
    fputs("1 2\nword", f);
    rewind(f);
    assert_int_equal(cs_fscanf(f, "%ld %ld", &a, &b), 2);
    assert_int_equal(fscanf_s(f, "%s", word, 8U), 1);
    assert_string_equal(word, "word");
    assert_int_equal(a + b, 3);
    assert_int_equal(cs_fscanf(f, "%ld", &a), EOF);
    fclose(f);
}

static void ends_numbers_where_32_bits_end(void **state)
{
    char *end = NULL;

    (void)state;
    errno = 0;
    assert_int_equal(cs_strtol("2147483647x", &end, 10), INT32_MAX);
    assert_int_equal(errno, 0);
    assert_string_equal(end, "x");
    assert_int_equal(cs_strtol("2147483648", NULL, 10), INT32_MAX);
    assert_int_equal(errno, ERANGE);
    assert_int_equal(cs_strtol("-99999999999", NULL, 10), INT32_MIN);
    errno = 0;
    assert_true(cs_strtoul("4294967295", NULL, 0) == UINT32_MAX && errno == 0);
    assert_true(cs_strtoul("-1", NULL, 0) == UINT32_MAX && errno == 0);
    assert_true(cs_strtoul("4294967296", NULL, 0) == UINT32_MAX && errno == ERANGE);
    errno = 0;
    assert_true(cs_strtoul("99999999999999999999", NULL, 0) == UINT32_MAX && errno == ERANGE);
    assert_int_equal(cs_atol(" 12"), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_integers_in_their_windows_sizes),
        cmocka_unit_test(reads_fractions),
        cmocka_unit_test(stores_text_of_both_widths),
        cmocka_unit_test(reads_characters_and_sets),
        cmocka_unit_test(counts_and_skips),
        cmocka_unit_test(stops_where_the_text_differs),
        cmocka_unit_test(keeps_to_the_sizes_of_the_s_forms),
        cmocka_unit_test(reads_files),
        cmocka_unit_test(ends_numbers_where_32_bits_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
