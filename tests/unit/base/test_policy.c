/* SPDX-License-Identifier: Apache-2.0 */
#include "base/policy.h"

#include "base/log.h"

#include "lib/unit.h"

static char last[512];

static void keep(void *arg, enum log_level level, const char *line)
{
    (void)arg;
    if (level == LOG_LEVEL_AUDIT)
        snprintf(last, sizeof last, "%s", line);
}

static void the_environment_sets_a_switch(void **state)
{
    (void)state;
    assert_int_equal(policy_get(POLICY_RC4), POLICY_ENFORCE); /* main set it so */
    assert_int_equal(policy_get(POLICY_TARGET_NAME), POLICY_AUDIT);
}

static void a_word_not_understood_enforces(void **state)
{
    (void)state;
    assert_int_equal(policy_get(POLICY_SPN_DUPLICATES), POLICY_ENFORCE);
}

static void audit_allows_and_says_whom_it_would_refuse(void **state)
{
    (void)state;
    log_to(keep, NULL, LOG_LEVEL_DEBUG);
    policy_set(POLICY_RC4, POLICY_AUDIT);
    assert_false(policy_forbids(POLICY_RC4, "ann@EXAMPLE.COM's %s", "ticket"));
    assert_string_equal(last, "policy rc4 would refuse: ann@EXAMPLE.COM's ticket");
    policy_set(POLICY_RC4, POLICY_ENFORCE);
    assert_true(policy_forbids(POLICY_RC4, "a\nb"));
    assert_string_equal(last, "policy rc4 refuses: a?b");
    last[0] = '\0';
    policy_set(POLICY_RC4, POLICY_OFF);
    assert_false(policy_forbids(POLICY_RC4, "x"));
    assert_string_equal(last, "");
    log_to(NULL, NULL, LOG_LEVEL_DEBUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_sets_a_switch),
        cmocka_unit_test(a_word_not_understood_enforces),
        cmocka_unit_test(audit_allows_and_says_whom_it_would_refuse),
    };

    setenv("COUNTERSIGN_POLICY",
           "rc4=enforce, target-name = audit,spn-duplicates=maybe,nonsense=off", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
