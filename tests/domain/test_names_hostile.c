/* SPDX-License-Identifier: Apache-2.0
 * test_names_hostile.c - the RPC name service where others write into its entries what misleads,
 * and change them at the same moment: against a real domain controller.
 */
#include <countersign/names.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "directory/search.h"
#include "names/ns_group.h"
#include "names/ns_search.h"
#include "names/place.h"
#include "rpc_try_home.h"

#define NAME(s) STR("/.:/" s)

static struct session *admin;
static struct ns_if face; /* rpc_try's */

/* ---- what happens between two requests of the library ---- */

static void (*before_modify)(const char *attribute), (*before_add)(const char *dn);
static void (*after_search)(void);
static enum err refuse; /* of the next modification, once before_modify was called */

#define REAL(name) __asm__("__real_csp_" #name)
#define WRAP(name) __asm__("__wrap_csp_" #name)

enum err real_modify(struct session *s, const char *dn, const struct change *c, size_t n,
                     bool permissive, bool dacl_only) REAL(session_modify);
enum err wrap_modify(struct session *s, const char *dn, const struct change *c, size_t n,
                     bool permissive, bool dacl_only) WRAP(session_modify);
enum err real_add(struct session *s, const char *dn, const struct change *c, size_t n)
    REAL(session_add);
enum err wrap_add(struct session *s, const char *dn, const struct change *c, size_t n)
    WRAP(session_add);
enum err real_search(struct session *s, const struct search *q, struct entries *ret)
    REAL(session_search);
enum err wrap_search(struct session *s, const struct search *q, struct entries *ret)
    WRAP(session_search);

enum err wrap_modify(struct session *s, const char *dn, const struct change *c, size_t n,
                     bool permissive, bool dacl_only)
{
    void (*meanwhile)(const char *) = before_modify;
    enum err e = ERR_OK;

    before_modify = NULL;
    if (meanwhile) {
        meanwhile(c->name);
        e = refuse;
    }
    return e ? e : real_modify(s, dn, c, n, permissive, dacl_only);
}

enum err wrap_add(struct session *s, const char *dn, const struct change *c, size_t n)
{
    if (before_add)
        before_add(dn);
    return real_add(s, dn, c, n);
}

enum err wrap_search(struct session *s, const struct search *q, struct entries *ret)
{
    void (*meanwhile)(void) = after_search;
    enum err e;

    after_search = NULL;
    e = real_search(s, q, ret);
    if (meanwhile)
        meanwhile();
    return e;
}

/* ---- a home, shorthands ---- */

static int raise_home(void **state)
{
    struct session_options o = { .domain = unit_env("REALM"),
                                 .user = unit_env("ADMIN"),
                                 .user_domain = unit_env("REALM"),
                                 .password = unit_env("ADMIN_PASSWORD") };
    char command[1000];
    RPC_IF_ID id;

    (void)state;
    snprintf(command, sizeof command, "kinit -k -t '%s' '%s'", unit_env("PERSON_KEYTAB"),
             unit_env("PERSON"));
    assert_int_equal(system(command), 0);
    assert_int_equal(session_open(&o, &admin), ERR_OK);
    OK(RpcIfInqId(rpc_try_v1_2_c_ifspec, &id));
    memcpy(&face.id, &id.Uuid, sizeof face.id);
    face.major = id.VersMajor;
    face.minor = id.VersMinor;
    return 0;
}

static int leave_home(void **state)
{
    (void)state;
    session_close(admin);
    return 0;
}

static char *dn_of(const char *name)
{
    char *dn = NULL;

    assert_int_equal(place_entry(PLACE_RPC, unit_env("DOMAIN_DN"), name, &dn), ERR_OK);
    return dn;
}

static enum err put(const char *name, const char *host, const char *text, const struct uuid *object)
{
    struct ns_binding b = { (char *)(uintptr_t)host, (char *)(uintptr_t)text };
    struct ns_publication p = { .face = face,
                                .syntax = ns_ndr,
                                .binding = &b,
                                .count = 1,
                                .object = object,
                                .object_count = object != NULL };
    char *dn = dn_of(name);
    enum err e = ns_export(admin, dn, &p);

    mem_free(dn);
    return e;
}

static void put_sound(const char *name, unsigned port)
{
    char text[60];

    snprintf(text, sizeof text, "ncacn_ip_tcp:a.one.example[%u]", port);
    assert_int_equal(put(name, "a.one.example", text, NULL), ERR_OK);
}

static enum err take_host(const char *name, const char *host)
{
    struct ns_removal r = { .face = &face, .how = NS_EXACT, .host = host };
    char *dn = dn_of(name);
    enum err e = ns_unexport(admin, dn, &r);

    mem_free(dn);
    return e;
}

static void drop(const char *name)
{
    char *dn = dn_of(name);

    assert_int_equal(ns_entry_delete(admin, dn), ERR_OK);
    mem_free(dn);
}

static void join(const char *group, const char *member)
{
    char *dn = dn_of(group);

    assert_int_equal(ns_group_add(admin, dn, member), ERR_OK);
    mem_free(dn);
}

static char told[DETAIL_TEXT]; /* of how the last lookup ended */

/* The endpoints a lookup gives, each with a blank behind it; as old as the age says. */
static RPC_STATUS look(RPC_CSTR name, ULONG age, char got[200])
{
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;
    RPC_NS_HANDLE h = NULL;
    RPC_STATUS status = RpcNsBindingImportBeginA(3, name, rpc_try_v1_2_c_ifspec, NULL, &h);

    got[0] = 0;
    if (status)
        return status;
    OK(RpcNsMgmtHandleSetExpAge(h, age));
    while ((status = RpcNsBindingImportNext(h, &b)) == RPC_S_OK) {
        OK(RpcBindingToStringBindingA(b, &text));
        OK(RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
        snprintf(got + strlen(got), 200 - strlen(got), "%s ", (char *)endpoint);
        OK(RpcStringFreeA(&text));
        OK(RpcStringFreeA(&endpoint));
        OK(RpcBindingFree(&b));
    }
    snprintf(told, sizeof told, "%s", detail_get()->text);
    OK(RpcNsBindingImportDone(&h));
    return status;
}

static void finds(RPC_CSTR name, const char *want)
{
    char got[200];

    IS(look(name, 0, got), RPC_S_NO_MORE_BINDINGS);
    assert_string_equal(got, want);
}

/* The hosts whose bindings the entry has, in the order of the alphabet, each once. */
static void has_hosts(const char *name, const char *want)
{
    char *dn = dn_of(name), got[200] = "", host[2] = "a";
    struct ns_entry e = { 0 };
    size_t i, k;

    assert_int_equal(ns_entry_find(admin, dn, &e), ERR_OK);
    for (; *host <= 'z'; ++*host)
        for (i = 0; i < e.element_count; i++)
            for (k = 0; k < e.element[i].count; k++)
                if (e.element[i].binding[k].host[0] == *host && !strstr(got, host))
                    snprintf(got + strlen(got), 200 - strlen(got), "%s", host);
    assert_string_equal(got, want);
    ns_entry_free(&e);
    mem_free(dn);
}

/* ---- values that mislead ---- */

static void add_bindings(const char *name, const char *const *texts, size_t n)
{
    struct bytes values[300];
    struct change c = { CHANGE_ADD, "rpcNsBindings", values, n };
    struct ns_entry e = { 0 };
    char *dn = dn_of(name);
    size_t i;

    for (i = 0; i < n; i++)
        values[i] = bytes_of_text(texts[i]);
    assert_int_equal(ns_entry_find(admin, dn, &e), ERR_OK);
    assert_int_equal(e.element_count, 1);
    assert_int_equal(session_modify(admin, e.element[0].dn, &c, 1, false, false), ERR_OK);
    ns_entry_free(&e);
    mem_free(dn);
}

static void a_client_is_not_led_to_itself(void **state)
{
    static const char *const texts[] = {
        "1 b.one.example ncalrpc:[evil]",
        "1 b.one.example ncalrpc:a.one.example[evil]",
        "1 b.one.example n\\calrpc:[evil]",
        "1 b.one.example ncacn_ip_tcp:[7002]",
    };

    (void)state;
    put_sound("local", 7001);
    add_bindings("local", texts, 4);
    finds(NAME("local"), "7001 ");
    drop("local");
}

/* Blanks that follow each other are one to a directory. */
static void one_entry_is_one_however_it_is_spelt(void **state)
{
    char got[200];

    (void)state;
    put_sound("two blanks", 7003);
    join("spelt", "/.:/two blanks");
    join("spelt", "/.:/two  blanks");
    join("spelt", "/.:/TWO   blanks");
    finds(NAME("spelt"), "7003 ");
    drop("spelt");
    /* what is taken away here is not found under a name it was read by */
    IS(look(NAME("two  blanks"), 7200, got), RPC_S_NO_MORE_BINDINGS);
    assert_string_equal(got, "7003 ");
    assert_int_equal(take_host("two blanks", "a.one.example"), ERR_OK);
    IS(look(NAME("two  blanks"), 7200, got), RPC_S_ENTRY_NOT_FOUND);
}

/* ---- members that cannot be read ---- */

static void fill(const char *name)
{
    struct bytes class = bytes_of_text("rpcServerElement"), syntax = bytes_of_text("x"),
                 binding = bytes_of_text("1 a.one.example ncacn_ip_tcp:a.one.example[1]");
    struct change c[] = { { CHANGE_ADD, "objectClass", &class, 1 },
                          { CHANGE_ADD, "rpcNsInterfaceID", &syntax, 1 },
                          { CHANGE_ADD, "rpcNsTransferSyntax", &syntax, 1 },
                          { CHANGE_ADD, "rpcNsBindings", &binding, 1 } };
    char *dn = dn_of(name), *below = NULL, cn[20];
    size_t i;

    for (i = 0; i < NS_ELEMENTS_MOST; i++) {
        snprintf(cn, sizeof cn, "n%zu", i);
        assert_int_equal(place_below(dn, cn, &below), ERR_OK);
        assert_int_equal(session_add(admin, below, c, 4), ERR_OK);
        mem_free(below);
    }
    mem_free(dn);
}

static void a_member_too_big_to_read_ends_no_search(void **state)
{
    char got[200];

    (void)state;
    put_sound("fat", 7004);
    fill("fat");
    join("mixed", "/.:/fat");
    IS(look(NAME("mixed"), 0, got), RPC_S_NAME_SERVICE_UNAVAILABLE);
    assert_non_null(strstr(told, "not all could be read"));
    assert_non_null(strstr(told, "/.:/fat"));
    put_sound("thin", 7005);
    join("mixed", "/.:/thin");
    join("mixed", "/.../no.such.domain/thin");
    finds(NAME("mixed"), "7005 ");
    drop("mixed");
    drop("thin");
    drop("fat"); /* and it can be deleted */
}

static void what_is_very_big_is_not_kept(void **state)
{
    enum { MANY = 299, LENGTH = 990 };
    static char room[MANY][NS_BINDING_MOST];
    const char *texts[MANY], *one = "1 c.one.example ncacn_ip_tcp:c.one.example[7007]";
    char got[200];
    size_t i;

    (void)state;
    for (i = 0; i < MANY; i++) {
        memset(room[i], 'x', LENGTH); /* of another version: damage, which counts too */
        snprintf(room[i], sizeof room[i], "2 %03zu", i);
        room[i][5] = 'x';
        texts[i] = room[i];
    }
    put_sound("big", 7006);
    add_bindings("big", texts, MANY);
    IS(look(NAME("big"), 7200, got), RPC_S_NO_MORE_BINDINGS);
    assert_string_equal(got, "7006 ");
    add_bindings("big", &one, 1); /* behind this process's back */
    IS(look(NAME("big"), 7200, got), RPC_S_NO_MORE_BINDINGS);
    assert_int_equal(strlen(got), 10);
    drop("big");
}

/* ---- at the same time ---- */

static void export_of_b(void)
{
    assert_int_equal(put("shared by two", "b.one.example", "ncacn_ip_tcp:b.one.example[1]", NULL),
                     ERR_OK);
}

static void export_of_b_then_fail(const char *attribute)
{
    assert_string_equal(attribute, "rpcNsObjectID");
    export_of_b();
    refuse = ERR_ACCESS_DENIED;
}

static void fail_at_the_objects(const char *attribute)
{
    assert_string_equal(attribute, "rpcNsObjectID");
    refuse = ERR_ACCESS_DENIED;
}

/* What one host takes away, or could not finish, is its own alone. */
static void hosts_leave_what_others_put_in_meanwhile(void **state)
{
    const struct uuid object = { 1, 2, 3, { 4 } };
    struct ns_entry e = { 0 };
    char *dn = dn_of("shared by two");

    (void)state;
    before_modify = export_of_b_then_fail;
    assert_int_equal(
        put("shared by two", "a.one.example", "ncacn_ip_tcp:a.one.example[1]", &object),
        ERR_ACCESS_DENIED);
    refuse = ERR_OK;
    has_hosts("shared by two", "b");
    assert_int_equal(take_host("shared by two", "b.one.example"), ERR_OK);
    assert_int_equal(ns_entry_find(admin, dn, &e), ERR_NS_NO_ENTRY);
    assert_int_equal(put("shared by two", "a.one.example", "ncacn_ip_tcp:a.one.example[1]", NULL),
                     ERR_OK);
    after_search = export_of_b;
    assert_int_equal(take_host("shared by two", "a.one.example"), ERR_OK);
    has_hosts("shared by two", "b");
    drop("shared by two");
    /* and alone, nothing is left */
    before_modify = fail_at_the_objects;
    assert_int_equal(
        put("shared by two", "a.one.example", "ncacn_ip_tcp:a.one.example[1]", &object),
        ERR_ACCESS_DENIED);
    refuse = ERR_OK;
    assert_int_equal(ns_entry_find(admin, dn, &e), ERR_NS_NO_ENTRY);
    mem_free(dn);
}

/* What this library does not understand is somebody's too. */
static void a_host_leaves_what_it_does_not_understand(void **state)
{
    const char *newer = "2 c.one.example ncacn_ip_tcp:c.one.example[1] and more";
    struct ns_entry e = { 0 };
    char *dn = dn_of("versions");

    (void)state;
    put_sound("versions", 7008);
    add_bindings("versions", &newer, 1);
    assert_int_equal(take_host("versions", "a.one.example"), ERR_OK);
    assert_int_equal(ns_entry_find(admin, dn, &e), ERR_OK);
    assert_int_equal(e.element_count, 1);
    assert_int_equal(e.element[0].count, 0);
    assert_non_null(strstr(e.damage, "rpcNsBindings"));
    ns_entry_free(&e);
    drop("versions");
    mem_free(dn);
}

static void take_the_entry_away(const char *dn)
{
    if (strncmp(dn, "CN=goes", 7) == 0) /* the entry itself: wait for what is below it */
        return;
    before_add = NULL;
    drop("goes");
}

static void an_entry_that_goes_meanwhile_is_made_anew(void **state)
{
    (void)state;
    before_add = take_the_entry_away;
    put_sound("goes", 7009);
    assert_null(before_add);
    finds(NAME("goes"), "7009 ");
    drop("goes");
}

/* Two that were added at the same moment are one to whoever changes or removes it. */
static void elements_that_are_alike_go_together(void **state)
{
    struct bytes class = bytes_of_text("rpcProfileElement"), priority = bytes_of_text("3"),
                 member = bytes_of_text("/.:/a"), type;
    struct change c[] = { { CHANGE_ADD, "objectClass", &class, 1 },
                          { CHANGE_ADD, "rpcNsInterfaceID", &type, 1 },
                          { CHANGE_ADD, "rpcNsProfileEntry", &member, 1 },
                          { CHANGE_ADD, "rpcNsPriority", &priority, 1 } };
    struct ns_link_want w = { .face = &face, .member = "/.:/a", .priority = 1 };
    char *dn = dn_of("alike"), *below = NULL, text[NS_IF_TEXT];
    struct ns_entry e = { 0 };
    unsigned pass;

    (void)state;
    ns_if_format(&face, text);
    type = bytes_of_text(text);
    for (pass = 0; pass < 2; pass++) {
        assert_int_equal(ns_profile_add(admin, dn, &w), ERR_OK);
        assert_int_equal(place_below(dn, pass ? "third" : "second", &below), ERR_OK);
        assert_int_equal(session_add(admin, below, c, 4), ERR_OK);
        mem_free(below);
        assert_int_equal(pass ? ns_profile_remove(admin, dn, &w) : ns_profile_add(admin, dn, &w),
                         ERR_OK);
        assert_int_equal(ns_entry_find(admin, dn, &e), ERR_OK);
        assert_int_equal(e.link_count, 1 - pass);
        ns_entry_free(&e);
    }
    drop("alike");
    mem_free(dn);
}

/* Also where it needs not ask the directory any more. */
static void a_search_that_was_ended_gives_nothing_more(void **state)
{
    struct ns_name start = { NULL, (char *)(uintptr_t) "ended" };
    struct ns_asked asked = { 0 };
    struct ns_search *q = NULL;
    struct ns_home home = { 0 };
    struct ns_found f = { 0 };
    char got[200];

    (void)state;
    put_sound("ended", 7010);
    IS(look(NAME("ended"), 7200, got), RPC_S_NO_MORE_BINDINGS); /* it is in the cache now */
    assert_int_equal(ns_home_open(NULL, &home), ERR_OK);
    assert_int_equal(ns_search_open(&home, &start, &asked, &q), ERR_OK);
    ns_search_interrupt(q);
    assert_int_equal(ns_search_next(q, 7200, &f), ERR_INVALID_HANDLE);
    assert_int_equal(ns_search_next(q, 7200, &f), ERR_INVALID_HANDLE);
    assert_null(f.text);
    ns_search_close(q);
    drop("ended");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_is_not_led_to_itself),
        cmocka_unit_test(one_entry_is_one_however_it_is_spelt),
        cmocka_unit_test(a_member_too_big_to_read_ends_no_search),
        cmocka_unit_test(what_is_very_big_is_not_kept),
        cmocka_unit_test(hosts_leave_what_others_put_in_meanwhile),
        cmocka_unit_test(a_host_leaves_what_it_does_not_understand),
        cmocka_unit_test(an_entry_that_goes_meanwhile_is_made_anew),
        cmocka_unit_test(elements_that_are_alike_go_together),
        cmocka_unit_test(a_search_that_was_ended_gives_nothing_more),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
