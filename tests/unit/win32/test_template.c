/* SPDX-License-Identifier: Apache-2.0 */
#include "win32/template.h"

#include "countersign/windows.h"
#include "lib/unit.h"

static DWORD format_args_of(char *to, DWORD size, DWORD flags, const char *template, ...)
{
    va_list ap;
    DWORD n;

    va_start(ap, template);
    n = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | flags, template, 0, 0, to, size, &ap);
    va_end(ap);
    return n;
}

static void fills_inserts_from_a_list_of_arguments(void **state)
{
    char to[100];

    (void)state;
    assert_int_equal(format_args_of(to, 100, 0, "%2 and %1%0 no more", "one", "two"), 11);
    assert_string_equal(to, "two and one");
    format_args_of(to, 100, 0, "%1!4d!|%2!-4s!|%3!08lx!", 42, "ab", 0x80090308U);
    assert_string_equal(to, "  42|ab  |80090308");
    format_args_of(to, 100, 0, "a%nb%tc%bd%%e%.\nf");
    assert_string_equal(to, "a\r\nb\tc d%e.\r\nf");
    format_args_of(to, 100, FORMAT_MESSAGE_MAX_WIDTH_MASK, "a\nb%nc");
    assert_string_equal(to, "a b\r\nc");
    format_args_of(to, 100, FORMAT_MESSAGE_IGNORE_INSERTS, "%1 100%%", "x");
    assert_string_equal(to, "%1 100%%");
}

/* The documentation's example of widths and precisions among the arguments. */
static void fills_inserts_from_an_array(void **state)
{
    DWORD_PTR args[] = { 4, 2, (DWORD_PTR)u"Bill", (DWORD_PTR)u"Bob", 6, (DWORD_PTR)u"Bill" };
    static const WCHAR want[] = u"  Bi Bob   Bill";
    WCHAR to[100];
    DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY,
                             u"%1!*.*s! %4 %5!*s!", 0, 0, to, 100, (va_list *)args);

    (void)state;
    assert_int_equal(n, sizeof want / 2 - 1);
    assert_memory_equal(to, want, sizeof want);
}

static void refuses_what_it_cannot_fill(void **state)
{
    char to[100];

    (void)state;
    assert_int_equal(format_args_of(to, 100, 0, "%1!unclosed", 1), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(format_args_of(to, 100, 0, "%1!n!", 1), 0);
    assert_int_equal(FormatMessageA(FORMAT_MESSAGE_FROM_STRING, "%1", 0, 0, to, 100, NULL), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(format_args_of(to, 3, 0, "four"), 0);
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
}

static void knows_the_systems_texts(void **state)
{
    static const WCHAR want[] = u"The target principal name is incorrect.\r\n";
    char to[200];
    LPSTR allocated = NULL;
    LPWSTR wide = NULL;

    (void)state;
    assert_true(
        FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, ERROR_ACCESS_DENIED, 0, to, 200, NULL));
    assert_string_equal(to, "Access is denied.\r\n");
    assert_int_equal(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER,
                                    NULL, HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED), 0,
                                    (LPSTR)&allocated, 0, NULL),
                     19);
    assert_string_equal(allocated, "Access is denied.\r\n");
    assert_null(LocalFree(allocated));
    assert_true(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL,
                               (DWORD)SEC_E_WRONG_PRINCIPAL, 0, (LPWSTR)&wide, 0, NULL));
    assert_memory_equal(wide, want, sizeof want);
    LocalFree(wide);
    assert_int_equal(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, 0x12345678, 0, to, 200, NULL),
                     0);
    assert_int_equal(GetLastError(), ERROR_MR_MID_NOT_FOUND);
}

/* Every error of ours has a text in every column, so that no program prints a bare number. */
static void every_status_of_ours_has_a_text(void **state)
{
    static const DWORD values[] = {
#define ALL(name, sec, win32, rpc, text) (DWORD)(sec), (DWORD)(win32), (DWORD)(rpc),
        ERR_LIST(ALL)
#undef ALL
    };
    char to[300];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (!FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, NULL, values[i], 0, to, 300, NULL))
            fail_msg("0x%08x has no text", (unsigned)values[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_inserts_from_a_list_of_arguments),
        cmocka_unit_test(fills_inserts_from_an_array),
        cmocka_unit_test(refuses_what_it_cannot_fill),
        cmocka_unit_test(knows_the_systems_texts),
        cmocka_unit_test(every_status_of_ours_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
