/* SPDX-License-Identifier: Apache-2.0
 * What a table makes of cells that anybody may have written.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lib/unit.h"
#include "tools/countersign/table.h"

static const char *const heading[] = { "NAME", "WHAT", NULL };

struct row {
    const char *cell[2];
    const char *remark;
};

/* What the table prints; free. */
static char *print(const struct row *rows, unsigned n)
{
    FILE *to = tmpfile();
    int terminal;
    char *text;
    long len;
    struct table *t = table_new(heading);
    unsigned i;

    assert_non_null(to);
    assert_non_null(t);
    fflush(stdout);
    terminal = dup(STDOUT_FILENO);
    assert_true(terminal >= 0 && dup2(fileno(to), STDOUT_FILENO) >= 0);
    for (i = 0; i < n; i++)
        assert_true(table_add(t, rows[i].cell, OUT_GOOD, rows[i].remark));
    table_free(t);
    fflush(stdout);
    assert_true(dup2(terminal, STDOUT_FILENO) >= 0);
    close(terminal);
    len = lseek(fileno(to), 0, SEEK_END);
    text = calloc(1, (size_t)len + 1);
    assert_non_null(text);
    assert_int_equal(pread(fileno(to), text, (size_t)len, 0), len);
    fclose(to);
    return text;
}

static void expect(const struct row *rows, unsigned n, const char *want)
{
    char *text = print(rows, n);

    assert_string_equal(text, want);
    free(text);
}

static void columns_are_as_wide_as_their_characters(void **state)
{
    static const struct row rows[] = {
        { { "a", "one" }, NULL },
        { { "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f!", "two" }, "a remark" },
        { { NULL, "three" }, "" },
    };

    (void)state;
    expect(rows, 3,
           "NAME   WHAT\n"
           "a      one\n"
           "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f!  two\n"
           "    a remark\n"
           "       three\n");
}

static void nothing_in_it_steers_a_terminal(void **state)
{
    static const struct row rows[] = { { { "a\033[2J", "b\nc" },
                                         "d\xc2\x9b"
                                         "e\r" } };

    (void)state;
    expect(rows, 1,
           "NAME   WHAT\n"
           "a?[2J  b?c\n"
           "    d??e?\n");
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void a_cell_that_is_too_long_is_cut(void **state)
{
    static const struct row fits[] = { { { SIXTY "abcd", "x" }, NULL } };
    static const struct row cut[] = { { { SIXTY "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f!", "x" },
                                        NULL } };
    char *text = print(fits, 1);

    (void)state;
    assert_non_null(strstr(text, SIXTY "abcd  x\n"));
    free(text);
    text = print(cut, 1);
    assert_non_null(strstr(text, SIXTY "\xc3\xa4...  x\n"));
    free(text);
}

static void of_many_rows_none_is_lost(void **state)
{
    static struct row rows[1000];
    char *text, *at;
    unsigned i;

    (void)state;
    for (i = 0; i < 1000; i++)
        rows[i] = (struct row){ { "row", i == 999 ? "last" : "other" }, NULL };
    text = print(rows, 1000);
    assert_non_null(strstr(text, "row   last\n"));
    for (i = 0, at = text; (at = strchr(at, '\n')) != NULL; at++)
        i++;
    assert_int_equal(i, 1001);
    assert_null(strstr(text + 1, "NAME"));
    free(text);
}

static void without_rows_there_is_no_heading(void **state)
{
    (void)state;
    expect(NULL, 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_wide_as_their_characters),
        cmocka_unit_test(nothing_in_it_steers_a_terminal),
        cmocka_unit_test(a_cell_that_is_too_long_is_cut),
        cmocka_unit_test(of_many_rows_none_is_lost),
        cmocka_unit_test(without_rows_there_is_no_heading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
