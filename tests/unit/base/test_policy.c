/* SPDX-License-Identifier: Apache-2.0 */
#include "base/policy.h"

#include <sys/wait.h>
#include <unistd.h>

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

/* Each in a process of its own, for the environment is read once. */
static enum policy_mode read_as(const char *text)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        char program[] = "/proc/self/exe", once[] = "once";
        char *args[] = { program, once, NULL };

        setenv("COUNTERSIGN_POLICY", text, 1);
        execv(program, args);
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (enum policy_mode)WEXITSTATUS(status);
}

/* RC4 is audited as shipped; a slip of the pen must not leave it there. */
static void no_slip_of_the_pen_opens_a_rule(void **state)
{
    static const char *const enforced[] = {
        "rc4=ENFORCE", "RC4=enforce",     "rc4=1",    "rc4=",
        "rc4",         "rc4=off off",     "rc4=off;", "rc4=offffffffffffffffffff",
        "rc4:off",     " rc4 = enforce ",
    };
    char longer[2100];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof enforced / sizeof enforced[0]; i++)
        if (read_as(enforced[i]) != POLICY_ENFORCE)
            fail_msg("\"%s\" does not enforce", enforced[i]);
    assert_int_equal(read_as("rc4=Off"), POLICY_OFF);
    assert_int_equal(read_as("rc4x=off,,=,rc4-=off"), POLICY_AUDIT);
    memset(longer, 'x', sizeof longer); /* the last rule of a long list is a rule too */
    memcpy(longer + sizeof longer - sizeof ",rc4=enforce", ",rc4=enforce", sizeof ",rc4=enforce");
    assert_int_equal(read_as(longer), POLICY_ENFORCE);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_sets_a_switch),
        cmocka_unit_test(a_word_not_understood_enforces),
        cmocka_unit_test(no_slip_of_the_pen_opens_a_rule),
        cmocka_unit_test(audit_allows_and_says_whom_it_would_refuse),
    };

    if (argc == 2 && strcmp(argv[1], "once") == 0)
        return (int)policy_get(POLICY_RC4);
    setenv("COUNTERSIGN_POLICY",
           "rc4=enforce, target-name = audit,spn-duplicates=maybe,nonsense=off", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
