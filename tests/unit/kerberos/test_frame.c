/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/frame.h"

#include "lib/unit.h"

/* An AP-REP's outermost tag around nothing, framed as RFC 4121 4.1 has it. */
#define FRAMED "60 0f 06 09 2a 86 48 86 f7 12 01 02 02 02 00 6f 00"
#define FRAMED_MS "60 0f 06 09 2a 86 48 82 f7 12 01 02 02 02 00 6f 00"
/* A request for a ticket-granting ticket, with nothing in it. */
#define FRAMED_USER "60 10 06 0a 2a 86 48 86 f7 12 01 02 02 03 04 00 30 00"
#define BARE "7e 02 30 00"

static enum err parse(struct bytes msg)
{
    struct kerberos_frame f;

    return kerberos_frame_read(msg, &f);
}

static void writes_back_what_it_read(void **state)
{
    static const struct {
        const char *hex;
        enum kerberos_token token;
        enum kerberos_framing framing;
        size_t message;
    } rows[] = {
        { FRAMED, KERBEROS_TOKEN_AP_REP, KERBEROS_FRAMED, 2 },
        { FRAMED_MS, KERBEROS_TOKEN_AP_REP, KERBEROS_FRAMED_MS, 2 },
        { FRAMED_USER, KERBEROS_TOKEN_TGT_REQUEST, KERBEROS_FRAMED_USER, 2 },
        { BARE, KERBEROS_TOKEN_ERROR, KERBEROS_BARE, 4 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes token = unit_hex(rows[i].hex);
        struct kerberos_frame f;
        struct buf again = { 0 };

        assert_int_equal(kerberos_frame_read(token, &f), ERR_OK);
        assert_int_equal(f.token, rows[i].token);
        assert_int_equal(f.framing, rows[i].framing);
        assert_int_equal(f.message.len, rows[i].message);
        assert_int_equal(kerberos_frame_write(&f, &again), ERR_OK);
        unit_assert_bytes(buf_view(again), token);
        buf_free(&again);
        free((void *)(uintptr_t)token.ptr);
    }
}

static void refuses_every_shorter_token(void **state)
{
    struct bytes token = unit_hex(FRAMED);

    (void)state;
    unit_every_prefix(token, parse);
    free((void *)(uintptr_t)token.ptr);
}

static void refuses(const char *hex)
{
    struct bytes token = unit_hex(hex);

    assert_int_equal(parse(token), ERR_MALFORMED);
    free((void *)(uintptr_t)token.ptr);
}

static void refuses_a_number_that_does_not_fit_the_message(void **state)
{
    (void)state;
    refuses("60 0f 06 09 2a 86 48 86 f7 12 01 02 02 01 00 6f 00");
}

static void refuses_another_mechanism(void **state)
{
    (void)state;
    refuses("60 0c 06 06 2b 06 01 05 05 02 02 00 6f 00"); /* SPNEGO */
}

static void refuses_what_follows_the_message(void **state)
{
    (void)state;
    refuses("60 10 06 09 2a 86 48 86 f7 12 01 02 02 02 00 6f 00 00");
    refuses("6f 00 00");
}

static enum err write_one(void *arg)
{
    struct kerberos_frame f = { KERBEROS_TOKEN_AP_REP, KERBEROS_FRAMED, bytes_of("\x6f", 2) };
    struct buf b = { 0 };
    enum err e = kerberos_frame_write(&f, &b);

    (void)arg;
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(write_one, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_token),
        cmocka_unit_test(refuses_a_number_that_does_not_fit_the_message),
        cmocka_unit_test(refuses_another_mechanism),
        cmocka_unit_test(refuses_what_follows_the_message),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
