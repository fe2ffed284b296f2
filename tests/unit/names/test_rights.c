/* SPDX-License-Identifier: Apache-2.0
 * What becomes of a DACL; domain/test_names_rights.c has what a domain controller makes of it.
 */
#include "names/rights.h"

#include "lib/unit.h"

enum { ENTRIES = 6 };

/* Denied, allowed, inherited: in that order. */
static struct buf a_descriptor(bool dacl)
{
    const struct sid system = { .authority = 5, .sub = { 18 }, .count = 1 };
    struct writer w = writer_new(DESCRIPTOR_MAX);
    struct descriptor d = { .control =
                                DESCRIPTOR_SELF_RELATIVE | (dacl ? DESCRIPTOR_DACL_PRESENT : 0U) };
    struct ace a = { .type = ACE_DENIED, .mask = 1, .who = system };
    struct buf aces = { 0 }, whole = { 0 };

    ace_put(&w, &a);
    a.type = ACE_ALLOWED;
    ace_put(&w, &a);
    a.flags = ACE_INHERITED;
    ace_put(&w, &a);
    assert_int_equal(writer_take(&w, &aces), ERR_OK);
    d.dacl = (struct acl){ .present = dacl, .revision = 4, .count = 3, .aces = buf_view(aces) };
    assert_int_equal(descriptor_write(&d, &whole), ERR_OK);
    buf_free(&aces);
    return whole;
}

static const struct sid account = { .authority = 5, .sub = { 21, 1, 2, 3, 1103 }, .count = 5 };
static const struct sid another = { .authority = 5, .sub = { 21, 1, 2, 3, 1104 }, .count = 5 };

static bool change(struct buf *b, enum rights which, const struct sid *who, bool grant)
{
    struct descriptor d;
    struct buf now = { 0 };
    bool changed = true;

    assert_int_equal(descriptor_read(buf_view(*b), &d), ERR_OK);
    assert_int_equal(rights_change(&d, which, who, grant, &now, &changed), ERR_OK);
    if (changed) {
        buf_free(b);
        *b = now;
    }
    return changed;
}

static size_t entries_of(const struct buf *b, struct ace ret[ENTRIES])
{
    struct descriptor d;
    struct bytes rest;
    size_t n = 0;

    assert_int_equal(descriptor_read(buf_view(*b), &d), ERR_OK);
    for (rest = d.dacl.aces; rest.len; n++) {
        assert_true(n < ENTRIES);
        assert_int_equal(ace_next(&rest, &ret[n]), ERR_OK);
    }
    return n;
}

static void grants_between_what_is_explicit_and_what_was_inherited(void **state)
{
    struct buf b = a_descriptor(true);
    struct ace a[ENTRIES];

    (void)state;
    assert_true(change(&b, RIGHTS_WINSOCK, &account, true));
    assert_int_equal(entries_of(&b, a), 5);
    assert_int_equal(a[0].type, ACE_DENIED);
    assert_int_equal(a[1].type, ACE_ALLOWED);
    assert_int_equal(a[2].type, ACE_ALLOWED_OBJECT);
    assert_int_equal(a[2].mask, 1);
    assert_int_equal(a[2].flags, 0);
    assert_true(a[2].has_object && sid_equal(&a[2].who, &account));
    assert_int_equal(a[3].flags, ACE_CONTAINER_INHERIT | ACE_INHERIT_ONLY);
    assert_int_equal(a[3].mask, 0x300f7);
    assert_true(a[3].has_inherited && !a[3].has_object);
    assert_int_equal(a[4].flags, ACE_INHERITED);
    assert_false(change(&b, RIGHTS_WINSOCK, &account, true));
    buf_free(&b);
}

static void takes_back_what_it_granted(void **state)
{
    struct buf b = a_descriptor(true), first = a_descriptor(true);
    struct ace a[ENTRIES];

    (void)state;
    assert_false(change(&b, RIGHTS_WINSOCK, &account, false));
    assert_true(change(&b, RIGHTS_WINSOCK, &account, true));
    assert_true(change(&b, RIGHTS_WINSOCK, &another, true));
    assert_int_equal(entries_of(&b, a), 6);
    assert_false(change(&b, RIGHTS_RPC, &account, false));
    assert_true(change(&b, RIGHTS_WINSOCK, &account, false));
    assert_int_equal(entries_of(&b, a), 5); /* creators keep what the other needs */
    assert_true(change(&b, RIGHTS_WINSOCK, &another, false));
    unit_assert_bytes(buf_view(b), buf_view(first));
    buf_free(&first);
    buf_free(&b);
}

static void refuses_to_make_a_list_where_there_is_none(void **state)
{
    struct buf b = a_descriptor(false), now = { 0 };
    struct descriptor d;
    bool changed = false;

    (void)state;
    assert_int_equal(descriptor_read(buf_view(b), &d), ERR_OK);
    assert_int_equal(rights_change(&d, RIGHTS_RPC, &account, true, &now, &changed),
                     ERR_INVALID_PARAMETER);
    buf_free(&b);
}

static enum err grant_once(void *arg)
{
    struct buf now = { 0 };
    struct descriptor d;
    bool changed = false;
    enum err e = descriptor_read(buf_view(*(const struct buf *)arg), &d);

    if (!e)
        e = rights_change(&d, RIGHTS_RPC_GROUPS, &account, true, &now, &changed);
    buf_free(&now);
    return e;
}

static void survives_lack_of_memory(void **state)
{
    struct buf b = a_descriptor(true);

    (void)state;
    oom_run(grant_once, &b);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_between_what_is_explicit_and_what_was_inherited),
        cmocka_unit_test(takes_back_what_it_granted),
        cmocka_unit_test(refuses_to_make_a_list_where_there_is_none),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
