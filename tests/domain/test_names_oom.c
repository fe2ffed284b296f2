/* SPDX-License-Identifier: Apache-2.0
 * test_names_oom.c - every allocation of exporting to, changing and searching entries of the RPC
 * name service fails once, against a real domain controller: an error is told, nothing half done
 * stays, and the next call works.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"
#include "names/ns_group.h"
#include "names/ns_search.h"
#include "names/place.h"

enum { ENOUGH = 20000 };

static const struct uuid object = { 1, 2, 3, { 4 } };
static const struct ns_if face = { { 0x5d1a7c11, 1, 2, { 3 } }, 1, 0 };

static struct session *open_admin(void)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = unit_env("ADMIN"),
                                 .user_domain = unit_env("REALM"),
                                 .password = unit_env("ADMIN_PASSWORD") };
    struct session *s = NULL;

    assert_int_equal(session_open(&o, &s), ERR_OK);
    return s;
}

static char *dn_of(const char *name)
{
    char *dn = NULL;

    assert_int_equal(place_entry(PLACE_RPC, unit_env("DOMAIN_DN"), name, &dn), ERR_OK);
    return dn;
}

static bool is_there(struct session *s, const char *dn)
{
    struct ns_entry e = { 0 };
    enum err err = ns_entry_find(s, dn, &e);

    ns_entry_free(&e);
    return err != ERR_NS_NO_ENTRY;
}

static void clear(struct session *s, const char *dn)
{
    enum err e = ns_entry_delete(s, dn);

    if (e && e != ERR_NS_NO_ENTRY)
        fail_msg("%s: %s", dn, detail_get()->text);
}

/* A session whose sealing found no memory is at its end, as if the server had gone: then it cannot
 * take anything back either. */
static void every_allocation_fails(enum err (*call)(struct session *s, const char *dn),
                                   const char *name, bool makes)
{
    struct session *s = open_admin(), *witness = open_admin();
    char *dn = dn_of(name);
    int hit = 1;
    long n;
    enum err e;

    for (n = 0; n < ENOUGH && hit; n++) {
        mem_fail_at(n);
        detail_begin("test");
        e = call(s, dn);
        hit = mem_fail_hit();
        mem_fail_at(-1);
        if (!hit && e)
            fail_msg("without a failure: %s", detail_get()->text);
        if (hit && e == ERR_NO_MEMORY && makes && is_there(witness, dn))
            fail_msg("after allocation %ld failed, %s is left", n, dn);
        if (makes)
            clear(witness, dn);
        if (hit && e && e != ERR_NO_MEMORY) {
            session_close(s);
            s = open_admin();
        }
    }
    assert_true(n > 20 && n < ENOUGH);
    session_close(s);
    session_close(witness);
    mem_free(dn);
}

static enum err exports(struct session *s, const char *dn)
{
    struct ns_binding b = { (char *)(uintptr_t) "a.one.example",
                            (char *)(uintptr_t) "ncacn_ip_tcp:a.one.example[1]" };
    struct ns_publication p = { .face = face,
                                .syntax = ns_ndr,
                                .binding = &b,
                                .count = 1,
                                .object = &object,
                                .object_count = 1 };

    return ns_export(s, dn, &p);
}

static void exporting_survives_every_failure(void **state)
{
    (void)state;
    every_allocation_fails(exports, "oom export", true);
}

static enum err exports_and_takes_back(struct session *s, const char *dn)
{
    struct ns_removal r = { .face = &face,
                            .how = NS_EXACT,
                            .host = "a.one.example",
                            .object = &object,
                            .object_count = 1 };
    enum err e = exports(s, dn);

    return e ? e : ns_unexport(s, dn, &r);
}

static void unexporting_survives_every_failure(void **state)
{
    struct session *s = open_admin();
    char *dn = dn_of("oom unexport");

    (void)state;
    every_allocation_fails(exports_and_takes_back, "oom unexport", false);
    clear(s, dn);
    session_close(s);
    mem_free(dn);
}

static enum err joins(struct session *s, const char *dn)
{
    return ns_group_add(s, dn, "/.:/oom server");
}

static enum err links(struct session *s, const char *dn)
{
    struct ns_link_want w = { .face = &face, .member = "/.:/oom server", .annotation = "two" };

    return ns_profile_add(s, dn, &w);
}

static void groups_and_profiles_survive_every_failure(void **state)
{
    (void)state;
    every_allocation_fails(joins, "oom group", true);
    every_allocation_fails(links, "oom profile", true);
}

/* Through a profile and a group to a server. */
static enum err searches(struct session *s, const char *dn)
{
    struct ns_home home = { .session = s, .domain = mem_strdup(unit_env("REALM")) };
    struct ns_name start = { NULL, (char *)(uintptr_t) "oom start" };
    struct ns_asked asked = { .has_face = true, .face = face };
    struct ns_search *q = NULL;
    struct ns_found f = { 0 };
    enum err e = ERR_NO_MEMORY;
    size_t n = 0;

    (void)dn;
    if (home.domain)
        e = ns_search_open(&home, &start, &asked, &q);
    while (!e && (e = ns_search_next(q, 0, &f)) == ERR_OK && f.text) {
        assert_string_equal(f.host, "a.one.example");
        ns_found_free(&f);
        n++;
    }
    assert_true(e || n == 1);
    ns_search_close(q);
    return e;
}

static void searching_survives_every_failure(void **state)
{
    struct session *s = open_admin();
    char *server = dn_of("oom server"), *group = dn_of("oom middle"), *start = dn_of("oom start");
    struct ns_link_want w = { .face = &face, .member = "/.:/oom middle" };

    (void)state;
    assert_int_equal(exports(s, server), ERR_OK);
    assert_int_equal(ns_group_add(s, group, "/.:/oom server"), ERR_OK);
    assert_int_equal(ns_profile_add(s, start, &w), ERR_OK);
    every_allocation_fails(searches, "oom start", false);
    clear(s, server);
    clear(s, group);
    clear(s, start);
    session_close(s);
    mem_free(server);
    mem_free(group);
    mem_free(start);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exporting_survives_every_failure),
        cmocka_unit_test(unexporting_survives_every_failure),
        cmocka_unit_test(groups_and_profiles_survive_every_failure),
        cmocka_unit_test(searching_survives_every_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
