/* SPDX-License-Identifier: Apache-2.0 */
#include "win32/format.h"

#include <errno.h>

#include "countersign/cscrt.h"
#include "lib/unit.h"

static void wide_is(const WCHAR *got, const char *want)
{
    size_t i;

    for (i = 0; want[i]; i++)
        assert_int_equal(got[i], (unsigned char)want[i]);
    assert_int_equal(got[i], 0);
}

static void numbers_are_as_windows_prints_them(void **state)
{
    WCHAR to[200];

    (void)state;
    assert_int_equal(cs_swprintf(to, 200, u"%d|%5d|%-5d|%05d|%+d", -1, 42, 42, 42, 42), 24);
    wide_is(to, "-1|   42|42   |00042|+42");
    cs_swprintf(to, 200, u"%lu %lx 0x%08lx %ld", 4294967295U, 0xffffffffU, 0x80090308U, -5);
    wide_is(to, "4294967295 ffffffff 0x80090308 -5");
    cs_swprintf(to, 200, u"%I64d %llu %zu %hd %hhu", (int64_t)-5000000000, 5000000000ULL, (size_t)7,
                (short)-1, (unsigned char)200);
    wide_is(to, "-5000000000 5000000000 7 -1 200");
    cs_swprintf(to, 200, u"%.2f %g %%", 1.005, 0.5);
    wide_is(to, "1.00 0.5 %");
    cs_swprintf(to, 200, u"%p", (void *)0x1234);
    wide_is(to, sizeof(void *) == 8 ? "0000000000001234" : "00001234");
}

static void s_follows_the_functions_form(void **state)
{
    WCHAR to[100];
    char narrow[100];

    (void)state;
    cs_swprintf(to, 100, u"%s %hs %S %ls %c%C", u"wide", "narrow", "narrow", u"wide", u'w', 'n');
    wide_is(to, "wide narrow narrow wide wn");
    cs_snprintf(narrow, sizeof narrow, "%s %ls %S %hs %c", "narrow", u"w\u00efde", u"wide", "n",
                'n');
    assert_string_equal(narrow, "narrow w\u00efde wide n n");
    cs_swprintf(to, 100, u"[%6s|%-6s|%.2s|%*.*s]", u"abc", u"abc", u"abc", 4, 1, u"abc");
    wide_is(to, "[   abc|abc   |ab|   a]");
    cs_swprintf(to, 100, u"%s", (WCHAR *)NULL);
    wide_is(to, "(null)");
}

static void what_does_not_fit_or_is_not_understood_says_so(void **state)
{
    WCHAR to[4] = { 'x', 'x', 'x', 'x' };
    char narrow[4] = "xxx";

    (void)state;
    assert_int_equal(cs_swprintf(to, 4, u"abcd"), -1);
    assert_int_equal(to[0], 0);
    assert_int_equal(cs_swprintf(to, 4, u"abc"), 3);
    assert_int_equal(cs_swprintf(to, 4, u"%n", NULL), -1);
    assert_int_equal(cs_swprintf(to, 4, u"%"), -1);
    assert_int_equal(cs_swprintf(to, 4, u"%s", u"\xd800"), -1); /* half a pair is no text */
    assert_int_equal(sprintf_s(narrow, 4, "%s", "four"), -1);
    assert_string_equal(narrow, "");
    assert_int_equal(cs_snprintf(narrow, 4, "%s", "four"), 4);
    assert_string_equal(narrow, "fou");
}

static void bounded_copies_store_all_or_nothing(void **state)
{
    char to[5] = "old";
    WCHAR wide[5] = u"old";

    (void)state;
    assert_int_equal(strcpy_s(to, 5, "four"), 0);
    assert_string_equal(to, "four");
    assert_int_equal(strcat_s(to, 5, "!"), ERANGE);
    assert_string_equal(to, "");
    assert_int_equal(strcpy_s(to, 5, "fiver"), ERANGE);
    assert_int_equal(strcpy_s(to, 5, NULL), EINVAL);
    assert_int_equal(strncpy_s(to, 5, "longer", _TRUNCATE), 0);
    assert_string_equal(to, "long");
    assert_int_equal(cs_wcscpy_s(wide, 5, u"four"), 0);
    assert_int_equal(cs_wcscat_s(wide, 5, u"!"), ERANGE);
    assert_int_equal(wide[0], 0);
}

static void wide_text_functions_match_their_narrow_twins(void **state)
{
    static const WCHAR path[] = u"a/b/c";
    WCHAR to[10] = { 0 };
    WCHAR *end = NULL;

    (void)state;
    assert_int_equal(cs_wcslen(path), 5);
    assert_ptr_equal(cs_wcschr(path, '/'), path + 1);
    assert_ptr_equal(cs_wcsrchr(path, '/'), path + 3);
    assert_ptr_equal(cs_wcschr(path, 0), path + 5);
    assert_null(cs_wcsrchr(path, 'x'));
    assert_ptr_equal(cs_wcsstr(path, u"b/"), path + 2);
    assert_null(cs_wcsstr(path, u"cc"));
    assert_int_equal(cs_wcsicmp(u"HoSt", u"hOsT"), 0);
    assert_true(cs_wcscmp(u"a", u"b") < 0);
    assert_int_equal(cs_wcsncmp(u"abX", u"abY", 2), 0);
    cs_wcsncpy(to, u"ab", 4);
    cs_wcsncat(to, u"cdef", 2);
    wide_is(to, "abcd");
    assert_int_equal(cs_wcstol(u"-0x10z", &end, 0), -16);
    assert_int_equal(*end, 'z');
    assert_int_equal(cs_wcstoul(u"99999999999", NULL, 10), UINT32_MAX);
}

static enum err print_something(void *arg)
{
    struct writer w = writer_new(100);
    struct format_args args = { 0 };
    uintptr_t slots[] = { (uintptr_t)u"wide", (uintptr_t) "narrow", 7 };
    struct buf out = { 0 };
    enum err e;

    (void)arg;
    args.slot = slots;
    e = format_print(&w, true, "%s %hs %d", &args);
    if (e) {
        writer_done(&w);
        return e;
    }
    e = writer_take(&w, &out);
    buf_free(&out);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(print_something, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_as_windows_prints_them),
        cmocka_unit_test(s_follows_the_functions_form),
        cmocka_unit_test(what_does_not_fit_or_is_not_understood_says_so),
        cmocka_unit_test(bounded_copies_store_all_or_nothing),
        cmocka_unit_test(wide_text_functions_match_their_narrow_twins),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
