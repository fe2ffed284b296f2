/* SPDX-License-Identifier: Apache-2.0
 * test_vectors.c - one call for each type and attribute of vectors.idl, and the octets both sides
 * must say.  C706 14.2 and 14.3: alignment, pointers, arrays, strings, structures, unions
 */
#include "lib/unit.h"
#include "stubs/loop.h"
#include "stubs/manager.h"
#include "stubs/octets.h"
#include "vectors.h"

/* Operation numbers, where a request is said in octets. */
enum {
    NOTHING = 0,
    NUMBERS = 1,
    FLOATS = 2,
    STRINGS = 9,
    COUNTED_PAIR = 11,
    LATER = 12,
    PARTS = 14,
    LAST = 15,
    GRID = 16,
    LISTS = 18,
    PART_TAILS = 21,
    CHOOSE = 25,
    SWITCHED = 27,
    RANGED = 29,
};

static int begin(void **state)
{
    (void)state;
    loop_init(vectors_v1_2_s_ifspec);
    return 0;
}

static int begin64(void **state)
{
    (void)begin(state);
    loop.syntax = NDR_64;
    return 0;
}

/* All that midl_user_allocate gave was freed, by whoever had to. */
static int end(void **state)
{
    (void)state;
    assert_int_equal(loop.live, 0);
    loop_done();
    return 0;
}

static void seen_bytes(struct buf got, const char *hex)
{
    struct bytes want = unit_hex(hex);

    unit_assert_bytes(bytes_of(got.ptr, got.len), want);
    free((void *)want.ptr);
}

/* ---- base types.  C706 14.2 ---- */

static void base_types_are_aligned_to_their_size(void **state)
{
    unsigned char e = 0;
    LONGLONG sum = 0;
    double d = 0;
    boolean f = 0;
    WARMTH w = COLD;
    COLOUR c = RED;

    (void)state;
    LOOP_CALL(c_Nothing());
    octets_ndr("", "");
    octets_ndr64("", "");
    LOOP_CALL(sum = c_Numbers(-1, 2, -3, 0x100000000, &e));
    octets_ndr("ff 00 0200 fdffffff 0000000001000000", "c8 00000000000000 feffffff00000000");
    octets_ndr64("ff000200 fdffffff 00000000 01000000", "c8000000 00000000 feffffff 00000000");
    assert_int_equal(sum, 0xfffffffe);
    assert_int_equal(e, 200);
    LOOP_CALL(d = c_Floats(1.5F, -2));
    octets_ndr("0000c03f 00000000 00000000000000c0", "000000000000e0bf");
    octets_ndr64("0000c03f 00000000 00000000 000000c0", "00000000 0000e0bf");
    assert_true(d == -0.5);
    LOOP_CALL(f = c_Flags(7, 'b', u'\u20ac', 0xff));
    octets_ndr("01 62 ac20 ff", "01");
    octets_ndr64("0162ac20 ff", "01");
    assert_int_equal(f, 1);
    LOOP_CALL(c = c_Colours(GREEN, WARM, &w));
    octets_ndr("0500 0000 70110100", "70110100 0500");
    octets_ndr64("05000000 70110100", "70110100 05000000");
    assert_int_equal(c, GREEN);
    assert_int_equal(w, WARM);
}

static void refuses_what_a_base_type_cannot_be(void **state)
{
    WARMTH w;

    (void)state;
    LOOP_CALL(c_Colours((COLOUR)40000, WARM, &w));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
    assert_int_equal(loop.client_error, ERR_RPC_ENUM);
    LOOP_CALL(c_Colours(RED, WARM, NULL));
    assert_int_equal(loop.client_error, ERR_RPC_NULL_REF);
}

/* ---- structures and pointers.  C706 14.3.7, 14.3.10, 14.3.11 ---- */

static void structures_are_aligned_to_their_widest_member(void **state)
{
    MIXED a = { 1, 2, 3, 4 };
    ALIGNED b = { 9, 1 };

    (void)state;
    LOOP_CALL(c_Structs(a, &b));
    octets_ndr("01 00 0200 03000000 0400000000000000 09 00000000000000 000000000000f03f",
               "01 00000000000000 0000000000001440");
    octets_ndr64("01000200 03000000 04000000 00000000 09000000 00000000 00000000 0000f03f",
                 "01000000 00000000 00000000 00001440");
    assert_true(b.value == 5);
}

static void pointers_lead_where_they_must(void **state)
{
    LONG one = 1, two = 2, *p = &one, *q = NULL;

    (void)state;
    LOOP_CALL(c_Refs(&one, &two));
    octets_ndr("01000000 02000000", "03000000");
    octets_ndr64("01000000 02000000", "03000000");
    LOOP_CALL(c_Uniques(&one, &two));
    octets_ndr("00000200 01000000 04000200 03000000", "00000200 04000000");
    octets_ndr64("00000200 00000000 01000000 00000000 04000200 00000000 03000000",
                 "00000200 00000000 04000000");
    assert_int_equal(two, 4);
    LOOP_CALL(c_Uniques(NULL, NULL));
    octets_ndr("00000000 00000000", "00000000");
    octets_ndr64("00000000 00000000 00000000 00000000", "00000000 00000000");
    LOOP_CALL(c_Nested(&p, &q));
    octets_ndr("00000200 01000000", "00000200 02000000");
    octets_ndr64("00000200 00000000 01000000", "00000200 00000000 02000000");
    assert_int_equal(*q, 2);
    midl_user_free(q);
    p = NULL;
    LOOP_CALL(c_Nested(&p, &q));
    octets_ndr("00000000", "00000000");
    octets_ndr64("00000000 00000000", "00000000 00000000");
    assert_null(q);
}

/* ---- strings.  C706 14.3.4 ---- */

static void strings_carry_their_zero(void **state)
{
    char *c = NULL, room[8] = "";
    NAMES names = { (char *)"ab", (WCHAR *)u"c" };
    FIXED_NAMES fixed = { "x", u"yz" };
    COUNTED counted = { 2, 3, (WCHAR *)u"abc" };
    LONG units = 0;

    (void)state;
    LOOP_CALL(c_Strings((char *)"abc", (WCHAR *)u"de", &c));
    octets_ndr(
        "04000000 00000000 04000000 '61626300 00000200 03000000 00000000 03000000 6400 6500 0000",
        "00000200 04000000 00000000 04000000 61626300");
    octets_ndr64("04000000 00000000 00000000 00000000 04000000 00000000 61626300 00000000 "
                 "00000200 00000000 03000000 00000000 00000000 00000000 03000000 00000000 "
                 "64006500 0000",
                 "00000200 00000000 04000000 00000000 00000000 00000000 04000000 00000000 "
                 "61626300");
    assert_string_equal(c, "abc");
    midl_user_free(c);
    LOOP_CALL(c_Names(&names, &fixed));
    octets_ndr("00000200 04000200 03000000 00000000 03000000 '616200 00 02000000 00000000 02000000 "
               "6300 0000 00000000 02000000 '7800 0000 00000000 03000000 7900 7a00 0000",
               "00000000 03000000 616200 00 00000000 02000000 63000000");
    octets_ndr64("00000200 00000000 04000200 00000000 03000000 00000000 00000000 00000000 "
                 "03000000 00000000 61620000 00000000 02000000 00000000 00000000 00000000 "
                 "02000000 00000000 63000000 00000000 00000000 00000000 02000000 00000000 "
                 "78000000 00000000 00000000 00000000 03000000 00000000 79007a00 00000000",
                 "00000000 00000000 03000000 00000000 61620000 00000000 00000000 00000000 "
                 "02000000 00000000 63000000 00000000");
    assert_string_equal(fixed.name, "ab");
    LOOP_CALL(c_CountedString(&counted, &units));
    octets_ndr("02000000 03000000 00000200 03000000 00000000 02000000 6100 6200", "02000000");
    octets_ndr64("02000000 03000000 00000200 00000000 03000000 00000000 00000000 00000000 "
                 "02000000 00000000 61006200",
                 "02000000");
    assert_int_equal(units, 2);
    LOOP_CALL(c_Name(5, room));
    octets_ndr("05000000", "05000000 00000000 05000000 6162636400");
    octets_ndr64("05000000", "05000000 00000000 00000000 00000000 05000000 00000000 61626364 00");
    assert_string_equal(room, "abcd");
}

/* ---- arrays.  C706 14.3.3 ---- */

static void arrays_are_counted_once(void **state)
{
    short a[4] = { 1, 2, 3, 4 }, b[2] = { 0 };
    LONG longs[2] = { 7, 8 }, square[2][2] = { { 1, 2 }, { 3, 4 } };
    byte bytes[6] = { 1, 2, 3, 4, 5, 6 };
    char *words[2] = { (char *)"a", (char *)"b" };
    short grid[2][2] = { { 1, 2 }, { 3, 4 } };

    (void)state;
    LOOP_CALL(c_Counted(2, a, b));
    octets_ndr("02000000 02000000 0100 0200", "02000000 02000400");
    octets_ndr64("02000000 00000000 02000000 00000000 01000200", "02000000 00000000 02000400");
    assert_int_equal(b[1], 4);
    LOOP_CALL(c_Counted(0, a, b));
    octets_ndr("00000000 00000000", "00000000");
    octets_ndr64("00000000 00000000 00000000 00000000", "00000000 00000000");
    LOOP_CALL(c_Later(longs, 5, bytes, 2));
    octets_ndr("02000000 07000000 08000000 05000000 03000000 '010203 00 02000000", "");
    octets_ndr64("02000000 00000000 07000000 08000000 05000000 00000000 03000000 00000000 "
                 "01020300 02000000",
                 "");
    assert_int_equal(manager_seen, 8 + 3);
    LOOP_CALL(c_Fixed(a, square));
    octets_ndr("0100 0200 0300 0000 01000000 02000000 03000000 04000000",
               "01000000 02000000 03000000 07000000");
    octets_ndr64("01000200 03000000 01000000 02000000 03000000 04000000",
                 "01000000 02000000 03000000 07000000");
    assert_int_equal(square[1][1], 7);
    LOOP_CALL(c_Grid(2, grid));
    octets_ndr("02000000 02000000 02000000 0100 0200 0300 0400", "");
    octets_ndr64("02000000 00000000 02000000 00000000 02000000 00000000 01000200 03000400", "");
    assert_int_equal(manager_seen, 4);
    LOOP_CALL(c_Words(2, words));
    octets_ndr("02000000 02000000 00000200 04000200 02000000 00000000 02000000 '6100 0000 02000000 "
               "00000000 02000000 '6200",
               "");
    octets_ndr64("02000000 00000000 02000000 00000000 00000200 00000000 04000200 00000000 "
                 "02000000 00000000 00000000 00000000 02000000 00000000 61000000 00000000 "
                 "02000000 00000000 00000000 00000000 02000000 00000000 6200",
                 "");
    assert_int_equal(manager_seen, 2 + 'b');
}

static void parts_of_arrays_have_an_offset(void **state)
{
    short a[4] = { 1, 2, 3, 4 };
    byte bytes[6] = { 1, 2, 3, 4, 5, 6 };
    ULONG size = 3;
    LONG used = 0;

    (void)state;
    LOOP_CALL(c_Parts(2, a));
    octets_ndr("02000000 01000000 02000000 0200 0300", "");
    octets_ndr64("02000000 00000000 01000000 00000000 02000000 00000000 02000300", "");
    assert_int_equal(manager_seen, 0 + 20 + 300);
    LOOP_CALL(c_Last(3, bytes));
    octets_ndr("03000000 06000000 00000000 04000000 '01020304", "");
    octets_ndr64("03000000 00000000 06000000 00000000 00000000 00000000 04000000 00000000 "
                 "01020304",
                 "");
    assert_int_equal(manager_seen, 4);
    LOOP_CALL(c_Query(&size, bytes));
    octets_ndr("03000000 00000200 03000000 00000000 03000000 '010203",
               "02000000 00000200 02000000 00000000 02000000 01ee");
    octets_ndr64("03000000 00000000 00000200 00000000 03000000 00000000 00000000 00000000 "
                 "03000000 00000000 010203",
                 "02000000 00000000 00000200 00000000 02000000 00000000 00000000 00000000 "
                 "02000000 00000000 01ee");
    assert_int_equal(size, 2);
    assert_int_equal(bytes[1], 0xee);
    LOOP_CALL(c_Query(&size, NULL));
    octets_ndr("02000000 00000000", "02000000 00000000");
    octets_ndr64("02000000 00000000 00000000 00000000", "02000000 00000000 00000000 00000000");
    LOOP_CALL(c_Fill(3, bytes, &used));
    octets_ndr("03000000", "03000000 00000000 02000000 abab 0000 02000000");
    octets_ndr64("03000000",
                 "03000000 00000000 00000000 00000000 02000000 00000000 abab0000 02000000");
}

/* ---- arrays in structures.  C706 14.3.7.2 ---- */

static void structures_end_in_what_is_counted(void **state)
{
    LONG values[2] = { 5, 6 }, n = 0;
    LIST list = { 2, values }, back = { 0 }, *lists = NULL;
    OUTER *outer = (OUTER *)manager_give(sizeof *outer + 16);
    PART_TAIL *part = (PART_TAIL *)manager_give(sizeof *part + 16);
    TAIL *tail = NULL;

    (void)state;
    *outer = (OUTER){ 3, { 4, 2, { 8 } } };
    *part = (PART_TAIL){ 3, 2, { 1 } };
    (&outer->tail.values[0])[1] = 9;
    (&part->values[0])[1] = 2;
    LOOP_CALL(c_Lists(&list, &back));
    octets_ndr("0200 0000 00000200 02000000 05000000 06000000",
               "0200 0000 00000200 02000000 05000000 06000000");
    octets_ndr64("02000000 00000000 00000200 00000000 02000000 00000000 05000000 06000000",
                 "02000000 00000000 00000200 00000000 02000000 00000000 05000000 06000000");
    assert_int_equal(back.values[1], 6);
    midl_user_free(back.values);
    LOOP_CALL(c_Tails(&outer->tail, &tail));
    octets_ndr("02000000 0400 0200 0800 0900", "00000200 02000000 0000 0200 0900 0400");
    octets_ndr64("02000000 00000000 04000200 08000900",
                 "00000200 00000000 02000000 00000000 00000200 09000400");
    assert_int_equal(tail->values[0], 9);
    midl_user_free(tail);
    LOOP_CALL(c_Outers(outer));
    octets_ndr("02000000 03000000 0400 0200 0800 0900", "");
    octets_ndr64("02000000 00000000 03000000 04000200 08000900", "");
    assert_int_equal(manager_seen, 12);
    LOOP_CALL(c_PartTails(part));
    octets_ndr("03000000 03000000 02000000 00000000 02000000 01000000 02000000", "");
    octets_ndr64("03000000 00000000 03000000 02000000 00000000 00000000 02000000 00000000 "
                 "01000000 02000000",
                 "");
    assert_int_equal(manager_seen, 2);
    midl_user_free(outer);
    midl_user_free(part);
    LOOP_CALL(c_Fetch(&n, &lists));
    octets_ndr(
        "", "02000000 00000200 02000000 0000 0000 00000000 0100 0000 04000200 01000000 06000000");
    octets_ndr64("", "02000000 00000000 00000200 00000000 02000000 00000000 00000000 00000000 "
                     "00000000 00000000 01000000 00000000 04000200 00000000 01000000 00000000 "
                     "06000000");
    assert_int_equal(n, 2);
    assert_int_equal(lists[1].values[0], 6);
    midl_user_free(lists[1].values);
    midl_user_free(lists);
}

static void an_in_out_graph_may_grow(void **state)
{
    LONG values[1] = { 5 };
    LIST list = { 1, values };

    (void)state;
    LOOP_CALL(c_Change(&list));
    octets_ndr("0100 0000 00000200 01000000 05000000",
               "0300 0000 00000200 03000000 00000000 00000000 05000000");
    octets_ndr64("01000000 00000000 00000200 00000000 01000000 00000000 05000000",
                 "03000000 00000000 00000200 00000000 03000000 00000000 00000000 00000000 "
                 "05000000");
    assert_int_equal(list.n, 3);
    assert_int_equal(list.values[2], 5);
    assert_ptr_not_equal(list.values, values);
    midl_user_free(list.values);
}

/* ---- types that hold themselves; full pointers.  C706 14.3.10 ---- */

static void lists_and_rings_travel(void **state)
{
    NODE second = { 2, NULL }, first = { 1, &second }, *b = NULL;
    RING two = { 2, NULL }, one = { 1, &two };
    LONG length = 0;

    (void)state;
    two.next = &one;
    LOOP_CALL(c_Chain(&first, &b));
    octets_ndr("01000000 00000200 02000000 00000000",
               "00000200 02000000 04000200 01000000 00000000");
    octets_ndr64("01000000 00000000 00000200 00000000 02000000 00000000 00000000 00000000",
                 "00000200 00000000 02000000 00000000 04000200 00000000 01000000 00000000 "
                 "00000000 00000000");
    assert_int_equal(b->next->id, 1);
    midl_user_free(b->next);
    midl_user_free(b);
    LOOP_CALL(c_Rings(&one, &length));
    octets_ndr("01000000 01000000 02000000 02000000 01000000", "02000000");
    octets_ndr64("01000000 00000000 01000000 00000000 02000000 00000000 02000000 00000000 "
                 "01000000 00000000",
                 "02000000");
    LOOP_CALL(c_SameTwice(&length, &length, &length));
    octets_ndr("01000000 02000000 01000000", "01000000");
    octets_ndr64("01000000 00000000 02000000 00000000 01000000 00000000", "01000000");
    LOOP_CALL(c_SameTwice(NULL, &length, &length));
    octets_ndr("00000000 01000000 01000000", "00000000");
    octets_ndr64("00000000 00000000 01000000 00000000 01000000", "00000000");
}

/* ---- unions.  C706 14.3.8 ---- */

static void unions_carry_their_discriminant(void **state)
{
    CHOICE number = { 1, { .number = 5 } }, name = { 3, { .name = (char *)"x" } }, back = { 0 };
    CHOICE empty = { 4, { 0 } }, large = { 100, { .large = 6 } };
    CHOICE two[2] = { { 4, { 0 } }, { 1, { .number = 9 } } };
    CHOICES many = { 2, two };
    STRICT strict = { 8 };
    LONG values[1] = { 3 };
    INNER inner = { 2, { .list = { 1, values } } };

    (void)state;
    LOOP_CALL(c_Choose(&number, &back));
    octets_ndr("01000000 01000000 05000000", "01000000 01000000 05000000");
    octets_ndr64("01000000 00000000 01000000 00000000 05000000 00000000",
                 "01000000 00000000 01000000 00000000 05000000 00000000");
    LOOP_CALL(c_Choose(&name, &back));
    octets_ndr("03000000 03000000 00000200 02000000 00000000 02000000 '7800",
               "03000000 03000000 00000200 02000000 00000000 02000000 '7800");
    octets_ndr64("03000000 00000000 03000000 00000000 00000200 00000000 02000000 00000000 "
                 "00000000 00000000 02000000 00000000 7800",
                 "03000000 00000000 03000000 00000000 00000200 00000000 02000000 00000000 "
                 "00000000 00000000 02000000 00000000 7800");
    assert_string_equal(back.arm.name, "x");
    midl_user_free(back.arm.name);
    LOOP_CALL(c_Choose(&empty, &back));
    octets_ndr("04000000 04000000", "04000000 04000000");
    octets_ndr64("04000000 00000000 04000000 00000000", "04000000 00000000 04000000 00000000");
    LOOP_CALL(c_Choose(&large, &back));
    octets_ndr("64000000 64000000 0600000000000000", "64000000 64000000 0600000000000000");
    octets_ndr64("64000000 00000000 64000000 00000000 06000000 00000000",
                 "64000000 00000000 64000000 00000000 06000000 00000000");
    LOOP_CALL(c_ChooseMany(&many));
    octets_ndr("02000000 00000200 02000000 00000000 04000000 04000000 01000000 01000000 09000000",
               "");
    octets_ndr64("02000000 00000000 00000200 00000000 02000000 00000000 04000000 00000000 "
                 "04000000 00000000 01000000 00000000 01000000 00000000 09000000 00000000",
                 "");
    assert_int_equal(manager_seen, 11);
    LOOP_CALL(c_Switched(&strict, 7));
    octets_ndr("0700 0800 0700", "");
    octets_ndr64("07000800 0700", "");
    LOOP_CALL(c_Switched(&strict, 6));
    assert_int_equal(loop.client_error, ERR_RPC_TAG);
    LOOP_CALL(c_Inner(&inner));
    octets_ndr("0200 0000 0100 0000 00000200 01000000 03000000", "0100 0000 4d000000");
    octets_ndr64("02000000 00000000 01000000 00000000 00000200 00000000 01000000 00000000 "
                 "03000000",
                 "01000000 00000000 4d000000");
    assert_int_equal(inner.value.number, 77);
}

/* ---- ranges, handles, statuses ---- */

static void ranges_hold_on_both_sides(void **state)
{
    TEENS b = 12;
    struct bytes request = unit_hex("06000000 0c000000");

    (void)state;
    LOOP_CALL(c_Ranged(5, &b));
    octets_ndr("05000000 0c000000", "11000000");
    octets_ndr64("05000000 0c000000", "11000000");
    LOOP_CALL(c_Ranged(6, &b));
    assert_int_equal(loop.client_error, ERR_RPC_BOUND);
    loop_serve(RANGED, request);
    assert_int_equal(loop.server_error, ERR_MALFORMED);
    b = 18;
    LOOP_CALL(c_Ranged(5, &b));
    assert_int_equal(loop.server_error, ERR_RPC_BOUND);
    free((void *)request.ptr);
}

static void context_handles_are_twenty_octets(void **state)
{
    SESSION session = NULL;
    LONG result = 0;

    (void)state;
    LOOP_CALL(result = c_Open((WIDE)u"x", &session));
    octets_ndr("02000000 00000000 02000000 7800 0000",
               "00000000 00000000 0000 0000 3412000000000000 03000000");
    octets_ndr64("02000000 00000000 00000000 00000000 02000000 00000000 78000000",
                 "00000000 00000000 00000000 34120000 00000000 03000000");
    assert_int_equal(result, 3);
    LOOP_CALL(c_Use(session, 1));
    octets_ndr("00000000 00000000 0000 0000 '3412000000000000 01000000", "");
    octets_ndr64("00000000 00000000 00000000 34120000 00000000 01000000", "");
    assert_int_equal(manager_seen, 0x1235);
    LOOP_CALL(c_Close(&session));
    assert_null(session);
    LOOP_CALL(c_Use(NULL, 1));
    assert_int_equal(loop.client_error, ERR_RPC_NULL_CONTEXT);
}

static void a_status_goes_where_the_acf_says(void **state)
{
    struct bytes bad = unit_hex("01");
    error_status_t result = 0, fault = 0;
    LONG_PTR wide = 0;

    (void)state;
    LOOP_CALL(result = c_Status(&fault));
    octets_ndr("", "04000000 05000000");
    octets_ndr64("", "04000000 05000000");
    assert_int_equal(result, 5);
    loop.instead_of_response = bad;
    LOOP_CALL(result = c_Status(&fault));
    assert_int_equal(loop.raised, RPC_S_OK);
    assert_int_equal(result, RPC_X_BAD_STUB_DATA);
    free((void *)bad.ptr);
    loop.instead_of_response = (struct bytes){ 0 };
    LOOP_CALL(wide = c_Wide(-5));
    octets_ndr("fbffffff", "faffffff");
    octets_ndr64("fbffffff ffffffff", "faffffff ffffffff");
    assert_int_equal(wide, -6);
    LOOP_CALL(c_Handed(NULL, 1));
    octets_ndr("01000000", "");
    octets_ndr64("01000000", "");
    assert_int_equal(manager_seen, 1);
}

/* ---- what a hostile peer says.  C706 14.3.3; counts that do not agree ---- */

static void refuses(unsigned opnum, const char *hex)
{
    struct bytes request = unit_hex(hex);

    loop_serve(opnum, request);
    if (!loop.server_error)
        fail_msg("operation %u accepted %s", opnum, hex);
    free((void *)request.ptr);
}

static void a_server_refuses_counts_that_disagree(void **state)
{
    (void)state;
    refuses(COUNTED_PAIR, "02000000 03000000 010002000300"); /* size_is is 2 */
    refuses(COUNTED_PAIR, "ffffffff ffffffff 0100");         /* more than there is */
    refuses(COUNTED_PAIR, "03000000 03000000 01000200");     /* cut off */
    refuses(LATER, "02000000 0700000008000000 07000000 03000000 01020300 02000000");
    refuses(PARTS, "02000000 01000000 03000000 020003000400");            /* length_is is 2 */
    refuses(PARTS, "02000000 00000000 02000000 02000300");                /* first_is is 1 */
    refuses(PARTS, "05000000 01000000 05000000 01000200030004000500");    /* beyond the array */
    refuses(LAST, "03000000 05000000 00000000 04000000 01020304");        /* size_is is 6 */
    refuses(GRID, "02000000 02000000 03000000 010002000300040005000600"); /* the other dimension */
    refuses(STRINGS, "04000000 00000000 04000000 61626364 00000000");     /* no zero */
    refuses(STRINGS, "04000000 01000000 03000000 616200 00 00000000");    /* begins at 1 */
    refuses(CHOOSE, "01000000 02000000 05000000");                        /* two discriminants */
    refuses(SWITCHED, "0600 0800 0600");                                  /* no such arm */
    refuses(SWITCHED, "0700 0800 0800"); /* switch_is comes later */
    refuses(NOTHING, "00");              /* nobody reads it */
}

/* Neither a product nor a sum of what is asked for with these wraps. */
static void a_server_refuses_counts_of_64_bits(void **state)
{
    (void)state;
    refuses(COUNTED_PAIR, "02000000 00000000 0200000001000000 01000200");
    refuses(COUNTED_PAIR, "00000000 00000000 0000000000000080");
    refuses(COUNTED_PAIR, "ffffffff 00000000 ffffffffffffffff 0100");
    refuses(COUNTED_PAIR, "02000000 00000000 0200000000000000 0100"); /* cut off */
    refuses(PARTS, "02000000 00000000 ffffffffffffffff 0200000000000000 02000300");
    refuses(PARTS, "02000000 00000000 0100000000000000 0200000000000080 02000300");
    refuses(GRID, "00000000 00000000 0000000001000000 0000000001000000");
    refuses(GRID, "02000000 00000000 0200000000000000 0200000001000000 0100 0200 0300 0400");
    refuses(PART_TAILS, "0000000000000040 00000000 01000000 0000000000000000 0100000000000000 "
                        "01000000 00000000");
    refuses(PART_TAILS, "ffffffff00000000 ffffffff 01000000 fe00000000000000 0100000000000000 "
                        "01000000 00000000");
    refuses(STRINGS, "0400000000000000 0000000000000000 0400000000000080 61626300");
    refuses(CHOOSE, "01000000 00000000 02000000 00000000 05000000 00000000");
    refuses(NOTHING, "00");
}

static void a_referent_identifier_has_64_bits(void **state)
{
    struct bytes request =
        unit_hex("0100 0000 00000000 00000000 01000000 0100000000000000 05000000");

    (void)state;
    loop_serve(LISTS, request);
    assert_int_equal(loop.server_error, ERR_OK);
    seen_bytes(loop.response, "0100 0000 00000000 0000020000000000 0100000000000000 05000000");
    free((void *)request.ptr);
}

static void a_client_refuses_what_has_no_room(void **state)
{
    static const struct {
        const char *response;
        bool longer;
    } each[] = {
        { "03000000 010002000300", true },
        { "01000000 0100", false },
        { "ffffffff 0100", true },
        { "02000000 0100", false },
    };
    short a[2] = { 1, 2 }, b[3] = { 0, 0, 77 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        loop.instead_of_response = unit_hex(each[i].response);
        LOOP_CALL(c_Counted(2, a, b));
        assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
        assert_int_equal(b[2], 77);
        free((void *)loop.instead_of_response.ptr);
    }
    loop.instead_of_response = (struct bytes){ 0 };
}

/* Every prefix of a response with pointers in it: the caller is left without one. */
static void a_failed_call_leaves_nothing_behind(void **state)
{
    struct bytes whole = unit_hex(
        loop.syntax == NDR_20
            ? "02000000 00000200 02000000 0000 0000 00000000 0100 0000 04000200 01000000 06000000"
            : "02000000 00000000 0000020000000000 0200000000000000 0000 0000 00000000 "
              "0000000000000000 0100 0000 00000000 0400020000000000 0100000000000000 06000000");
    LIST *lists = NULL;
    LONG n = 0;
    size_t len;

    (void)state;
    for (len = 0; len < whole.len; len++) {
        uint8_t *cut = (uint8_t *)malloc(len ? len : 1);

        memcpy(cut, whole.ptr, len);
        loop.instead_of_response = bytes_of(cut, len);
        lists = (LIST *)cut;
        LOOP_CALL(c_Fetch(&n, &lists));
        assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
        assert_null(lists);
        assert_int_equal(loop.live, 0);
        free(cut);
    }
    loop.instead_of_response = (struct bytes){ 0 };
    free((void *)whole.ptr);
}

static void a_failed_call_leaves_an_in_out_graph_as_it_was(void **state)
{
    struct bytes cut = unit_hex("0300 0000 00000200 03000000 00000000 00000000");
    LONG values[1] = { 5 };
    LIST list = { 1, values };

    (void)state;
    loop.instead_of_response = cut;
    LOOP_CALL(c_Change(&list));
    assert_int_equal(loop.raised, RPC_X_BAD_STUB_DATA);
    assert_true(list.values == values || list.values == NULL);
    loop.instead_of_response = (struct bytes){ 0 };
    free((void *)cut.ptr);
}

static void an_allocator_that_fails_is_out_of_memory(void **state)
{
    struct bytes response = unit_hex(
        "02000000 00000200 02000000 0000 0000 00000000 0100 0000 04000200 01000000 06000000");
    LIST *lists = NULL;
    LONG n = 0;

    (void)state;
    loop.instead_of_response = response;
    for (long at = 0; at < 2; at++) {
        loop.fail_at = at + 2; /* the routine's own two come first */
        LOOP_CALL(c_Fetch(&n, &lists));
        assert_int_equal(loop.client_error, ERR_NO_MEMORY);
        assert_null(lists);
        assert_int_equal(loop.live, 0);
        loop.fail_at = -1;
    }
    loop.instead_of_response = (struct bytes){ 0 };
    free((void *)response.ptr);
}

/* ---- the other byte order.  C706 14.1 ---- */

static void reads_a_big_endian_request(void **state)
{
    static const struct {
        unsigned opnum;
        const char *request, *response;
    } each[] = {
        { NUMBERS, "ff 00 0002 fffffffd 0000000100000000", "c8 00000000000000 feffffff00000000" },
        { FLOATS, "3fc00000 00000000 c000000000000000", "000000000000e0bf" },
        { COUNTED_PAIR, "00000002 00000002 0001 0002", "02000000 02000400" },
        { LISTS, "0002 0000 00020000 00000002 00000005 00000006",
          "0200 0000 00000200 02000000 05000000 06000000" },
        { CHOOSE, "00000001 00000001 00000005", "01000000 01000000 05000000" },
        { RANGED, "00000005 0000000c", "11000000" },
    };
    size_t i;

    (void)state;
    loop.big_endian = true;
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        struct bytes request = unit_hex(each[i].request);

        loop_serve(each[i].opnum, request);
        assert_int_equal(loop.server_error, ERR_OK);
        seen_bytes(loop.response, each[i].response);
        free((void *)request.ptr);
    }
}

/* In a queue it is these octets, in either syntax: what a server says to it goes nowhere. */
static void a_message_has_a_request_alone(void **state)
{
    WCHAR text[] = u"q";

    (void)state;
    LOOP_CALL(c_Left(text, 2));
    octets_ndr("02000000 00000000 02000000 7100 0000 0200000000000000", "");
    octets_ndr64("02000000 00000000 00000000 00000000 02000000 00000000 7100 0000 00000000 "
                 "02000000 00000000",
                 "");
    assert_int_equal(manager_seen, 1);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define ONE64(name) cmocka_unit_test_setup_teardown(name, begin64, end)
    static const struct CMUnitTest tests[] = {
        ONE(base_types_are_aligned_to_their_size),
        ONE(refuses_what_a_base_type_cannot_be),
        ONE(structures_are_aligned_to_their_widest_member),
        ONE(pointers_lead_where_they_must),
        ONE(strings_carry_their_zero),
        ONE(arrays_are_counted_once),
        ONE(parts_of_arrays_have_an_offset),
        ONE(structures_end_in_what_is_counted),
        ONE(an_in_out_graph_may_grow),
        ONE(lists_and_rings_travel),
        ONE(unions_carry_their_discriminant),
        ONE(ranges_hold_on_both_sides),
        ONE(context_handles_are_twenty_octets),
        ONE(a_status_goes_where_the_acf_says),
        ONE(a_message_has_a_request_alone),
        ONE(a_server_refuses_counts_that_disagree),
        ONE(a_client_refuses_what_has_no_room),
        ONE(a_failed_call_leaves_nothing_behind),
        ONE(a_failed_call_leaves_an_in_out_graph_as_it_was),
        ONE(an_allocator_that_fails_is_out_of_memory),
        ONE(reads_a_big_endian_request),
    };
    static const struct CMUnitTest tests64[] = {
        ONE64(base_types_are_aligned_to_their_size),
        ONE64(structures_are_aligned_to_their_widest_member),
        ONE64(pointers_lead_where_they_must),
        ONE64(strings_carry_their_zero),
        ONE64(arrays_are_counted_once),
        ONE64(parts_of_arrays_have_an_offset),
        ONE64(structures_end_in_what_is_counted),
        ONE64(an_in_out_graph_may_grow),
        ONE64(lists_and_rings_travel),
        ONE64(unions_carry_their_discriminant),
        ONE64(ranges_hold_on_both_sides),
        ONE64(context_handles_are_twenty_octets),
        ONE64(a_status_goes_where_the_acf_says),
        ONE64(a_message_has_a_request_alone),
        ONE64(a_server_refuses_counts_of_64_bits),
        ONE64(a_referent_identifier_has_64_bits),
        ONE64(a_failed_call_leaves_nothing_behind),
        ONE64(refuses_what_a_base_type_cannot_be),
    };
    int failed = cmocka_run_group_tests_name("NDR", tests, NULL, NULL);

    return failed + cmocka_run_group_tests_name("NDR64", tests64, NULL, NULL);
}
