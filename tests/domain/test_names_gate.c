/* SPDX-License-Identifier: Apache-2.0
 * test_names_gate.c - whose objects the policy admits, against a real domain controller.
 */
#include <countersign/names.h>
#include <countersign/ntdsapi.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy_value.h"
#include "directory/change.h"
#include "lib/bound.h"
#include "lib/unit.h"
#include "names/gate.h"
#include "names/place.h"

struct home {
    struct session *admin, *svc;
    char *of_admin, *of_svc; /* entries, by who owns them */
};

static void let_publish(bool grant)
{
    const char *svc = unit_env("SERVICE_ACCOUNT");
    HANDLE ds = bind_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));

    if (grant)
        assert_int_equal(CsGrantNames(ds, svc, CS_NAMES_RPC, NULL, NULL), ERROR_SUCCESS);
    else
        assert_int_equal(CsRevokeNames(ds, svc, CS_NAMES_RPC, NULL, NULL), ERROR_SUCCESS);
    DsUnBindA(&ds);
}

static char *add_entry(struct session *s, const char *name)
{
    struct bytes class = bytes_of_text("rpcServer");
    struct change c = { CHANGE_ADD, "objectClass", &class, 1 };
    char *dn = NULL;

    assert_int_equal(place_entry(PLACE_RPC, unit_env("DOMAIN_DN"), name, &dn), ERR_OK);
    if (session_add(s, dn, &c, 1))
        fail_msg("%s: %s", dn, detail_get()->text);
    return dn;
}

static int raise_home(void **state)
{
    static struct home h;

    let_publish(true);
    h.admin = session_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    h.svc = session_as(unit_env("SERVICE_ACCOUNT"), unit_env("SERVICE_PASSWORD"));
    h.of_admin = add_entry(h.admin, "gate, the administrator's");
    h.of_svc = add_entry(h.svc, "gate, the service's");
    *state = &h;
    return 0;
}

static int leave_home(void **state)
{
    struct home *h = *state;

    assert_int_equal(session_delete(h->admin, h->of_admin), ERR_OK);
    assert_int_equal(session_delete(h->admin, h->of_svc), ERR_OK);
    mem_free(h->of_admin);
    mem_free(h->of_svc);
    session_close(h->admin);
    session_close(h->svc);
    let_publish(false);
    return 0;
}

/* As an ordinary account sees it. */
static bool admits(struct home *h, const char *dn, const char *why)
{
    static const char *const attrs[] = { "cn", "nTSecurityDescriptor", NULL };
    struct search q = { .base = dn,
                        .scope = SEARCH_BASE,
                        .filter = "(objectClass=*)",
                        .attrs = attrs,
                        .owner_and_dacl = true };
    struct entries found = { 0 };
    struct gate *g = NULL;
    bool is = false;

    assert_int_equal(session_search(h->svc, &q, &found), ERR_OK);
    assert_int_equal(gate_new(h->svc, &g), ERR_OK);
    if (gate_admits(g, &found.entry[0], &is))
        fail_msg("%s: %s", dn, detail_get()->text);
    if (is)
        assert_string_equal(gate_left_out(g), "");
    else
        assert_non_null(strstr(gate_left_out(g), why));
    gate_free(g);
    entries_free(&found);
    return is;
}

static void trust_owner(const char *names)
{
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_ENFORCE);
    assert_int_equal(policy_value_set(POLICY_NAME_TRUST_OWNER, names), ERR_OK);
}

static void an_owner_is_named_or_in_a_group_that_is(void **state)
{
    static const char why[] = "its owner is none that policy name-trust-owner names";
    const char *svc = unit_env("SERVICE_ACCOUNT");
    struct home *h = *state;
    char names[300];

    trust_owner(svc);
    assert_true(admits(h, h->of_svc, why));
    assert_false(admits(h, h->of_admin, why));
    snprintf(names, sizeof names, "nobody-of-that-name Administrators");
    trust_owner(names);
    assert_false(admits(h, h->of_svc, why));
    assert_true(admits(h, h->of_admin, why));
    snprintf(names, sizeof names, "Administrators %s", svc);
    trust_owner(names);
    assert_true(admits(h, h->of_svc, why));
    assert_true(admits(h, h->of_admin, why));
    trust_owner("nobody-of-that-name");
    assert_false(admits(h, h->of_svc, why));
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_AUDIT);
    assert_true(admits(h, h->of_svc, why));
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_OFF);
}

static void objects_lie_in_the_container_that_is_named(void **state)
{
    static const char why[] = "lies outside the container";
    struct home *h = *state;
    char *dn = NULL;

    policy_set(POLICY_NAME_TRUST_CONTAINER, POLICY_ENFORCE);
    assert_int_equal(place_dn(PLACE_WINSOCK, unit_env("DOMAIN_DN"), &dn), ERR_OK);
    assert_int_equal(policy_value_set(POLICY_NAME_TRUST_CONTAINER, dn), ERR_OK);
    assert_false(admits(h, h->of_svc, why));
    mem_free(dn);
    assert_int_equal(place_dn(PLACE_RPC, unit_env("DOMAIN_DN"), &dn), ERR_OK);
    assert_int_equal(policy_value_set(POLICY_NAME_TRUST_CONTAINER, dn), ERR_OK);
    assert_true(admits(h, h->of_svc, why));
    mem_free(dn);
    policy_set(POLICY_NAME_TRUST_CONTAINER, POLICY_OFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_is_named_or_in_a_group_that_is),
        cmocka_unit_test(objects_lie_in_the_container_that_is_named),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
