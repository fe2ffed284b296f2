/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/tgt_request.h"

#include "lib/unit.h"

/* To "bob" of R; without either; a reply with an empty ticket. */
#define REQUEST                                                                                    \
    "30 24 a0 03 02 01 05 a1 03 02 01 10 a2 10 30 0e a0 03 02 01 01 a1 07 30 05 1b 03 62 6f 62 "   \
    "a3 06 1b 04 52 45 41 4c"
#define SHORT "30 0a a0 03 02 01 05 a1 03 02 01 10"
#define REPLY "30 10 a0 03 02 01 05 a1 03 02 01 11 a2 04 61 02 30 00"

static enum err parse_request(struct bytes msg)
{
    struct kerberos_tgt_request m;

    return kerberos_tgt_request_read(msg, &m);
}

static enum err parse_reply(struct bytes msg)
{
    struct bytes ticket;

    return kerberos_tgt_reply_read(msg, &ticket);
}

static void writes_back_what_it_read(void **state)
{
    static const char *const each[] = { REQUEST, SHORT };
    struct kerberos_tgt_request m;
    struct bytes msg = unit_hex(REPLY), ticket;
    struct buf again = { 0 };
    size_t i;

    (void)state;
    assert_int_equal(kerberos_tgt_reply_read(msg, &ticket), ERR_OK);
    assert_int_equal(ticket.len, 4);
    assert_int_equal(kerberos_tgt_reply_write(ticket, &again), ERR_OK);
    unit_assert_bytes(buf_view(again), msg);
    buf_free(&again);
    free((void *)(uintptr_t)msg.ptr);
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        msg = unit_hex(each[i]);
        assert_int_equal(kerberos_tgt_request_read(msg, &m), ERR_OK);
        assert_int_equal(m.server.len, i ? 0 : 16);
        assert_int_equal(m.realm.len, i ? 0 : 4);
        assert_int_equal(kerberos_tgt_request_write(&m, &again), ERR_OK);
        unit_assert_bytes(buf_view(again), msg);
        buf_free(&again);
        free((void *)(uintptr_t)msg.ptr);
    }
}

static void refuses_every_shorter_message(void **state)
{
    struct bytes request = unit_hex(REQUEST), reply = unit_hex(REPLY);

    (void)state;
    unit_every_prefix(request, parse_request);
    unit_every_prefix(reply, parse_reply);
    free((void *)(uintptr_t)request.ptr);
    free((void *)(uintptr_t)reply.ptr);
}

static void refuses_what_is_another_message(void **state)
{
    struct bytes request = unit_hex(SHORT), reply = unit_hex(REPLY);
    struct bytes no_ticket = unit_hex("30 10 a0 03 02 01 05 a1 03 02 01 11 a2 04 62 02 30 00");

    (void)state;
    assert_int_equal(parse_request(reply), ERR_MALFORMED);
    assert_int_equal(parse_reply(request), ERR_MALFORMED);
    assert_int_equal(parse_reply(no_ticket), ERR_MALFORMED);
    free((void *)(uintptr_t)request.ptr);
    free((void *)(uintptr_t)reply.ptr);
    free((void *)(uintptr_t)no_ticket.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(refuses_what_is_another_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
