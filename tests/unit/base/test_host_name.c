/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host_name.h"

#include "base/alloc.h"
#include "lib/unit.h"

/* In a block of exactly its length. */
static bool valid(const char *text)
{
    char *exact = strlen(text) ? mem_strndup(text, strlen(text)) : NULL;
    bool ret = host_name_valid(bytes_of(exact, strlen(text)));

    mem_free(exact);
    return ret;
}

static void takes_hosts_names(void **state)
{
    static const char *const good[] = { "a",       "host", "Host-1.one.example",
                                        "a-1_b.C", "_a.b", "192.0.2.1",
                                        "a.b-",    "0",    "a.-b" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof good / sizeof *good; i++)
        if (!valid(good[i]))
            fail_msg("\"%s\" was refused", good[i]);
}

static void refuses_what_is_none(void **state)
{
    static const char *const bad[] = { "",    ".",   "a.",    ".a",    "a..b", "-a",
                                       "-",   "a b", "a/b",   "a:1",   "a@b",  "h\xc3\xb6st",
                                       "a\n", "a*",  "[::1]", "a\x7f", "\x80", "a\\b" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (valid(bad[i]))
            fail_msg("\"%s\" was accepted", bad[i]);
    assert_false(host_name_valid(bytes_of("a\0b", 3)));
}

static void knows_how_long_one_is(void **state)
{
    char longest[HOST_NAME_MOST + 1], label[HOST_NAME_LABEL_MOST + 1];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof longest; i++)
        longest[i] = i % 2 ? '.' : 'a';
    assert_true(host_name_valid(bytes_of(longest, HOST_NAME_MOST)));
    longest[HOST_NAME_MOST] = 'a';
    longest[1] = 'a';
    assert_false(host_name_valid(bytes_of(longest, HOST_NAME_MOST + 1)));
    longest[HOST_NAME_MOST - 1] = 'a';
    assert_true(host_name_valid(bytes_of(longest, HOST_NAME_MOST)));
    memset(label, 'a', sizeof label);
    assert_true(host_name_valid(bytes_of(label, HOST_NAME_LABEL_MOST)));
    assert_false(host_name_valid(bytes_of(label, HOST_NAME_LABEL_MOST + 1)));
}

static void takes_one_dot_off_the_end(void **state)
{
    (void)state;
    unit_assert_bytes(host_name_undotted(bytes_of_text("a.b.")), bytes_of_text("a.b"));
    unit_assert_bytes(host_name_undotted(bytes_of_text("a.b")), bytes_of_text("a.b"));
    unit_assert_bytes(host_name_undotted(bytes_of_text("a..")), bytes_of_text("a."));
    assert_int_equal(host_name_undotted(bytes_of_text(".")).len, 0);
    assert_int_equal(host_name_undotted(bytes_of(NULL, 0)).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_hosts_names),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(knows_how_long_one_is),
        cmocka_unit_test(takes_one_dot_off_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
