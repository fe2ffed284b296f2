/* SPDX-License-Identifier: Apache-2.0 */
#include "acl/access.h"

#include "lib/unit.h"

enum { READ = 1, WRITE = 2, RUN = 4 };
enum { USER, GROUP, OTHER, OWNER_RIGHTS, SELF, EVERYONE };

static const char *const names[] = {
    [USER] = "S-1-5-21-1-2-3-1001",
    [GROUP] = "S-1-5-21-1-2-3-513",
    [OTHER] = "S-1-5-21-1-2-3-1002",
    [OWNER_RIGHTS] = "S-1-3-4",
    [SELF] = "S-1-5-10",
    [EVERYONE] = "S-1-1-0",
};

struct entry {
    uint8_t type, flags;
    uint32_t mask;
    int who;
    uint32_t object; /* data1 of its object type; 0: none */
};

static struct sid sid_of(int who)
{
    struct sid s = { 0 };

    assert_int_equal(sid_parse(names[who], &s), ERR_OK);
    return s;
}

static bool has_uuid(uint8_t type)
{
    return (type >= ACE_ALLOWED_OBJECT && type <= ACE_ALARM_OBJECT) ||
           type == ACE_ALLOWED_CALLBACK_OBJECT || type == ACE_DENIED_CALLBACK_OBJECT;
}

static void put(struct writer *w, const struct entry *x)
{
    struct uuid u = { .data1 = x->object };
    struct sid s = sid_of(x->who);
    size_t more = !has_uuid(x->type) ? 0 : x->object ? 20 : 4;
    uint8_t raw[16];

    uuid_write(&u, raw);
    writer_u8(w, x->type);
    writer_u8(w, x->flags);
    writer_len16(w, 8 + more + sid_size(&s));
    writer_le32(w, x->mask);
    if (more)
        writer_le32(w, x->object ? 1 : 0);
    if (more > 4)
        writer_bytes(w, bytes_of(raw, sizeof raw));
    sid_put(w, &s);
}

/* Of what the entries protect (a mask of 0 ends them), owned by owner, wanted is granted; what is
 * granted then. */
static uint32_t ask(const struct entry *entries, int owner, struct acl_request rq)
{
    struct sid sids[] = { sid_of(USER), sid_of(GROUP), sid_of(EVERYONE) };
    struct sid_set who = { sids, NULL, 3 };
    struct descriptor d = { .has_owner = true, .owner = sid_of(owner), .dacl.present = true };
    struct writer w = writer_new(4096);
    struct buf b = { 0 };
    uint32_t granted = 77;
    bool yes;

    writer_bytes(&w, bytes_of("", 0));
    for (; entries->mask; entries++, d.dacl.count++)
        put(&w, entries);
    if (d.dacl.count)
        assert_int_equal(writer_take(&w, &b), ERR_OK);
    d.dacl.aces = buf_view(b);
    yes = acl_access_check(&d, &who, &rq, &granted);
    assert_true(yes ? granted != 0 : granted == 0);
    buf_free(&b);
    writer_done(&w);
    return granted;
}

static uint32_t wants(const struct entry *entries, uint32_t wanted)
{
    return ask(entries, OTHER, (struct acl_request){ .wanted = wanted });
}

static void the_first_that_speaks_of_a_right_decides(void **state)
{
    static const struct entry deny_first[] = { { ACE_DENIED, 0, WRITE, GROUP, 0 },
                                               { ACE_ALLOWED, 0, READ | WRITE, USER, 0 },
                                               { 0 } };
    static const struct entry allow_first[] = { { ACE_ALLOWED, 0, READ | WRITE, USER, 0 },
                                                { ACE_DENIED, 0, WRITE, GROUP, 0 },
                                                { 0 } };
    static const struct entry in_parts[] = { { ACE_ALLOWED, 0, READ, USER, 0 },
                                             { ACE_ALLOWED, 0, WRITE, EVERYONE, 0 },
                                             { 0 } };

    (void)state;
    assert_int_equal(wants(deny_first, READ), READ);
    assert_int_equal(wants(deny_first, READ | WRITE), 0);
    assert_int_equal(wants(allow_first, READ | WRITE), READ | WRITE);
    assert_int_equal(wants(in_parts, READ | WRITE), READ | WRITE);
    assert_int_equal(wants(in_parts, READ | RUN), 0);
    assert_int_equal(wants(in_parts, 0), 0);
}

static void what_is_for_others_or_for_children_only_does_not_count(void **state)
{
    static const struct entry others[] = { { ACE_ALLOWED, 0, READ, OTHER, 0 },
                                           { ACE_DENIED, 0, WRITE, OTHER, 0 },
                                           { ACE_ALLOWED, ACE_INHERIT_ONLY, RUN, USER, 0 },
                                           { ACE_DENIED, ACE_INHERIT_ONLY, WRITE, USER, 0 },
                                           { ACE_ALLOWED, ACE_INHERITED, WRITE, USER, 0 },
                                           { 0 } };

    (void)state;
    assert_int_equal(wants(others, READ), 0);
    assert_int_equal(wants(others, WRITE), WRITE);
    assert_int_equal(wants(others, RUN), 0);
}

static void all_there_is_may_be_asked_for(void **state)
{
    static const struct entry some[] = { { ACE_DENIED, 0, WRITE, GROUP, 0 },
                                         { ACE_ALLOWED, 0, READ | WRITE | RUN, USER, 0 },
                                         { 0 } };
    static const struct entry none[] = { { 0 } };

    (void)state;
    assert_int_equal(wants(some, RIGHT_MAXIMUM_ALLOWED), READ | RUN);
    assert_int_equal(wants(some, RIGHT_MAXIMUM_ALLOWED | READ), READ | RUN);
    assert_int_equal(wants(some, RIGHT_MAXIMUM_ALLOWED | WRITE), 0);
    assert_int_equal(wants(none, RIGHT_MAXIMUM_ALLOWED), 0);
}

static void nobody_has_the_privilege_for_the_system_list(void **state)
{
    static const struct entry all[] = { { ACE_ALLOWED, 0, 0xffffffffU, USER, 0 }, { 0 } };

    (void)state;
    assert_int_equal(wants(all, RIGHT_SYSTEM_SECURITY | READ), 0);
    assert_int_equal(wants(all, RIGHT_MAXIMUM_ALLOWED), 0x001fffff);
}

static void an_owner_may_read_and_change_the_list(void **state)
{
    static const struct entry none[] = { { 0 } };
    static const struct entry denied[] = { { ACE_DENIED, 0, RIGHT_WRITE_DAC, USER, 0 }, { 0 } };
    static const struct entry limited[] = { { ACE_ALLOWED, 0, RIGHT_READ_CONTROL, OWNER_RIGHTS, 0 },
                                            { 0 } };
    static const struct entry children[] = {
        { ACE_ALLOWED, ACE_INHERIT_ONLY, RIGHT_READ_CONTROL, OWNER_RIGHTS, 0 }, { 0 }
    };
    uint32_t both = RIGHT_READ_CONTROL | RIGHT_WRITE_DAC;
    struct acl_request rq = { .wanted = both }, most = { .wanted = RIGHT_MAXIMUM_ALLOWED };

    (void)state;
    assert_int_equal(ask(none, USER, rq), both);
    assert_int_equal(ask(none, OTHER, rq), 0);
    assert_int_equal(ask(denied, USER, rq), both);
    assert_int_equal(ask(limited, USER, rq), 0);
    assert_int_equal(ask(limited, USER, most), RIGHT_READ_CONTROL);
    assert_int_equal(ask(limited, OTHER, most), 0);
    assert_int_equal(ask(children, USER, rq), both);
}

static void conditions_grant_nothing_and_deny(void **state)
{
    static const struct entry granted[] = { { ACE_ALLOWED_CALLBACK, 0, READ, USER, 0 }, { 0 } };
    static const struct entry denied[] = { { ACE_DENIED_CALLBACK, 0, READ, USER, 0 },
                                           { ACE_ALLOWED, 0, READ, USER, 0 },
                                           { 0 } };
    static const struct entry other[] = { { ACE_DENIED_CALLBACK, 0, READ, OTHER, 0 },
                                          { ACE_ALLOWED, 0, READ, USER, 0 },
                                          { 0 } };

    (void)state;
    assert_int_equal(wants(granted, READ), 0);
    assert_int_equal(wants(denied, READ), 0);
    assert_int_equal(wants(other, READ), READ);
}

static void audits_and_labels_grant_nothing(void **state)
{
    static const uint8_t types[] = { ACE_AUDIT, ACE_ALARM, ACE_MANDATORY_LABEL, ACE_SCOPED_POLICY };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof types; i++) {
        struct entry x[] = { { types[i], 0, READ, USER, 0 }, { 0 } };

        assert_int_equal(wants(x, READ), 0);
    }
}

static void without_a_tree_an_object_entry_grants_nothing_and_denies(void **state)
{
    static const struct entry granted[] = { { ACE_ALLOWED_OBJECT, 0, READ, USER, 7 },
                                            { ACE_ALLOWED_OBJECT, 0, WRITE, USER, 0 },
                                            { 0 } };
    static const struct entry denied[] = { { ACE_DENIED_OBJECT, 0, READ, USER, 7 },
                                           { ACE_ALLOWED, 0, READ, USER, 0 },
                                           { 0 } };

    (void)state;
    assert_int_equal(wants(granted, READ), 0);
    assert_int_equal(wants(granted, WRITE), WRITE);
    assert_int_equal(wants(denied, READ), 0);
}

static void a_tree_is_granted_from_its_leaves(void **state)
{
    static const struct acl_node tree[] = {
        { 0, { .data1 = 1 }, 0, 0 }, { 1, { .data1 = 2 }, 0, 0 }, { 2, { .data1 = 3 }, 0, 0 },
        { 2, { .data1 = 4 }, 0, 0 }, { 1, { .data1 = 5 }, 0, 0 },
    };
    static const struct entry leaf[] = { { ACE_ALLOWED_OBJECT, 0, READ, USER, 3 }, { 0 } };
    static const struct entry leaves[] = { { ACE_ALLOWED_OBJECT, 0, READ, USER, 3 },
                                           { ACE_ALLOWED_OBJECT, 0, READ, USER, 4 },
                                           { ACE_ALLOWED_OBJECT, 0, READ, USER, 5 },
                                           { 0 } };
    static const struct entry denied[] = { { ACE_DENIED_OBJECT, 0, READ, USER, 4 },
                                           { ACE_ALLOWED, 0, READ, USER, 0 },
                                           { 0 } };
    static const struct entry elsewhere[] = { { ACE_DENIED_OBJECT, 0, READ, USER, 9 },
                                              { ACE_ALLOWED, 0, READ, USER, 0 },
                                              { 0 } };
    struct acl_node n[5];
    struct acl_request rq = { .wanted = READ, .nodes = n, .node_count = 5 };

    (void)state;
    memcpy(n, tree, sizeof n);
    assert_int_equal(ask(leaf, OTHER, rq), 0);
    assert_true(n[2].granted == READ && !n[1].granted && !n[3].granted && !n[4].granted);
    assert_int_equal(ask(leaves, OTHER, rq), READ);
    assert_int_equal(n[1].granted, READ);
    assert_int_equal(ask(denied, OTHER, rq), 0);
    assert_true(n[2].granted == READ && !n[3].granted && !n[1].granted && n[4].granted == READ);
    assert_int_equal(ask(elsewhere, OTHER, rq), READ);
    n[1].level = 2;
    assert_int_equal(ask(leaves, OTHER, rq), 0);
    rq.node_count = 0;
    assert_int_equal(ask(leaves, OTHER, rq), 0);
}

static void generic_rights_mean_what_the_object_says(void **state)
{
    static const struct acl_mapping m = { READ, WRITE, RUN, READ | WRITE | RUN | 8 };
    static const struct entry x[] = { { ACE_ALLOWED, 0, RIGHT_GENERIC_READ, USER, 0 },
                                      { ACE_ALLOWED, 0, RIGHT_GENERIC_WRITE, USER, 0 },
                                      { 0 } };
    struct acl_request rq = { .wanted = READ | WRITE, .mapping = &m };

    (void)state;
    assert_int_equal(ask(x, OTHER, rq), READ | WRITE);
    rq.wanted = RIGHT_GENERIC_READ;
    assert_int_equal(ask(x, OTHER, rq), READ);
    rq.wanted = RIGHT_GENERIC_ALL;
    assert_int_equal(ask(x, OTHER, rq), 0);
    assert_int_equal(wants(x, READ), 0);
    assert_int_equal(acl_map_generic(RIGHT_GENERIC_EXECUTE | 0x100, &m), 0x104);
}

static void self_is_who_the_request_says(void **state)
{
    static const struct entry x[] = { { ACE_ALLOWED, 0, READ, SELF, 0 }, { 0 } };
    struct sid user = sid_of(USER), other = sid_of(OTHER);
    struct acl_request rq = { .wanted = READ };

    (void)state;
    assert_int_equal(ask(x, OTHER, rq), 0);
    rq.self = &user;
    assert_int_equal(ask(x, OTHER, rq), READ);
    rq.self = &other;
    assert_int_equal(ask(x, OTHER, rq), 0);
}

static bool check(const struct descriptor *d, struct sid_set who, uint32_t wanted)
{
    struct acl_request rq = { .wanted = wanted };
    uint32_t granted;

    return acl_access_check(d, &who, &rq, &granted);
}

static void groups_that_are_not_enabled_only_deny_or_nothing(void **state)
{
    static const struct entry allowed = { ACE_ALLOWED, 0, READ, GROUP, 0 };
    static const struct entry denied = { ACE_DENIED, 0, WRITE, GROUP, 0 };
    static const struct entry user = { ACE_ALLOWED, 0, WRITE, USER, 0 };
    struct sid sids[] = { sid_of(USER), sid_of(GROUP) };
    uint32_t on[] = { SID_ENABLED, SID_ENABLED }, only[] = { SID_ENABLED, SID_DENY_ONLY };
    uint32_t off[] = { SID_ENABLED, 0 };
    struct descriptor d = { .dacl = { .present = true, .count = 3 } };
    struct writer w = writer_new(4096);

    (void)state;
    put(&w, &allowed);
    put(&w, &denied);
    put(&w, &user);
    d.dacl.aces = bytes_of(w.ptr, w.len);
    assert_true(check(&d, (struct sid_set){ sids, on, 2 }, READ));
    assert_false(check(&d, (struct sid_set){ sids, on, 2 }, WRITE));
    assert_false(check(&d, (struct sid_set){ sids, only, 2 }, READ));
    assert_false(check(&d, (struct sid_set){ sids, only, 2 }, WRITE));
    assert_false(check(&d, (struct sid_set){ sids, off, 2 }, READ));
    assert_true(check(&d, (struct sid_set){ sids, off, 2 }, WRITE));
    assert_false(check(&d, (struct sid_set){ NULL, NULL, 0 }, READ));
    writer_done(&w);
}

static void what_has_no_list_is_everyones(void **state)
{
    struct descriptor d = { 0 };
    struct sid_set nobody = { NULL, NULL, 0 };
    struct acl_mapping m = { READ, WRITE, RUN, READ | WRITE };
    struct acl_request rq = { .wanted = RIGHT_MAXIMUM_ALLOWED, .mapping = &m };
    uint32_t granted = 0;

    (void)state;
    assert_true(check(&d, nobody, READ));
    assert_true(acl_access_check(&d, &nobody, &rq, &granted));
    assert_int_equal(granted, READ | WRITE);
    d.dacl.present = true;
    assert_false(check(&d, nobody, READ));
}

static void a_broken_entry_denies(void **state)
{
    static const struct entry allowed = { ACE_ALLOWED, 0, READ, USER, 0 };
    struct sid sids[] = { sid_of(USER) };
    struct descriptor d = { .dacl = { .present = true, .count = 2 } };
    struct writer w = writer_new(4096);

    (void)state;
    put(&w, &allowed);
    d.dacl.aces = bytes_of(w.ptr, w.len);
    assert_true(check(&d, (struct sid_set){ sids, NULL, 1 }, READ));
    writer_zero(&w, 4);
    d.dacl.aces = bytes_of(w.ptr, w.len);
    assert_false(check(&d, (struct sid_set){ sids, NULL, 1 }, READ));
    writer_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_that_speaks_of_a_right_decides),
        cmocka_unit_test(what_is_for_others_or_for_children_only_does_not_count),
        cmocka_unit_test(all_there_is_may_be_asked_for),
        cmocka_unit_test(nobody_has_the_privilege_for_the_system_list),
        cmocka_unit_test(an_owner_may_read_and_change_the_list),
        cmocka_unit_test(conditions_grant_nothing_and_deny),
        cmocka_unit_test(audits_and_labels_grant_nothing),
        cmocka_unit_test(without_a_tree_an_object_entry_grants_nothing_and_denies),
        cmocka_unit_test(a_tree_is_granted_from_its_leaves),
        cmocka_unit_test(generic_rights_mean_what_the_object_says),
        cmocka_unit_test(self_is_who_the_request_says),
        cmocka_unit_test(groups_that_are_not_enabled_only_deny_or_nothing),
        cmocka_unit_test(what_has_no_list_is_everyones),
        cmocka_unit_test(a_broken_entry_denies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
