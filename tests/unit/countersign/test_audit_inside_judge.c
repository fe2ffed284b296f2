/* SPDX-License-Identifier: Apache-2.0
 * test_audit_inside_judge.c - what an audit makes of a server's settings: which mistake has which
 * finding, and what a security callback leaves unseen.
 */
#include "lib/unit.h"
#include "tools/countersign/audit_inside.h"

#include <countersign/countersign.h>

#include "base/alloc.h"

void *midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void midl_user_free(void *p)
{
    mem_free(p);
}

static inside_policy policies[] = {
    { CS_POLICY_ENFORCE, "anonymous", "" },
    { CS_POLICY_OFF, "minimum-level", "integrity" },
    { CS_POLICY_AUDIT, "connect-level", "" },
    { CS_POLICY_ENFORCE, "callback-seconds", "120" },
    { CS_POLICY_ENFORCE, "context-identity", "" },
    { CS_POLICY_ENFORCE, "client-connections", "12000" },
    { CS_POLICY_ENFORCE, "client-calls", "1024" },
    { CS_POLICY_ENFORCE, "client-contexts", "8192" },
    { CS_POLICY_ENFORCE, "client-memory", "1024" },
};

static void set_policy(const char *name, ULONG mode, const char *value)
{
    size_t i;

    for (i = 0; i < sizeof policies / sizeof *policies; i++)
        if (strcmp(policies[i].name, name) == 0) {
            policies[i].mode = mode;
            snprintf((char *)policies[i].value, sizeof policies[i].value, "%s", value);
            return;
        }
    fail();
}

static inside_endpoint tcp[] = { { 0, "ncacn_ip_tcp", "", "49152", "" } };
static inside_principal names[] = { { RPC_C_AUTHN_GSS_NEGOTIATE, "Hello/host" } };

enum {
    STRANGERS = INSIDE_STRANGERS | INSIDE_STRANGERS_HERE,
    ACCOUNTS = INSIDE_ACCOUNTS | INSIDE_ACCOUNTS_HERE,
    ALL = STRANGERS | ACCOUNTS, /* nothing written down keeps anybody out */
};

static inside_place at_tcp[] = { { 0, "ncacn_ip_tcp", "49152" } };
static inside_place at_here[] = { { 0, "ncalrpc", "ncacn_" }, { 1, "ncacn_ip_tcp", "" } };

/* A server of one good interface, as the samples are. */
struct server {
    struct audit_inside in;
    inside_interface f[2];
};

static inside_interface *begin(struct server *s)
{
    *s = (struct server){ .in = { .interfaces = s->f,
                                  .interface_count = 1,
                                  .endpoints = tcp,
                                  .endpoint_count = 1,
                                  .principals = names,
                                  .principal_count = 1,
                                  .policies = policies,
                                  .policy_count = sizeof policies / sizeof *policies } };
    s->f[0] = s->f[1] = (inside_interface){ .flags = RPC_IF_ALLOW_SECURE_ONLY,
                                            .parts = INSIDE_CALLBACK | ALL,
                                            .max_calls = 1234,
                                            .max_size = 65536,
                                            .operations = 1 };
    return &s->f[0];
}

static void expect(struct server *s, unsigned found)
{
    assert_int_equal(audit_inside_found(&s->in, &s->f[0]), found);
}

static void the_best_has_nothing(void **state)
{
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    expect(&s, 0);
    f->parts = INSIDE_DESCRIPTOR;
    f->least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    expect(&s, 0);
    f->parts = ALL; /* over ncalrpc whoever has an account of the host */
    f->least_level = 0;
    f->flags |= RPC_IF_ALLOW_LOCAL_ONLY;
    f->max_size = UINT32_MAX;
    expect(&s, 0);
}

static void nobody_known_is_the_worst(void **state)
{
    struct server s;
    inside_interface *f;
    unsigned worst = 1U << AUDIT_ANYBODY | 1U << AUDIT_UNUSED_PROOF | 1U << AUDIT_REFUSES_NOBODY |
                     1U << AUDIT_WEAK_LEVEL;

    (void)state;
    f = begin(&s);
    f->flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
    expect(&s, 1U << AUDIT_CALLBACK_ALONE); /* which is asked about them, too */
    f->flags |= RPC_IF_ALLOW_SECURE_ONLY;
    expect(&s, 0);
    f->flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
    f->parts = ALL;
    expect(&s, worst);
    f->flags = 0; /* as Windows behaves, only where policy says so */
    expect(&s, 1U << AUDIT_ANY_ACCOUNT | 1U << AUDIT_WEAK_LEVEL);
    set_policy("anonymous", CS_POLICY_OFF, "");
    expect(&s, worst);
    set_policy("anonymous", CS_POLICY_ENFORCE, "");
    f->flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
    set_policy("minimum-level", CS_POLICY_ENFORCE, "privacy");
    expect(&s, 1U << AUDIT_ANY_ACCOUNT);
    set_policy("minimum-level", CS_POLICY_OFF, "integrity");
}

static void levels_are_what_is_written_down(void **state)
{
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    f->parts = INSIDE_DESCRIPTOR;
    expect(&s, 1U << AUDIT_WEAK_LEVEL);
    f->least_level = RPC_C_AUTHN_LEVEL_PKT_INTEGRITY;
    expect(&s, 1U << AUDIT_READABLE);
    f->least_level = 0;
    set_policy("minimum-level", CS_POLICY_ENFORCE, "packet");
    assert_int_equal(audit_inside_least(&s.in, f), RPC_C_AUTHN_LEVEL_PKT);
    set_policy("minimum-level", CS_POLICY_OFF, "integrity");
    set_policy("connect-level", CS_POLICY_ENFORCE, "");
    assert_int_equal(audit_inside_least(&s.in, f), RPC_C_AUTHN_LEVEL_PKT);
    set_policy("connect-level", CS_POLICY_AUDIT, "");
    assert_int_equal(audit_inside_least(&s.in, f), RPC_C_AUTHN_LEVEL_CONNECT);
}

/* A descriptor is as good as whom it keeps out, whatever the flags ask for. */
static void a_descriptor_for_everybody_decides_nothing(void **state)
{
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    f->flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
    f->least_level = 0;
    f->parts = INSIDE_DESCRIPTOR | ACCOUNTS; /* D:(A;;GX;;;WD) */
    expect(&s, 1U << AUDIT_ANY_ACCOUNT | 1U << AUDIT_WEAK_LEVEL);
    f->parts = INSIDE_DESCRIPTOR | INSIDE_ACCOUNTS | INSIDE_STRANGERS; /* NU */
    expect(&s, 1U << AUDIT_ANYBODY | 1U << AUDIT_UNUSED_PROOF | 1U << AUDIT_REFUSES_NOBODY |
                   1U << AUDIT_WEAK_LEVEL);
    f->parts = INSIDE_DESCRIPTOR | STRANGERS; /* AN */
    expect(&s, 1U << AUDIT_ANYBODY | 1U << AUDIT_UNUSED_PROOF | 1U << AUDIT_WEAK_LEVEL);
    f->parts = INSIDE_DESCRIPTOR; /* BA */
    expect(&s, 1U << AUDIT_WEAK_LEVEL);
    f->parts |= INSIDE_STRANGERS_HERE | INSIDE_CUT; /* S-1-2-0, and there is no ncalrpc */
    expect(&s, 1U << AUDIT_WEAK_LEVEL);
    f->parts = INSIDE_GUARD | INSIDE_EVERYWHERE | INSIDE_NOBODY; /* whatever it would take */
    expect(&s, 0);
}

static void limits_and_places_have_findings(void **state)
{
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    f->max_size = UINT32_MAX;
    expect(&s, 1U << AUDIT_NO_LIMIT);
    (void)begin(&s);
    s.in.principal_count = 0;
    expect(&s, 1U << AUDIT_NO_PROOF);
    f = begin(&s);
    f->flags |= RPC_IF_SEC_CACHE_PER_PROC;
    expect(&s, 1U << AUDIT_KEPT_ANSWERS);
    f = begin(&s);
    f->handles = 2;
    f->handles_strict = 1;
    expect(&s, 0); /* nobody else's */
    s.in.interface_count = 2;
    expect(&s, 1U << AUDIT_LOOSE_HANDLES);
    f = begin(&s);
    f->parts = INSIDE_DESCRIPTOR;
    f->least_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    s.in.interface_count = 2;
    expect(&s, 1U << AUDIT_BESIDE);
    f->parts = INSIDE_LISTS;
    expect(&s, 1U << AUDIT_BESIDE);
    f->parts |= INSIDE_GUARD | INSIDE_EVERYWHERE;
    expect(&s, 1U << AUDIT_BESIDE);
    f->parts &= ~(ULONG)INSIDE_EVERYWHERE;
    s.in.places = at_tcp;
    s.in.place_count = 1;
    expect(&s, 0);
    (void)begin(&s);
    set_policy("client-calls", CS_POLICY_AUDIT, "1024");
    expect(&s, 1U << AUDIT_NO_SHARE);
    set_policy("client-calls", CS_POLICY_ENFORCE, "1024");
    set_policy("callback-seconds", CS_POLICY_OFF, "120");
    expect(&s, 1U << AUDIT_CALLBACKS_WAIT);
    set_policy("callback-seconds", CS_POLICY_ENFORCE, "120");
    set_policy("context-identity", CS_POLICY_AUDIT, "");
    expect(&s, 1U << AUDIT_SHARED_HANDLES);
    set_policy("context-identity", CS_POLICY_ENFORCE, "");
}

static void an_endpoints_descriptor_is_none_of_the_interface(void **state)
{
    inside_endpoint described[] = { { INSIDE_DESCRIPTOR, "ncalrpc", "", "HERE",
                                      "D:(A;;GX;;;BA)" } };
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    s.in.endpoints = described;
    expect(&s, 0); /* its callback is asked at every one */
    f->parts = ALL;
    expect(&s, 1U << AUDIT_ENDPOINT_SECURITY);
    f->parts = INSIDE_DESCRIPTOR | ACCOUNTS; /* which keeps no account out */
    expect(&s, 1U << AUDIT_ENDPOINT_SECURITY);
    f->parts = INSIDE_DESCRIPTOR;
    expect(&s, 0);
    f->parts = ALL | INSIDE_GROUP; /* which is not there */
    expect(&s, 0);
}

static void who_is_reached_from_where(void **state)
{
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    assert_true(audit_inside_is_remote(&s.in, f));
    f->parts |= INSIDE_GROUP; /* whose endpoints are others */
    assert_false(audit_inside_is_remote(&s.in, f));
    f = begin(&s);
    f->parts |= INSIDE_GUARD;
    s.in.places = at_here; /* the second is another interface's */
    s.in.place_count = 2;
    assert_false(audit_inside_is_remote(&s.in, f));
    s.in.place_count = 0; /* a list of none: it is served nowhere */
    assert_false(audit_inside_is_remote(&s.in, f));
    assert_false(audit_inside_is_local(&s.in, f));
    f->parts |= INSIDE_EVERYWHERE;
    assert_true(audit_inside_is_remote(&s.in, f));
    f = begin(&s);
    f->flags |= RPC_IF_ALLOW_LOCAL_ONLY;
    assert_false(audit_inside_is_remote(&s.in, f));
    f = begin(&s);
    s.in.endpoint_count = 0;
    assert_false(audit_inside_is_remote(&s.in, f));
}

/* What is asked of the practices is found by audit_judge, which frees what it is given. */
static void judge(struct server *s, struct audit *ret)
{
    *ret = (struct audit){ .inside = &s->in };
    ret->e.all = mem_zero(2 * sizeof *ret->e.all);
    assert_non_null(ret->e.all);
    ret->e.count = s->in.interface_count;
    assert_true(audit_judge(ret));
}

static void done(struct audit *a)
{
    a->inside = NULL; /* is no memory of its own */
    audit_done(a);
}

static bool has_fact(struct server *s, const char *name, const char *value)
{
    struct audit_fact fact;
    size_t i;

    for (i = 0; audit_inside_fact(&s->in, &s->f[0], i, &fact); i++)
        if (strcmp(fact.name, name) == 0 && strcmp(fact.value, value) == 0)
            return true;
    return false;
}

static void guards_are_told_as_they_are(void **state)
{
    static inside_operation operations[] = {
        { 1, 0, ACCOUNTS, 0, "Other", "", "" },
        { 0, 2, INSIDE_NOBODY, 0, "Stop", "", "" },
        { 0, 3, INSIDE_DESCRIPTOR | INSIDE_CUT, RPC_C_AUTHN_LEVEL_PKT_PRIVACY, "Write",
          "D:(A;;GX;;;BA)", "" },
    };
    struct server s;
    inside_interface *f;

    (void)state;
    f = begin(&s);
    assert_true(has_fact(&s, "guard", "none"));
    f->parts |= INSIDE_GUARD | INSIDE_EVERYWHERE;
    assert_true(has_fact(&s, "guard",
                         "at every endpoint of the process; 0 calls at a time, 0 of one client "
                         "(0: no limit)"));
    f->parts &= ~(ULONG)INSIDE_EVERYWHERE;
    assert_true(has_fact(&s, "guard",
                         "at no endpoint at all; 0 calls at a time, 0 of one client (0: no "
                         "limit)"));
    s.in.places = at_tcp;
    s.in.place_count = 1;
    s.in.operations = operations;
    s.in.operation_count = 3;
    assert_true(has_fact(&s, "guard's endpoint", "ncacn_ip_tcp:[49152]"));
    assert_true(has_fact(&s, "operation", "2 Stop: for nobody"));
    assert_true(has_fact(&s, "operation",
                         "3 Write: for some, from level privacy; guard D:(A;;GX;;;BA)... (cut)"));
    assert_false(has_fact(&s, "operation", "0 Other: for any account"));
}

static void every_practice_has_its_state_and_reason(void **state)
{
    struct server s;
    struct audit a;
    unsigned i;

    (void)state;
    (void)begin(&s);
    judge(&s, &a);
    assert_int_equal(a.grade, 'A');
    for (i = 1; i <= AUDIT_PRACTICES; i++) {
        assert_int_not_equal(a.practices[i - 1], PRACTICE_BROKEN);
        assert_non_null(audit_reason(&a, i));
    }
    assert_int_equal(a.practices[3 - 1], PRACTICE_UNSEEN); /* its callback says */
    assert_int_equal(a.practices[7 - 1], PRACTICE_HOLDS);
    assert_int_equal(a.practices[8 - 1], PRACTICE_HOLDS);
    done(&a);

    begin(&s)->flags = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH;
    judge(&s, &a);
    assert_int_equal(a.grade, 'C');
    assert_int_equal(a.practices[7 - 1], PRACTICE_BROKEN);
    done(&a);

    begin(&s)->parts = ALL;
    judge(&s, &a);
    assert_int_equal(a.grade, 'D');
    assert_int_equal(a.practices[2 - 1], PRACTICE_BROKEN);
    assert_int_equal(a.practices[3 - 1], PRACTICE_BROKEN);
    assert_null(audit_reason(&a, 2)); /* its finding says */
    assert_string_equal(audit_found(&a, AUDIT_ANYBODY), audit_kinds[AUDIT_ANYBODY].found);
    assert_string_equal(audit_found(&a, AUDIT_BESIDE), audit_kinds[AUDIT_BESIDE].inside);
    done(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_has_nothing),
        cmocka_unit_test(nobody_known_is_the_worst),
        cmocka_unit_test(levels_are_what_is_written_down),
        cmocka_unit_test(limits_and_places_have_findings),
        cmocka_unit_test(an_endpoints_descriptor_is_none_of_the_interface),
        cmocka_unit_test(who_is_reached_from_where),
        cmocka_unit_test(guards_are_told_as_they_are),
        cmocka_unit_test(a_descriptor_for_everybody_decides_nothing),
        cmocka_unit_test(every_practice_has_its_state_and_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
