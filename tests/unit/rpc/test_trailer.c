/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/trailer.h"

#include "base/alloc.h"
#include "lib/unit.h"
#include "rpc/negotiate.h"

static struct rpc_verify truth(void)
{
    return (struct rpc_verify){ .header_signing_supported = true,
                                .has_context = true,
                                .interface = { { 1, 2, 3, { 4 } }, 5, 6 },
                                .transfer = rpc_ndr20,
                                .has_header = true,
                                .type = RPC_REQUEST,
                                .label = { 0x10 },
                                .call_id = 7,
                                .context_id = 8,
                                .opnum = 9 };
}

/* Three octets of stub, a gap of one, and the trailer; in a block of exactly its size. */
static struct buf written(const struct rpc_verify *v)
{
    struct writer w = writer_new(1000);
    struct buf b = { 0 };

    writer_bytes(&w, bytes_of("abc", 3));
    rpc_trailer_write(&w, v);
    assert_true(w.len <= 3 + RPC_TRAILER_MAX);
    assert_int_equal(writer_take(&w, &b), ERR_OK);
    return b;
}

static enum err checked(const struct rpc_verify *sent, const struct rpc_verify *here)
{
    struct buf b = written(sent);
    struct bytes left = { 0 };
    enum err e = rpc_trailer_check(buf_view(b), here, &left);

    if (!e)
        assert_int_equal(left.len, 4);
    buf_free(&b);
    return e;
}

static void writes_as_specified(void **state)
{
    struct bytes want =
        unit_hex("61 62 63 00 8a e3 13 71 02 f4 36 71 01 00 04 00 01 00 00 00 "
                 "03 00 10 00 00 00 00 00 10 00 00 00 07 00 00 00 08 00 09 00 "
                 "02 40 28 00 01 00 00 00 02 00 03 00 04 00 00 00 00 00 00 00 05 00 06 00 "
                 "04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 00 00");
    struct rpc_verify v = truth();
    struct buf b = written(&v);

    (void)state;
    unit_assert_bytes(buf_view(b), want);
    buf_free(&b);
    free((void *)want.ptr);
}

static void every_field_told_must_be_true(void **state)
{
    struct rpc_verify v = truth(), other;

    (void)state;
    assert_int_equal(checked(&v, &v), ERR_OK);
    other = v;
    other.call_id++;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.opnum++;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.context_id++;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.type = RPC_RESPONSE;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.label[1] = 1;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.interface.minor++;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.transfer = rpc_ndr64;
    assert_int_equal(checked(&other, &v), ERR_ALTERED);
    other = v;
    other.header_signing_supported = false; /* the server saw the bit, or not: what it may not be */
    assert_int_equal(checked(&other, &v), ERR_OK);
    assert_int_equal(checked(&v, &other), ERR_ALTERED);
}

static void what_is_not_told_is_not_checked(void **state)
{
    struct rpc_verify v = truth(), none = truth();

    (void)state;
    none.has_context = none.has_header = false;
    none.opnum = 77;
    assert_int_equal(checked(&none, &v), ERR_OK);
    none.has_header = true;
    assert_int_equal(checked(&none, &v), ERR_ALTERED);
}

static void a_stub_without_a_trailer_is_left_alone(void **state)
{
    static const uint8_t zeros[3000];
    struct rpc_verify v = truth();
    struct bytes left;
    size_t n;

    (void)state;
    for (n = 0; n < sizeof zeros; n += n < 20 ? 1 : 999) {
        assert_int_equal(rpc_trailer_check(bytes_of(zeros, n), &v, &left), ERR_OK);
        assert_int_equal(left.len, n);
    }
}

/* Every prefix that still has the signature, each in a block of its size, is refused. */
static void refuses_every_shorter_trailer(void **state)
{
    struct rpc_verify v = truth();
    struct buf b = written(&v);
    struct bytes left;
    size_t n;

    (void)state;
    for (n = 12; n < b.len; n++) {
        uint8_t *exact = malloc(n);

        assert_non_null(exact);
        memcpy(exact, b.ptr, n);
        assert_int_equal(rpc_trailer_check(bytes_of(exact, n), &v, &left), ERR_TRUNCATED);
        free(exact);
    }
    buf_free(&b);
}

static void an_unknown_command_is_refused_if_it_must_be_known(void **state)
{
    struct bytes raw = unit_hex("8a e3 13 71 02 f4 36 71 07 40 02 00 aa bb");
    struct rpc_verify v = truth();
    struct bytes left;

    (void)state;
    assert_int_equal(rpc_trailer_check(raw, &v, &left), ERR_OK);
    assert_int_equal(left.len, 0);
    ((uint8_t *)raw.ptr)[9] = 0xc0;
    assert_int_equal(rpc_trailer_check(raw, &v, &left), ERR_UNSUPPORTED);
    free((void *)raw.ptr);
}

/* Whose trailer is little-endian all the same: seen with Samba's. */
static void reads_a_big_endian_clients(void **state)
{
    struct bytes raw = unit_hex("8a e3 13 71 02 f4 36 71 03 40 10 00 00 00 00 00 00 00 00 00 "
                                "07 00 00 00 08 00 09 00");
    struct rpc_verify v = truth();
    struct bytes left;

    (void)state;
    v.label[0] = 0;
    assert_int_equal(rpc_trailer_check(raw, &v, &left), ERR_OK);
    v.opnum = 10;
    assert_int_equal(rpc_trailer_check(raw, &v, &left), ERR_ALTERED);
    free((void *)raw.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_as_specified),
        cmocka_unit_test(every_field_told_must_be_true),
        cmocka_unit_test(what_is_not_told_is_not_checked),
        cmocka_unit_test(a_stub_without_a_trailer_is_left_alone),
        cmocka_unit_test(refuses_every_shorter_trailer),
        cmocka_unit_test(an_unknown_command_is_refused_if_it_must_be_known),
        cmocka_unit_test(reads_a_big_endian_clients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
