/* SPDX-License-Identifier: Apache-2.0 */
#include "base/writer.h"

#include "base/reader.h"

#include "lib/unit.h"

static void writes_what_a_reader_reads(void **state)
{
    struct writer w = writer_new(64);
    struct reader r;
    struct buf b = { 0 };
    size_t hole;

    (void)state;
    writer_u8(&w, 0x11);
    writer_le16(&w, 0x2233);
    writer_be16(&w, 0x4455);
    hole = writer_hole32(&w);
    writer_le64(&w, 0x0123456789abcdefULL);
    writer_be64(&w, 0x0123456789abcdefULL);
    writer_align(&w, 8);
    writer_fill_le32(&w, hole, 77);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    assert_int_equal(b.len, 32);
    r = reader_over(buf_view(b));
    assert_int_equal(reader_u8(&r), 0x11);
    assert_int_equal(reader_le16(&r), 0x2233);
    assert_int_equal(reader_be16(&r), 0x4455);
    assert_int_equal(reader_le32(&r), 77);
    assert_true(reader_le64(&r) == 0x0123456789abcdefULL);
    assert_true(reader_be64(&r) == 0x0123456789abcdefULL);
    reader_align(&r, 8);
    reader_end(&r);
    assert_int_equal(r.err, ERR_OK);
    buf_free(&b);
}

static void stops_at_its_limit(void **state)
{
    struct writer w = writer_new(4);
    struct buf b = { 0 };

    (void)state;
    writer_le32(&w, 1);
    writer_u8(&w, 2);
    assert_int_equal(writer_take(&w, &b), ERR_TOO_LONG);
    assert_null(b.ptr);
}

static void a_callers_block_never_grows(void **state)
{
    uint8_t block[6];
    struct writer w = writer_over(block, sizeof block);

    (void)state;
    writer_le32(&w, 1);
    writer_le32(&w, 2);
    assert_int_equal(w.err, ERR_BUFFER_TOO_SMALL);
    assert_int_equal(w.len, 4);
}

static void a_length_is_never_cut(void **state)
{
    struct writer w = writer_new(64);

    (void)state;
    writer_len16(&w, 65535);
    assert_int_equal(w.err, ERR_OK);
    writer_len16(&w, 65536);
    assert_int_equal(w.err, ERR_TOO_LONG);
    writer_done(&w);
}

static enum err grow_much(void *arg)
{
    struct writer w = writer_new(100000);
    struct buf b = { 0 };
    enum err e;

    (void)arg;
    writer_zero(&w, 100);
    writer_zero(&w, 1000);
    writer_zero(&w, 90000);
    e = writer_take(&w, &b);
    buf_free(&b);
    return e;
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    oom_run(grow_much, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_a_reader_reads),  cmocka_unit_test(stops_at_its_limit),
        cmocka_unit_test(a_callers_block_never_grows), cmocka_unit_test(a_length_is_never_cut),
        cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
