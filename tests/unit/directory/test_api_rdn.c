/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/dsparse.h>

#include "lib/unit.h"

static void quotes_what_needs_it(void **state)
{
    char out[40];
    WCHAR wide[40];
    DWORD n = 40;

    (void)state;
    assert_int_equal(DsQuoteRdnValueA(5, "plain", &n, out), ERROR_SUCCESS);
    assert_int_equal(n, 5);
    assert_memory_equal(out, "plain", 5);
    n = 40;
    assert_int_equal(DsQuoteRdnValueA(10, "last,first", &n, out), ERROR_SUCCESS);
    assert_int_equal(n, 12);
    assert_memory_equal(out, "\"last,first\"", 12);
    n = 3;
    assert_int_equal(DsQuoteRdnValueW(10, u"last,first", &n, wide), ERROR_BUFFER_OVERFLOW);
    assert_int_equal(n, 12);
    assert_int_equal(DsQuoteRdnValueW(10, u"last,first", &n, wide), ERROR_SUCCESS);
    assert_memory_equal(wide, u"\"last,first\"", 24);
}

static void removes_quotes_and_escapes(void **state)
{
    char out[40];
    WCHAR wide[40];
    DWORD n = 40;

    (void)state;
    assert_int_equal(DsUnquoteRdnValueA(16, " \"last,first\"   ", &n, out), ERROR_SUCCESS);
    assert_int_equal(n, 10);
    assert_memory_equal(out, "last,first", 10);
    n = 40;
    assert_int_equal(DsUnquoteRdnValueW(6, u"a\\2cb ", &n, wide), ERROR_SUCCESS);
    assert_int_equal(n, 4); /* white space behind an unquoted value is kept */
    assert_memory_equal(wide, u"a,b ", 8);
    assert_int_equal(DsUnquoteRdnValueA(3, "a,b", &n, out), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsUnquoteRdnValueA(3, "a\\x", &n, out), ERROR_INVALID_PARAMETER);
    assert_int_equal(DsUnquoteRdnValueA(0, "", &n, out), ERROR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_what_needs_it),
        cmocka_unit_test(removes_quotes_and_escapes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
