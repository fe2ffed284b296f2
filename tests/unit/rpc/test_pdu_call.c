/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/unit.h"
#include "rpc/pdu.h"

static const char request[] = "05 00 00 83 10 00 00 00 2c 00 00 00 09 00 00 00 04 00 00 00 01 00 "
                              "05 00 08 83 af e1 1f 5d c9 11 91 a4 08 00 2b 14 a0 fa aa bb cc dd";
static const char response[] = "05 00 02 03 10 00 00 00 1a 00 00 00 09 00 00 00 02 00 00 00 01 00 "
                               "03 00 aa bb";
static const char fault[] = "05 00 03 23 10 00 00 00 22 00 00 00 09 00 00 00 22 00 00 00 01 00 "
                            "00 01 03 00 01 1c 00 00 00 00 ee ff";

static enum err take(struct bytes raw, struct rpc_pdu *ret)
{
    struct rpc_header h;
    enum err e =
        rpc_header_read(bytes_of(raw.ptr, raw.len < 16 ? raw.len : 16), RPC_FRAGMENT_MAX, &h);

    return e ? e : rpc_pdu_read(raw, &h, ret);
}

static void writes_back_the_request_it_read(void **state)
{
    struct bytes raw = unit_hex(request);
    struct writer w = writer_new(200);
    struct rpc_request q = { 0 };
    struct rpc_pdu p = { 0 };

    (void)state;
    assert_int_equal(take(raw, &p), ERR_OK);
    assert_int_equal(rpc_request_read(&p, &q), ERR_OK);
    assert_int_equal(q.alloc_hint, 4);
    assert_int_equal(q.context_id, 1);
    assert_int_equal(q.opnum, 5);
    assert_true(q.has_object);
    assert_int_equal(q.object.data1, 0xe1af8308);
    assert_int_equal(q.stub.len, 4);
    rpc_pdu_begin(&w, RPC_REQUEST, p.header.flags, p.header.call_id);
    rpc_request_write(&w, &q);
    rpc_pdu_end(&w, NULL);
    unit_assert_bytes(bytes_of(w.ptr, w.len), raw);
    writer_done(&w);
    free((void *)raw.ptr);
}

static void writes_back_the_response_it_read(void **state)
{
    struct bytes raw = unit_hex(response);
    struct writer w = writer_new(200);
    struct rpc_response s = { 0 };
    struct rpc_pdu p = { 0 };

    (void)state;
    assert_int_equal(take(raw, &p), ERR_OK);
    assert_int_equal(rpc_response_read(&p, &s), ERR_OK);
    assert_int_equal(s.cancel_count, 3);
    assert_int_equal(s.stub.len, 2);
    rpc_pdu_begin(&w, RPC_RESPONSE, p.header.flags, p.header.call_id);
    rpc_response_write(&w, &s);
    rpc_pdu_end(&w, NULL);
    unit_assert_bytes(bytes_of(w.ptr, w.len), raw);
    writer_done(&w);
    free((void *)raw.ptr);
}

static void writes_back_the_fault_it_read(void **state)
{
    struct bytes raw = unit_hex(fault);
    struct writer w = writer_new(200);
    struct rpc_fault f = { 0 };
    struct rpc_pdu p = { 0 };

    (void)state;
    assert_int_equal(take(raw, &p), ERR_OK);
    assert_int_equal(rpc_fault_read(&p, &f), ERR_OK);
    assert_int_equal(f.status, 0x1c010003);
    assert_true(f.extended);
    assert_int_equal(f.extra.len, 2);
    rpc_pdu_begin(&w, RPC_FAULT, p.header.flags, p.header.call_id);
    rpc_fault_write(&w, &f);
    rpc_pdu_end(&w, NULL);
    unit_assert_bytes(bytes_of(w.ptr, w.len), raw);
    writer_done(&w);
    free((void *)raw.ptr);
}

static void reads_big_endian_bodies(void **state)
{
    struct bytes raw = unit_hex("00 00 00 04 00 01 00 05 aa");
    struct rpc_pdu p = { .header = { .type = RPC_REQUEST }, .body = raw };
    struct rpc_request q = { 0 };
    struct rpc_fault f = { 0 };

    (void)state;
    assert_int_equal(rpc_request_read(&p, &q), ERR_OK);
    assert_int_equal(q.alloc_hint, 4);
    assert_int_equal(q.context_id, 1);
    assert_int_equal(q.opnum, 5);
    assert_int_equal(rpc_fault_read(&p, &f), ERR_TRUNCATED);
    free((void *)raw.ptr);
}

static enum err request_body(struct bytes body)
{
    struct rpc_pdu p = { .header = { .flags = RPC_OBJECT, .drep = NDR_DREP_NATIVE }, .body = body };
    struct rpc_request q = { 0 };

    return rpc_request_read(&p, &q);
}

static enum err response_body(struct bytes body)
{
    struct rpc_pdu p = { .body = body };
    struct rpc_response s = { 0 };

    return rpc_response_read(&p, &s);
}

static enum err fault_body(struct bytes body)
{
    struct rpc_pdu p = { .body = body };
    struct rpc_fault f = { 0 };

    return rpc_fault_read(&p, &f);
}

static void refuses_every_shorter_body(void **state)
{
    static const uint8_t zeros[24];

    (void)state;
    unit_every_prefix(bytes_of(zeros, 24), request_body);
    unit_every_prefix(bytes_of(zeros, 8), response_body);
    unit_every_prefix(bytes_of(zeros, 16), fault_body);
    assert_int_equal(request_body(bytes_of(zeros, 24)), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_the_request_it_read),
        cmocka_unit_test(writes_back_the_response_it_read),
        cmocka_unit_test(writes_back_the_fault_it_read),
        cmocka_unit_test(reads_big_endian_bodies),
        cmocka_unit_test(refuses_every_shorter_body),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
