/* SPDX-License-Identifier: Apache-2.0
 * test_format.c - conversions respelled, one line each.
 */
#include "base/alloc.h"
#include "lib/unit.h"
#include "port/format.h"

/* clang-format off */
static const struct {
    const char *from, *to;
    bool scan, wide;
} rows[] = {
    { "\"%ld\"",            "\"%d\"",           false, false },
    { "\"%-08.3lu|%lx\"",   "\"%-08.3u|%x\"",   false, false },
    { "\"%*ld %.*li\"",     "\"%*d %.*i\"",     false, false },
    { "\"%lld %hd %hhx\"",  "\"%lld %hd %hhx\"", false, false },
    { "\"%I64u %I32d %Ix\"", "\"%llu %d %zx\"", false, false },
    { "\"%%ld 100%\"",      "\"%%ld 100%\"",    false, false },
    { "\"%lf %Lf %g\"",     "\"%lf %Lf %g\"",   false, false },
    { "\"%hs %hc\"",        "\"%s %c\"",        false, false },
    { "\"%S\"",             "\"%S\"",           false, true },
    { "\"%ls %ld\"",        "\"%ls %d\"",       false, true },
    { "\"%ws\"",            "\"%ws\"",          false, true },
    { "\"%s %c %p\"",       "\"%s %c %p\"",     false, false },
    { "\"%\"",              "\"%\"",            false, false },
    { "\"%l\"",             "\"%l\"",           false, false },
    { "\"%ld %5\"",         "\"%d %5\"",        false, false },
    { "\"%ld %*lu\"",       "\"%d %*u\"",       true,  false },
    { "\"%10l[a-z]\"",      "\"%10l[a-z]\"",    true,  true },
    { "\"%2$ld\"",          "\"%2$d\"",         false, false },
    { "L\"%ld\"",           "L\"%d\"",          false, false },
    { "\"",                 "\"",               false, false },
    { "",                   "",                 false, false },
};
/* clang-format on */

static void spells_as_this_c_library_does(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t n = strlen(rows[i].from);
        char *exact = malloc(n ? n : 1), *text = NULL;
        struct writer w = writer_new(1024);
        struct port_format f;

        assert_non_null(exact);
        memcpy(exact, rows[i].from, n);
        f = port_format_respell(bytes_of(exact, n), rows[i].scan, &w);
        assert_int_equal(writer_take_text(&w, &text), ERR_OK);
        assert_string_equal(text, rows[i].to);
        assert_int_equal(f.changed, strcmp(rows[i].from, rows[i].to) != 0);
        assert_int_equal(f.wide, rows[i].wide);
        mem_free(text);
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(spells_as_this_c_library_does) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
