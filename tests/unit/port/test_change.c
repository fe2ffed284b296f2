/* SPDX-License-Identifier: Apache-2.0
 * test_change.c - the unified diff of edits.
 */
#include "base/alloc.h"
#include "lib/unit.h"
#include "port/rewrite.h"

static void shows(const char *from, const char *diff)
{
    struct port_source s = { 0 };
    struct port_changes c = { 0 };
    char *text = NULL;

    assert_int_equal(port_lex(bytes_of_text(from), "x.c", NULL, NULL, &s), ERR_OK);
    assert_int_equal(port_rewrite(&s, PORT_BY_HAND, &c), ERR_OK);
    assert_int_equal(port_changes_diff(&s, &c, "x.c", &text), ERR_OK);
    assert_string_equal(text, diff);
    mem_free(text);
    port_changes_free(&c);
    port_source_free(&s);
}

static void says_nothing_of_no_change(void **state)
{
    (void)state;
    shows("int x;\n", "");
    shows("", "");
}

static void shows_three_lines_around_a_change(void **state)
{
    (void)state;
    shows("#include <rpc.h>\n2\n3\n4\nlong x; long y;\n6\n7\n8\n9\n",
          "--- x.c\n+++ x.c\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-long x; long y;\n+LONG x; LONG y;\n 6\n "
          "7\n"
          " 8\n");
}

static void joins_changes_that_are_near(void **state)
{
    (void)state;
    shows("#include <rpc.h>\nlong x;\n3\n4\n5\nlong y;\n",
          "--- x.c\n+++ x.c\n@@ -1,6 +1,6 @@\n #include <rpc.h>\n-long x;\n+LONG x;\n 3\n 4\n 5\n"
          "-long y;\n+LONG y;\n");
    shows("#include <rpc.h>\nlong x;\n3\n4\n5\n6\n7\n8\nlong y;\n",
          "--- x.c\n+++ x.c\n@@ -1,9 +1,9 @@\n #include <rpc.h>\n-long x;\n+LONG x;\n 3\n 4\n 5\n"
          " 6\n 7\n 8\n-long y;\n+LONG y;\n");
    shows("#include <rpc.h>\nlong x;\n3\n4\n5\n6\n7\n8\n9\nlong y;\n",
          "--- x.c\n+++ x.c\n@@ -1,5 +1,5 @@\n #include <rpc.h>\n-long x;\n+LONG x;\n 3\n 4\n 5\n"
          "@@ -7,4 +7,4 @@\n 7\n 8\n 9\n-long y;\n+LONG y;\n");
}

static void counts_inserted_lines(void **state)
{
    (void)state;
    shows("#include <a.h>\n2\n3\n4\n5\n6\n7\n8\nlong x;",
          "--- x.c\n+++ x.c\n@@ -1,4 +1,5 @@\n+#include <stdint.h>\n #include <a.h>\n 2\n 3\n 4\n"
          "@@ -6,4 +7,4 @@\n 6\n 7\n 8\n-long x;\n\\ No newline at end of file\n+int32_t x;\n"
          "\\ No newline at end of file\n");
}

static void takes_in_a_word_spelled_over_two_lines(void **state)
{
    (void)state;
    shows("#include <rpc.h>\nlo\\\nng x;\n4\n",
          "--- x.c\n+++ x.c\n@@ -1,4 +1,3 @@\n #include <rpc.h>\n-lo\\\n-ng x;\n+LONG x;\n 4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_nothing_of_no_change),
        cmocka_unit_test(shows_three_lines_around_a_change),
        cmocka_unit_test(joins_changes_that_are_near),
        cmocka_unit_test(counts_inserted_lines),
        cmocka_unit_test(takes_in_a_word_spelled_over_two_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
