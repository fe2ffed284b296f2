/* SPDX-License-Identifier: Apache-2.0
 * test_names.c - the table is in its order, and every row says what its class needs.
 */
#include "lib/unit.h"
#include "port/names.h"

static void finds_every_row_by_its_name(void **state)
{
    int row, found = 0;

    (void)state;
    for (row = port_name_find(bytes_of_text("CoCreateInstance")); row >= 0; row = found) {
        const struct port_name *n = port_name_at(row);
        bool renamed = n->class == PORT_WIDE || n->class == PORT_PRINT || n->class == PORT_SCAN ||
                       n->class == PORT_LONG;

        assert_int_equal(port_name_find(bytes_of_text(n->name)), row);
        assert_true(!renamed || (n->ours && n->declaration && strstr(n->declaration, n->ours)));
        assert_true((n->class == PORT_NO_WIDE || n->class == PORT_REFUSED) == (n->remedy != NULL));
        if (strcmp(n->name, "wscanf") == 0)
            break;
        found = row + 1;
    }
    assert_true(row > 80 && strcmp(port_name_at(row)->name, "wscanf") == 0);
}

static void finds_nothing_else(void **state)
{
    static const char *const words[] = {
        "", "x", "printf_", "print", "wcs", "zzz", "AAA", "wcslen2"
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof words / sizeof *words; i++)
        assert_int_equal(port_name_find(bytes_of_text(words[i])), -1);
    assert_int_equal(port_name_find(bytes_of("printf\0", 7)), -1);
    assert_null(port_header_refused(bytes_of_text("rpc.h")));
    assert_non_null(port_header_refused(bytes_of_text("ActiveDS.h")));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_every_row_by_its_name),
                                        cmocka_unit_test(finds_nothing_else) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
