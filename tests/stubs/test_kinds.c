/* SPDX-License-Identifier: Apache-2.0
 * test_kinds.c - the octets of each call of kinds.idl, in both transfer syntaxes.
 * C706 14.2 and 14.3; [MS-RPCE] 2.2.5: in NDR64 an enumeration has 4 octets, __int3264, counts and
 * referents 8; a union is aligned as its widest arm, and a structure ends at a multiple of its
 * alignment
 */
#include <fcntl.h>
#include <unistd.h>

#include "kinds.h"
#include "lib/unit.h"
#include "stubs/loop.h"
#include "stubs/octets.h"

/* ---- the routines: each adds one, so that the way back is seen as well ---- */

void Unsigned(UNSIGNED *a)
{
    a->a--;
    a->b--;
    a->c--;
    a->d--;
}

void Sized(SIZED *a)
{
    a->a++;
    a->b++;
    a->c++;
    a->d++;
    a->e++;
}

void Widths(WIDTHS *a)
{
    a->flag = !a->flag;
    a->step = LOW;
    a->reach = NEAR_BY;
    a->wide++;
    a->more++;
}

void Arrays(STEP steps[3], LONG_PTR wides[2], boolean flags[3], LETTERS letters[2])
{
    steps[2] = HIGH;
    wides[0]++;
    flags[0] = 1;
    letters[1].narrow++;
}

void OpenEnds(LONG n, STEP *steps, LONG_PTR *wides, LONG **pointers)
{
    if (n != 2)
        return;
    steps[1] = HIGH;
    wides[1]++;
    if (pointers[0])
        ++*pointers[0];
}

void Octets(byte *text)
{
    text[0]++;
}

void Matrix(LONG n, LONG m, short **rows, LONG *sum)
{
    LONG i, j;

    *sum = 0;
    for (i = 0; i < n; i++)
        for (j = 0; j < m && rows[i]; j++)
            *sum += rows[i][j];
}

void Flagged(FLAGGED *a)
{
    a->value.yes++;
}

void Lettered(LETTERED *a)
{
    a->value.a++;
}

void Stepped(STEPPED *a)
{
    a->value.high++;
}

void Reached(REACHED *a)
{
    a->value.far_off++;
}

void Placed(PLACE at, LONG a, LONG *sum)
{
    *sum = at.number + a;
}

void Passed(void *there, void **back)
{
    *back = there;
}

static LONG bound;

handle_t PLACE_bind(PLACE at)
{
    bound += at.number;
    return NULL;
}

void PLACE_unbind(PLACE at, handle_t h)
{
    (void)h;
    bound -= at.number;
}

/* ---- the octets ---- */

static int begin(void **state)
{
    (void)state;
    loop_init(kinds_v1_0_s_ifspec);
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
    assert_int_equal(loop.live, 0);
    loop_done();
    return 0;
}

static void each_base_type_in_a_structure(void **state)
{
    UNSIGNED u = { 0xff, 0xfffe, 0xfffffffd, 0xfffffffffffffffc };
    SIZED s = { -2, -3, -4, -5, -6 };
    WIDTHS w = { 1, HIGH, FAR_OFF, -5, 7 };

    (void)state;
    LOOP_CALL(c_Unsigned(&u));
    octets_ndr("ff 00 feff fdffffff fcffffffffffffff", "fe 00 fdff fcffffff fbffffffffffffff");
    octets_ndr64("ff 00 feff fdffffff fcffffffffffffff", "fe 00 fdff fcffffff fbffffffffffffff");
    LOOP_CALL(c_Sized(&s));
    octets_ndr("fe 00 fdff fcffffff fbffffffffffffff faffffff",
               "ff 00 feff fdffffff fcffffffffffffff fbffffff");
    octets_ndr64("fe 00 fdff fcffffff fbffffffffffffff faffffff 00000000",
                 "ff 00 feff fdffffff fcffffffffffffff fbffffff 00000000");
    assert_int_equal(s.e, -5);
    LOOP_CALL(c_Widths(&w));
    octets_ndr("01 00 2c01 78563412 fbffffff 07000000", "00 00 0000 00000000 fcffffff 08000000");
    octets_ndr64("01 000000 2c010000 78563412 00000000 fbffffffffffffff 0700000000000000",
                 "00 000000 00000000 00000000 00000000 fcffffffffffffff 0800000000000000");
    assert_int_equal(w.wide, -4);
}

static void each_base_type_in_an_array(void **state)
{
    STEP steps[3] = { LOW, HIGH, LOW };
    LONG_PTR wides[2] = { -2, 2 };
    boolean flags[3] = { 0, 1, 1 };
    LETTERS letters[2] = { { 'A', 'b' }, { 0x20ac, 'c' } };
    LONG five = 5, *pointers[2] = { &five, NULL };

    (void)state;
    LOOP_CALL(c_Arrays(steps, wides, flags, letters));
    octets_ndr("0000 2c01 0000 0000 feffffff 02000000 00 01 01 00 4100 62 00 ac20 63",
               "0000 2c01 2c01 0000 ffffffff 02000000 01 01 01 00 4100 62 00 ac20 64");
    octets_ndr64("00000000 2c010000 00000000 00000000 feffffffffffffff 0200000000000000 "
                 "00 01 01 00 4100 62 00 ac20 63 00",
                 "00000000 2c010000 2c010000 00000000 ffffffffffffffff 0200000000000000 "
                 "01 01 01 00 4100 62 00 ac20 64 00");
    steps[0] = HIGH;
    steps[1] = LOW;
    wides[0] = 1;
    wides[1] = -2;
    LOOP_CALL(c_OpenEnds(2, steps, wides, pointers));
    octets_ndr("02000000 02000000 2c01 0000 02000000 01000000 feffffff "
               "02000000 00000200 00000000 05000000",
               "02000000 2c01 2c01 02000000 01000000 ffffffff "
               "02000000 00000200 00000000 06000000");
    octets_ndr64("02000000 00000000 0200000000000000 2c010000 00000000 "
                 "0200000000000000 0100000000000000 feffffffffffffff "
                 "0200000000000000 0000020000000000 0000000000000000 05000000",
                 "0200000000000000 2c010000 2c010000 "
                 "0200000000000000 0100000000000000 ffffffffffffffff "
                 "0200000000000000 0000020000000000 0000000000000000 06000000");
    assert_int_equal(five, 6);
}

static void octets_may_be_a_string_and_rows_an_array(void **state)
{
    byte text[4] = { 1, 2, 0, 9 };
    short one[2] = { 1, 2 }, two[2] = { 3, 4 }, *rows[2] = { one, two };
    LONG sum = 0;

    (void)state;
    LOOP_CALL(c_Octets(text));
    octets_ndr("03000000 00000000 03000000 01 02 00", "03000000 00000000 03000000 02 02 00");
    octets_ndr64("0300000000000000 0000000000000000 0300000000000000 01 02 00",
                 "0300000000000000 0000000000000000 0300000000000000 02 02 00");
    LOOP_CALL(c_Matrix(2, 2, rows, &sum));
    octets_ndr("02000000 02000000 02000000 00000200 04000200 02000000 0100 0200 "
               "02000000 0300 0400",
               "0a000000");
    octets_ndr64("02000000 02000000 0200000000000000 0000020000000000 0400020000000000 "
                 "0200000000000000 0100 0200 00000000 0200000000000000 0300 0400",
                 "0a000000");
    assert_int_equal(sum, 10);
}

static void a_discriminant_is_of_its_type(void **state)
{
    FLAGGED f = { 1, { .yes = 7 } };
    LETTERED l = { 'a', { .a = 5 } };
    STEPPED s = { HIGH, { .high = 9 } };
    REACHED r = { FAR_OFF, { .far_off = 1 } };

    (void)state;
    LOOP_CALL(c_Flagged(&f));
    octets_ndr("01 01 0000 07000000", "01 01 0000 08000000");
    octets_ndr64("01 000000 01 000000 07000000", "01 000000 01 000000 08000000");
    LOOP_CALL(c_Lettered(&l));
    octets_ndr("61 61 000000000000 0500000000000000", "61 61 000000000000 0600000000000000");
    octets_ndr64("61 00000000000000 61 00000000000000 0500000000000000",
                 "61 00000000000000 61 00000000000000 0600000000000000");
    LOOP_CALL(c_Stepped(&s));
    octets_ndr("2c01 2c01 0900", "2c01 2c01 0a00");
    octets_ndr64("2c010000 2c010000 0900 0000", "2c010000 2c010000 0a00 0000");
    LOOP_CALL(c_Reached(&r));
    octets_ndr("78563412 78563412 01", "78563412 78563412 02");
    octets_ndr64("78563412 78563412 01 000000", "78563412 78563412 02 000000");
    assert_int_equal(r.value.far_off, 2);
}

/* A type with [handle] travels as what it is; of a [system_handle] its place among those that go
 * beside the call, in 4 octets: ours, the documentation has none. */
static void handles_that_travel(void **state)
{
    const PLACE at = { 40 };
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    void *there = (void *)(LONG_PTR)fd, *back = NULL;
    LONG sum = 0;

    (void)state;
    LOOP_CALL(c_Placed(at, 2, &sum));
    octets_ndr("28000000 02000000", "2a000000");
    octets_ndr64("28000000 02000000", "2a000000");
    assert_int_equal(bound, 0);
    LOOP_CALL(c_Passed(there, &back));
    octets_ndr("01000000", "01000000");
    octets_ndr64("01000000", "01000000");
    assert_ptr_equal(back, there);
    LOOP_CALL(c_Passed(NULL, &back));
    octets_ndr("00000000", "00000000");
    octets_ndr64("00000000", "00000000");
    assert_null(back);
    close(fd);
}

int main(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define ONE64(name) cmocka_unit_test_setup_teardown(name, begin64, end)
    static const struct CMUnitTest tests[] = {
        ONE(each_base_type_in_a_structure),
        ONE(each_base_type_in_an_array),
        ONE(octets_may_be_a_string_and_rows_an_array),
        ONE(a_discriminant_is_of_its_type),
        ONE(handles_that_travel),
        ONE64(each_base_type_in_a_structure),
        ONE64(each_base_type_in_an_array),
        ONE64(octets_may_be_a_string_and_rows_an_array),
        ONE64(a_discriminant_is_of_its_type),
        ONE64(handles_that_travel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
