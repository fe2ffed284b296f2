/* SPDX-License-Identifier: Apache-2.0
 * test_string.c - the lstr functions in both forms, and other small doors of windows.h.
 */
#include <unistd.h>

#include "countersign/cscrt.h"
#include "countersign/windows.h"
#include "lib/unit.h"

static void narrow_strings_are_copied_and_compared(void **state)
{
    char to[16] = "";

    (void)state;
    assert_ptr_equal(lstrcpyA(to, "one"), to);
    assert_ptr_equal(lstrcatA(to, " two"), to);
    assert_string_equal(to, "one two");
    assert_int_equal(lstrlenA(to), 7);
    assert_ptr_equal(lstrcpynA(to, "three", 4), to);
    assert_string_equal(to, "thr");
    assert_true(lstrcmpA("Thr", to) < 0);
    assert_int_equal(lstrcmpiA("Thr", to), 0);
    assert_true(lstrcmpiA(to, "THREE") < 0);
    assert_true(lstrcmpiA(NULL, to) < 0);
    assert_null(lstrcatA(to, NULL));
    assert_null(lstrcpynA(NULL, to, 4));
    assert_int_equal(lstrlenA(NULL), 0);
}

static void wide_strings_are_copied_and_compared(void **state)
{
    WCHAR to[16] = { 0 };

    (void)state;
    assert_ptr_equal(lstrcpyW(to, u"one"), to);
    assert_ptr_equal(lstrcatW(to, u" two"), to);
    assert_int_equal(lstrcmpW(to, u"one two"), 0);
    assert_int_equal(lstrlenW(to), 7);
    assert_ptr_equal(lstrcpynW(to, u"three", 4), to);
    assert_int_equal(lstrcmpW(to, u"thr"), 0);
    assert_int_equal(lstrcmpiW(u"THR", to), 0);
    assert_true(lstrcmpiW(to, u"THREE") < 0);
    assert_null(lstrcatW(NULL, to));
    assert_int_equal(lstrlenW(NULL), 0);
}

static void a_section_is_made_with_flags(void **state)
{
    CRITICAL_SECTION section;

    (void)state;
    assert_true(InitializeCriticalSectionEx(&section, 4000, 0));
    assert_true(TryEnterCriticalSection(&section));
    LeaveCriticalSection(&section);
    DeleteCriticalSection(&section);
}

static void the_standard_input_is_read_with_sizes(void **state)
{
    char path[] = "/tmp/countersign-string-XXXXXX", text[8] = "?", small[3] = "?";
    int fd = mkstemp(path), number = 0;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "42 word longer", 14), 14);
    close(fd);
    assert_non_null(freopen(path, "r", stdin));
    unlink(path);
    assert_int_equal(scanf_s("%d %s", &number, text, (unsigned)sizeof text), 2);
    assert_int_equal(number, 42);
    assert_string_equal(text, "word");
    assert_int_equal(scanf_s("%s", small, (unsigned)sizeof small), 0);
    assert_string_equal(small, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(narrow_strings_are_copied_and_compared),
        cmocka_unit_test(wide_strings_are_copied_and_compared),
        cmocka_unit_test(a_section_is_made_with_flags),
        cmocka_unit_test(the_standard_input_is_read_with_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
