/* SPDX-License-Identifier: Apache-2.0 */
#include "map.h"

#include "lib/unit.h"

enum { ALICE = 1000, BOB = 1001, ROOT = 0, TURNS = 12 };

static struct map_item item(uint32_t interface, const char *endpoint)
{
    struct map_item i = { .annotation = "a" };

    i.tower.interface.data1 = interface;
    i.tower.interface_major = 1;
    i.tower.protseq = rpc_tower_protseq("ncacn_ip_tcp");
    (void)snprintf(i.tower.endpoint, sizeof i.tower.endpoint, "%s", endpoint);
    return i;
}

static enum err insert(struct map *m, uint32_t uid, uint64_t process, const struct map_item *i,
                       bool replace)
{
    const struct map_caller caller = { uid, process };

    return map_insert(m, &caller, i, 1, replace);
}

static struct map *filled(void)
{
    const struct map_item one = item(1, "1001"), two = item(1, "1002"), three = item(1, "1003");
    struct map *m = NULL;

    assert_int_equal(map_new(&m), ERR_OK);
    assert_int_equal(insert(m, ALICE, 1, &one, false), ERR_OK);
    assert_int_equal(insert(m, ALICE, 2, &two, false), ERR_OK);
    assert_int_equal(insert(m, ALICE, 1, &three, false), ERR_OK);
    return m;
}

static const char *found(struct map *m, const struct map_item *i, struct map_cursor *c,
                         struct map_query *q)
{
    const struct map_entry *e;

    map_search(m, &i->object, &i->tower, q, c);
    e = map_next(m, q, c);
    return e ? e->tower.endpoint : "none";
}

/* The last digit of a port that is one of 1001 to 1003; 0 of none. */
static unsigned digit(const char *port)
{
    return strlen(port) == 4 ? (unsigned)(port[3] - '0') & 3U : 0;
}

static void searches_begin_in_turn_and_see_all(void **state)
{
    struct map *m = filled();
    const struct map_item asked = item(1, "");
    unsigned first[4] = { 0 }, i;

    (void)state;
    for (i = 0; i < TURNS; i++) {
        unsigned seen = 0, n = 1;
        const struct map_entry *e;
        struct map_cursor c;
        struct map_query q;
        unsigned one = digit(found(m, &asked, &c, &q));

        first[one]++;
        seen |= 1U << one;
        for (; (e = map_next(m, &q, &c)) != NULL; n++)
            seen |= 1U << digit(e->tower.endpoint);
        assert_int_equal(n, 3);
        assert_int_equal(seen, 0xe);
        assert_false(map_has_more(m, &q, c));
    }
    for (i = 1; i <= 3; i++)
        assert_int_equal(first[i], TURNS / 3);
    map_free(m);
}

static void a_process_takes_its_entries_along(void **state)
{
    const struct map_item asked = item(1, "");
    struct map *m = filled();
    struct map_cursor c;
    struct map_query q;

    (void)state;
    assert_int_equal(map_forget(m, 1), 2);
    assert_int_equal(map_forget(m, 1), 0);
    assert_int_equal(map_count(m), 1);
    assert_string_equal(found(m, &asked, &c, &q), "1002");
    assert_null(map_next(m, &q, &c));
    assert_int_equal(map_forget(m, 2), 1);
    assert_string_equal(found(m, &asked, &c, &q), "none");
    map_free(m);
}

static void registering_again_makes_it_the_callers(void **state)
{
    const struct map_item one = item(1, "1001");
    struct map *m = filled();

    (void)state;
    assert_int_equal(insert(m, ALICE, 3, &one, false), ERR_OK);
    assert_int_equal(map_count(m), 3);
    assert_int_equal(map_forget(m, 1), 1);
    assert_int_equal(map_forget(m, 3), 1);
    map_free(m);
}

static void an_interface_is_one_accounts_until_its_last_entry(void **state)
{
    const struct map_caller bob = { BOB, 9 }, root = { ROOT, 8 };
    struct map_item one = item(1, "1001"), other = item(2, "2000");
    struct map *m = filled();

    (void)state;
    assert_int_equal(insert(m, BOB, 9, &other, true), ERR_OK);
    one.object.data1 = 7;
    assert_int_equal(insert(m, BOB, 9, &one, true), ERR_ACCESS_DENIED);
    one.object.data1 = 0;
    assert_int_equal(map_delete(m, &bob, &one, 1), ERR_ACCESS_DENIED);
    assert_int_equal(map_delete_any(m, &bob, NULL, &one.tower), ERR_ACCESS_DENIED);
    assert_int_equal(map_count(m), 4);
    assert_int_equal(map_delete_any(m, &root, NULL, &one.tower), ERR_OK);
    assert_int_equal(map_delete_any(m, &root, NULL, &one.tower), ERR_RPC_NOT_REGISTERED);
    assert_int_equal(map_forget(m, 1) + map_forget(m, 2), 2);
    assert_int_equal(insert(m, BOB, 9, &one, true), ERR_OK);
    map_free(m);
}

static void all_or_none_are_registered(void **state)
{
    const struct map_item items[] = { item(2, "1"), item(1, "2") };
    const struct map_caller bob = { BOB, 9 };
    struct map *m = filled();

    (void)state;
    assert_int_equal(map_insert(m, &bob, items, 2, false), ERR_ACCESS_DENIED);
    assert_int_equal(map_count(m), 3);
    map_free(m);
}

static void one_call_may_name_an_entry_twice(void **state)
{
    const struct map_item items[] = { item(2, "1"), item(2, "2"), item(2, "1") };
    const struct map_caller bob = { BOB, 9 };
    struct map *m = NULL;

    (void)state;
    assert_int_equal(map_new(&m), ERR_OK);
    assert_int_equal(map_insert(m, &bob, items, 3, true), ERR_OK);
    assert_int_equal(map_count(m), 2);
    map_free(m);
}

/* Among them root's, who may have as many as there is room for. */
static void a_map_has_an_end(void **state)
{
    struct map *m = NULL;
    char port[8];
    unsigned i;

    (void)state;
    assert_int_equal(map_new(&m), ERR_OK);
    for (i = 0; i < MAP_ENTRIES_OF_USER; i++) {
        struct map_item one;

        (void)snprintf(port, sizeof port, "%u", i + 1);
        one = item(1, port);
        assert_int_equal(insert(m, ALICE, 1, &one, false), ERR_OK);
    }
    {
        const struct map_item one = item(1, "60000"), other = item(2, "1");

        assert_int_equal(insert(m, ALICE, 1, &one, false), ERR_RPC_RESOURCES);
        assert_int_equal(insert(m, BOB, 2, &other, false), ERR_OK);
    }
    for (; map_count(m) < MAP_ENTRIES; i++) {
        struct map_item one;

        (void)snprintf(port, sizeof port, "%u", i + 1);
        one = item(3, port);
        assert_int_equal(insert(m, ROOT, 3, &one, false), ERR_OK);
    }
    {
        const struct map_item one = item(4, "1");

        assert_int_equal(insert(m, ROOT, 3, &one, false), ERR_RPC_RESOURCES);
    }
    map_free(m);
}

static enum err fill(void *arg)
{
    const struct map_item items[] = { item(1, "1"), item(1, "2") };
    const struct map_caller caller = { ALICE, 1 };
    struct map *m = NULL;
    enum err e = map_new(&m);

    (void)arg;
    if (!e)
        e = map_insert(m, &caller, items, 2, false);
    if (e && m)
        assert_int_equal(map_count(m), 0);
    map_free(m);
    return e;
}

static void leaves_nothing_where_memory_ends(void **state)
{
    (void)state;
    oom_run(fill, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(searches_begin_in_turn_and_see_all),
        cmocka_unit_test(a_process_takes_its_entries_along),
        cmocka_unit_test(registering_again_makes_it_the_callers),
        cmocka_unit_test(an_interface_is_one_accounts_until_its_last_entry),
        cmocka_unit_test(all_or_none_are_registered),
        cmocka_unit_test(one_call_may_name_an_entry_twice),
        cmocka_unit_test(a_map_has_an_end),
        cmocka_unit_test(leaves_nothing_where_memory_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
