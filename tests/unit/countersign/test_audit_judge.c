/* SPDX-License-Identifier: Apache-2.0
 * test_audit_judge.c - what an audit makes of answers, each grade and each state of a practice.
 */
#include "lib/unit.h"
#include "tools/countersign/audit.h"

#include "base/alloc.h"

void *midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void midl_user_free(void *p)
{
    mem_free(p);
}

enum {
    CONNECT = 1 << RPC_C_AUTHN_LEVEL_CONNECT,
    PKT = 1 << RPC_C_AUTHN_LEVEL_PKT,
    SIGNED = 1 << RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
    SEALED = 1 << RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
    EVERY = CONNECT | PKT | SIGNED | SEALED,
};

/* One endpoint, sealed calls of the known only: the best there is. */
static struct endpoint *begin(struct audit *a)
{
    struct endpoint *p = NULL;

    *a = (struct audit){ .e = { .host = "host", .asked_as_user = true } };
    a->e.all = mem_zero(2 * sizeof *a->e.all);
    assert_non_null(a->e.all);
    a->e.count = 1;
    p = &a->e.all[0];
    p->id.Uuid.Data1 = 0x4711;
    snprintf(p->sequence, sizeof p->sequence, "ncacn_ip_tcp");
    p->verdict =
        (struct verdict){ .state = ENDPOINT_ANSWERS, .levels = { SEALED }, .asked = { true } };
    return p;
}

static void expect(struct audit *a, char grade, unsigned found)
{
    assert_true(audit_judge(a));
    assert_int_equal(a->grade, grade);
    assert_int_equal(a->found[0], found);
    assert_int_equal(a->grades[0], grade);
    audit_done(a);
}

static void sealed_calls_of_the_known_are_the_best(void **state)
{
    struct audit a;

    (void)state;
    (void)begin(&a);
    assert_true(audit_judge(&a));
    assert_int_equal(a.grade, 'A');
    assert_int_equal(a.judged, 1);
    assert_int_equal(a.practices[3 - 1], PRACTICE_HOLDS);
    assert_int_equal(a.practices[7 - 1], PRACTICE_HOLDS);
    assert_int_equal(a.practices[8 - 1], PRACTICE_UNSEEN);
    audit_done(&a);
}

static void levels_have_their_grades(void **state)
{
    static const struct {
        unsigned levels;
        char grade;
        unsigned found;
    } rows[] = {
        { SEALED, 'A', 0 },
        { SIGNED | SEALED, 'B', 1U << AUDIT_READABLE },
        { PKT | SIGNED | SEALED, 'D', 1U << AUDIT_WEAK_LEVEL },
        { CONNECT, 'D', 1U << AUDIT_WEAK_LEVEL },
        { 0, 'C', 1U << AUDIT_NOT_WELCOME }, /* who is may call at which? */
    };
    struct audit a;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(&a)->verdict.levels[0] = rows[i].levels;
        expect(&a, rows[i].grade, rows[i].found);
    }
}

static void nobody_is_worse_than_any_level(void **state)
{
    struct endpoint *p;
    struct audit a;

    (void)state;
    p = begin(&a);
    p->verdict.anybody = true;
    expect(&a, 'F', 1U << AUDIT_ANYBODY | 1U << AUDIT_UNUSED_PROOF);
    p = begin(&a);
    p->verdict.anybody = true;
    p->verdict.levels[1] = EVERY;
    expect(&a, 'F',
           1U << AUDIT_ANYBODY | 1U << AUDIT_UNUSED_PROOF | 1U << AUDIT_REFUSES_NOBODY |
               1U << AUDIT_WEAK_LEVEL);
}

/* A check in a build must not pass for want of a ticket. */
static void what_was_not_seen_is_no_better_than_c(void **state)
{
    struct endpoint *p;
    struct audit a;

    (void)state;
    p = begin(&a);
    a.e.asked_as_user = false;
    p->verdict.levels[0] = 0;
    p->verdict.asked[0] = false;
    expect(&a, 'C', 1U << AUDIT_LEVELS_UNSEEN);
    p = begin(&a);
    p->verdict.levels[0] = 0;
    p->verdict.asked[0] = false;
    expect(&a, 'C', 1U << AUDIT_NO_PROOF);
    begin(&a)->verdict.state = ENDPOINT_UNKNOWN;
    expect(&a, 'C', 1U << AUDIT_UNCLEAR);
    begin(&a)->verdict.gaps[0] = true; /* sealed calls it takes, and another level was not heard */
    expect(&a, 'C', 1U << AUDIT_SILENT);
}

/* What is registered and gone is B; where nothing answers, nothing was seen. */
static void expect_beside_another(struct audit *a)
{
    struct endpoint *p = &a->e.all[1];

    assert_true(audit_judge(a));
    assert_int_equal(a->grades[0], 'B');
    assert_int_equal(a->grade, 'C');
    mem_free(a->found);
    mem_free(a->grades);
    a->found = NULL;
    a->grades = NULL;
    a->e.all[1] = a->e.all[0];
    p->verdict =
        (struct verdict){ .state = ENDPOINT_ANSWERS, .levels = { SEALED }, .asked = { true } };
    a->e.count = 2;
    a->judged = 0;
    expect(a, 'B', 1U << AUDIT_STALE);
}

static void who_does_not_say_what_it_serves_is_not_praised_for_it(void **state)
{
    struct audit a;

    (void)state;
    (void)begin(&a);
    a.e.untold = true;
    assert_true(audit_judge(&a));
    assert_int_equal(a.practices[13 - 1], PRACTICE_UNSEEN);
    audit_done(&a);
    (void)begin(&a);
    assert_true(audit_judge(&a));
    assert_int_equal(a.practices[13 - 1], PRACTICE_HOLDS);
    audit_done(&a);
}

static void what_was_not_asked_is_said(void **state)
{
    struct audit a;

    (void)state;
    (void)begin(&a);
    assert_non_null(audit_unasked(&a, 2));
    assert_non_null(strstr(audit_unasked(&a, 2), "--active"));
    assert_null(audit_unasked(&a, 3));
    a.active.wanted = true;
    assert_non_null(strstr(audit_unasked(&a, 1), "context handles"));
    assert_null(audit_unasked(&a, 2));
    audit_done(&a);
}

static void places_have_their_grades(void **state)
{
    struct endpoint *p;
    struct audit a;

    (void)state;
    begin(&a)->unlisted = true;
    expect(&a, 'B', 1U << AUDIT_BESIDE);
    p = begin(&a);
    p->unlisted = true;
    p->verdict.levels[0] = 0; /* it is there, and does not take this caller */
    expect(&a, 'C', 1U << AUDIT_NOT_WELCOME);
    begin(&a)->large = true;
    expect(&a, 'B', 1U << AUDIT_NO_LIMIT);
    begin(&a)->verdict.state = ENDPOINT_DEAD;
    expect_beside_another(&a);
    begin(&a)->verdict.state = ENDPOINT_STALE;
    expect_beside_another(&a);
    p = begin(&a);
    snprintf(p->sequence, sizeof p->sequence, "ncadg_ip_udp");
    p->verdict = (struct verdict){ .state = ENDPOINT_UNASKED };
    expect(&a, 'C', 1U << AUDIT_ODD_SEQUENCE);
}

static void the_kernel_needs_no_level(void **state)
{
    struct endpoint *p;
    struct audit a;

    (void)state;
    p = begin(&a);
    a.e.asked_as_user = false;
    snprintf(p->sequence, sizeof p->sequence, "ncalrpc");
    expect(&a, 'A', 0);
}

static void the_mapper_is_for_strangers(void **state)
{
    struct endpoint *p;
    struct audit a;

    (void)state;
    p = begin(&a);
    assert_int_equal(
        UuidFromStringA((RPC_CSTR)(uintptr_t) "e1af8308-5d1f-11c9-91a4-08002b14a0fa", &p->id.Uuid),
        RPC_S_OK);
    p->verdict.anybody = true;
    p->verdict.levels[0] = EVERY;
    expect(&a, 'A', 1U << AUDIT_TELLS_ANYBODY);
}

static void the_whole_is_as_good_as_its_worst_part(void **state)
{
    struct audit a;

    (void)state;
    begin(&a);
    a.e.all[1] = a.e.all[0];
    a.e.all[1].verdict.levels[0] |= PKT;
    a.e.count = 2;
    assert_true(audit_judge(&a));
    assert_int_equal(a.grade, 'D');
    assert_int_equal(a.grades[0], 'A');
    assert_int_equal(a.practices[3 - 1], PRACTICE_BROKEN);
    assert_int_equal(audit_count(&a, AUDIT_WEAK_LEVEL), 1);
    audit_done(&a);
}

/* What cannot be asked is no reason for a grade. */
static void nothing_asked_is_no_grade(void **state)
{
    struct endpoint *p;
    struct audit a;

    (void)state;
    p = begin(&a);
    snprintf(p->sequence, sizeof p->sequence, "ncacn_np");
    p->verdict = (struct verdict){ .state = ENDPOINT_UNASKED };
    assert_true(audit_judge(&a));
    assert_int_equal(a.judged, 0);
    assert_int_equal(a.grades[0], '-');
    audit_done(&a);
}

/* One operation that was called, and what became of it. */
static void call(struct audit *a, enum active_verdict anybody, enum active_verdict weak)
{
    a->active.calls = mem_zero(sizeof *a->active.calls);
    assert_non_null(a->active.calls);
    a->active.calls[0] = (struct active_call){ 0, 0, anybody, weak };
    a->active.call_count = 1;
}

static void an_operation_may_be_worse_than_its_interface(void **state)
{
    static const struct {
        enum active_verdict anybody, weak;
        char grade;
        unsigned found;
    } rows[] = {
        { ACTIVE_REFUSED, ACTIVE_REFUSED, 'A', 0 },
        { ACTIVE_NOT_CALLED, ACTIVE_NOT_CALLED, 'A', 0 },
        { ACTIVE_UNKNOWN, ACTIVE_ABSENT, 'A', 0 },
        { ACTIVE_REFUSED, ACTIVE_REACHED, 'D', 1U << AUDIT_OPERATION_WEAK },
        { ACTIVE_REACHED, ACTIVE_REFUSED, 'F', 1U << AUDIT_OPERATION_ANYBODY },
        { ACTIVE_ANSWERED, ACTIVE_REFUSED, 'F',
          1U << AUDIT_OPERATION_ANYBODY | 1U << AUDIT_UNCHECKED },
    };
    struct audit a;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        (void)begin(&a);
        call(&a, rows[i].anybody, rows[i].weak);
        expect(&a, rows[i].grade, rows[i].found);
    }
    begin(&a)->verdict.levels[0] |= PKT; /* the interface is known to, already */
    call(&a, ACTIVE_REFUSED, ACTIVE_REACHED);
    expect(&a, 'D', 1U << AUDIT_WEAK_LEVEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealed_calls_of_the_known_are_the_best),
        cmocka_unit_test(levels_have_their_grades),
        cmocka_unit_test(nobody_is_worse_than_any_level),
        cmocka_unit_test(what_was_not_seen_is_no_better_than_c),
        cmocka_unit_test(places_have_their_grades),
        cmocka_unit_test(who_does_not_say_what_it_serves_is_not_praised_for_it),
        cmocka_unit_test(what_was_not_asked_is_said),
        cmocka_unit_test(the_kernel_needs_no_level),
        cmocka_unit_test(the_mapper_is_for_strangers),
        cmocka_unit_test(the_whole_is_as_good_as_its_worst_part),
        cmocka_unit_test(nothing_asked_is_no_grade),
        cmocka_unit_test(an_operation_may_be_worse_than_its_interface),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
