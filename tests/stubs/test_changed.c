/* SPDX-License-Identifier: Apache-2.0
 * test_changed.c - attributes that change or replace what is marshalled, or who is called: the
 * octets, whose memory is whose, and what is refused.  desktop-src/Midl, desktop-src/Rpc
 */
#include "changed.h"
#include "lib/unit.h"
#include "stubs/changed_manager.h"
#include "stubs/loop.h"
#include "stubs/manager.h"

/* Operation numbers. */
enum {
    OLD_UNION = 1,
    TOLD = 3,
    LISTS = 4,
    HOLDERS = 5,
    MANY_LISTS = 6,
    EITHER_WAY = 7,
    COORDS_IN = 10,
    BYTES = 12,
    HANDLES_IN = 13,
    MANY = 14,
    SLOTS = 15,
    MOVE_LEFT = 17,
    ROOM = 18,
    TEXT = 19,
    SWAP = 20,
    FORCED = 21,
};

static long live_blocks(void)
{
    return loop.live;
}

static int begin(void **state)
{
    (void)state;
    loop_init(changed_v1_0_s_ifspec);
    changed_seen = 0;
    changed_notified = changed_flagged = 0;
    changed_wrong = WRONG_NOTHING;
    changed_blocks = live_blocks;
    changed_sized = changed_user_freed = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    loop.instead_of_response = (struct bytes){ 0 };
    loop.fail_at = -1;
    ITEM_LIST_free_inst(&changed_kept);
    assert_int_equal(loop.live, 0);
    loop_done();
    return 0;
}

static void says(struct buf got, const char *hex)
{
    struct bytes want = unit_hex(hex);

    unit_assert_bytes(bytes_of(got.ptr, got.len), want);
    free((void *)want.ptr);
}

static void serves(unsigned opnum, const char *hex, enum err e)
{
    struct bytes request = unit_hex(hex);

    loop_serve(opnum, request);
    assert_int_equal(loop.server_error, e);
    free((void *)request.ptr);
}

static void an_ignored_pointer_leads_nowhere(void **state)
{
    LINK second = { 2, NULL, NULL }, first = { 1, &second, &second }, *back = NULL;

    (void)state;
    second.previous = &first;
    LOOP_CALL(c_Links(&first, &back));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "01000000 00000200 00000000 02000000 00000000 00000000");
    says(loop.response, "00000200 02000000 00000000 00000000");
    assert_int_equal(changed_seen, 1);
    assert_null(back->previous);
    midl_user_free(back);
    /* whatever a peer puts there */
    serves(0, "05000000 00000000 ffffffff", ERR_OK);
    assert_int_equal(changed_seen, 5);
}

static void an_ms_unions_arms_are_aligned_alike(void **state)
{
    OLD_CHOICE c = { 1, { 'a' } };

    (void)state;
    LOOP_CALL(c_Old(&c));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "0100 0100 00000000 61");
    says(loop.response, "0100 0100 00000000 62");
    assert_int_equal(c.old.c, 'b');
    serves(OLD_UNION, "0200 0200 00000000 0100000000000000", ERR_OK);
    says(loop.response, "0200 0200 00000000 0700000000000000");
    serves(OLD_UNION, "0100 0100 61", ERR_TRUNCATED);
}

static void a_local_function_calls_for_a_remote_one(void **state)
{
    LINK second = { 20, NULL, NULL }, first = { 10, &second, NULL };
    LONG start = 5, sum = 0;

    (void)state;
    LOOP_CALL(sum = Total(&first, &start));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(sum, 35);
    says(loop.request, "0a000000 00000200 00000000 14000000 00000000 00000000 05000000");
    says(loop.response, "23000000");
}

static void the_end_of_a_call_is_notified_however_it_came(void **state)
{
    (void)state;
    LOOP_CALL(c_Told(2));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(changed_notified, 1);
    assert_int_equal(changed_flagged, 1);
    assert_true(changed_flag);
    serves(TOLD, "0a000000", ERR_MALFORMED); /* never reaches the routine */
    assert_int_equal(changed_seen, 2);
    assert_int_equal(changed_notified, 2);
    assert_false(changed_flag);
    serves(TOLD, "03000000", ERR_RPC_FAILED); /* raises */
    assert_int_equal(loop.server_raised, ERROR_ACCESS_DENIED);
    assert_int_equal(changed_notified, 3);
    assert_int_equal(changed_flagged, 3);
    assert_true(changed_flag);
}

/* ---- [transmit_as] ---- */

static ITEM_LIST list_of(short a, short b)
{
    ITEM *first = (ITEM *)manager_give(sizeof *first);
    ITEM *second = b ? (ITEM *)manager_give(sizeof *second) : NULL;

    *first = (ITEM){ a, second };
    if (second)
        *second = (ITEM){ b, NULL };
    return first;
}

static void a_list_travels_as_an_array(void **state)
{
    ITEM_LIST a = list_of(1, 2), b = list_of(3, 0), c = NULL;

    (void)state;
    memset(&c, 0xff, sizeof c); /* [out]: whatever it was */
    LOOP_CALL(c_ItemLists(a, &b, &c));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "02000000 0200 0100 0200 0000 01000000 0100 0300");
    says(loop.response, "01000000 0100 0d00 01000000 0100 0700");
    assert_int_equal(changed_seen, 3);
    assert_int_equal(b->value, 13);
    assert_int_equal(c->value, 7);
    assert_int_equal(loop.live, 4); /* nothing of the server's is left, nor of what was sent */
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
    ITEM_LIST_free_inst(&c);
    LOOP_CALL(c = c_MadeList(5));
    says(loop.response, "01000000 0100 0500");
    assert_int_equal(c->value, 5);
    ITEM_LIST_free_inst(&c);
}

/* Every prefix, in a block of its own; and whatever came before the end was given back. */
static void refuses_every_shorter_request(unsigned opnum, const char *hex)
{
    struct bytes whole = unit_hex(hex);
    size_t len;

    for (len = 0; len < whole.len; len++) {
        uint8_t *exact = (uint8_t *)malloc(len ? len : 1);

        memcpy(exact, whole.ptr, len);
        loop_serve(opnum, bytes_of(exact, len));
        free(exact);
        assert_int_not_equal(loop.server_error, ERR_OK);
        assert_int_equal(loop.live, 0);
    }
    loop_serve(opnum, whole);
    assert_int_equal(loop.server_error, ERR_OK);
    ITEM_LIST_free_inst(&changed_kept);
    assert_int_equal(loop.live, 0);
    free((void *)whole.ptr);
}

static void a_server_gives_back_what_routines_made(void **state)
{
    (void)state;
    refuses_every_shorter_request(LISTS, "02000000 0200 0100 0200 0000 01000000 0100 0300");
    refuses_every_shorter_request(HOLDERS,
                                  "07000000 01000000 0100 0500 08000000 01000000 0100 0600");
    refuses_every_shorter_request(MANY_LISTS,
                                  "02000000 02000000 01000000 0100 0500 02000000 0200 0600 0700");
    refuses_every_shorter_request(EITHER_WAY, "0200 0200 01000000 0100 0500");
    refuses_every_shorter_request(COORDS_IN, "01000000 02000000 03000000");
    refuses_every_shorter_request(HANDLES_IN, "00000200 01000000 00000200 01000000 05000000 "
                                              "00000200 01000000 00000200 01000000 06000000");
    refuses_every_shorter_request(MANY, "02000000 00000200 02000000 00000200 00000200 00000000 "
                                        "00000000 01000000 00000200 01000000 05000000");
    refuses_every_shorter_request(SLOTS, "01 00000000000000 02 00000000000000 0300000000000000");
}

/* desktop-src/Rpc/the-transmit-as-attribute.md: of components no free_inst is called. */
static void what_is_inside_of_an_in_parameter_is_the_routines(void **state)
{
    HOLDER a = { 1, list_of(5, 6) }, b = { 2, NULL }, c = { 0 };

    (void)state;
    LOOP_CALL(c_Holders(&a, &b, &c));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "01000000 02000000 0200 0500 0600 0000 02000000 00000000 0000");
    says(loop.response, "02000000 00000000 0000 0000 03000000 01000000 0100 0100");
    assert_int_equal(changed_kept->next->value, 6); /* after the call */
    assert_int_equal(c.id, 3);
    ITEM_LIST_free_inst(&a.list);
    ITEM_LIST_free_inst(&c.list);
}

static void converted_types_stand_in_arrays_and_unions(void **state)
{
    ITEM_LIST a[2] = { list_of(1, 2), NULL }, b[2] = { NULL, NULL };
    EITHERS e = { 2, { 0 } };

    (void)state;
    LOOP_CALL(c_ManyLists(2, a, b));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "02000000 02000000 02000000 0200 0100 0200 0000 00000000 0000");
    says(loop.response, "02000000 01000000 0100 0300 01000000 0100 0000");
    assert_int_equal(b[0]->value, 3);
    assert_int_equal(b[1]->value, 0);
    ITEM_LIST_free_inst(&a[0]);
    ITEM_LIST_free_inst(&b[0]);
    ITEM_LIST_free_inst(&b[1]);
    e.either.list = list_of(4, 0);
    a[0] = e.either.list;
    LOOP_CALL(c_Either(&e));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.response, "0200 0200 01000000 0100 0500");
    assert_int_equal(e.either.list->value, 5);
    ITEM_LIST_free_inst(&a[0]); /* an arm may have been another: the old one is the program's */
    ITEM_LIST_free_inst(&e.either.list);
    e = (EITHERS){ 1, { 41 } };
    LOOP_CALL(c_Either(&e));
    assert_int_equal(e.either.number, 42);
}

static void a_raising_routine_fails_the_call_with_its_code(void **state)
{
    ITEM_LIST a = list_of(1, CHANGED_UNSENDABLE), b = list_of(3, 0), c = NULL;

    (void)state;
    LOOP_CALL(c_ItemLists(a, &b, &c)); /* while it is written */
    assert_int_equal(loop.raised, CHANGED_EXCEPTION);
    assert_null(loop.request.ptr);
    a->next->value = CHANGED_UNREADABLE; /* while the server reads it */
    LOOP_CALL(c_ItemLists(a, &b, &c));
    assert_int_equal(loop.server_raised, CHANGED_EXCEPTION);
    assert_int_equal(loop.live, 3);
    a->next->value = 2;
    a->value = CHANGED_REFUSED; /* in the server's routine */
    LOOP_CALL(c_ItemLists(a, &b, &c));
    assert_int_equal(loop.server_raised, ERROR_ACCESS_DENIED);
    assert_int_equal(loop.live, 3);
    a->value = 1;
    changed_wrong = WRONG_MAKES_NOTHING;
    LOOP_CALL(c_ItemLists(a, &b, &c));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
    assert_int_equal(loop.client_error, ERR_RPC_NULL_REF);
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
}

/* b was the program's and is; c is not, where the response does not hold it whole. */
static void a_client_whose_call_fails_has_what_it_had(void **state)
{
    struct bytes whole = unit_hex("01000000 0100 0d00 01000000 0100 0700");
    ITEM_LIST a = NULL, b = NULL, c = NULL;
    size_t len;

    (void)state;
    for (len = 0; len < whole.len; len++) {
        loop.instead_of_response = bytes_of(whole.ptr, len);
        b = list_of(3, 4);
        LOOP_CALL(c_ItemLists(a, &b, &c));
        assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
        assert_null(c);
        ITEM_LIST_free_inst(&b);
        b = NULL;
        LOOP_CALL(c_ItemLists(a, &b, &c)); /* that of nothing is given back */
        assert_null(b);
        assert_int_equal(loop.live, 0);
    }
    loop.instead_of_response = (struct bytes){ 0 };
    free((void *)whole.ptr);
}

static void no_allocation_is_missed_when_one_fails(void **state)
{
    ITEM_LIST a = list_of(1, 2), b = NULL, c = NULL;
    NUMBERS_HANDLE h = NULL, i = NULL;
    long before = loop.live, n;

    (void)state;
    for (n = 0, loop.raised = 1; loop.raised != RPC_S_OK; n++) {
        loop.fail_at = n;
        LOOP_CALL(c_ItemLists(a, &b, &c));
        loop.fail_at = -1;
        if (loop.raised != RPC_S_OK)
            assert_int_equal(loop.live, before);
    }
    assert_true(n > 6);
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
    ITEM_LIST_free_inst(&c);
    for (n = 0, loop.raised = 1; loop.raised != RPC_S_OK; n++) {
        loop.fail_at = n;
        LOOP_CALL(c_Handles(NULL, &h, &i));
        loop.fail_at = -1;
        if (loop.raised != RPC_S_OK)
            assert_int_equal(loop.live, 0);
    }
    midl_user_free(h);
    midl_user_free(i);
}

/* ---- [represent_as] ---- */

static void a_local_type_is_represented_by_one_of_the_wire(void **state)
{
    POINT_LOCAL a = { 1.5, -2 }, b = { 0.25, 1 };
    SPOT s = { { 1, 2, 30 }, NULL }, t = { { 0, 0, 0 }, NULL };
    PARTS p = { 0x10002 }, q = { 0 };

    (void)state;
    LOOP_CALL(c_Places(a, &b));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "96000000 38ffffff 19000000 64000000");
    says(loop.response, "af000000 9cffffff");
    assert_true(b.x == 1.75 && b.y == -1);
    LOOP_CALL(c_Coords(&s, &t));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "01000000 02000000 1e000000");
    says(loop.response, "1e000000 02000000 01000000");
    assert_int_equal(changed_seen, 6); /* "1,2,30" */
    assert_string_equal(t.name, "30,2,1");
    midl_user_free(t.name);
    LOOP_CALL(c_Wholes(p, &q)); /* through a third type */
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "0200 0100");
    says(loop.response, "0300 0100");
    assert_int_equal(q.sum, 0x10003);
}

/* ---- [wire_marshal], [user_marshal] ---- */

static void octets_of_a_routine_travel_as_their_wire_type(void **state)
{
    FOUR_BYTES b = 0x55;

    (void)state;
    LOOP_CALL(c_Bytes(0x12345678, &b, 1));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "7856 3412 5500 0000 01");
    says(loop.response, "2e56 3412");
    assert_int_equal(b, (0x55 ^ 0x12345678) + 1);
    assert_int_equal(changed_sized, 0); /* its size is known to the compiler */
    assert_int_equal(changed_user_freed, 2);
    assert_int_equal(changed_flags, 0x00100000 | MSHCTX_DIFFERENTMACHINE);
    loop.big_endian = true;
    serves(BYTES, "5678 1234 0055 0000 01", ERR_OK);
    says(loop.response, "2e56 3412");
    loop.big_endian = false;
}

static void a_routine_may_ask_for_its_buffer(void **state)
{
    NDR_USER_MARSHAL_INFO info;
    FOUR_BYTES b = 0;
    ULONG flags = 0;

    (void)state;
    LOOP_CALL(c_Bytes(1, &b, 1)); /* UserUnmarshal of the client was last */
    assert_int_equal(changed_asked, RPC_S_OK);
    assert_int_equal(changed_info.InformationLevel, 1);
    assert_non_null(changed_info.Level1.Buffer);
    assert_int_equal(changed_info.Level1.BufferSize, 4);
    assert_true(changed_info.Level1.pfnAllocate == midl_user_allocate);
    assert_true(changed_info.Level1.pfnFree == midl_user_free);
    assert_null(changed_info.Level1.pRpcChannelBuffer);
    serves(BYTES, "0100 0000 0000 0000 01", ERR_OK); /* UserFree has none */
    assert_int_equal(changed_asked, RPC_S_OK);
    assert_null(changed_info.Level1.Buffer);
    assert_int_equal(changed_info.Level1.BufferSize, 0);
    assert_int_equal(NdrGetUserMarshalInfo(&flags, 1, &info), RPC_S_INVALID_ARG);
    assert_int_equal(NdrGetUserMarshalInfo(NULL, 1, &info), RPC_S_INVALID_ARG);
}

static struct changed_numbers *numbers(ULONG count, LONG first)
{
    struct changed_numbers *n = (struct changed_numbers *)manager_give(sizeof *n);

    n->count = count;
    n->each[0] = first;
    return n;
}

static void a_wire_type_may_be_a_pointer(void **state)
{
    NUMBERS_HANDLE a = numbers(2, 5), b = NULL, c = NULL;
    HANDLES many = { 2, NULL }, back = { 0 };
    SLOT s = { 3, (char *)"-7" }, t = { 0 };

    (void)state;
    LOOP_CALL(c_Handles(a, &b, &c));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "00000200 02000000 04000200 02000000 05000000 00000000 "
                       "08000200 00000000 00000000");
    says(loop.response, "00000200 01000000 04000200 01000000 06000000 "
                        "08000200 01000000 0c000200 01000000 07000000");
    assert_int_equal(((struct changed_numbers *)b)->each[0], 6);
    assert_int_equal(((struct changed_numbers *)c)->each[0], 7);
    midl_user_free(c);
    many.each = (NUMBERS_HANDLE *)manager_give(2 * sizeof *many.each);
    many.each[0] = a;
    many.each[1] = b;
    LOOP_CALL(c_Many(&many, &back));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(changed_seen, 11);
    says(loop.request, "02000000 00000200 02000000 04000200 08000200 "
                       "02000000 0c000200 02000000 05000000 00000000 "
                       "01000000 10000200 01000000 06000000");
    midl_user_free(back.each[0]);
    midl_user_free(back.each);
    midl_user_free(a);
    midl_user_free(b);
    midl_user_free(many.each);
    LOOP_CALL(c_Slots(1, s, &t)); /* the gap's octets are nobody's */
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "01 00000000000000 03 00000000000000 f9ffffffffffffff");
    says(loop.response, "04 00000000000000 f9ffffffffffffff");
    assert_int_equal(t.kind, 4);
    assert_string_equal(t.text, "-7");
    midl_user_free(t.text);
}

/* A peer that knows nothing of the routines may send NULL. */
static void a_null_wire_pointer_leaves_its_object_as_it_is(void **state)
{
    (void)state;
    serves(HANDLES_IN, "00000000 00000000", ERR_OK);
    assert_int_equal(changed_seen, -1);
    serves(MANY,
           "03000000 00000200 03000000 00000000 04000200 00000000 01000000 08000200 01000000 "
           "09000000",
           ERR_OK);
    assert_int_equal(changed_seen, 7); /* -1, 9, -1 */
}

/* No routine sends or reads what it may not, whatever it says. */
static void a_routine_that_leaves_its_buffer_fails_the_call(void **state)
{
    static const struct {
        enum changed_wrong wrong;
        RPC_STATUS raised;
        enum err error;
    } each[] = {
        { WRONG_SIZE_SMALL, RPC_X_BAD_STUB_DATA, ERR_BUFFER_TOO_SMALL },
        { WRONG_SIZE_HUGE, RPC_X_BAD_STUB_DATA, ERR_TOO_LONG },
        { WRONG_END_BEFORE, RPC_X_BAD_STUB_DATA, ERR_BUFFER_TOO_SMALL },
        { WRONG_END_BEYOND, RPC_X_BAD_STUB_DATA, ERR_BUFFER_TOO_SMALL },
        { WRONG_OTHER_TYPE, RPC_X_BAD_STUB_DATA, ERR_RPC_STUB_DATA },
        { WRONG_RAISES, CHANGED_EXCEPTION, ERR_RPC_FAILED },
        { WRONG_MARSHAL_RAISES, CHANGED_EXCEPTION, ERR_RPC_FAILED },
    };
    NUMBERS_HANDLE a = numbers(2, 5), b = NULL, c = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        changed_wrong = each[i].wrong;
        LOOP_CALL(c_Handles(a, &b, &c));
        assert_int_equal(loop.raised, each[i].raised);
        assert_int_equal(loop.client_error, each[i].error);
        assert_null(loop.request.ptr);
        assert_int_equal(loop.live, 1);
    }
    midl_user_free(a);
    changed_wrong = WRONG_UNMARSHAL_BEYOND;
    serves(HANDLES_IN, "00000200 01000000 00000200 01000000 05000000 00000000", ERR_RPC_STUB_DATA);
    assert_int_equal(loop.live, 0);
    changed_wrong = WRONG_UNMARSHAL_RAISES;
    serves(HANDLES_IN, "00000200 01000000 00000200 01000000 05000000 00000000", ERR_RPC_FAILED);
    assert_int_equal(loop.server_raised, CHANGED_EXCEPTION);
}

static void a_server_that_raises_gives_back_its_objects(void **state)
{
    (void)state;
    serves(HANDLES_IN,
           "00000200 01000000 00000200 01000000 61000000 "
           "00000200 01000000 00000200 01000000 05000000",
           ERR_RPC_FAILED);
    assert_int_equal(loop.server_raised, ERROR_ACCESS_DENIED);
    assert_int_equal(changed_user_freed, 2);
}

/* ---- [byte_count], [partial_ignore] ---- */

static void all_that_comes_back_goes_into_one_buffer(void **state)
{
    /* the structure, 8 of the values, 6 of the name */
    enum { NEEDED = sizeof(RECORD) + 8 + 6 };
    char *room = (char *)calloc(1, NEEDED);
    RECORD *r = (RECORD *)(void *)room;
    LONG n;

    (void)state;
    LOOP_CALL(c_Record(NEEDED, 2, r));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "26000000 02000000");
    says(loop.response, "01 000000 02000000 00000200 04000200 02000000 01000000 02000000 "
                        "06000000 00000000 06000000 616263646500");
    assert_ptr_equal(r->values, room + sizeof *r);
    assert_ptr_equal(r->name, room + sizeof *r + 8);
    assert_int_equal(r->values[1], 2);
    assert_string_equal(r->name, "abcde");
    assert_int_equal(loop.live, 0); /* nothing to free but the buffer */
    for (n = 0; n < NEEDED; n++) {
        char *exact = (char *)malloc((size_t)n + !n);

        memset(exact, 0x7e, (size_t)n);
        LOOP_CALL(c_Record(n, 2, (RECORD *)(void *)exact));
        assert_int_equal(loop.client_error, ERR_RPC_BYTE_COUNT);
        assert_int_equal(loop.live, 0);
        if (n >= (LONG)sizeof *r)
            assert_null(((RECORD *)(void *)exact)->name);
        free(exact);
    }
    free(room);
}

static void of_a_partly_ignored_pointer_only_its_being_travels(void **state)
{
    LONG previous = 0x5a5a5a5a;
    short a[3] = { 9, 9, 9 };
    char s[4] = { 'q', 'q', 'q', 'q' };
    RECORD r;

    (void)state;
    LOOP_CALL(c_MoveLeft(&previous));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "00000200");
    says(loop.response, "00000200 07000000");
    assert_int_equal(changed_seen, 0);
    assert_int_equal(previous, 7);
    LOOP_CALL(c_MoveLeft(NULL));
    says(loop.request, "00000000");
    says(loop.response, "00000000");
    assert_int_equal(changed_seen, -1);
    LOOP_CALL(c_Room(3, a));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "03000000 00000200");
    says(loop.response, "00000200 03000000 0300 0000 0000");
    assert_int_equal(changed_seen, 0);
    assert_int_equal(a[0], 3);
    assert_int_equal(a[2], 0);
    LOOP_CALL(c_Text(4, s));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "04000000 00000200");
    says(loop.response, "00000200 04000000 00000000 02000000 7800");
    assert_string_equal(s, "x");
    memset(&r, 0x7e, sizeof r); /* whatever its pointers are */
    LOOP_CALL(c_Replaced(&r));
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "00000200");
    assert_int_equal(changed_seen, 0);
    assert_int_equal(r.values[0], 1);
    midl_user_free(r.values);
    midl_user_free(r.name);
    memset(&r, 0x7e, sizeof r);
    loop.instead_of_response = unit_hex("00000200 01 000000 02000000 00000200 04000200 02000000");
    LOOP_CALL(c_Replaced(&r));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
    assert_null(r.values);
    free((void *)loop.instead_of_response.ptr);
    loop.instead_of_response = (struct bytes){ 0 };
    serves(ROOM, "ffffff7f 00000200", ERR_TOO_LONG); /* more room than a call may ask for */
    serves(ROOM, "ffffffff 00000200", ERR_TOO_LONG);
    serves(ROOM, "ffffff7f 00000000", ERR_OK);
    serves(MOVE_LEFT, "0000", ERR_TRUNCATED);
}

/* ---- [force_allocate] ---- */

static void what_is_forced_is_the_allocators(void **state)
{
    byte data[3] = { 1, 2, 3 };
    LONG values[2] = { 4, 5 }, blocks = 0;
    RECORD r = { 1, 2, values, (char *)"r" };
    char *own = (char *)manager_give(4), *s = own;

    (void)state;
    memcpy(own, "abc", 4);
    LOOP_CALL(blocks = c_Swap(&s)); /* the routine gives it back and puts another there */
    assert_int_equal(loop.raised, RPC_S_OK);
    says(loop.request, "00000200 04000000 00000000 04000000 61626300");
    assert_int_equal(blocks, 2); /* the client's and the routine's */
    assert_string_equal(s, "swapped");
    midl_user_free(s);
    midl_user_free(own);
    assert_int_equal(loop.live, 0);
    LOOP_CALL(blocks = c_Forced(3, data, &r, (char *)"name"));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(blocks, 4); /* of the array, of the record's two, and the name */
    assert_int_equal(loop.live, 0);
    data[0] = CHANGED_REFUSED;
    LOOP_CALL(c_Forced(3, data, &r, (char *)"name"));
    assert_int_equal(loop.server_raised, ERROR_ACCESS_DENIED);
    assert_int_equal(loop.live, 0);
    refuses_every_shorter_request(SWAP, "00000200 04000000 00000000 04000000 61626300");
    refuses_every_shorter_request(
        FORCED,
        "03000000 03000000 010203 00 01 000000 02000000 00000200 04000200 02000000 04000000 "
        "05000000 02000000 00000000 02000000 7200 0000 02000000 00000000 02000000 6e00");
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
    static const struct CMUnitTest tests[] = {
        ONE(an_ignored_pointer_leads_nowhere),
        ONE(an_ms_unions_arms_are_aligned_alike),
        ONE(a_local_function_calls_for_a_remote_one),
        ONE(the_end_of_a_call_is_notified_however_it_came),
        ONE(a_list_travels_as_an_array),
        ONE(a_server_gives_back_what_routines_made),
        ONE(what_is_inside_of_an_in_parameter_is_the_routines),
        ONE(converted_types_stand_in_arrays_and_unions),
        ONE(a_raising_routine_fails_the_call_with_its_code),
        ONE(a_client_whose_call_fails_has_what_it_had),
        ONE(no_allocation_is_missed_when_one_fails),
        ONE(a_local_type_is_represented_by_one_of_the_wire),
        ONE(octets_of_a_routine_travel_as_their_wire_type),
        ONE(a_routine_may_ask_for_its_buffer),
        ONE(a_wire_type_may_be_a_pointer),
        ONE(a_null_wire_pointer_leaves_its_object_as_it_is),
        ONE(a_routine_that_leaves_its_buffer_fails_the_call),
        ONE(a_server_that_raises_gives_back_its_objects),
        ONE(all_that_comes_back_goes_into_one_buffer),
        ONE(of_a_partly_ignored_pointer_only_its_being_travels),
        ONE(what_is_forced_is_the_allocators),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
