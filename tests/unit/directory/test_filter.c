/* SPDX-License-Identifier: Apache-2.0 */
#include "directory/filter.h"

#include "base/alloc.h"
#include "lib/unit.h"

/* RFC 4515 4 */
static void escapes_what_a_filter_gives_a_meaning(void **state)
{
    char *s = NULL;

    (void)state;
    assert_int_equal(filter_escape(bytes_of_text("Parens R Us (for all)"), &s), ERR_OK);
    assert_string_equal(s, "Parens R Us \\28for all\\29");
    mem_free(s);
    assert_int_equal(filter_escape(bytes_of("a*\0\\\n", 5), &s), ERR_OK);
    assert_string_equal(s, "a\\2a\\00\\5c\\0a");
    mem_free(s);
    assert_int_equal(filter_escape_bytes(bytes_of("\x04\xff", 2), &s), ERR_OK);
    assert_string_equal(s, "\\04\\ff");
    mem_free(s);
}

static void a_value_cannot_leave_its_place(void **state)
{
    char *s = NULL;

    (void)state;
    assert_int_equal(filter_format(&s, "(&(a=%s)(b=%s))", "x)(objectClass=*", "%s"), ERR_OK);
    assert_string_equal(s, "(&(a=x\\29\\28objectClass=\\2a)(b=%s))");
    mem_free(s);
}

static enum err scenario(void *arg)
{
    char *s = NULL;
    enum err e = filter_format(&s, "(a=%s)", arg);

    mem_free(s);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    char text[600];

    (void)state;
    memset(text, '*', sizeof text);
    text[sizeof text - 1] = '\0';
    oom_run(scenario, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_what_a_filter_gives_a_meaning),
        cmocka_unit_test(a_value_cannot_leave_its_place),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
