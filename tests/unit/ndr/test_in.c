/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/in.h"

#include "lib/unit.h"

static struct ndr_arena arena;
static struct ndr_fulls fulls;

static const struct ndr_drep little = { true, true, true }, big = { false, true, true };

static struct ndr_in over(struct bytes stub, struct ndr_drep drep)
{
    struct ndr_in in;

    arena = ndr_arena_with(ndr_budget(stub.len));
    fulls = (struct ndr_fulls){ 0 };
    assert_int_equal(ndr_in_begin(stub, NDR_20, drep, &arena, &fulls, &in), ERR_OK);
    return in;
}

static enum err done(struct ndr_in *in)
{
    enum err e = ndr_in_end(in);

    ndr_arena_done(&arena);
    ndr_fulls_done(&fulls);
    return e;
}

/* C706 14.2: the gap before each is as wide as it must be, whatever fills it. */
static void base_types(struct bytes stub, struct ndr_drep drep)
{
    struct ndr_in in = over(stub, drep);

    assert_int_equal(ndr_in_u8(&in), 0x81);
    assert_int_equal(ndr_in_u16(&in), 0x1234);
    assert_int_equal(ndr_in_char(&in), 'A');
    assert_int_equal(ndr_in_u32(&in), 0xdeadbeef);
    assert_int_equal(ndr_in_u64(&in), 0x0123456789abcdef);
    assert_true(ndr_in_boolean(&in));
    assert_int_equal(ndr_in_enum16(&in), 32767);
    assert_int_equal(ndr_in_v1_enum(&in), -2);
    assert_true(ndr_in_float(&in) == 1.5F);
    assert_true(ndr_in_double(&in) == -2.0);
    assert_int_equal(done(&in), ERR_OK);
}

static enum err read_base_types(struct bytes stub)
{
    struct ndr_in in = over(stub, little);

    (void)ndr_in_u8(&in), (void)ndr_in_u16(&in), (void)ndr_in_char(&in), (void)ndr_in_u32(&in);
    (void)ndr_in_u64(&in), (void)ndr_in_boolean(&in), (void)ndr_in_enum16(&in);
    (void)ndr_in_v1_enum(&in), (void)ndr_in_float(&in), (void)ndr_in_double(&in);
    return done(&in);
}

static void reads_base_types_in_both_orders(void **state)
{
    struct bytes le = unit_hex("81 ff 34 12 41 ff ff ff ef be ad de ff ff ff ff"
                               "ef cd ab 89 67 45 23 01 77 ff ff 7f fe ff ff ff"
                               "00 00 c0 3f ff ff ff ff 00 00 00 00 00 00 00 c0");
    struct bytes be = unit_hex("81 ff 12 34 41 ff ff ff de ad be ef ff ff ff ff"
                               "01 23 45 67 89 ab cd ef 77 ff 7f ff ff ff ff fe"
                               "3f c0 00 00 ff ff ff ff c0 00 00 00 00 00 00 00");

    (void)state;
    base_types(le, little);
    base_types(be, big);
    unit_every_prefix(le, read_base_types);
    free((void *)le.ptr);
    free((void *)be.ptr);
}

static void refuses_what_is_not_ieee_or_ascii(void **state)
{
    struct bytes stub = unit_hex("00 00 c0 3f");
    struct ndr_in in = over(stub, (struct ndr_drep){ true, true, false });

    (void)state;
    assert_true(ndr_in_float(&in) == 0);
    assert_int_equal(done(&in), ERR_UNSUPPORTED);
    in = over(stub, (struct ndr_drep){ true, true, false });
    assert_int_equal(ndr_in_u32(&in), 0x3fc00000); /* integers are no floats */
    assert_int_equal(done(&in), ERR_OK);
    in = over(stub, (struct ndr_drep){ true, false, true });
    assert_int_equal(ndr_in_char(&in), 0);
    assert_int_equal(done(&in), ERR_UNSUPPORTED);
    free((void *)stub.ptr);
}

static void refuses_values_out_of_range(void **state)
{
    struct bytes stub = unit_hex("00 80 00 00 05 00 00 00");
    struct ndr_in in = over(stub, little);

    (void)state;
    assert_int_equal(ndr_in_enum16(&in), 0); /* 32768 */
    assert_int_equal(in.r.err, ERR_MALFORMED);
    assert_int_equal(ndr_in_u32(&in), 0); /* and nothing after it */
    assert_int_equal(done(&in), ERR_MALFORMED);
    in = over(stub, little);
    (void)ndr_in_u32(&in);
    assert_int_equal(ndr_in_range(&in, ndr_in_u32(&in), -1, 5), 5);
    assert_int_equal(ndr_in_range(&in, 6, -1, 5), -1);
    assert_int_equal(done(&in), ERR_MALFORMED);
    in = over(stub, little);
    assert_int_equal(ndr_in_range_unsigned(&in, UINT64_MAX, 1, UINT64_MAX - 1), 1);
    assert_int_equal(done(&in), ERR_MALFORMED);
    in = over(stub, little);
    ndr_in_same(&in, 3, 3);
    assert_int_equal(in.r.err, ERR_OK);
    ndr_in_same(&in, 3, 4);
    assert_int_equal(done(&in), ERR_MALFORMED);
    in = over(stub, little);
    ndr_in_no_arm(&in, 9);
    assert_int_equal(done(&in), ERR_MALFORMED);
    in = over(stub, little);
    assert_int_equal(done(&in), ERR_MALFORMED); /* nobody read it */
    free((void *)stub.ptr);
}

/* C706 appendix N: attributes, then a UUID, in 20 octets. */
static void reads_a_context_handle_in_both_orders(void **state)
{
    static const char *const text[2] = {
        "01 00 00 00 67 45 23 01 ab 89 ef cd 01 02 03 04 05 06 07 08",
        "00 00 00 01 01 23 45 67 89 ab cd ef 01 02 03 04 05 06 07 08"
    };
    struct ndr_context c;
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct bytes stub = unit_hex(text[i]);
        struct ndr_in in = over(stub, i ? big : little);
        char uuid[UUID_TEXT];

        assert_int_equal(stub.len, NDR_CONTEXT_SIZE);
        ndr_in_context(&in, &c);
        assert_int_equal(done(&in), ERR_OK);
        uuid_format(&c.uuid, uuid);
        assert_string_equal(uuid, "01234567-89ab-cdef-0102-030405060708");
        assert_int_equal(c.attributes, 1);
        free((void *)stub.ptr);
    }
}

/* C706 14.3.10: a node of a list is its value and a pointer. */
struct node {
    uint32_t value;
    struct node *next;
};

static const char node_type, other_type;

static void read_unique(struct ndr_in *in, struct node *n)
{
    if (!ndr_in_enter(in))
        return;
    n->value = ndr_in_u32(in);
    n->next = ndr_in_pointer(in, NDR_UNIQUE);
    if (n->next) {
        n->next = ndr_in_new(in, 1, sizeof *n->next);
        if (n->next)
            read_unique(in, n->next);
    }
    ndr_in_leave(in);
}

static void read_full(struct ndr_in *in, struct node *n)
{
    bool fresh;
    void *token;

    if (!ndr_in_enter(in))
        return;
    n->value = ndr_in_u32(in);
    token = ndr_in_pointer(in, NDR_FULL);
    n->next = ndr_in_full(in, token, &node_type, &fresh);
    if (fresh) {
        if (!n->next)
            n->next = ndr_in_new(in, 1, sizeof *n->next);
        ndr_in_full_is(in, token, &node_type, n->next);
        if (n->next)
            read_full(in, n->next);
    }
    ndr_in_leave(in);
}

static enum err read_list(struct bytes stub)
{
    struct ndr_in in = over(stub, little);
    struct node head = { 0 };

    read_unique(&in, &head);
    return done(&in);
}

static void reads_a_list_of_unique_pointers(void **state)
{
    struct bytes stub = unit_hex("01 00 00 00 00 00 02 00 02 00 00 00 00 00 02 00"
                                 "03 00 00 00 00 00 00 00");
    struct ndr_in in = over(stub, little);
    struct node head = { 0 };

    (void)state;
    read_unique(&in, &head); /* the same identifier twice means nothing here */
    if (!head.next || !head.next->next)
        abort();
    assert_int_equal(head.next->next->value, 3);
    assert_null(head.next->next->next);
    assert_int_equal(done(&in), ERR_OK);
    unit_every_prefix(stub, read_list);
    free((void *)stub.ptr);
}

static void refuses_a_list_too_deep(void **state)
{
    static uint8_t wire[8 * (NDR_DEPTH_MAX + 1)];
    struct ndr_in in;
    struct node head = { 0 };

    (void)state;
    memset(wire, 1, sizeof wire);
    in = over(bytes_of(wire, sizeof wire), little);
    read_unique(&in, &head);
    assert_int_equal(in.depth, 0);
    assert_int_equal(done(&in), ERR_TOO_LONG);
}

static void refuses_a_null_ref_pointer(void **state)
{
    struct bytes stub = unit_hex("00 00 00 00");
    struct ndr_in in = over(stub, little);

    (void)state;
    assert_null(ndr_in_pointer(&in, NDR_REF));
    assert_int_equal(done(&in), ERR_MALFORMED);
    free((void *)stub.ptr);
}

static void a_circle_of_full_pointers_comes_back_to_itself(void **state)
{
    struct bytes stub = unit_hex("01 00 00 00 0a 00 00 00 02 00 00 00 0b 00 00 00"
                                 "03 00 00 00 0a 00 00 00");
    struct ndr_in in = over(stub, little);
    struct node head = { 0 };

    (void)state;
    read_full(&in, &head);
    assert_int_equal(in.r.err, ERR_OK);
    if (!head.next || !head.next->next)
        abort();
    assert_ptr_equal(head.next->next->next, head.next);
    assert_int_equal(head.next->next->value, 3);
    assert_int_equal(done(&in), ERR_OK);
    free((void *)stub.ptr);
}

static void refuses_a_full_pointer_to_another_type(void **state)
{
    struct bytes stub = unit_hex("01 00 00 00 0a 00 00 00 02 00 00 00 00 00 00 00"
                                 "0a 00 00 00");
    struct ndr_in in = over(stub, little);
    struct node head = { 0 };
    bool fresh = true;

    (void)state;
    read_full(&in, &head);
    assert_int_equal(in.r.err, ERR_OK);
    assert_null(ndr_in_full(&in, ndr_in_pointer(&in, NDR_FULL), &other_type, &fresh));
    assert_false(fresh);
    assert_int_equal(done(&in), ERR_MALFORMED);
    free((void *)stub.ptr);
}

static void the_response_brings_an_object_of_the_request(void **state)
{
    struct bytes stub = unit_hex("01 00 00 00 07 00 00 00 63 00 00 00 00 00 00 00");
    struct node head = { 0 }, mine = { 1, NULL };
    struct ndr_in in = over(stub, little);
    struct ndr_full *f;

    (void)state;
    assert_int_equal(ndr_fulls_add(&fulls, 7, &mine, &node_type, &f), ERR_OK);
    ndr_fulls_turn(&fulls);
    read_full(&in, &head);
    assert_ptr_equal(head.next, &mine);
    assert_int_equal(mine.value, 0x63);
    assert_int_equal(done(&in), ERR_OK);
    free((void *)stub.ptr);
}

static enum err scenario(void *arg)
{
    struct ndr_in in = over(*(struct bytes *)arg, little);
    struct node head = { 0 };

    read_full(&in, &head);
    return done(&in);
}

/* What a verification trailer leaves before it: alignment, and no more. */
static void reads_all_but_the_gap(void **state)
{
    struct bytes stub = unit_hex("01 ff ff ff");
    size_t gap;

    (void)state;
    for (gap = 0; gap <= 3; gap++) {
        struct ndr_in in = over(stub, little);

        in.gap = gap;
        (void)ndr_in_u8(&in);
        assert_int_equal(done(&in), gap == 3 ? ERR_OK : ERR_MALFORMED);
    }
    free((void *)stub.ptr);
}

static void survives_every_failed_allocation(void **state)
{
    struct bytes stub = unit_hex("01 00 00 00 0a 00 00 00 02 00 00 00 0b 00 00 00"
                                 "03 00 00 00 0a 00 00 00");

    (void)state;
    oom_run(scenario, &stub);
    free((void *)stub.ptr);
}

/* [MS-RPCE] 2.2.5. A stream that could not begin reads nothing, whoever reads it all the same. */
static void ndr64_is_in_one_order(void **state)
{
    struct bytes stub = unit_hex("00 00 00 07");
    struct ndr_in in;

    (void)state;
    memset(&in, 0xaa, sizeof in);
    arena = ndr_arena_with(ndr_budget(stub.len));
    fulls = (struct ndr_fulls){ 0 };
    assert_int_equal(ndr_in_begin(stub, NDR_64, big, &arena, &fulls, &in), ERR_MALFORMED);
    assert_int_equal(ndr_in_u32(&in), 0);
    assert_int_equal(in.r.err, ERR_MALFORMED);
    assert_int_equal(done(&in), ERR_MALFORMED);
    free((void *)stub.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_base_types_in_both_orders),
        cmocka_unit_test(refuses_what_is_not_ieee_or_ascii),
        cmocka_unit_test(refuses_values_out_of_range),
        cmocka_unit_test(reads_a_context_handle_in_both_orders),
        cmocka_unit_test(reads_a_list_of_unique_pointers),
        cmocka_unit_test(refuses_a_list_too_deep),
        cmocka_unit_test(refuses_a_null_ref_pointer),
        cmocka_unit_test(a_circle_of_full_pointers_comes_back_to_itself),
        cmocka_unit_test(refuses_a_full_pointer_to_another_type),
        cmocka_unit_test(the_response_brings_an_object_of_the_request),
        cmocka_unit_test(reads_all_but_the_gap),
        cmocka_unit_test(ndr64_is_in_one_order),
        cmocka_unit_test(survives_every_failed_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
