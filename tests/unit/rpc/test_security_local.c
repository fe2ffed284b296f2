/* SPDX-License-Identifier: Apache-2.0
 * The kernel's word as a security context: its legs, and when a server takes it.
 */
#include <unistd.h>

#include "lib/unit.h"
#include "rpc/client.h"
#include "rpc/server.h"

static const struct rpc_syntax mgmt = {
    { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } }, 1, 0
};
static struct rpc_server_connection c;

static void begin(const struct transport *t, const struct transport_peer *peer)
{
    rpc_server_connection_init(&c, t, "X");
    if (peer)
        rpc_server_connection_set_peer(&c, peer);
}

static void feed(struct bytes b)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t n = 0, part;

    while (b.len) {
        assert_int_equal(rpc_inbound_room(&c.in, iov, &n), ERR_OK);
        part = b.len < iov[0].iov_len ? b.len : iov[0].iov_len;
        memcpy(iov[0].iov_base, b.ptr, part);
        rpc_inbound_filled(&c.in, part);
        b = bytes_of(b.ptr + part, b.len - part);
    }
}

static enum rpc_act answer_to(struct writer *w, struct rpc_action *ret)
{
    assert_int_equal(w->err, ERR_OK);
    feed(bytes_of(w->ptr, w->len));
    writer_done(w);
    rpc_server_next(&c, ret);
    return ret->act;
}

/* A bind with a first leg of that kind; what the server answers with. */
static uint8_t bind_with(uint8_t type, uint8_t level, const char *token)
{
    const struct rpc_auth auth = {
        .type = type, .level = level, .context_id = 7, .value = bytes_of(token, strlen(token))
    };
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 };
    struct writer w = writer_new(65535);
    struct rpc_offer offer;
    struct rpc_action a;
    uint8_t answer;

    rpc_negotiate_offer(0, &mgmt, NDR_20, &offer);
    rpc_pdu_begin(&w, RPC_BIND, RPC_FIRST | RPC_LAST, 1);
    rpc_bind_write(&w, &b, &offer, 1);
    rpc_pdu_end(&w, &auth);
    (void)answer_to(&w, &a);
    answer = a.bytes.len > 2 ? a.bytes.ptr[2] : 0xff;
    buf_free(&a.bytes);
    return answer;
}

static const char word[] = "CSLOCAL\1";
static const struct transport_peer somebody = { .uid = 54321, .gid = 54321, .pid = 4711 };
static const struct transport_peer nobody = { .uid = 65534, .anonymous = true };

static void a_call_is_the_peers(void **state)
{
    const struct rpc_request q = { .opnum = 2 };
    struct writer w = writer_new(65535);
    struct rpc_action a;

    (void)state;
    begin(&transport_local, &somebody);
    assert_string_equal(rpc_server_client_name(&c, NULL), "S-1-22-1-54321");
    assert_int_equal(bind_with(RPC_AUTH_LOCAL, RPC_LEVEL_PRIVACY, word), RPC_BIND_ACK);
    rpc_pdu_begin(&w, RPC_REQUEST, RPC_FIRST | RPC_LAST, 2);
    rpc_request_write(&w, &q);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(answer_to(&w, &a), RPC_ACT_CALL);
    assert_non_null(a.call.security);
    assert_int_equal(a.call.security->level, RPC_LEVEL_PRIVACY);
    assert_false(a.call.security->identify);
    assert_string_equal(rpc_server_client_name(&c, a.call.security), "S-1-22-1-54321");
    assert_string_equal(rpc_server_client_text(&c, a.call.security, false), "S-1-22-1-54321");
    assert_null(rpc_server_client_text(&c, NULL, false));
    rpc_block_put(a.call.block);
    rpc_server_connection_done(&c);
}

static void a_client_may_be_identified_and_no_more(void **state)
{
    struct rpc_security *client = NULL, *server = NULL;
    struct buf token = { 0 }, answer = { 0 };
    enum rpc_leg leg;

    (void)state;
    assert_int_equal(rpc_security_new_local(false, 1, &client), ERR_OK);
    assert_int_equal(rpc_security_new_local(true, 1, &server), ERR_OK);
    client->identify = true;
    assert_int_equal(rpc_security_step(client, (struct bytes){ 0 }, &token, &leg), ERR_OK);
    assert_int_equal(rpc_security_step(server, buf_view(token), &answer, &leg), ERR_OK);
    buf_free(&token);
    assert_true(server->done && server->identify);
    assert_int_equal(rpc_security_step(client, buf_view(answer), &token, &leg), ERR_OK);
    assert_true(client->done);
    buf_free(&answer);
    rpc_security_free(client);
    rpc_security_free(server);
}

static void refused(const struct transport *t, const struct transport_peer *peer, uint8_t level,
                    const char *token)
{
    begin(t, peer);
    assert_int_equal(bind_with(RPC_AUTH_LOCAL, level, token), RPC_BIND_NAK);
    assert_int_equal(c.state, RPC_SERVER_CLOSED);
    rpc_server_connection_done(&c);
}

static void nothing_else_is_taken_for_it(void **state)
{
    (void)state;
    refused(&transport_tcp, NULL, RPC_LEVEL_PRIVACY, word); /* where no kernel says anything */
    refused(&transport_local, NULL, RPC_LEVEL_PRIVACY, word);
    refused(&transport_local, &nobody, RPC_LEVEL_PRIVACY, word);
    refused(&transport_local, &somebody, RPC_LEVEL_PKT, word);
    refused(&transport_local, &somebody, RPC_LEVEL_CONNECT, word);
    refused(&transport_local, &somebody, RPC_LEVEL_PRIVACY, "CSLOCAL\2");
    refused(&transport_local, &somebody, RPC_LEVEL_PRIVACY, "CSLOCAL\1\1");
    refused(&transport_local, &somebody, RPC_LEVEL_PRIVACY, "C");
}

static void nobody_has_no_name(void **state)
{
    (void)state;
    begin(&transport_local, &nobody);
    assert_string_equal(rpc_server_client_name(&c, NULL), "");
    rpc_server_connection_done(&c);
}

static void it_has_two_legs(void **state)
{
    struct rpc_security *s = NULL;
    struct buf token = { 0 };
    enum rpc_leg leg = RPC_LEG_AUTH3;

    (void)state;
    assert_int_equal(rpc_security_new_local(false, 1, &s), ERR_OK);
    assert_int_equal(rpc_security_step(s, (struct bytes){ 0 }, &token, &leg), ERR_OK);
    assert_int_equal(leg, RPC_LEG_ALTER);
    assert_false(s->done);
    buf_free(&token);
    assert_int_equal(rpc_security_step(s, bytes_of(word, 8), &token, &leg), ERR_OK);
    assert_int_equal(leg, RPC_LEG_NONE);
    assert_true(s->done);
    assert_int_equal(s->token_size, 0);
    assert_int_equal(rpc_security_step(s, bytes_of(word, 8), &token, &leg), ERR_ACCESS_DENIED);
    rpc_security_free(s);
    assert_int_equal(rpc_security_new_local(false, 1, &s), ERR_OK);
    assert_int_equal(rpc_security_step(s, (struct bytes){ 0 }, &token, &leg), ERR_OK);
    buf_free(&token);
    assert_int_equal(rpc_security_step(s, bytes_of(word, 7), &token, &leg), ERR_MALFORMED);
    assert_true(s->failed && !s->done);
    rpc_security_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_is_the_peers),
        cmocka_unit_test(a_client_may_be_identified_and_no_more),
        cmocka_unit_test(nothing_else_is_taken_for_it),
        cmocka_unit_test(nobody_has_no_name),
        cmocka_unit_test(it_has_two_legs),
    };

    if (rpc_mgmt_register())
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
