/* SPDX-License-Identifier: Apache-2.0
 * test_ns_entry.c - entries read out of what a directory gives: sound, damaged, of another kind.
 */
#include "names/ns_entry.h"

#include "base/alloc.h"
#include "base/log.h"
#include "lib/unit.h"

#define ID "12345678-1234-abcd-ef00-0123456789ab"
#define BASE "CN=RpcServices,CN=System,DC=one,DC=example"

/* One attribute of up to three values. */
struct value {
    struct buf value[3];
    struct attribute a;
};

static struct attribute text(struct value *room, const char *name, const char *const *values)
{
    size_t n = 0;

    for (; values[n]; n++)
        room->value[n] = (struct buf){ (uint8_t *)(uintptr_t)values[n], strlen(values[n]) };
    return (struct attribute){ (char *)(uintptr_t)name, room->value, n, false };
}

#define TEXTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct object {
    struct value room[5];
    struct attribute attribute[5];
    struct entry entry;
};

static void put(struct object *o, const char *name, const char *const *values)
{
    o->attribute[o->entry.count] = text(&o->room[o->entry.count], name, values);
    o->entry.attribute = o->attribute;
    o->entry.count++;
}

static void begin(struct object *o, const char *dn, const char *class)
{
    memset(o, 0, sizeof *o);
    o->entry.dn = (char *)(uintptr_t)dn;
    put(o, "objectClass", TEXTS("top", class));
}

static enum err read_two(struct object *a, struct object *b, struct ns_entry *ret)
{
    struct entry both[2] = { a->entry };
    struct entries found = { both, b ? 2 : 1 };

    if (b)
        both[1] = b->entry;
    return ns_entry_read(&found, ret);
}

static void make_server(struct object *a, struct object *b)
{
    begin(a, "CN=a\\,b," BASE, "rpcServer");
    put(a, "rpcNsObjectID", TEXTS(ID, "not a UUID"));
    begin(b, "CN=x,CN=a\\,b," BASE, "rpcServerElement");
    put(b, "rpcNsInterfaceID", TEXTS(ID ",1.2"));
    put(b, "rpcNsTransferSyntax", TEXTS("8a885d04-1ceb-11c9-9fe8-08002b104860,2.0"));
    put(b, "rpcNsBindings",
        TEXTS("1 h.example a:b[1]", "2 h.example a:b[2]", "1 h.example a:b[3]"));
}

static void a_server_is_read_and_its_damage_told(void **state)
{
    struct object a, b;
    struct ns_entry e = { 0 };

    (void)state;
    make_server(&a, &b);
    assert_int_equal(read_two(&a, &b, &e), ERR_OK);
    assert_int_equal(e.kind, NS_SERVER);
    assert_string_equal(e.name, "a,b");
    assert_false(e.has_owner);
    assert_int_equal(e.object_count, 1);
    assert_int_equal(e.element_count, 1);
    assert_int_equal(e.element[0].source, 1);
    assert_int_equal(e.element[0].face.minor, 2);
    assert_int_equal(e.element[0].count, 2);
    assert_string_equal(e.element[0].binding[1].text, "a:b[3]");
    assert_non_null(strstr(e.damage, "rpcNsObjectID"));
    assert_non_null(strstr(e.damage, "rpcNsBindings"));
    assert_false(ns_entry_is_empty(&e));
    ns_entry_free(&e);
}

static void an_element_that_is_none_is_damage(void **state)
{
    struct object a, b;
    struct ns_entry e = { 0 };

    (void)state;
    begin(&a, "CN=a," BASE, "rpcServer");
    begin(&b, "CN=x,CN=a," BASE, "rpcServerElement");
    put(&b, "rpcNsInterfaceID", TEXTS(ID ",1.2", ID ",1.3"));
    assert_int_equal(read_two(&a, &b, &e), ERR_OK);
    assert_int_equal(e.element_count, 0);
    assert_non_null(strstr(e.damage, "rpcNsInterfaceID"));
    ns_entry_free(&e);
    begin(&b, "CN=x,CN=a," BASE, "container");
    assert_int_equal(read_two(&a, &b, &e), ERR_OK);
    assert_non_null(e.damage);
    assert_false(ns_entry_is_empty(&e));
    ns_entry_free(&e);
    assert_int_equal(read_two(&a, NULL, &e), ERR_OK);
    assert_null(e.damage);
    assert_true(ns_entry_is_empty(&e));
    ns_entry_free(&e);
}

static void count_line(void *arg, enum log_level level, const char *line)
{
    (void)level;
    (void)line;
    ++*(size_t *)arg;
}

/* Whoever wrote it does not fill the logs of all who look. */
static void much_damage_is_told_in_few_lines(void **state)
{
    enum { VALUES = 3000 };
    struct attribute many = { (char *)(uintptr_t) "rpcNsObjectID", NULL, VALUES, false };
    struct ns_entry e = { 0 };
    struct object a;
    size_t lines = 0, i;

    (void)state;
    many.value = mem_array(VALUES, sizeof *many.value);
    assert_non_null(many.value);
    for (i = 0; i < VALUES; i++)
        many.value[i] = (struct buf){ (uint8_t *)(uintptr_t) "no", 2 };
    begin(&a, "CN=a," BASE, "rpcServer");
    put(&a, "rpcNsObjectID", TEXTS("no"));
    a.attribute[1] = many;
    log_to(count_line, &lines, LOG_LEVEL_WARNING);
    assert_int_equal(read_two(&a, NULL, &e), ERR_OK);
    log_to(NULL, NULL, LOG_LEVEL_WARNING);
    assert_in_range(lines, 1, 50);
    assert_in_range(strlen(e.damage), NS_DAMAGE_MOST, 2 * NS_DAMAGE_MOST);
    ns_entry_free(&e);
    mem_free(many.value);
}

static void groups_and_profiles_are_read(void **state)
{
    struct object a, b;
    struct ns_entry e = { 0 };

    (void)state;
    begin(&a, "CN=g," BASE, "rpcGroup");
    put(&a, "rpcNsGroup", TEXTS("/.../one.example/a", "no name", "/.:/b"));
    assert_int_equal(read_two(&a, NULL, &e), ERR_OK);
    assert_int_equal(e.member_count, 2);
    assert_non_null(e.damage);
    ns_entry_free(&e);
    begin(&a, "CN=p," BASE, "rpcProfile");
    begin(&b, "CN=x,CN=p," BASE, "rpcProfileElement");
    put(&b, "rpcNsInterfaceID", TEXTS("00000000-0000-0000-0000-000000000000,0.0"));
    put(&b, "rpcNsProfileEntry", TEXTS("/.:/a"));
    put(&b, "rpcNsPriority", TEXTS("7"));
    assert_int_equal(read_two(&a, &b, &e), ERR_OK);
    assert_int_equal(e.link_count, 1);
    assert_true(ns_uuid_is_nil(&e.link[0].face.id));
    assert_int_equal(e.link[0].priority, 7);
    assert_string_equal(e.link[0].annotation, "");
    assert_null(e.damage);
    ns_entry_free(&e);
    b.attribute[3] = text(&b.room[3], "rpcNsPriority", TEXTS("8"));
    assert_int_equal(read_two(&a, &b, &e), ERR_OK);
    assert_int_equal(e.link_count, 0);
    assert_non_null(e.damage);
    ns_entry_free(&e);
}

static void what_is_no_entry_is_refused(void **state)
{
    struct entries none = { NULL, 0 };
    struct ns_entry e = { 0 };
    struct object a;

    (void)state;
    assert_int_equal(ns_entry_read(&none, &e), ERR_NS_NO_ENTRY);
    begin(&a, "CN=c," BASE, "container");
    assert_int_equal(read_two(&a, NULL, &e), ERR_NS_ENTRY_KIND);
}

static enum err a_server(void *arg)
{
    struct ns_entry e = { 0 };
    struct object a, b;
    enum err err;

    (void)arg;
    make_server(&a, &b);
    a.entry.count = 1; /* damage is told as far as there is memory, and fails nothing */
    b.room[3].value[1] = b.room[3].value[0];
    err = read_two(&a, &b, &e);
    if (!err)
        ns_entry_free(&e);
    return err;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(a_server, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_is_read_and_its_damage_told),
        cmocka_unit_test(an_element_that_is_none_is_damage),
        cmocka_unit_test(much_damage_is_told_in_few_lines),
        cmocka_unit_test(groups_and_profiles_are_read),
        cmocka_unit_test(what_is_no_entry_is_refused),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
