/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/out.h"

#include "lib/unit.h"
#include "ndr/in.h"

static const char node_type, other_type;

static struct ndr_out begin(struct ndr_fulls *fulls)
{
    struct ndr_out out;

    assert_int_equal(ndr_out_begin(NDR_20, fulls, &out), ERR_OK);
    return out;
}

static void assert_written(struct ndr_out *out, const char *hex)
{
    struct bytes want = unit_hex(hex);
    struct buf got = { 0 };

    assert_int_equal(ndr_out_take(out, &got), ERR_OK);
    unit_assert_bytes(buf_view(got), want);
    buf_free(&got);
    free((void *)want.ptr);
}

static enum err failed(struct ndr_out *out)
{
    enum err e = out->w.err;

    ndr_out_done(out);
    return e;
}

static void writes_base_types(void **state)
{
    struct ndr_out out = begin(NULL);

    (void)state;
    ndr_out_u8(&out, 0x81);
    ndr_out_u16(&out, 0x1234);
    ndr_out_boolean(&out, true);
    ndr_out_u32(&out, 0xdeadbeef);
    ndr_out_u64(&out, 0x0123456789abcdef);
    ndr_out_enum16(&out, 32767);
    ndr_out_v1_enum(&out, -2);
    ndr_out_float(&out, 1.5F);
    ndr_out_double(&out, -2.0);
    assert_written(&out, "81 00 34 12 01 00 00 00 ef be ad de 00 00 00 00"
                         "ef cd ab 89 67 45 23 01 ff 7f 00 00 fe ff ff ff"
                         "00 00 c0 3f 00 00 00 00 00 00 00 00 00 00 00 c0");
}

static void writes_arrays_strings_and_counts_known_later(void **state)
{
    static const struct ndr_span spans[2] = { { 2, 0, 2 }, { 3, 1, 2 } };
    static const uint16_t a[4] = { 1, 2, 3, 4 };
    struct ndr_out out = begin(NULL);
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
    assert_written(&out, "09 00 00 00 04 00 00 00 02 00 00 00 03 00 00 00"
                         "00 00 00 00 02 00 00 00 01 00 00 00 02 00 00 00"
                         "01 00 02 00 03 00 04 00"
                         "03 00 00 00 00 00 00 00 03 00 00 00 68 69 00 00"
                         "08 00 00 00 00 00 00 00 02 00 00 00 78 00 00 00"
                         "00 00 00 00 03 00 00 00 68 69 00");
}

static void refuses_what_a_caller_may_not_say(void **state)
{
    static const struct ndr_span beyond = { 2, 1, 2 };
    struct ndr_out out = begin(NULL);

    (void)state;
    ndr_out_enum16(&out, -1);
    assert_int_equal(failed(&out), ERR_RPC_ENUM);
    out = begin(NULL);
    ndr_out_pointer(&out, NDR_REF, NULL, NULL);
    assert_int_equal(failed(&out), ERR_RPC_NULL_REF);
    out = begin(NULL);
    ndr_out_variance(&out, &beyond, 1);
    assert_int_equal(failed(&out), ERR_RPC_BOUND);
    out = begin(NULL);
    ndr_out_string(&out, "four", 4);
    assert_int_equal(failed(&out), ERR_RPC_BOUND);
    out = begin(NULL);
    ndr_out_string_from(&out, "hi", 2, 1);
    assert_int_equal(failed(&out), ERR_INVALID_PARAMETER);
    out = begin(NULL);
    ndr_out_array(&out, "", SIZE_MAX, 8);
    assert_int_equal(failed(&out), ERR_TOO_LONG);
}

struct node {
    uint32_t value;
    struct node *next;
};

static void write_node(struct ndr_out *out, const struct node *n, enum ndr_pointer kind)
{
    if (!ndr_out_enter(out))
        return;
    ndr_out_u32(out, n->value);
    ndr_out_pointer(out, kind, n->next, &node_type);
    if (kind == NDR_FULL ? ndr_out_full(out, n->next, &node_type) : n->next != NULL)
        write_node(out, n->next, kind);
    ndr_out_leave(out);
}

static void writes_a_full_referent_once(void **state)
{
    struct node a = { 1, NULL }, b = { 2, &a };
    struct ndr_fulls fulls = { 0 };
    struct ndr_out out = begin(&fulls);

    (void)state;
    a.next = &b;
    write_node(&out, &a, NDR_FULL);
    ndr_out_pointer(&out, NDR_FULL, &a, &other_type); /* another type: another referent */
    assert_written(&out, "01 00 00 00 01 00 00 00 02 00 00 00 02 00 00 00"
                         "01 00 00 00 01 00 00 00 03 00 00 00");
    ndr_fulls_turn(&fulls); /* the response: the same names, the data again */
    out = begin(&fulls);
    write_node(&out, &b, NDR_FULL);
    assert_written(&out, "02 00 00 00 02 00 00 00 01 00 00 00 01 00 00 00"
                         "02 00 00 00 02 00 00 00");
    ndr_fulls_done(&fulls);
}

static void a_circle_of_unique_pointers_ends(void **state)
{
    struct node a = { 1, NULL };
    struct ndr_out out = begin(NULL);

    (void)state;
    a.next = &a;
    write_node(&out, &a, NDR_UNIQUE);
    assert_int_equal(out.depth, 0);
    assert_int_equal(failed(&out), ERR_INVALID_PARAMETER);
}

/* { context handle, [unique] wchar_t string, conformant array of hyper } */
static void writes_back_what_it_read(void **state)
{
    struct bytes stub = unit_hex("00 00 00 00 67 45 23 01 ab 89 ef cd 01 02 03 04 05 06 07 08"
                                 "00 00 02 00 02 00 00 00 00 00 00 00 02 00 00 00 41 00 00 00"
                                 "01 00 00 00 00 00 00 00 11 22 33 44 55 66 77 88");
    struct ndr_arena arena = ndr_arena_with(ndr_budget(stub.len));
    struct ndr_out out = begin(NULL);
    struct buf got = { 0 };
    struct ndr_context c;
    struct ndr_span text, array;
    const char16_t *s;
    const void *a;
    struct ndr_in in;

    (void)state;
    assert_int_equal(ndr_in_begin(stub, NDR_20, NDR_DREP_NATIVE, &arena, NULL, &in), ERR_OK);
    ndr_in_context(&in, &c);
    assert_non_null(ndr_in_pointer(&in, NDR_UNIQUE));
    s = ndr_in_wide_string(&in, &text);
    ndr_in_conformance(&in, &array, 1);
    ndr_in_align(&in, 8);
    a = ndr_in_array_view(&in, ndr_in_count(&in, &array, 1, 8), 8);
    assert_int_equal(ndr_in_end(&in), ERR_OK);
    ndr_out_context(&out, &c);
    ndr_out_pointer(&out, NDR_UNIQUE, s, NULL);
    ndr_out_wide_string(&out, s, text.max);
    ndr_out_conformance(&out, &array, 1);
    ndr_out_array(&out, a, array.actual, 8);
    assert_int_equal(ndr_out_take(&out, &got), ERR_OK);
    unit_assert_bytes(buf_view(got), stub);
    buf_free(&got);
    ndr_arena_done(&arena);
    free((void *)stub.ptr);
}

static enum err scenario(void *arg)
{
    struct node a = { 1, NULL }, b = { 2, &a };
    struct ndr_fulls fulls = { 0 };
    struct ndr_out out = begin(&fulls);
    struct buf got = { 0 };
    enum err e;

    (void)arg;
    a.next = &b;
    write_node(&out, &a, NDR_FULL);
    e = ndr_out_take(&out, &got);
    buf_free(&got);
    ndr_fulls_done(&fulls);
    return e;
}

static void survives_every_failed_allocation(void **state)
{
    (void)state;
    oom_run(scenario, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_base_types),
        cmocka_unit_test(writes_arrays_strings_and_counts_known_later),
        cmocka_unit_test(refuses_what_a_caller_may_not_say),
        cmocka_unit_test(writes_a_full_referent_once),
        cmocka_unit_test(a_circle_of_unique_pointers_ends),
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
