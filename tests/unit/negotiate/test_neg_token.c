/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate/neg_token.h"

#include "lib/unit.h"

/* What a Windows server sends first in SMB: NegoEx, Kerberos twice, user-to-user, NTLM, hints. */
#define WINDOWS_INIT2                                                                              \
    "60 76 06 06 2b 06 01 05 05 02 a0 6c 30 6a a0 3c 30 3a 06 0a 2b 06 01 04 01 82 37 02 02 1e "   \
    "06 09 2a 86 48 82 f7 12 01 02 02 06 09 2a 86 48 86 f7 12 01 02 02 "                           \
    "06 0a 2a 86 48 86 f7 12 01 02 02 03 06 0a 2b 06 01 04 01 82 37 02 02 0a "                     \
    "a3 2a 30 28 a0 26 1b 24 6e 6f 74 5f 64 65 66 69 6e 65 64 5f 69 6e 5f 52 46 43 34 31 37 38 "   \
    "40 70 6c 65 61 73 65 5f 69 67 6e 6f 72 65"

/* A Windows client's first token with NTLM alone. */
#define WINDOWS_INIT_NTLM                                                                          \
    "60 48 06 06 2b 06 01 05 05 02 a0 3e 30 3c a0 0e 30 0c 06 0a 2b 06 01 04 01 82 37 02 02 0a "   \
    "a2 2a 04 28 4e 54 4c 4d 53 53 50 00 01 00 00 00 97 82 08 e2 00 00 00 00 00 00 00 00 "         \
    "00 00 00 00 00 00 00 00 0a 00 61 4a 00 00 00 0f"

/* MIT's acceptor to a client without mutual authentication: completed, Kerberos as Windows
 * spells it. */
#define MIT_COMPLETED "a1 14 30 12 a0 03 0a 01 00 a1 0b 06 09 2a 86 48 86 f7 12 01 02 02"

/* Completed, with a MIC. */
#define COMPLETED_MIC                                                                              \
    "a1 1b 30 19 a0 03 0a 01 00 a3 12 04 10 01 00 00 00 43 87 0b e0 8a 2f 3b 8d 00 00 00 00"

static enum err parse_init(struct bytes msg)
{
    struct negotiate_init m;

    return negotiate_init_read(msg, &m);
}

static enum err parse_resp(struct bytes msg)
{
    struct negotiate_resp m;

    return negotiate_resp_read(msg, &m);
}

static enum err parse_init_hex(const char *hex)
{
    struct bytes raw = unit_hex(hex);
    enum err e = parse_init(raw);

    free((void *)raw.ptr);
    return e;
}

static enum err parse_resp_hex(const char *hex)
{
    struct bytes raw = unit_hex(hex);
    enum err e = parse_resp(raw);

    free((void *)raw.ptr);
    return e;
}

static void init_goes_back(const char *hex)
{
    struct bytes raw = unit_hex(hex);
    struct negotiate_init m = { 0 };
    struct buf back = { 0 };

    assert_int_equal(negotiate_init_read(raw, &m), ERR_OK);
    assert_int_equal(negotiate_init_write(&m, &back), ERR_OK);
    unit_assert_bytes(buf_view(back), raw);
    unit_every_prefix(raw, parse_init);
    buf_free(&back);
    free((void *)raw.ptr);
}

static void resp_goes_back(const char *hex)
{
    struct bytes raw = unit_hex(hex);
    struct negotiate_resp m = { 0 };
    struct buf back = { 0 };

    assert_int_equal(negotiate_resp_read(raw, &m), ERR_OK);
    assert_int_equal(negotiate_resp_write(&m, &back), ERR_OK);
    unit_assert_bytes(buf_view(back), raw);
    unit_every_prefix(raw, parse_resp);
    buf_free(&back);
    free((void *)raw.ptr);
}

static void writes_back_what_it_read(void **state)
{
    (void)state;
    init_goes_back(WINDOWS_INIT2);
    init_goes_back(WINDOWS_INIT_NTLM);
    resp_goes_back(MIT_COMPLETED);
    resp_goes_back(COMPLETED_MIC);
    resp_goes_back("a1 02 30 00");
    resp_goes_back("a1 07 30 05 a0 03 0a 01 02");
}

static void knows_the_hints_of_a_windows_server(void **state)
{
    struct bytes raw = unit_hex(WINDOWS_INIT2);
    struct negotiate_init m = { 0 };
    struct buf ours = { 0 };
    struct bytes oid;
    struct reader r;
    int n = 0;

    (void)state;
    assert_int_equal(negotiate_init_read(raw, &m), ERR_OK);
    assert_true(m.init2);
    assert_null(m.mech_token.ptr);
    assert_null(m.mic.ptr);
    assert_null(m.hint_address.ptr);
    unit_assert_bytes(m.hint_name, bytes_of_text("not_defined_in_RFC4178@please_ignore"));
    for (r = negotiate_mech_types(m.mech_types); negotiate_mech_types_next(&r, &oid);)
        n++;
    assert_int_equal(n, 5);
    assert_int_equal(negotiate_hints_write(&ours), ERR_OK);
    unit_assert_bytes(buf_view(ours), m.hints);
    buf_free(&ours);
    free((void *)raw.ptr);
}

static void tells_a_mic_from_hints_at_the_same_number(void **state)
{
    struct bytes old =
        unit_hex("60 1b 06 06 2b 06 01 05 05 02 a0 11 30 0f a0 07 30 05 06 03 2a 03 04"
                 " a3 04 04 02 aa bb");
    struct bytes two =
        unit_hex("60 1b 06 06 2b 06 01 05 05 02 a0 11 30 0f a0 07 30 05 06 03 2a 03 04"
                 " a4 04 04 02 aa bb");
    struct negotiate_init m = { 0 };

    (void)state;
    assert_int_equal(negotiate_init_read(old, &m), ERR_OK);
    assert_false(m.init2);
    assert_int_equal(m.mic.len, 2);
    assert_int_equal(negotiate_init_read(two, &m), ERR_OK);
    assert_true(m.init2);
    assert_int_equal(m.mic.len, 2);
    free((void *)old.ptr);
    free((void *)two.ptr);
}

static void keeps_the_fields_of_later_versions(void **state)
{
    (void)state;
    resp_goes_back("a1 0d 30 0b a0 03 0a 01 01 a5 04 04 02 aa bb");
    init_goes_back("60 1b 06 06 2b 06 01 05 05 02 a0 11 30 0f a0 07 30 05 06 03 2a 03 04"
                   " a9 04 04 02 aa bb");
}

static void refuses_what_breaks_the_format(void **state)
{
    (void)state;
    /* another mechanism's frame, no frame, something behind it */
    assert_int_equal(parse_init_hex("60 0c 06 06 2b 06 01 05 05 03 a0 02 30 00"), ERR_MALFORMED);
    assert_int_equal(parse_init_hex("a0 02 30 00"), ERR_MALFORMED);
    assert_int_equal(parse_init_hex("60 0c 06 06 2b 06 01 05 05 02 a0 02 30 00 00"), ERR_MALFORMED);
    /* an empty list, a list of something else */
    assert_int_equal(parse_init_hex("60 10 06 06 2b 06 01 05 05 02 a0 06 30 04 a0 02 30 00"),
                     ERR_MALFORMED);
    assert_int_equal(
        parse_init_hex("60 13 06 06 2b 06 01 05 05 02 a0 09 30 07 a0 05 30 03 04 01 00"),
        ERR_MALFORMED);
    /* fields out of order, twice, a state beyond the last, a state of no length */
    assert_int_equal(parse_resp_hex("a1 0d 30 0b a2 04 04 02 aa bb a0 03 0a 01 01"), ERR_MALFORMED);
    assert_int_equal(parse_resp_hex("a1 0c 30 0a a0 03 0a 01 01 a0 03 0a 01 01"), ERR_MALFORMED);
    assert_int_equal(parse_resp_hex("a1 07 30 05 a0 03 0a 01 04"), ERR_MALFORMED);
    assert_int_equal(parse_resp_hex("a1 07 30 05 a0 03 0a 01 ff"), ERR_MALFORMED);
    assert_int_equal(parse_resp_hex("a1 06 30 04 a0 02 0a 00"), ERR_MALFORMED);
    /* the wrong message */
    assert_int_equal(parse_resp_hex("a0 07 30 05 a0 03 0a 01 00"), ERR_MALFORMED);
}

static void refuses_a_list_without_end(void **state)
{
    static const uint8_t oid[] = { 0x2a, 0x03 };
    struct writer w = writer_new(1000);
    struct negotiate_init m = { 0 };
    struct buf list = { 0 }, msg = { 0 };
    size_t n;

    (void)state;
    for (n = NEGOTIATE_OFFERED_MAX; n <= NEGOTIATE_OFFERED_MAX + 1; n++) {
        size_t i;

        writer_u8(&w, 0x30);
        writer_u8(&w, 0x81);
        writer_u8(&w, (uint8_t)(4 * n));
        for (i = 0; i < n; i++) {
            writer_u8(&w, 6);
            writer_u8(&w, sizeof oid);
            writer_bytes(&w, bytes_of(oid, sizeof oid));
        }
        assert_int_equal(writer_take(&w, &list), ERR_OK);
        m.mech_types = buf_view(list);
        assert_int_equal(negotiate_init_write(&m, &msg), ERR_OK);
        assert_int_equal(parse_init(buf_view(msg)),
                         n > NEGOTIATE_OFFERED_MAX ? ERR_TOO_LONG : ERR_OK);
        buf_free(&list);
        buf_free(&msg);
    }
}

static enum err write_both(void *arg)
{
    struct negotiate_resp resp = { .state = NEGOTIATE_REQUEST_MIC,
                                   .token = bytes_of_text("token"),
                                   .mic = bytes_of_text("mic") };
    struct negotiate_init init = { .mech_token = bytes_of_text("token") };
    struct buf a = { 0 }, b = { 0 }, c = { 0 };
    enum err e = negotiate_init_write(&init, &a);

    (void)arg;
    if (!e)
        e = negotiate_resp_write(&resp, &b);
    if (!e)
        e = negotiate_hints_write(&c);
    buf_free(&a);
    buf_free(&b);
    buf_free(&c);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(write_both, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(knows_the_hints_of_a_windows_server),
        cmocka_unit_test(tells_a_mic_from_hints_at_the_same_number),
        cmocka_unit_test(keeps_the_fields_of_later_versions),
        cmocka_unit_test(refuses_what_breaks_the_format),
        cmocka_unit_test(refuses_a_list_without_end),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
