/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr/pickle.h"

#include "lib/unit.h"

static enum err parse(struct bytes msg)
{
    struct reader r = reader_over(msg);
    struct ndr_drep drep;
    struct bytes object;
    enum err e = ndr_pickle_begin(&r, &drep);

    if (!e)
        e = ndr_pickle_next(&r, drep, &object);
    reader_end(&r);
    return e ? e : r.err;
}

static enum err verdict(const char *hex)
{
    struct bytes b = unit_hex(hex);
    enum err e = parse(b);

    free((void *)b.ptr);
    return e;
}

/* [MS-RPCE] 2.2.6.1, 2.2.6.2: an object of one long, padded. */
static void reads_both_orders_and_every_prefix_fails(void **state)
{
    struct bytes le = unit_hex("01 10 08 00 cc cc cc cc 08 00 00 00 00 00 00 00"
                               "2a 00 00 00 00 00 00 00");
    struct bytes be = unit_hex("01 00 00 08 cc cc cc cc 00 00 00 08 00 00 00 00"
                               "00 00 00 2a 00 00 00 00");
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        struct reader r = reader_over(i ? be : le);
        struct ndr_arena arena = ndr_arena_with(0);
        struct ndr_drep drep;
        struct bytes object;
        struct ndr_in in;

        assert_int_equal(ndr_pickle_begin(&r, &drep), ERR_OK);
        assert_int_equal(ndr_pickle_next(&r, drep, &object), ERR_OK);
        assert_int_equal(ndr_in_begin(object, NDR_20, drep, &arena, NULL, &in), ERR_OK);
        assert_int_equal(ndr_in_u32(&in), 42);
        assert_int_equal(ndr_pickle_end(&in), ERR_OK);
    }
    unit_every_prefix(le, parse);
    unit_every_prefix(be, parse);
    free((void *)le.ptr);
    free((void *)be.ptr);
}

static void refuses_other_headers(void **state)
{
    (void)state;
    assert_int_equal(verdict("02 10 40 00 cc cc cc cc 00 00 00 00 00 00 00 00"), ERR_UNSUPPORTED);
    assert_int_equal(verdict("03 10 08 00 cc cc cc cc 00 00 00 00 00 00 00 00"), ERR_MALFORMED);
    assert_int_equal(verdict("01 11 08 00 cc cc cc cc 00 00 00 00 00 00 00 00"), ERR_MALFORMED);
    assert_int_equal(verdict("01 10 00 08 cc cc cc cc 00 00 00 00 00 00 00 00"), ERR_MALFORMED);
    assert_int_equal(verdict("01 10 08 00 cc cc cc cc 04 00 00 00 00 00 00 00 01 02 03 04"),
                     ERR_MALFORMED); /* no multiple of eight */
    assert_int_equal(verdict("01 10 08 00 cc cc cc cc f8 ff ff ff 00 00 00 00 01 02 03 04"),
                     ERR_TRUNCATED);
}

static void refuses_what_is_no_padding(void **state)
{
    static const uint8_t zeros[16];
    struct ndr_arena arena = ndr_arena_with(0);
    struct ndr_in in;

    (void)state;
    assert_int_equal(ndr_in_begin(bytes_of(zeros, 16), NDR_20, NDR_DREP_NATIVE, &arena, NULL, &in),
                     ERR_OK);
    (void)ndr_in_u64(&in);
    assert_int_equal(ndr_pickle_end(&in), ERR_MALFORMED); /* eight are left */
}

static enum err write_one(void *arg)
{
    struct writer w = writer_new(64);
    struct buf got = { 0 };
    struct bytes want;
    enum err e;

    (void)arg;
    ndr_pickle_write_header(&w);
    ndr_pickle_write(&w, bytes_of("\x2a\0\0\0\1", 5));
    e = writer_take(&w, &got);
    if (e)
        return e;
    want = unit_hex("01 10 08 00 cc cc cc cc 08 00 00 00 00 00 00 00 2a 00 00 00 01 00 00 00");
    unit_assert_bytes(buf_view(got), want);
    assert_int_equal(parse(buf_view(got)), ERR_OK);
    free((void *)want.ptr);
    buf_free(&got);
    return ERR_OK;
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    oom_run(write_one, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_orders_and_every_prefix_fails),
        cmocka_unit_test(refuses_other_headers),
        cmocka_unit_test(refuses_what_is_no_padding),
        cmocka_unit_test(writes_what_it_reads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
