/* SPDX-License-Identifier: Apache-2.0 */
#include "asn1/der.h"

#include "lib/unit.h"

static enum err read_one(const char *hex, uint8_t tag, struct bytes *ret)
{
    struct bytes raw = unit_hex(hex);
    struct reader r = reader_over(raw);

    *ret = asn1_read(&r, tag);
    reader_end(&r);
    free((void *)raw.ptr);
    return r.err;
}

static void reads_only_the_shortest_definite_length(void **state)
{
    struct bytes b;

    (void)state;
    assert_int_equal(read_one("04 02 aa bb", ASN1_OCTET_STRING, &b), ERR_OK);
    assert_int_equal(b.len, 2);
    assert_int_equal(read_one("04 81 02 aa bb", ASN1_OCTET_STRING, &b), ERR_MALFORMED);
    assert_int_equal(read_one("04 82 00 02 aa bb", ASN1_OCTET_STRING, &b), ERR_MALFORMED);
    assert_int_equal(read_one("04 85 00 00 00 00 02 aa bb", ASN1_OCTET_STRING, &b), ERR_MALFORMED);
    assert_int_equal(read_one("04 80 aa 00 00", ASN1_OCTET_STRING, &b), ERR_MALFORMED);
    assert_int_equal(read_one("04 ff aa 00 00", ASN1_OCTET_STRING, &b), ERR_MALFORMED);
    assert_int_equal(read_one("04 84 ff ff ff ff aa", ASN1_OCTET_STRING, &b), ERR_TRUNCATED);
    assert_int_equal(read_one("04 03 aa bb", ASN1_OCTET_STRING, &b), ERR_TRUNCATED);
    assert_int_equal(read_one("04", ASN1_OCTET_STRING, &b), ERR_TRUNCATED);
    assert_int_equal(read_one("04 01 aa", ASN1_OID, &b), ERR_MALFORMED);
    assert_int_equal(read_one("1f 81 01 00", 0x1f, &b), ERR_MALFORMED);
}

static void an_inner_value_may_not_reach_beyond_its_outer(void **state)
{
    struct bytes raw = unit_hex("30 03 04 02 aa bb");
    struct reader r = reader_over(raw);
    struct reader seq = asn1_enter(&r, ASN1_SEQUENCE);

    (void)state;
    asn1_read(&seq, ASN1_OCTET_STRING);
    asn1_leave(&r, &seq);
    assert_int_equal(r.err, ERR_MALFORMED);
    free((void *)raw.ptr);
}

static void what_is_left_unread_inside_is_refused(void **state)
{
    struct bytes raw = unit_hex("a1 05 04 01 aa 05 00");
    struct reader r = reader_over(raw);

    (void)state;
    asn1_read_context(&r, 1, ASN1_OCTET_STRING);
    assert_int_equal(r.err, ERR_MALFORMED);
    free((void *)raw.ptr);
}

static void integers_go_there_and_back(void **state)
{
    static const struct {
        int32_t v;
        const char *hex;
    } rows[] = {
        { 0, "02 01 00" },
        { 127, "02 01 7f" },
        { 128, "02 02 00 80" },
        { 256, "02 02 01 00" },
        { -1, "02 01 ff" },
        { -128, "02 01 80" },
        { -129, "02 02 ff 7f" },
        { INT32_MAX, "02 04 7f ff ff ff" },
        { INT32_MIN, "02 04 80 00 00 00" },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes want = unit_hex(rows[i].hex);
        struct reader r = reader_over(want);
        uint8_t raw[8];
        struct writer w = writer_over(raw, sizeof raw);

        assert_int_equal(asn1_read_int(&r, ASN1_INTEGER), rows[i].v);
        assert_int_equal(r.err, ERR_OK);
        asn1_write_int(&w, ASN1_INTEGER, rows[i].v);
        assert_int_equal(w.err, ERR_OK);
        unit_assert_bytes(bytes_of(raw, w.len), want);
        free((void *)want.ptr);
    }
}

static void integers_not_in_their_shortest_form_are_refused(void **state)
{
    static const char *const bad[] = { "02 00", "02 02 00 7f", "02 02 ff 80", "02 03 00 00 80",
                                       "02 05 00 80 00 00 00" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bytes raw = unit_hex(bad[i]);
        struct reader r = reader_over(raw);

        asn1_read_int(&r, ASN1_INTEGER);
        assert_int_equal(r.err, ERR_MALFORMED);
        free((void *)raw.ptr);
    }
}

static void bit_strings_keep_their_rules(void **state)
{
    static const struct {
        const char *hex;
        enum err want;
    } rows[] = {
        { "03 02 01 36", ERR_OK },        { "03 01 00", ERR_OK },
        { "03 02 01 37", ERR_MALFORMED }, /* an unused bit is set */
        { "03 01 01", ERR_MALFORMED },    { "03 02 08 00", ERR_MALFORMED },
        { "03 00", ERR_MALFORMED },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes raw = unit_hex(rows[i].hex);
        struct reader r = reader_over(raw);
        uint8_t unused = 0;
        struct bytes bits = asn1_read_bits(&r, &unused);
        uint8_t back[8];
        struct writer w = writer_over(back, sizeof back);

        assert_int_equal(r.err, rows[i].want);
        if (r.err == ERR_OK) {
            asn1_write_bits(&w, bits, unused);
            unit_assert_bytes(bytes_of(back, w.len), raw);
        }
        free((void *)raw.ptr);
    }
}

static void object_identifiers_are_shown_as_people_write_them(void **state)
{
    static const struct {
        const char *hex, *text;
    } rows[] = {
        { "2a 86 48 86 f7 12 01 02 02", "1.2.840.113554.1.2.2" },
        { "2b 06 01 04 01 82 37 02 02 0a", "1.3.6.1.4.1.311.2.2.10" },
        { "88 37", "2.999" },
        { "2a 86", "?" },
        { "ff ff ff ff ff ff ff ff ff ff 7f", "?" },
        { "", "?" },
    };
    char text[ASN1_OID_TEXT];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes oid = unit_hex(rows[i].hex);

        asn1_oid_format(oid, text);
        assert_string_equal(text, rows[i].text);
        free((void *)oid.ptr);
    }
}

static void object_identifiers_with_padded_arcs_are_refused(void **state)
{
    static const char *const bad[] = { "06 00", "06 02 2a 86", "06 03 2a 80 01", "06 02 80 01" };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct bytes raw = unit_hex(bad[i]);
        struct reader r = reader_over(raw);

        asn1_read_oid(&r);
        assert_int_equal(r.err, ERR_MALFORMED);
        free((void *)raw.ptr);
    }
}

static void lengths_around_each_form_are_written_and_read(void **state)
{
    static const size_t sizes[] = { 0, 1, 126, 127, 128, 129, 255, 256, 257, 65535, 65536 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint8_t *data = calloc(1, sizes[i] + 1);
        struct writer w = writer_new(1 << 20);
        struct buf b = { 0 };
        struct reader r;
        struct bytes got;
        size_t seq = asn1_begin(&w, ASN1_SEQUENCE);

        memset(data, 0x5a, sizes[i]);
        asn1_write_context(&w, 2, ASN1_OCTET_STRING, bytes_of(data, sizes[i]));
        asn1_end(&w, seq);
        assert_int_equal(writer_take(&w, &b), ERR_OK);
        r = reader_over(buf_view(b));
        unit_assert_bytes(asn1_read_any(&r), buf_view(b));
        r = asn1_enter(&(struct reader){ b.ptr, b.len, 0, ERR_OK }, ASN1_SEQUENCE);
        got = asn1_read_context(&r, 2, ASN1_OCTET_STRING);
        reader_end(&r);
        assert_int_equal(r.err, ERR_OK);
        unit_assert_bytes(got, bytes_of(data, sizes[i]));
        buf_free(&b);
        free(data);
    }
}

static void nesting_ends_somewhere(void **state)
{
    uint8_t deep[2 * (ASN1_DEPTH_MAX + 1)];
    size_t levels;

    (void)state;
    for (levels = ASN1_DEPTH_MAX; levels <= ASN1_DEPTH_MAX + 1; levels++) {
        struct reader r = reader_over(bytes_of(deep, 2 * levels));
        size_t i;

        for (i = 0; i < levels; i++) {
            deep[2 * i] = ASN1_SEQUENCE;
            deep[2 * i + 1] = (uint8_t)(2 * (levels - 1 - i));
        }
        asn1_read_any(&r);
        assert_int_equal(r.err, levels > ASN1_DEPTH_MAX ? ERR_TOO_LONG : ERR_OK);
    }
}

static enum err parse_any(struct bytes msg)
{
    struct reader r = reader_over(msg);

    asn1_read_any(&r);
    return r.err;
}

static void refuses_every_shorter_message(void **state)
{
    struct bytes raw = unit_hex("30 12 a0 09 30 07 06 05 2b 06 01 05 02 a2 05 04 03 01 02 03");

    (void)state;
    assert_int_equal(parse_any(raw), ERR_OK);
    unit_every_prefix(raw, parse_any);
    free((void *)raw.ptr);
}

static enum err write_nested(void *arg)
{
    static const uint8_t data[300];
    struct writer w = writer_new(1000);
    struct buf b = { 0 };
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);
    enum err e;

    (void)arg;
    asn1_write(&w, ASN1_OCTET_STRING, bytes_of(data, sizeof data));
    asn1_end(&w, seq);
    e = writer_take(&w, &b);
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(write_nested, NULL);
}

static void writing_stops_at_the_room_given(void **state)
{
    uint8_t room[130];
    uint8_t data[128] = { 0 };
    struct writer w = writer_over(room, sizeof room);
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);

    (void)state;
    writer_bytes(&w, bytes_of(data, sizeof data));
    asn1_end(&w, seq); /* 128 bytes need a second length byte: 131 in all */
    assert_int_equal(w.err, ERR_BUFFER_TOO_SMALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_only_the_shortest_definite_length),
        cmocka_unit_test(an_inner_value_may_not_reach_beyond_its_outer),
        cmocka_unit_test(what_is_left_unread_inside_is_refused),
        cmocka_unit_test(integers_go_there_and_back),
        cmocka_unit_test(integers_not_in_their_shortest_form_are_refused),
        cmocka_unit_test(bit_strings_keep_their_rules),
        cmocka_unit_test(object_identifiers_are_shown_as_people_write_them),
        cmocka_unit_test(object_identifiers_with_padded_arcs_are_refused),
        cmocka_unit_test(lengths_around_each_form_are_written_and_read),
        cmocka_unit_test(nesting_ends_somewhere),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(survives_every_failing_allocation),
        cmocka_unit_test(writing_stops_at_the_room_given),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
