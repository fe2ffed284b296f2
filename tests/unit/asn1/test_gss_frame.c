/* SPDX-License-Identifier: Apache-2.0 */
#include "asn1/gss_frame.h"

#include "lib/unit.h"

static enum err parse(struct bytes msg)
{
    struct bytes oid, inner;

    return asn1_gss_frame_read(msg, &oid, &inner);
}

static void reads_and_writes_a_kerberos_frame(void **state)
{
    struct bytes raw = unit_hex("60 0f 06 09 2a 86 48 86 f7 12 01 02 02 01 00 6e 00");
    struct bytes oid = { 0 }, inner = { 0 };
    uint8_t back[32];
    struct writer w = writer_over(back, sizeof back);

    (void)state;
    assert_int_equal(asn1_gss_frame_read(raw, &oid, &inner), ERR_OK);
    assert_int_equal(oid.len, 9);
    assert_int_equal(inner.len, 4);
    asn1_gss_frame_write(&w, oid, bytes_of(inner.ptr, 2), bytes_of(inner.ptr + 2, 2));
    assert_int_equal(w.err, ERR_OK);
    unit_assert_bytes(bytes_of(back, w.len), raw);
    unit_every_prefix(raw, parse);
    free((void *)raw.ptr);
}

static void refuses_what_stands_behind_the_frame(void **state)
{
    struct bytes raw = unit_hex("60 04 06 02 2a 03 00");

    (void)state;
    assert_int_equal(parse(raw), ERR_MALFORMED);
    free((void *)raw.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_a_kerberos_frame),
        cmocka_unit_test(refuses_what_stands_behind_the_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
