/* SPDX-License-Identifier: Apache-2.0
 * test_ns_name.c - names of entries, taken apart and put together.
 */
#include "names/ns_name.h"

#include "base/alloc.h"
#include "lib/unit.h"

static void expect(const char *text, const char *domain, const char *name)
{
    struct ns_name n = { 0 };
    char *back = NULL;

    assert_int_equal(ns_name_parse(text, &n), ERR_OK);
    if (domain)
        assert_string_equal(n.domain, domain);
    else
        assert_null(n.domain);
    assert_string_equal(n.name, name);
    assert_int_equal(ns_name_format(n.domain, n.name, &back), ERR_OK);
    assert_string_equal(back, text);
    mem_free(back);
    ns_name_free(&n);
}

static void takes_names_apart_and_writes_them_back(void **state)
{
    (void)state;
    expect("/.:/printer", NULL, "printer");
    expect("/.:/printers/Laser 1", NULL, "printers/Laser 1");
    expect("/.../one.example/printer", "one.example", "printer");
    expect("/.../ONE/a/b/c", "ONE", "a/b/c");
    expect("/.:/#a,b+\"c\"\\<d>;= \xc3\xa9", NULL, "#a,b+\"c\"\\<d>;= \xc3\xa9");
}

static void refuses_what_is_none(void **state)
{
    static const struct {
        const char *text;
        enum err e;
    } cases[] = {
        { "", ERR_NS_NAME },
        { "printer", ERR_NS_NAME },
        { "/printer", ERR_NS_NAME },
        { "/.:", ERR_NS_INCOMPLETE },
        { "/.:/", ERR_NS_INCOMPLETE },
        { "/.:x", ERR_NS_NAME },
        { "/.://a", ERR_NS_NAME },
        { "/.:/a//b", ERR_NS_NAME },
        { "/.:/a/", ERR_NS_NAME },
        { "/...", ERR_NS_INCOMPLETE },
        { "/.../", ERR_NS_INCOMPLETE },
        { "/...x/a", ERR_NS_NAME },
        { "/.../d", ERR_NS_INCOMPLETE },
        { "/.../d/", ERR_NS_INCOMPLETE },
        { "/...//a", ERR_NS_NAME },
        { "/.:/\xff", ERR_NS_NAME },
    };
    struct ns_name n;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (ns_name_parse(cases[i].text, &n) != cases[i].e)
            fail_msg("%s", cases[i].text);
}

static void refuses_one_that_is_too_long(void **state)
{
    char text[NS_NAME_MOST + 2] = "/.:/";
    struct ns_name n = { 0 };

    (void)state;
    memset(text + 4, 'a', NS_NAME_MOST - 4);
    assert_int_equal(ns_name_parse(text, &n), ERR_OK);
    ns_name_free(&n);
    text[NS_NAME_MOST] = 'a';
    assert_int_equal(ns_name_parse(text, &n), ERR_NS_NAME);
}

static enum err a_name(void *arg)
{
    struct ns_name n = { 0 };
    enum err e = ns_name_parse("/.../d/a", &n);

    (void)arg;
    if (!e)
        ns_name_free(&n);
    return e;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(a_name, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_names_apart_and_writes_them_back),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(refuses_one_that_is_too_long),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
