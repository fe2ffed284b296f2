/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/unit.h"
#include "ndr/in.h"

static struct ndr_arena arena;

static const struct ndr_drep little = { true, true, true }, big = { false, true, true };

static struct ndr_in over(struct bytes stub, struct ndr_drep drep)
{
    struct ndr_in in;

    arena = ndr_arena_with(ndr_budget(stub.len));
    assert_int_equal(ndr_in_begin(stub, NDR_20, drep, &arena, NULL, &in), ERR_OK);
    return in;
}

static enum err done(struct ndr_in *in)
{
    enum err e = ndr_in_end(in);

    ndr_arena_done(&arena);
    return e;
}

/* C706 14.3.3.4: max, offset, actual, elements. */
static const uint16_t *conformant_varying(struct ndr_in *in, struct ndr_span *span, size_t *n)
{
    ndr_in_conformance(in, span, 1);
    ndr_in_variance(in, span, 1);
    *n = ndr_in_count(in, span, 1, 2);
    return ndr_in_array_view(in, *n, 2);
}

static enum err read_one(struct bytes stub)
{
    struct ndr_in in = over(stub, little);
    struct ndr_span span;
    size_t n;

    (void)conformant_varying(&in, &span, &n);
    return done(&in);
}

static void reads_a_conformant_varying_array_in_both_orders(void **state)
{
    static const char *const text[2] = { "05 00 00 00 01 00 00 00 03 00 00 00 0a 00 0b 00 0c 00",
                                         "00 00 00 05 00 00 00 01 00 00 00 03 00 0a 00 0b 00 0c" };
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct bytes stub = unit_hex(text[i]);
        struct ndr_in in = over(stub, i ? big : little);
        struct ndr_span span;
        size_t n;
        const uint16_t *a = conformant_varying(&in, &span, &n);

        assert_int_equal(n, 3);
        assert_int_equal(span.max, 5);
        assert_int_equal(span.offset, 1);
        assert_int_equal(a[0], 10);
        assert_int_equal(a[2], 12);
        if (i == 0) {
            assert_ptr_equal(a, stub.ptr + 12); /* in place */
            unit_every_prefix(stub, read_one);
        }
        assert_int_equal(done(&in), ERR_OK);
        free((void *)stub.ptr);
    }
}

static enum err verdict(const char *hex)
{
    struct bytes stub = unit_hex(hex);
    enum err e = read_one(stub);

    free((void *)stub.ptr);
    return e;
}

static void refuses_counts_that_disagree(void **state)
{
    (void)state;
    assert_int_equal(verdict("02 00 00 00 00 00 00 00 03 00 00 00 0a 00 0b 00 0c 00"),
                     ERR_MALFORMED); /* actual > max */
    assert_int_equal(verdict("03 00 00 00 01 00 00 00 03 00 00 00 0a 00 0b 00 0c 00"),
                     ERR_MALFORMED); /* offset + actual > max */
    assert_int_equal(verdict("03 00 00 00 ff ff ff ff 04 00 00 00 0a 00 0b 00 0c 00"),
                     ERR_MALFORMED); /* their sum wraps */
    assert_int_equal(verdict("ff ff ff ff 00 00 00 00 ff ff ff ff 0a 00 0b 00 0c 00"),
                     ERR_TRUNCATED); /* more than follows */
    assert_int_equal(verdict("03 00 00 00 00 00 00 00 00 00 00 00"), ERR_OK);
}

static void no_count_asks_for_memory_before_it_is_checked(void **state)
{
    struct bytes stub = unit_hex("ff ff ff ff 00 00 00 00 ff ff ff ff 0a 00 0b 00 0c 00");
    struct ndr_in in = over(stub, big);
    struct ndr_span span;
    size_t n;

    (void)state;
    assert_null(conformant_varying(&in, &span, &n));
    assert_int_equal(n, 0);
    assert_int_equal(arena.used, 0);
    assert_null(ndr_in_new(&in, 1, 1)); /* nor after the failure */
    assert_int_equal(done(&in), ERR_TRUNCATED);
    free((void *)stub.ptr);
}

static void room_asked_for_and_not_filled_stays_in_the_budget(void **state)
{
    struct bytes stub = unit_hex("ff ff ff 7f 00 00 00 00 00 00 00 00");
    struct ndr_in in = over(stub, little);
    struct ndr_span span;

    (void)state;
    ndr_in_conformance(&in, &span, 1);
    ndr_in_variance(&in, &span, 1);
    assert_null(ndr_in_new(&in, ndr_spans_room(&span, 1), 8));
    assert_int_equal(done(&in), ERR_TOO_LONG);
    free((void *)stub.ptr);
}

/* C706 14.3.3.9: all maxima, then all parts. */
static void reads_the_counts_of_two_dimensions(void **state)
{
    struct bytes stub = unit_hex("02 00 00 00 03 00 00 00 00 00 00 00 02 00 00 00"
                                 "01 00 00 00 02 00 00 00 01 02 03 04");
    struct ndr_in in = over(stub, little);
    struct ndr_span spans[2];
    uint8_t a[4];
    size_t n;

    (void)state;
    ndr_in_conformance(&in, spans, 2);
    ndr_in_variance(&in, spans, 2);
    assert_int_equal(ndr_spans_room(spans, 2), 6);
    n = ndr_in_count(&in, spans, 2, 1);
    assert_int_equal(n, 4);
    ndr_in_array(&in, a, n, 1);
    assert_int_equal(a[3], 4);
    assert_int_equal(done(&in), ERR_OK);
    free((void *)stub.ptr);
}

static void refuses_dimensions_whose_product_overflows(void **state)
{
    struct bytes stub = unit_hex("ff ff ff ff ff ff ff ff ff ff ff ff 01");
    struct ndr_in in = over(stub, little);
    struct ndr_span spans[3];

    (void)state;
    ndr_in_conformance(&in, spans, 3);
    assert_int_equal(ndr_in_count(&in, spans, 3, 1), 0);
    assert_true(ndr_spans_room(spans, 3) == SIZE_MAX);
    assert_int_equal(done(&in), ERR_TRUNCATED);
    free((void *)stub.ptr);
}

static enum err read_wide(struct bytes stub)
{
    struct ndr_in in = over(stub, little);
    struct ndr_span span;

    (void)ndr_in_wide_string(&in, &span);
    return done(&in);
}

static enum err wide_verdict(const char *hex)
{
    struct bytes stub = unit_hex(hex);
    enum err e = read_wide(stub);

    free((void *)stub.ptr);
    return e;
}

/* C706 14.3.4 */
static void reads_strings_in_both_orders(void **state)
{
    struct bytes le = unit_hex("03 00 00 00 00 00 00 00 03 00 00 00 68 00 69 00 00 00");
    struct bytes be = unit_hex("00 00 00 03 00 00 00 00 00 00 00 03 00 68 00 69 00 00");
    struct bytes narrow = unit_hex("08 00 00 00 00 00 00 00 03 00 00 00 68 69 00");
    struct ndr_span span;
    struct ndr_in in = over(le, little);
    const char16_t *w = ndr_in_wide_string(&in, &span);

    (void)state;
    assert_memory_equal(w, u"hi", 6);
    assert_int_equal(done(&in), ERR_OK);
    in = over(be, big);
    w = ndr_in_wide_string(&in, &span);
    assert_memory_equal(w, u"hi", 6);
    assert_int_equal(done(&in), ERR_OK);
    in = over(narrow, little);
    assert_string_equal(ndr_in_string(&in, &span), "hi");
    assert_int_equal(span.max, 8);
    assert_int_equal(span.actual, 3);
    assert_int_equal(done(&in), ERR_OK);
    unit_every_prefix(le, read_wide);
    free((void *)le.ptr);
    free((void *)be.ptr);
    free((void *)narrow.ptr);
}

static void refuses_strings_that_do_not_end_where_they_end(void **state)
{
    (void)state;
    assert_int_equal(wide_verdict("02 00 00 00 00 00 00 00 02 00 00 00 68 00 69 00"),
                     ERR_MALFORMED); /* no zero */
    assert_int_equal(wide_verdict("03 00 00 00 00 00 00 00 03 00 00 00 68 00 00 00 00 00"),
                     ERR_MALFORMED); /* one too early */
    assert_int_equal(wide_verdict("03 00 00 00 00 00 00 00 00 00 00 00"), ERR_MALFORMED);
    assert_int_equal(wide_verdict("04 00 00 00 01 00 00 00 03 00 00 00 68 00 69 00 00 00"),
                     ERR_MALFORMED); /* from 1 */
    assert_int_equal(wide_verdict("03 00 00 00 00 00 00 00 03 00 00 00 68 00 69 00 00"),
                     ERR_TRUNCATED); /* half a character */
}

static void reads_a_string_of_a_fixed_array(void **state)
{
    struct bytes stub = unit_hex("00 00 00 00 03 00 00 00 68 69 00");
    struct ndr_in in = over(stub, little);
    char text[4] = { 0 };

    (void)state;
    ndr_in_string_into(&in, text, sizeof text, 1);
    assert_int_equal(done(&in), ERR_OK);
    assert_string_equal(text, "hi");
    in = over(stub, little);
    ndr_in_string_into(&in, text, 2, 1); /* has no room */
    assert_int_equal(done(&in), ERR_MALFORMED);
    in = over(stub, (struct ndr_drep){ true, false, true });
    ndr_in_string_into(&in, text, sizeof text, 1);
    assert_int_equal(done(&in), ERR_UNSUPPORTED);
    free((void *)stub.ptr);
}

static void elements_off_their_alignment_in_memory_are_copied(void **state)
{
    uint8_t block[17] = { 0 };
    struct ndr_in in = over(bytes_of(block + 1, 16), little);
    const uint64_t *a = NULL;

    (void)state;
    block[1] = 7;
    a = ndr_in_array_view(&in, 2, 8);
    assert_int_equal((uintptr_t)a % 8, 0);
    assert_int_equal(a[0], 7);
    assert_int_equal(done(&in), ERR_OK);
}

static enum err scenario(void *arg)
{
    struct ndr_in in = over(*(struct bytes *)arg, big);
    struct ndr_span span;

    (void)ndr_in_wide_string(&in, &span);
    return done(&in);
}

static void survives_every_failed_allocation(void **state)
{
    struct bytes stub = unit_hex("00 00 00 03 00 00 00 00 00 00 00 03 00 68 00 69 00 00");

    (void)state;
    oom_run(scenario, &stub);
    free((void *)stub.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_conformant_varying_array_in_both_orders),
        cmocka_unit_test(refuses_counts_that_disagree),
        cmocka_unit_test(no_count_asks_for_memory_before_it_is_checked),
        cmocka_unit_test(room_asked_for_and_not_filled_stays_in_the_budget),
        cmocka_unit_test(reads_the_counts_of_two_dimensions),
        cmocka_unit_test(refuses_dimensions_whose_product_overflows),
        cmocka_unit_test(reads_strings_in_both_orders),
        cmocka_unit_test(refuses_strings_that_do_not_end_where_they_end),
        cmocka_unit_test(reads_a_string_of_a_fixed_array),
        cmocka_unit_test(elements_off_their_alignment_in_memory_are_copied),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
