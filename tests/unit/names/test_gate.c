/* SPDX-License-Identifier: Apache-2.0
 * What of a gate needs no directory; domain/test_names_gate.c has the rest.
 */
#include "names/gate.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "lib/unit.h"

#define CONTAINER "CN=RpcServices,CN=System,DC=example,DC=com"

static char logged[2000];

static void keep_line(void *arg, enum log_level level, const char *line)
{
    (void)arg;
    (void)level;
    (void)snprintf(logged, sizeof logged, "%s", line);
}

static bool admitted(struct gate *g, const char *dn)
{
    struct entry entry = { .dn = mem_strdup(dn) };
    bool is = false;

    assert_int_equal(gate_admits(g, &entry, &is), ERR_OK);
    mem_free(entry.dn);
    return is;
}

static int quiet(void **state)
{
    (void)state;
    policy_set(POLICY_NAME_TRUST_CONTAINER, POLICY_OFF);
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_OFF);
    logged[0] = '\0';
    log_to(keep_line, NULL, LOG_LEVEL_DEBUG);
    return 0;
}

static void admits_all_where_the_policy_is_off(void **state)
{
    struct gate *g = NULL;

    (void)state;
    assert_int_equal(gate_new(NULL, &g), ERR_OK);
    assert_true(admitted(g, "CN=a," CONTAINER));
    assert_string_equal(gate_left_out(g), "");
    assert_string_equal(logged, "");
    gate_free(g);
}

static void holds_objects_to_their_container(void **state)
{
    struct gate *g = NULL;

    (void)state;
    assert_int_equal(gate_new(NULL, &g), ERR_OK);
    policy_set(POLICY_NAME_TRUST_CONTAINER, POLICY_ENFORCE);
    assert_int_equal(
        policy_value_set(POLICY_NAME_TRUST_CONTAINER, "cn=RpcServices;CN=System;DC=example;DC=com"),
        ERR_OK);
    assert_true(admitted(g, "CN=a," CONTAINER));
    assert_false(admitted(g, CONTAINER));
    assert_false(admitted(g, "CN=a,CN=WinsockServices,CN=System,DC=example,DC=com"));
    assert_non_null(strstr(logged, "CN=a,CN=WinsockServices"));
    assert_non_null(strstr(gate_left_out(g), "CN=a,CN=WinsockServices"));
    assert_false(admitted(g, "nonsense"));
    policy_set(POLICY_NAME_TRUST_CONTAINER, POLICY_AUDIT);
    assert_true(admitted(g, "CN=b,CN=WinsockServices,CN=System,DC=example,DC=com"));
    assert_non_null(strstr(logged, "would refuse: an address of CN=b"));
    gate_free(g);
}

/* Whom nobody named is not asked about. */
static void an_owner_that_cannot_be_read_is_none(void **state)
{
    struct gate *g = NULL;

    (void)state;
    assert_int_equal(gate_new(NULL, &g), ERR_OK);
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_ENFORCE);
    assert_false(admitted(g, "CN=a," CONTAINER));
    assert_non_null(strstr(logged, "whose owner is unknown"));
    gate_free(g);
}

static void what_is_left_out_is_told_as_far_as_there_is_room(void **state)
{
    struct gate *g = NULL;
    int i;

    (void)state;
    assert_int_equal(gate_new(NULL, &g), ERR_OK);
    for (i = 0; i < 1000; i++)
        gate_leave_out(g, "CN=a," CONTAINER, "its address is damaged");
    assert_int_equal(
        strncmp(gate_left_out(g), "CN=a," CONTAINER ": its address is damaged; CN=a", 70), 0);
    assert_true(strlen(gate_left_out(g)) < 2000);
    assert_string_equal(logged, "CN=a," CONTAINER " is left out: its address is damaged");
    gate_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(admits_all_where_the_policy_is_off, quiet),
        cmocka_unit_test_setup(holds_objects_to_their_container, quiet),
        cmocka_unit_test_setup(an_owner_that_cannot_be_read_is_none, quiet),
        cmocka_unit_test_setup(what_is_left_out_is_told_as_far_as_there_is_room, quiet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
