/* SPDX-License-Identifier: Apache-2.0
 * test_place.c - pointers where they lie, in whose memory; of a list of
 *    id 4 | next 4, a unique pointer
 */
#include "ndr/place.h"

#include "lib/unit.h"

struct item {
    uint32_t id;
    struct item *next;
};

static long live;      /* blocks of the program's */
static long fail_at;   /* the allocation that fails from now; negative: none */
static const char tag; /* stands for the type, where its pointers are full */

static void *allocate(size_t size)
{
    if (fail_at >= 0 && fail_at-- == 0)
        return NULL;
    live++;
    return malloc(size);
}

static void release(void *p)
{
    live -= p != NULL;
    free(p);
}

struct stream {
    struct ndr_in in;
    struct ndr_arena arena;
    struct ndr_fulls fulls;
    struct bytes stub;
};

static void begin(struct stream *s, const char *hex, bool client)
{
    fail_at = -1;
    *s = (struct stream){ .stub = unit_hex(hex) };
    s->arena = ndr_arena_with(ndr_budget(s->stub.len));
    assert_int_equal(ndr_in_begin(s->stub, NDR_20, NDR_DREP_NATIVE, &s->arena, &s->fulls, &s->in),
                     ERR_OK);
    s->in.user = (struct ndr_user){ allocate, release };
    s->in.owned = client;
}

static enum err end(struct stream *s)
{
    enum err e = ndr_in_settle(&s->in, ndr_in_end(&s->in) == ERR_OK);

    ndr_arena_done(&s->arena);
    ndr_fulls_done(&s->fulls);
    free((void *)s->stub.ptr);
    return e;
}

static void read_item(struct ndr_in *in, struct item *v, const void *type)
{
    v->id = ndr_in_u32(in);
    ndr_in_place(in, type ? NDR_FULL : NDR_UNIQUE, &v->next);
    if (ndr_in_referent(in, &v->next, sizeof *v->next, type))
        read_item(in, v->next, type);
}

static void read_list(struct ndr_in *in, struct item **list, bool graph, bool one_block)
{
    ndr_in_place(in, NDR_UNIQUE, list);
    if (graph)
        ndr_in_graph_begin(in, list, one_block);
    if (ndr_in_referent(in, list, sizeof **list, NULL))
        read_item(in, *list, NULL);
    if (graph)
        ndr_in_graph_end(in);
}

#define TWO_ITEMS "00000200 01000000 04000200 02000000 00000000"

static void a_clients_objects_are_its_own(void **state)
{
    struct item *list = NULL;
    struct stream s;

    (void)state;
    begin(&s, TWO_ITEMS, true);
    read_list(&s.in, &list, false, false);
    assert_int_equal(end(&s), ERR_OK);
    assert_int_equal(live, 2);
    assert_int_equal(list->next->id, 2);
    release(list->next);
    release(list);
}

static void a_servers_are_the_calls(void **state)
{
    struct item *list = NULL;
    struct stream s;

    (void)state;
    begin(&s, TWO_ITEMS, false);
    read_list(&s.in, &list, false, false);
    assert_int_equal(live, 0);
    assert_true(ndr_arena_holds(&s.arena, list->next));
    assert_int_equal(end(&s), ERR_OK);
}

static void a_graph_is_the_programs_on_both_sides(void **state)
{
    struct item *list = NULL;
    struct stream s;
    int client;

    (void)state;
    for (client = 0; client < 2; client++) {
        begin(&s, TWO_ITEMS, client);
        read_list(&s.in, &list, true, true);
        assert_int_equal(live, 0); /* it is moved when all is read */
        assert_int_equal(end(&s), ERR_OK);
        assert_int_equal(live, 1);
        assert_int_equal(list->next->id, 2);
        assert_null(list->next->next);
        release(list); /* the block begins with the first */
    }
    begin(&s, TWO_ITEMS, false);
    read_list(&s.in, &list, true, false);
    assert_int_equal(end(&s), ERR_OK);
    assert_int_equal(live, 2);
    release(list->next);
    release(list);
}

static void two_graphs_are_two_blocks(void **state)
{
    struct item *first = NULL, *second = NULL, *third = NULL;
    struct stream s;

    (void)state;
    begin(&s, TWO_ITEMS TWO_ITEMS "00000000", true);
    read_list(&s.in, &first, true, true);
    read_list(&s.in, &second, true, true);
    read_list(&s.in, &third, true, true);
    assert_int_equal(end(&s), ERR_OK);
    assert_int_equal(live, 2);
    assert_int_equal(first->next->id + second->next->id, 4);
    assert_null(third);
    release(first);
    release(second);
}

static void a_circle_moves_as_a_whole(void **state)
{
    struct item *ring = NULL;
    struct stream s;

    (void)state;
    begin(&s, "01000000 01000000 02000000 02000000 01000000", true);
    ndr_in_place(&s.in, NDR_FULL, &ring);
    ndr_in_graph_begin(&s.in, &ring, true);
    if (ndr_in_referent(&s.in, &ring, sizeof *ring, &tag))
        read_item(&s.in, ring, &tag);
    ndr_in_graph_end(&s.in);
    assert_int_equal(end(&s), ERR_OK);
    assert_int_equal(live, 1);
    assert_ptr_equal(ring->next->next, ring);
    assert_int_equal(ring->next->id, 2);
    release(ring);
}

/* Reads two full pointers: one to the call's memory or in a first graph, one in a second. */
static enum err read_twice(struct stream *s, struct item **a, bool graph, struct item **b,
                           bool one_block)
{
    begin(s, "01000000 01000000 00000000 01000000", false);
    ndr_in_place(&s->in, NDR_FULL, a);
    if (graph)
        ndr_in_graph_begin(&s->in, a, true);
    if (ndr_in_referent(&s->in, a, sizeof **a, &tag))
        read_item(&s->in, *a, &tag);
    if (graph)
        ndr_in_graph_end(&s->in);
    ndr_in_place(&s->in, NDR_FULL, b);
    ndr_in_graph_begin(&s->in, b, one_block);
    assert_false(ndr_in_referent(&s->in, b, sizeof **b, &tag));
    ndr_in_graph_end(&s->in);
    return end(s);
}

static void a_graph_does_not_lead_into_the_calls_memory(void **state)
{
    struct item *a = NULL, *b = NULL;
    struct stream s;

    (void)state;
    assert_int_equal(read_twice(&s, &a, false, &b, true), ERR_UNSUPPORTED);
    assert_int_equal(read_twice(&s, &a, false, &b, false), ERR_UNSUPPORTED);
    assert_int_equal(live, 0);
    assert_int_equal(read_twice(&s, &a, true, &b, true), ERR_OK);
    assert_ptr_equal(a, b); /* moved with its graph */
    release(a);
    assert_int_equal(read_twice(&s, &a, true, &b, false), ERR_OK);
    assert_ptr_equal(a, b);
    release(a);
    assert_int_equal(live, 0);
}

/* Of a full pointer to what the received stub holds, too. */
static void a_graph_does_not_lead_into_the_stub(void **state)
{
    struct ndr_span span = { 2, 0, 2 };
    uint16_t *a = NULL, *b = NULL;
    struct stream s;

    (void)state;
    begin(&s, "01000000 0100 0200 01000000", false);
    ndr_in_place(&s.in, NDR_FULL, &a);
    assert_true(ndr_in_follow_full(&s.in, &a, &tag));
    ndr_in_elements(&s.in, &a, &span, 2);
    assert_ptr_equal(a, s.stub.ptr + 4);
    ndr_in_place(&s.in, NDR_FULL, &b);
    ndr_in_graph_begin(&s.in, &b, true);
    assert_false(ndr_in_follow_full(&s.in, &b, &tag));
    ndr_in_graph_end(&s.in);
    assert_int_equal(end(&s), ERR_UNSUPPORTED);
}

/* An exception left the stub: its blocks are given back, its places are nobody's. */
static void a_stub_that_was_left_keeps_its_places(void **state)
{
    struct item *list = NULL, *was;
    struct stream s;

    (void)state;
    begin(&s, TWO_ITEMS, true);
    read_list(&s.in, &list, false, false);
    was = list;
    assert_int_equal(live, 2);
    assert_int_equal(ndr_in_abandon(&s.in), ERR_OK);
    assert_int_equal(live, 0);
    assert_ptr_equal(list, was);
    list = NULL;
    assert_int_equal(end(&s), ERR_OK);
}

/* [in, out]: what has a place keeps it, but in a graph of one block; a failure undoes both. */
static void what_is_kept_is_put_back(void **state)
{
    struct item mine = { 9, NULL }, *list = &mine;
    struct stream s;

    (void)state;
    begin(&s, TWO_ITEMS, true);
    s.in.keep = true;
    read_list(&s.in, &list, false, false);
    assert_int_equal(end(&s), ERR_OK);
    assert_ptr_equal(list, &mine);
    assert_int_equal(mine.id, 1);
    release(mine.next);
    mine = (struct item){ 9, NULL };
    begin(&s, TWO_ITEMS, true);
    s.in.keep = true;
    read_list(&s.in, &list, true, true);
    assert_int_equal(end(&s), ERR_OK);
    assert_ptr_not_equal(list, &mine);
    assert_int_equal(mine.id, 9);
    release(list);
    list = &mine;
    begin(&s, "00000200 01000000 04000200 02000000", true);
    s.in.keep = true;
    read_list(&s.in, &list, true, true);
    assert_int_equal(end(&s), ERR_TRUNCATED);
    assert_ptr_equal(list, &mine);
    assert_null(mine.next);
}

/* An array behind a kept pointer is always new memory; without it the old one is there again. */
static void a_new_array_is_undone(void **state)
{
    uint16_t old[2] = { 7, 8 }, *place = old;
    struct ndr_span span = { 0 };
    struct stream s;

    (void)state;
    begin(&s, "00000200 02000000 0100", true);
    s.in.keep = true;
    ndr_in_place(&s.in, NDR_UNIQUE, &place);
    assert_true(ndr_in_follow(&s.in, &place));
    ndr_in_conformance(&s.in, &span, 1);
    assert_true(ndr_in_make(&s.in, &place, span.max, sizeof *place));
    assert_ptr_not_equal(place, old);
    ndr_in_array(&s.in, place, 2, 2);
    assert_int_equal(end(&s), ERR_TRUNCATED);
    assert_ptr_equal(place, old);
    assert_int_equal(live, 0);
}

static void an_allocator_that_fails_undoes_all(void **state)
{
    struct item *list = NULL;
    struct stream s;
    long at;

    (void)state;
    for (at = 0; at < 3; at++) {
        begin(&s, TWO_ITEMS "00000200 03000000 00000000", true);
        fail_at = at;
        read_list(&s.in, &list, at == 2, at == 2);
        if (at < 2) {
            assert_int_equal(end(&s), ERR_NO_MEMORY);
        } else {
            struct item *other = NULL;

            fail_at = 1; /* the list's one block is there; that of the other is not */
            read_list(&s.in, &other, true, true);
            assert_int_equal(end(&s), ERR_NO_MEMORY);
            assert_null(other);
        }
        assert_null(list);
        assert_int_equal(live, 0);
    }
}

static void room_is_beside_the_budget_up_to_its_limit(void **state)
{
    struct stream s;

    (void)state;
    begin(&s, "", false);
    assert_non_null(ndr_in_room(&s.in, NDR_ROOM_MAX / 4, 2));
    assert_non_null(ndr_in_room(&s.in, NDR_ROOM_MAX / 4, 2));
    assert_null(ndr_in_room(&s.in, 1, 1));
    assert_int_equal(end(&s), ERR_TOO_LONG);
    begin(&s, "", false);
    assert_null(ndr_in_room(&s.in, SIZE_MAX / 2, 4));
    assert_int_equal(end(&s), ERR_TOO_LONG);
}

static void elements_are_used_where_they_are(void **state)
{
    struct ndr_span span = { 2, 0, 2 };
    uint16_t *place = NULL;
    struct stream s;

    (void)state;
    begin(&s, "0100 0200", false);
    ndr_in_elements(&s.in, &place, &span, 2);
    assert_ptr_equal(place, s.stub.ptr);
    assert_int_equal(end(&s), ERR_OK);
    begin(&s, "0001 0002", false);
    s.in.swap = true;
    ndr_in_elements(&s.in, &place, &span, 2);
    assert_ptr_not_equal(place, s.stub.ptr);
    assert_int_equal(end(&s), ERR_OK);
    begin(&s, "0100 0200", true);
    ndr_in_elements(&s.in, &place, &span, 2);
    assert_int_equal(end(&s), ERR_OK);
    assert_int_equal(place[1], 2);
    release(place);
}

static enum err scenario(void *one_block)
{
    struct item *list = NULL;
    struct stream s;
    enum err e;

    begin(&s, TWO_ITEMS, true);
    read_list(&s.in, &list, one_block != NULL, true);
    e = end(&s);
    if (!e && !one_block)
        release(list->next);
    if (!e)
        release(list);
    assert_int_equal(live, 0);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
    oom_run(scenario, &live);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clients_objects_are_its_own),
        cmocka_unit_test(a_servers_are_the_calls),
        cmocka_unit_test(a_graph_is_the_programs_on_both_sides),
        cmocka_unit_test(two_graphs_are_two_blocks),
        cmocka_unit_test(a_circle_moves_as_a_whole),
        cmocka_unit_test(a_graph_does_not_lead_into_the_calls_memory),
        cmocka_unit_test(a_graph_does_not_lead_into_the_stub),
        cmocka_unit_test(a_stub_that_was_left_keeps_its_places),
        cmocka_unit_test(what_is_kept_is_put_back),
        cmocka_unit_test(a_new_array_is_undone),
        cmocka_unit_test(an_allocator_that_fails_undoes_all),
        cmocka_unit_test(room_is_beside_the_budget_up_to_its_limit),
        cmocka_unit_test(elements_are_used_where_they_are),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
