/* SPDX-License-Identifier: Apache-2.0 */
#include "base/policy_value.h"

#include "lib/unit.h"

static const char *value_of(enum policy p)
{
    static char text[POLICY_NAMES_MAX];

    policy_value_get(p, text);
    return text;
}

static void values_are_read_and_written(void **state)
{
    static const struct {
        enum policy of;
        const char *text;
        uint32_t number;
        const char *back;
    } rows[] = {
        { POLICY_MINIMUM_LEVEL, "Privacy", 6, "privacy" },
        { POLICY_MINIMUM_LEVEL, " connect ", 2, "connect" },
        { POLICY_CALLBACK_IMPERSONATION, "delegate", 4, "delegate" },
        { POLICY_PROVIDERS, "local\tkerberos local", 10, "kerberos local" },
        { POLICY_CALLBACK_SECONDS, "86400", 86400, "86400" },
        { POLICY_CALLBACK_DEPTH, "01", 1, "1" },
        { POLICY_CALLBACK_PRINCIPALS, "a@B c/d", 1, "a@B c/d" },
        { POLICY_NAME_TRUST_CONTAINER, "CN=a b;DC=c", 1, "CN=a b;DC=c" },
    };
    size_t i;

    (void)state;
    assert_string_equal(value_of(POLICY_MINIMUM_LEVEL), "integrity");
    assert_string_equal(value_of(POLICY_PROVIDERS), "negotiate kerberos local");
    assert_string_equal(value_of(POLICY_CALLBACK_PRINCIPALS), "");
    assert_string_equal(value_of(POLICY_RC4), "");
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(policy_value_set(rows[i].of, rows[i].text), ERR_OK);
        assert_int_equal(policy_number(rows[i].of), rows[i].number);
        assert_string_equal(value_of(rows[i].of), rows[i].back);
    }
}

static void what_is_no_value_leaves_it_as_it_was(void **state)
{
    static const struct {
        enum policy of;
        const char *text;
    } rows[] = {
        { POLICY_RC4, "1" },
        { POLICY_MINIMUM_LEVEL, "" },
        { POLICY_MINIMUM_LEVEL, "none" },
        { POLICY_MINIMUM_LEVEL, "privacy privacy" },
        { POLICY_MINIMUM_LEVEL, "identify" },
        { POLICY_PROVIDERS, "kerberos telnet" },
        { POLICY_CALLBACK_SECONDS, "0" },
        { POLICY_CALLBACK_SECONDS, "86401" },
        { POLICY_CALLBACK_SECONDS, "18446744073709551736" },
        { POLICY_CALLBACK_SECONDS, "-1" },
        { POLICY_CALLBACK_SECONDS, "1s" },
        { POLICY_CALLBACK_DEPTH, "65" },
    };
    char longer[POLICY_NAMES_MAX + 1], before[POLICY_NAMES_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        policy_value_get(rows[i].of, before);
        assert_int_equal(policy_value_set(rows[i].of, rows[i].text), ERR_INVALID_PARAMETER);
        assert_string_equal(value_of(rows[i].of), before);
    }
    memset(longer, 'x', sizeof longer);
    longer[POLICY_NAMES_MAX] = '\0';
    assert_int_equal(policy_value_set(POLICY_CALLBACK_PRINCIPALS, longer), ERR_INVALID_PARAMETER);
    longer[POLICY_NAMES_MAX - 1] = '\0';
    assert_int_equal(policy_value_set(POLICY_CALLBACK_PRINCIPALS, longer), ERR_OK);
    assert_true(policy_names(POLICY_CALLBACK_PRINCIPALS, longer));
}

static void a_name_is_in_the_list_whole(void **state)
{
    (void)state;
    assert_int_equal(policy_value_set(POLICY_CALLBACK_PRINCIPALS, "alice@EXAMPLE.COM  S-1-22-1-7"),
                     ERR_OK);
    assert_true(policy_names(POLICY_CALLBACK_PRINCIPALS, "Alice@example.com"));
    assert_true(policy_names(POLICY_CALLBACK_PRINCIPALS, "S-1-22-1-7"));
    assert_false(policy_names(POLICY_CALLBACK_PRINCIPALS, "alice"));
    assert_false(policy_names(POLICY_CALLBACK_PRINCIPALS, "S-1-22-1-70"));
    assert_false(policy_names(POLICY_CALLBACK_PRINCIPALS, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read_and_written),
        cmocka_unit_test(what_is_no_value_leaves_it_as_it_was),
        cmocka_unit_test(a_name_is_in_the_list_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
