/* SPDX-License-Identifier: Apache-2.0
 * test_changed_octets.c - the octets of each attribute of changed.idl, in both
 * transfer syntaxes.  C706 14.3; [MS-RPCE] 2.2.5; desktop-src/Midl: what an attribute sends
 */
#include "changed.h"
#include "lib/unit.h"
#include "stubs/changed_manager.h"
#include "stubs/loop.h"
#include "stubs/manager.h"
#include "stubs/octets.h"

static long live_blocks(void)
{
    return loop.live;
}

static int begin(void **state)
{
    (void)state;
    loop_init(changed_v1_0_s_ifspec);
    changed_wrong = WRONG_NOTHING;
    changed_blocks = live_blocks;
    return 0;
}

static int begin64(void **state)
{
    (void)begin(state);
    loop.syntax = NDR_64;
    return 0;
}

static int end(void **state)
{
    (void)state;
    ITEM_LIST_free_inst(&changed_kept);
    assert_int_equal(loop.live, 0);
    loop_done();
    return 0;
}

/* 0 where the pointer stands, whatever is there. */
static void ignore(void **state)
{
    LINK second = { 2, NULL, NULL }, first = { 1, &second, &second }, *back = NULL;

    (void)state;
    second.previous = &first;
    LOOP_CALL(c_Links(&first, &back));
    octets_ndr("01000000 00000200 00000000 02000000 00000000 00000000",
               "00000200 02000000 00000000 00000000");
    octets_ndr64("01000000 00000000 0000020000000000 0000000000000000 "
                 "02000000 00000000 0000000000000000 0000000000000000",
                 "0000020000000000 02000000 00000000 0000000000000000 0000000000000000");
    midl_user_free(back);
}

/* Every arm where the widest would be: in NDR64 all unions are so. */
static void ms_union(void **state)
{
    OLD_CHOICE c = { 1, { 'a' } };

    (void)state;
    LOOP_CALL(c_Old(&c));
    octets_ndr("0100 0100 00000000 61", "0100 0100 00000000 62");
    octets_ndr64("0100 000000000000 0100 000000000000 61 00000000000000",
                 "0100 000000000000 0100 000000000000 62 00000000000000");
}

/* The parameters of the remote one. */
static void call_as(void **state)
{
    LINK second = { 20, NULL, NULL }, first = { 10, &second, NULL };
    LONG start = 5;

    (void)state;
    LOOP_CALL((void)Total(&first, &start));
    octets_ndr("0a000000 00000200 00000000 14000000 00000000 00000000 05000000", "23000000");
    octets_ndr64("0a000000 00000000 0000020000000000 0000000000000000 "
                 "14000000 00000000 0000000000000000 0000000000000000 05000000",
                 "23000000");
}

/* Nothing of its own. */
static void notify(void **state)
{
    (void)state;
    LOOP_CALL(c_Told(2));
    octets_ndr("02000000", "");
    octets_ndr64("02000000", "");
}

static ITEM_LIST list_of(short a, short b)
{
    ITEM *first = (ITEM *)manager_give(sizeof *first);
    ITEM *second = b ? (ITEM *)manager_give(sizeof *second) : NULL;

    *first = (ITEM){ a, second };
    if (second)
        *second = (ITEM){ b, NULL };
    return first;
}

/* The transmitted type: here a conformant structure, its count in front. */
static void transmit_as(void **state)
{
    ITEM_LIST a = list_of(1, 2), b = list_of(3, 0), c = NULL, many[1] = { a }, got[1] = { NULL };
    EITHERS e = { 2, { 0 } };

    (void)state;
    LOOP_CALL(c_ItemLists(a, &b, &c));
    octets_ndr("02000000 0200 0100 0200 0000 01000000 0100 0300",
               "01000000 0100 0d00 01000000 0100 0700");
    octets_ndr64("0200000000000000 0200 0100 0200 0000 0100000000000000 0100 0300",
                 "0100000000000000 0100 0d00 00000000 0100000000000000 0100 0700");
    ITEM_LIST_free_inst(&c);
    LOOP_CALL(c_ManyLists(1, many, got));
    octets_ndr("01000000 01000000 02000000 0200 0100 0200", "01000000 01000000 0100 0300");
    octets_ndr64("01000000 00000000 0100000000000000 0200000000000000 0200 0100 0200",
                 "0100000000000000 0100000000000000 0100 0300");
    ITEM_LIST_free_inst(&got[0]);
    e.either.list = b;
    LOOP_CALL(c_Either(&e));
    octets_ndr("0200 0200 01000000 0100 0d00", "0200 0200 01000000 0100 0e00");
    /* the arms' alignment is that of the long: a count in front of an arm has its own */
    octets_ndr64("0200 0000 0200 0000 0100000000000000 0100 0d00",
                 "0200 0000 0200 0000 0100000000000000 0100 0e00");
    ITEM_LIST_free_inst(&e.either.list);
    ITEM_LIST_free_inst(&a);
    ITEM_LIST_free_inst(&b);
}

/* The type of the wire. */
static void represent_as(void **state)
{
    POINT_LOCAL a = { 1.5, -2 }, b = { 0.25, 1 };
    PARTS p = { 0x10002 }, q = { 0 };

    (void)state;
    LOOP_CALL(c_Places(a, &b));
    octets_ndr("96000000 38ffffff 19000000 64000000", "af000000 9cffffff");
    octets_ndr64("96000000 38ffffff 19000000 64000000", "af000000 9cffffff");
    LOOP_CALL(c_Wholes(p, &q)); /* which is itself transmitted as a third */
    octets_ndr("0200 0100", "0300 0100");
    octets_ndr64("0200 0100", "0300 0100");
}

/* What the routines write, as a value of the wire's type. */
static void wire_marshal(void **state)
{
    struct changed_numbers *a = (struct changed_numbers *)manager_give(sizeof *a);
    NUMBERS_HANDLE b = NULL, c = NULL;
    FOUR_BYTES bytes = 0x55;

    (void)state;
    LOOP_CALL(c_Bytes(0x12345678, &bytes, 1));
    octets_ndr("7856 3412 5500 0000 01", "2e56 3412");
    octets_ndr64("7856 3412 5500 0000 01", "2e56 3412");
    a->count = 1;
    a->each[0] = 5;
    LOOP_CALL(c_Handles(a, &b, &c));
    octets_ndr("00000200 01000000 04000200 01000000 05000000 08000200 00000000 00000000",
               "00000200 01000000 04000200 01000000 06000000 "
               "08000200 01000000 0c000200 01000000 07000000");
    octets_ndr64("0000020000000000 01000000 00000000 0400020000000000 0100000000000000 05000000 "
                 "00000000 0800020000000000 00000000 00000000 0000000000000000",
                 "0000020000000000 01000000 00000000 0400020000000000 0100000000000000 06000000 "
                 "00000000 0800020000000000 01000000 00000000 0c00020000000000 0100000000000000 "
                 "07000000");
    midl_user_free(a);
    midl_user_free(b);
    midl_user_free(c);
}

/* Likewise, said in the ACF. */
static void user_marshal(void **state)
{
    SLOT s = { 3, (char *)"-7" }, t = { 0 };

    (void)state;
    LOOP_CALL(c_Slots(1, s, &t));
    octets_ndr("01 00000000000000 03 00000000000000 f9ffffffffffffff",
               "04 00000000000000 f9ffffffffffffff");
    octets_ndr64("01 00000000000000 03 00000000000000 f9ffffffffffffff",
                 "04 00000000000000 f9ffffffffffffff");
    midl_user_free(t.text);
}

/* The [out] parameter as it would be without. */
static void byte_count(void **state)
{
    enum { ROOM = sizeof(RECORD) + 8 + 6 };
    char *room = (char *)calloc(1, ROOM);

    (void)state;
    LOOP_CALL(c_Record(ROOM, 2, (RECORD *)(void *)room));
    octets_ndr("26000000 02000000", "01 000000 02000000 00000200 04000200 02000000 01000000 "
                                    "02000000 06000000 00000000 06000000 '616263646500");
    octets_ndr64("26000000 02000000",
                 "01 000000 02000000 0000020000000000 0400020000000000 0200000000000000 01000000 "
                 "02000000 0600000000000000 0000000000000000 0600000000000000 '616263646500");
    free(room);
}

/* In the request a referent alone. */
static void partial_ignore(void **state)
{
    LONG previous = 0x5a5a5a5a;
    short a[3] = { 9, 9, 9 };

    (void)state;
    LOOP_CALL(c_MoveLeft(&previous));
    octets_ndr("00000200", "00000200 07000000");
    octets_ndr64("0000020000000000", "0000020000000000 07000000");
    LOOP_CALL(c_MoveLeft(NULL));
    octets_ndr("00000000", "00000000");
    octets_ndr64("0000000000000000", "0000000000000000");
    LOOP_CALL(c_Room(3, a));
    octets_ndr("03000000 00000200", "00000200 03000000 0300 0000 0000");
    octets_ndr64("03000000 00000000 0000020000000000",
                 "0000020000000000 0300000000000000 0300 0000 0000");
}

/* Nothing of its own. */
static void force_allocate(void **state)
{
    byte data[3] = { 1, 2, 3 };
    LONG values[2] = { 4, 5 };
    RECORD r = { 1, 2, values, (char *)"r" };

    (void)state;
    LOOP_CALL((void)c_Forced(3, data, &r, (char *)"n"));
    octets_ndr("03000000 03000000 '010203 00 01 000000 02000000 00000200 04000200 02000000 "
               "04000000 05000000 02000000 00000000 02000000 '7200 0000 "
               "02000000 00000000 02000000 '6e00",
               "04000000");
    octets_ndr64("03000000 00000000 0300000000000000 '010203 0000000000 01 000000 02000000 "
                 "0000020000000000 0400020000000000 0200000000000000 04000000 05000000 "
                 "0200000000000000 0000000000000000 0200000000000000 '7200 000000000000 "
                 "0200000000000000 0000000000000000 0200000000000000 '6e00",
                 "04000000");
}

int main(void)
{
#define ONE(name)                                                                                  \
    cmocka_unit_test_setup_teardown(name, begin, end),                                             \
        cmocka_unit_test_setup_teardown(name, begin64, end)
    static const struct CMUnitTest tests[] = {
        ONE(ignore),      ONE(ms_union),       ONE(call_as),        ONE(notify),
        ONE(transmit_as), ONE(represent_as),   ONE(wire_marshal),   ONE(user_marshal),
        ONE(byte_count),  ONE(partial_ignore), ONE(force_allocate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
