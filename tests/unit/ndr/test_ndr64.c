/* SPDX-License-Identifier: Apache-2.0
 * test_ndr64.c - what the other transfer syntax has wider, written and read.  [MS-RPCE] 2.2.5
 */
#include "lib/unit.h"
#include "ndr/in.h"
#include "ndr/out.h"
#include "ndr/pipe.h"
#include "ndr/place.h"

static const char thing_type;
static const struct ndr_element shorts = { 2, 2, 0, 0 };
static struct ndr_arena arena;
static struct ndr_fulls fulls;

static struct ndr_out out_begin(enum ndr_syntax syntax)
{
    struct ndr_out out;

    fulls = (struct ndr_fulls){ 0 };
    assert_int_equal(ndr_out_begin(syntax, &fulls, &out), ERR_OK);
    return out;
}

static void written(struct ndr_out *out, const char *hex)
{
    struct bytes want = unit_hex(hex);
    struct buf got = { 0 };

    assert_int_equal(ndr_out_take(out, &got), ERR_OK);
    unit_assert_bytes(buf_view(got), want);
    buf_free(&got);
    ndr_fulls_done(&fulls);
    free((void *)want.ptr);
}

static enum err refused(struct ndr_out *out)
{
    enum err e = out->w.err;

    ndr_out_done(out);
    ndr_fulls_done(&fulls);
    return e;
}

static struct ndr_in over(struct bytes stub)
{
    struct ndr_in in;

    arena = ndr_arena_with(ndr_budget(stub.len));
    fulls = (struct ndr_fulls){ 0 };
    assert_int_equal(ndr_in_begin(stub, NDR_64, NDR_DREP_NATIVE, &arena, &fulls, &in), ERR_OK);
    return in;
}

static enum err done(struct ndr_in *in)
{
    enum err e = ndr_in_end(in);

    ndr_arena_done(&arena);
    ndr_fulls_done(&fulls);
    return e;
}

/* ---- simple types.  [MS-RPCE] 2.2.5.2 ---- */

static const char simple[] = "81 00 3412 05000000 ff7f0000 feffffff feffffffffffffff "
                             "0100000002000000 41 01 00 00 00000000";

static void simple_types_are_those_of_ndr_but_for_enumerations(void **state)
{
    struct ndr_out out = out_begin(NDR_64);

    (void)state;
    ndr_out_u8(&out, 0x81);
    ndr_out_u16(&out, 0x1234);
    ndr_out_u32(&out, 5);
    ndr_out_enum16(&out, 32767);
    ndr_out_v1_enum(&out, -2);
    ndr_out_int3264(&out, -2);
    ndr_out_uint3264(&out, 0x200000001);
    ndr_out_u8(&out, 'A');
    ndr_out_boolean(&out, true);
    ndr_out_align_as(&out, 4, 8);
    written(&out, simple);
}

static enum err read_simple(struct bytes stub)
{
    struct ndr_in in = over(stub);
    bool good = ndr_in_u8(&in) == 0x81;

    good = ndr_in_u16(&in) == 0x1234 && good;
    good = ndr_in_u32(&in) == 5 && good;
    good = ndr_in_enum16(&in) == 32767 && good;
    good = ndr_in_v1_enum(&in) == -2 && good;
    good = ndr_in_int3264(&in) == -2 && good;
    good = ndr_in_uint3264(&in) == 0x200000001 && good;
    good = ndr_in_char(&in) == 'A' && good;
    good = ndr_in_boolean(&in) && good;
    ndr_in_align_as(&in, 4, 8);
    if (!in.r.err)
        assert_true(good);
    return done(&in);
}

static void reads_simple_types_and_refuses_every_shorter_message(void **state)
{
    struct bytes stub = unit_hex(simple);

    (void)state;
    assert_int_equal(read_simple(stub), ERR_OK);
    unit_every_prefix(stub, read_simple);
    free((void *)stub.ptr);
}

static void the_same_in_ndr_is_narrower(void **state)
{
    struct ndr_out out = out_begin(NDR_20);

    (void)state;
    ndr_out_enum16(&out, 1);
    ndr_out_align_as(&out, 4, 8);
    ndr_out_int3264(&out, INT32_MIN);
    ndr_out_uint3264(&out, UINT32_MAX);
    ndr_out_size(&out, 3);
    ndr_out_chunk_begin(&out, &shorts, 1);
    ndr_out_u8(&out, 7);
    ndr_out_chunk_end(&out, 1);
    ndr_out_pad(&out, 8);
    written(&out, "0100 0000 00000080 ffffffff 03000000 01000000 07");
    out = out_begin(NDR_20);
    ndr_out_int3264(&out, (int64_t)INT32_MIN - 1);
    assert_int_equal(refused(&out), ERR_RPC_BOUND);
    out = out_begin(NDR_20);
    ndr_out_uint3264(&out, 0x100000000);
    assert_int_equal(refused(&out), ERR_RPC_BOUND);
}

static void an_enumeration_keeps_its_range(void **state)
{
    static const char *const beyond[] = { "00800000", "ffffffff", "00000100" };
    struct ndr_out out = out_begin(NDR_64);
    size_t i;

    (void)state;
    ndr_out_enum16(&out, 32768);
    assert_int_equal(refused(&out), ERR_RPC_ENUM);
    for (i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        struct bytes stub = unit_hex(beyond[i]);
        struct ndr_in in = over(stub);

        assert_int_equal(ndr_in_enum16(&in), 0);
        assert_int_equal(done(&in), ERR_MALFORMED);
        free((void *)stub.ptr);
    }
}

static void it_is_little_endian_ascii_and_ieee(void **state)
{
    static const struct ndr_drep each[] = { { false, true, true },
                                            { true, false, true },
                                            { true, true, false } };
    struct ndr_in in;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof *each; i++)
        assert_int_equal(ndr_in_begin((struct bytes){ 0 }, NDR_64, each[i], &arena, &fulls, &in),
                         ERR_MALFORMED);
}

/* ---- arrays and strings.  [MS-RPCE] 2.2.5.3.2, 2.2.5.3.3 ---- */

static const char counted[] =
    "09 00000000000000 0400000000000000 0200000000000000 0300000000000000 "
    "0000000000000000 0200000000000000 0100000000000000 0200000000000000 0100 0200 0300 0400 "
    "0300000000000000 0000000000000000 0300000000000000 686900 0000000000 "
    "0800000000000000 0000000000000000 0200000000000000 7800 0000 00000000 "
    "0000000000000000 0300000000000000 686900";

static void counts_have_eight_octets(void **state)
{
    static const struct ndr_span spans[2] = { { 2, 0, 2 }, { 3, 1, 2 } };
    static const uint16_t a[4] = { 1, 2, 3, 4 };
    struct ndr_out out = out_begin(NDR_64);
    size_t hole;

    (void)state;
    ndr_out_u8(&out, 9);
    hole = ndr_out_hole(&out);
    ndr_out_conformance(&out, spans, 2);
    ndr_out_variance(&out, spans, 2);
    ndr_out_array(&out, a, 4, 2);
    ndr_out_fill(&out, hole, 4);
    ndr_out_string(&out, "hi", 0);
    ndr_out_wide_string(&out, u"x", 8);
    ndr_out_string_from(&out, "hi", 3, 1);
    written(&out, counted);
}

static enum err read_counted(struct bytes stub)
{
    struct ndr_span spans[2], span;
    struct ndr_in in = over(stub);
    uint16_t a[4] = { 0 };
    char text[3] = "";
    size_t n;

    (void)ndr_in_u8(&in);
    n = ndr_in_size(&in);
    ndr_in_conformance(&in, spans, 2);
    ndr_in_variance(&in, spans, 2);
    ndr_in_same(&in, ndr_in_count(&in, spans, 2, 2), n);
    if (!in.r.err)
        ndr_in_array(&in, a, n, 2);
    (void)ndr_in_string(&in, &span);
    (void)ndr_in_wide_string(&in, &span);
    ndr_in_string_into(&in, text, sizeof text, 1);
    if (!in.r.err) {
        assert_int_equal(a[3], 4);
        assert_int_equal(spans[1].offset, 1);
        assert_int_equal(span.max, 8);
        assert_string_equal(text, "hi");
    }
    return done(&in);
}

static void reads_counts_and_refuses_every_shorter_message(void **state)
{
    struct bytes stub = unit_hex(counted);

    (void)state;
    assert_int_equal(read_counted(stub), ERR_OK);
    unit_every_prefix(stub, read_counted);
    free((void *)stub.ptr);
}

/* Whatever multiplies or adds a count cannot overflow with 32 bits of it. */
static void refuses_counts_nobody_can_mean(void **state)
{
    static const char *const each[] = {
        "0000000001000000 0000000000000000 0000000000000000", /* 2^32 */
        "0000000000000080 0000000000000000 0000000000000000", /* 2^63 */
        "ffffffffffffffff 0000000000000000 0000000000000000",
        "0100000000000000 0000000000000080 0000000000000080",
        "0100000000000000 ffffffffffffffff 0200000000000000", /* wraps to 1 */
        "0100000000000000 0000000000000000 0000000000000080",
    };
    struct ndr_out out = out_begin(NDR_64);
    struct ndr_span span = { (size_t)UINT32_MAX + 1, 0, 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        struct bytes stub = unit_hex(each[i]);
        struct ndr_in in = over(stub);
        void *place = NULL;

        ndr_in_conformance(&in, &span, 1);
        ndr_in_variance(&in, &span, 1);
        assert_int_equal(ndr_in_count(&in, &span, 1, 1), 0);
        ndr_in_elements(&in, &place, &span, 8);
        assert_null(place);
        assert_int_equal(done(&in), ERR_MALFORMED);
        free((void *)stub.ptr);
    }
    span = (struct ndr_span){ (size_t)UINT32_MAX + 1, 0, 0 };
    ndr_out_conformance(&out, &span, 1);
    assert_int_equal(refused(&out), ERR_TOO_LONG);
}

/* ---- structures.  [MS-RPCE] 2.2.5.3.4.1; 4.8 is its example ---- */

static void a_structure_is_filled_up_to_its_alignment(void **state)
{
    struct bytes stub = unit_hex("01000000 0200 ffff 03000000 0400");
    struct ndr_out out = out_begin(NDR_64);
    struct ndr_in in;
    int i;

    (void)state;
    ndr_out_u32(&out, 1);
    ndr_out_u16(&out, 2);
    ndr_out_pad(&out, 4);
    ndr_out_u16(&out, 3);
    written(&out, "01000000 0200 0000 0300");
    in = over(stub);
    for (i = 0; i < 2; i++) {
        assert_int_equal(ndr_in_u32(&in), 1 + 2 * i);
        assert_int_equal(ndr_in_u16(&in), 2 + 2 * i);
        ndr_in_pad(&in, 4); /* the second time the stub ends without */
    }
    assert_int_equal(done(&in), ERR_OK);
    free((void *)stub.ptr);
}

/* ---- pointers.  [MS-RPCE] 2.2.5.3.5 ---- */

static void pointers_have_eight_octets(void **state)
{
    struct ndr_out out = out_begin(NDR_64);
    int object = 0;

    (void)state;
    ndr_out_u8(&out, 1);
    ndr_out_pointer(&out, NDR_UNIQUE, &object, NULL);
    ndr_out_pointer(&out, NDR_REF, &object, NULL);
    ndr_out_pointer(&out, NDR_UNIQUE, NULL, NULL);
    ndr_out_pointer(&out, NDR_FULL, &object, &thing_type);
    written(&out, "01 00000000000000 0000020000000000 0400020000000000 0000000000000000 "
                  "0100000000000000");
}

static void referent_identifiers_are_told_apart_by_all_their_octets(void **state)
{
    struct bytes stub = unit_hex("0500000001000000 0500000002000000 0500000001000000 "
                                 "0000000000000000");
    struct ndr_in in = over(stub);
    void *token[3], *object = NULL;
    int first, second, i;
    bool fresh = false;

    (void)state;
    for (i = 0; i < 3; i++)
        token[i] = ndr_in_pointer(&in, NDR_FULL);
    assert_null(ndr_in_full(&in, token[0], &thing_type, &fresh));
    assert_true(fresh);
    ndr_in_full_is(&in, token[0], &thing_type, &first);
    assert_null(ndr_in_full(&in, token[1], &thing_type, &fresh));
    assert_true(fresh);
    ndr_in_full_is(&in, token[1], &thing_type, &second);
    object = ndr_in_full(&in, token[2], &thing_type, &fresh);
    assert_ptr_equal(object, &first);
    assert_false(fresh);
    assert_null(ndr_in_pointer(&in, NDR_REF));
    assert_int_equal(done(&in), ERR_MALFORMED);
    free((void *)stub.ptr);
}

/* The identifiers a request used up to the last of NDR's are not ours in the response. */
static void new_identifiers_are_those_of_ndr(void **state)
{
    struct ndr_fulls t = { 0 };
    struct ndr_full *f = NULL;
    int one, two;

    (void)state;
    assert_int_equal(ndr_fulls_add(&t, 0x700000000, &one, &thing_type, &f), ERR_OK);
    assert_int_equal(ndr_fulls_add(&t, 0, &two, &thing_type, &f), ERR_OK);
    assert_int_equal(f->id, 1);
    assert_ptr_equal(ndr_fulls_by_id(&t, 0x700000000)->object, &one);
    ndr_fulls_done(&t);
}

/* ---- context handles and pipes.  [MS-RPCE] 2.2.5.3.4.5 ---- */

static void a_context_handle_has_twenty_octets(void **state)
{
    const struct ndr_context c = { 0, { 1, 2, 3, { 4 } } };
    struct ndr_out out = out_begin(NDR_64);

    (void)state;
    ndr_out_u8(&out, 1);
    ndr_out_context(&out, &c);
    written(&out, "01 000000 00000000 01000000 0200 0300 0400000000000000");
}

static const char pipe[] = "0200000000000000 0100 0200 00000000 feffffffffffffff "
                           "0000000000000000 0000000000000000";

static void a_chunk_is_counted_twice(void **state)
{
    struct ndr_out out = out_begin(NDR_64);

    (void)state;
    ndr_out_chunk_begin(&out, &shorts, 2);
    ndr_out_u16(&out, 1);
    ndr_out_u16(&out, 2);
    ndr_out_chunk_end(&out, 2);
    ndr_out_chunk_begin(&out, &shorts, 0);
    ndr_out_chunk_end(&out, 0);
    written(&out, pipe);
    out = out_begin(NDR_64);
    ndr_out_chunk_begin(&out, &shorts, (uint32_t)NDR_64_CHUNK_MAX + 1);
    assert_int_equal(refused(&out), ERR_TOO_LONG);
}

static enum err read_pipe(struct bytes stub)
{
    struct ndr_in in = over(stub);
    struct ndr_chunk c = { 0 };
    size_t n;

    while ((n = ndr_in_pipe(&in, &c, &shorts))) {
        ndr_in_align(&in, 2);
        for (size_t i = 0; i < n; i++)
            (void)ndr_in_u16(&in);
        ndr_in_piped(&in, &c, n);
    }
    return done(&in);
}

static void a_chunk_whose_counts_disagree_is_refused(void **state)
{
    static const char *const each[] = {
        "0100000000000000 0100 000000000000 0100000000000000", /* not negated */
        "0100000000000000 0100 000000000000 feffffffffffffff", /* complemented, not negated */
        "0000000000000000 ffffffffffffffff",
        "0000008000000000 0000000000000000",
        "0000000000000080 0000000000000080",
    };
    struct bytes stub = unit_hex(pipe);
    size_t i;

    (void)state;
    assert_int_equal(read_pipe(stub), ERR_OK);
    unit_every_prefix(stub, read_pipe);
    free((void *)stub.ptr);
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        stub = unit_hex(each[i]);
        assert_int_equal(read_pipe(stub), ERR_MALFORMED);
        free((void *)stub.ptr);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_types_are_those_of_ndr_but_for_enumerations),
        cmocka_unit_test(reads_simple_types_and_refuses_every_shorter_message),
        cmocka_unit_test(the_same_in_ndr_is_narrower),
        cmocka_unit_test(an_enumeration_keeps_its_range),
        cmocka_unit_test(it_is_little_endian_ascii_and_ieee),
        cmocka_unit_test(counts_have_eight_octets),
        cmocka_unit_test(reads_counts_and_refuses_every_shorter_message),
        cmocka_unit_test(refuses_counts_nobody_can_mean),
        cmocka_unit_test(a_structure_is_filled_up_to_its_alignment),
        cmocka_unit_test(pointers_have_eight_octets),
        cmocka_unit_test(referent_identifiers_are_told_apart_by_all_their_octets),
        cmocka_unit_test(new_identifiers_are_those_of_ndr),
        cmocka_unit_test(a_context_handle_has_twenty_octets),
        cmocka_unit_test(a_chunk_is_counted_twice),
        cmocka_unit_test(a_chunk_whose_counts_disagree_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
