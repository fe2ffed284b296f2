/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/probe.h"

#include "asn1/der.h"

#include "lib/unit.h"

/* What MIT's krb5kdc answered to our AS-REQ, captured. */
static const char answer[] =
    "7e819d30819aa003020105a10302011ea411180f32303236313132313036303632325aa505020304127aa603020106"
    "a70c1b0a50524f42452e54455354a81e301ca003020101a11530131b11636f756e7465727369676e2d70726f6265a9"
    "0c1b0a50524f42452e54455354aa1f301da003020102a11630141b066b72627467741b0a50524f42452e54455354ab"
    "121b10434c49454e545f4e4f545f464f554e44";

static enum err parse(struct bytes msg)
{
    return probe_reply_read(msg, &(struct probe_reply){ 0 });
}

static void reads_time_code_and_text(void **state)
{
    struct bytes msg = unit_hex(answer);
    struct probe_reply p;

    (void)state;
    assert_int_equal(probe_reply_read(msg, &p), ERR_OK);
    assert_int_equal(p.server_time, 1795241182);
    assert_int_equal(p.server_usec, 0x4127a);
    assert_int_equal(p.code, 6);
    assert_string_equal(p.text, "CLIENT_NOT_FOUND");
    unit_every_prefix(msg, parse);
    free((void *)msg.ptr);
}

static void refuses_a_time_that_is_none(void **state)
{
    struct bytes msg = unit_hex(answer);
    uint8_t *text = memmem(msg.ptr, msg.len, "20261121", 8);

    (void)state;
    text[4] = 'x';
    assert_int_equal(parse(msg), ERR_MALFORMED);
    text[4] = '1';
    assert_int_equal(parse(msg), ERR_OK);
    text[14] = '+';
    assert_int_equal(parse(msg), ERR_MALFORMED);
    free((void *)msg.ptr);
}

static enum err write_request(void *arg)
{
    struct buf b = { 0 };
    enum err e = probe_request_write("EXAMPLE.COM", 7, &b);

    (void)arg;
    buf_free(&b);
    return e;
}

static void the_request_is_an_as_req(void **state)
{
    struct buf b = { 0 };
    struct reader r;

    (void)state;
    assert_int_equal(probe_request_write("EXAMPLE.COM", 7, &b), ERR_OK);
    r = reader_over(buf_view(b));
    assert_int_equal(asn1_peek(&r), 0x6a);
    asn1_read_any(&r);
    reader_end(&r);
    assert_int_equal(r.err, ERR_OK);
    buf_free(&b);
    oom_run(write_request, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_time_code_and_text),
        cmocka_unit_test(refuses_a_time_that_is_none),
        cmocka_unit_test(the_request_is_an_as_req),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
