/* SPDX-License-Identifier: Apache-2.0
 * test_wire.c - the frames of the socket sample, over a real pair of sockets.
 */
#include "lib/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

static struct frame sent, got;

static void pair(int ret[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ret), 0);
}

/* Writes bytes as they are, closes, and says whether the other end takes them for a frame. */
static bool takes(const void *bytes, size_t len)
{
    int s[2];
    bool taken;

    pair(s);
    assert_int_equal(write(s[0], bytes, len), (ssize_t)len);
    close(s[0]);
    taken = wire_receive(s[1], &got);
    close(s[1]);
    return taken;
}

static void a_frame_arrives_as_it_was_sent(void **state)
{
    int s[2];

    (void)state;
    pair(s);
    sent.kind = WIRE_SEALED;
    for (sent.len = 0; sent.len <= 300; sent.len += 100) {
        memset(sent.body, (int)sent.len, sent.len);
        assert_true(wire_send(s[0], &sent));
        assert_true(wire_receive(s[1], &got));
        assert_int_equal(got.kind, WIRE_SEALED);
        assert_int_equal(got.len, sent.len);
        assert_memory_equal(got.body, sent.body, sent.len);
    }
    close(s[0]);
    close(s[1]);
}

static void every_cut_frame_is_refused(void **state)
{
    static const uint8_t whole[] = { 0, 0, 0, 4, 'S', 'a', 'b', 'c' };
    size_t n;

    (void)state;
    assert_true(takes(whole, sizeof whole));
    assert_int_equal(got.len, 3);
    assert_false(takes(whole, 0));
    assert_true(wire_ended()); /* between frames: an orderly end */
    for (n = 1; n < sizeof whole; n++) {
        assert_false(takes(whole, n));
        assert_false(wire_ended());
    }
}

static void lengths_and_kinds_have_limits(void **state)
{
    static const uint8_t none[] = { 0, 0, 0, 0, 'S' }, unknown[] = { 0, 0, 0, 1, 'X' },
                         large[] = { 0, 1, 0, 2, 'S' }, huge[] = { 255, 255, 255, 255, 'S' };

    (void)state;
    assert_false(takes(none, sizeof none));
    assert_false(takes(unknown, sizeof unknown));
    assert_false(takes(large, sizeof large));
    assert_false(takes(huge, sizeof huge));
    sent.len = WIRE_MAX + 1;
    assert_false(wire_send(-1, &sent));
}

static void a_signed_body_comes_apart_as_it_was_joined(void **state)
{
    struct wire_part data, token;
    size_t whole, n;

    (void)state;
    memcpy(wire_signed_data(&sent), "data", 4);
    assert_true(wire_signed_join(&sent, (const uint8_t *)"signature", 9, 4));
    assert_int_equal(sent.kind, WIRE_SIGNED);
    assert_true(wire_signed_split(&sent, &data, &token));
    assert_int_equal(data.len, 4);
    assert_memory_equal(data.ptr, "data", 4);
    assert_int_equal(token.len, 9);
    assert_memory_equal(token.ptr, "signature", 9);
    for (whole = sent.len, n = 0; n < whole - 9; n++) {
        sent.len = n; /* the data is cut */
        assert_false(wire_signed_split(&sent, &data, &token));
    }
    assert_false(wire_signed_join(&sent, (const uint8_t *)"s", 1, WIRE_MAX));
}

/* Whoever listens at address is reached there, and sends a frame. */
static void meet(const char *address, const char *host)
{
    char where[WIRE_NAME];
    int listener = wire_listen(address), client, server;

    assert_true(listener >= 0);
    wire_name(listener, false, where);
    client = wire_connect(host ? strrchr(where, ':') + 1 : where, host);
    assert_true(client >= 0);
    server = wire_accept(listener);
    assert_true(server >= 0);
    sent.kind = WIRE_TOKEN;
    sent.len = 1;
    assert_true(wire_send(client, &sent));
    assert_true(wire_receive(server, &got));
    close(listener);
    close(client);
    close(server);
}

static void addresses_with_and_without_a_host(void **state)
{
    (void)state;
    meet("127.0.0.1:0", NULL);
    meet("0", "127.0.0.1"); /* every address, and a port alone to connect to */
    meet(":0", "127.0.0.1");
    assert_true(wire_listen("127.0.0.1:") < 0);
    assert_true(wire_listen("") < 0);
    assert_true(wire_listen("203.0.113.1:0") < 0); /* not one of this host's */
    assert_true(wire_connect("127.0.0.1:1", NULL) < 0);
    assert_non_null(strstr(wire_error(), "127.0.0.1, port 1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_arrives_as_it_was_sent),
        cmocka_unit_test(every_cut_frame_is_refused),
        cmocka_unit_test(lengths_and_kinds_have_limits),
        cmocka_unit_test(addresses_with_and_without_a_host),
        cmocka_unit_test(a_signed_body_comes_apart_as_it_was_joined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
