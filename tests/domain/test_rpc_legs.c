/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_legs.c - both sides' security contexts of RPC with real packages, and a call under each.
 */
#include "lib/pair.h"
#include "lib/rpc_pair.h"
#include "lib/unit.h"

struct legs {
    struct pair credentials; /* whose contexts are not used */
    struct rpc_pair rpc;
    size_t legs;
    enum rpc_leg last_to_server;
};

static struct rpc_security *client_new(struct legs *l, uint8_t type, uint8_t level, ULONG flags)
{
    const struct rpc_security_client how = { .credential = &l->credentials.client.cred,
                                             .target = unit_env("SERVICE_SPN"),
                                             .type = type,
                                             .level = level,
                                             .context_id = 79,
                                             .flags = flags };
    struct rpc_security *s = NULL;

    assert_int_equal(rpc_security_new_client(&how, &s), ERR_OK);
    assert_int_equal(rpc_securities_add_adopt(&l->rpc.client, s), ERR_OK);
    return s;
}

/* All legs; the trailer of the first as the server reads it. */
static void talk(struct legs *l, struct rpc_security *client, ULONG server_flags)
{
    struct rpc_security *server = NULL;
    struct buf up = { 0 }, down = { 0 };
    struct rpc_auth first;
    enum rpc_leg leg = RPC_LEG_NONE, answer;

    assert_int_equal(rpc_security_step(client, bytes_of(NULL, 0), &up, &leg), ERR_OK);
    assert_int_equal(leg, RPC_LEG_ALTER);
    first = rpc_security_auth(client, buf_view(up));
    assert_int_equal(
        rpc_security_new_server(&l->credentials.server.cred, &first, server_flags, &server),
        ERR_OK);
    assert_int_equal(rpc_securities_add_adopt(&l->rpc.server, server), ERR_OK);
    while (up.len) {
        l->legs++;
        l->last_to_server = leg;
        assert_int_equal(rpc_security_step(server, buf_view(up), &down, &answer), ERR_OK);
        buf_free(&up);
        if (leg == RPC_LEG_AUTH3)
            assert_int_equal(answer, RPC_LEG_NONE);
        if (!down.len)
            break;
        assert_int_equal(answer, RPC_LEG_ALTER);
        l->legs++;
        if (client->done)
            break;
        assert_int_equal(rpc_security_step(client, buf_view(down), &up, &leg), ERR_OK);
        buf_free(&down);
    }
    buf_free(&down);
    assert_true(client->done && server->done);
}

static void begin(struct legs *l, const char *package)
{
    memset(l, 0, sizeof *l);
    pair_begin(&l->credentials, package, 0, 0);
}

static void end(struct legs *l)
{
    rpc_pair_end(&l->rpc);
    pair_end(&l->credentials);
}

/* 200,000 octets from the client to the server, and their like back. */
static void call(const struct rpc_securities *from, const struct rpc_securities *to,
                 enum rpc_type type)
{
    static uint8_t stub[200000];
    const struct rpc_limits limits = { RPC_FRAGMENT_MAX, RPC_STUB_MAX };
    struct rpc_message m = { .type = type,
                             .call_id = 1,
                             .stub = { stub, sizeof stub },
                             .max_fragment = RPC_FRAGMENT_WINDOWS,
                             .security = from->item[0] };
    struct iovec room[RPC_INBOUND_IOV];
    struct rpc_received got = { .event = RPC_EVENT_MORE };
    struct rpc_inbound in;
    struct bytes arrived;
    size_t done = 0, n, i;
    struct buf all;

    memset(stub, 0x5a, sizeof stub);
    all = rpc_pair_send(&m);
    rpc_inbound_init(&in, type == RPC_REQUEST, &limits, to);
    while (done < all.len) {
        assert_int_equal(rpc_inbound_room(&in, room, &n), ERR_OK);
        n = all.len - done < room[0].iov_len ? all.len - done : room[0].iov_len;
        memcpy(room[0].iov_base, all.ptr + done, n);
        rpc_inbound_filled(&in, n);
        done += n;
        assert_int_equal(rpc_inbound_next(&in, &got), ERR_OK);
    }
    assert_int_equal(got.event, RPC_EVENT_CALL);
    assert_ptr_equal(got.security, to->item[0]);
    arrived = type == RPC_REQUEST ? got.request.stub : got.response.stub;
    assert_int_equal(arrived.len, sizeof stub);
    for (i = 0; i < sizeof stub; i++)
        if (arrived.ptr[i] != 0x5a)
            fail_msg("octet %zu", i);
    rpc_block_put(got.block);
    rpc_inbound_done(&in);
    free(all.ptr);
}

static void every_level(const char *package, uint8_t type, enum rpc_leg third, size_t legs)
{
    struct legs l;
    int level;
    int sign;

    for (level = RPC_LEVEL_CONNECT; level <= RPC_LEVEL_PRIVACY; level++) {
        for (sign = 0; sign < 2; sign++) {
            begin(&l, package);
            talk(&l, client_new(&l, type, (uint8_t)level, ISC_REQ_MUTUAL_AUTH), 0);
            assert_int_equal(l.legs, legs);
            assert_int_equal(l.last_to_server, third);
            assert_true(rpc_pair_client(&l.rpc)->mutual);
            assert_int_equal(rpc_pair_server(&l.rpc)->context_id, 79);
            rpc_securities_decide(&l.rpc.client, sign ? RPC_SUPPORT_HEADER_SIGN : 0);
            rpc_securities_decide(&l.rpc.server, sign ? RPC_SUPPORT_HEADER_SIGN : 0);
            call(&l.rpc.client, &l.rpc.server, RPC_REQUEST);
            call(&l.rpc.server, &l.rpc.client, RPC_RESPONSE);
            end(&l);
        }
    }
}

/* bind, bind_ack, auth3.  [MS-RPCE] 3.3.1.5.2.1 */
static void kerberos_takes_three_legs(void **state)
{
    (void)state;
    every_level("Kerberos", RPC_AUTH_KERBEROS, RPC_LEG_AUTH3, 3);
}

/* bind, bind_ack, alter_context, alter_context_resp */
static void negotiate_takes_four_legs(void **state)
{
    (void)state;
    every_level("Negotiate", RPC_AUTH_NEGOTIATE, RPC_LEG_ALTER, 4);
}

static void a_leg_too_many_is_refused(void **state)
{
    struct buf token = { 0 };
    enum rpc_leg leg;
    struct legs l;

    (void)state;
    begin(&l, "Kerberos");
    talk(&l, client_new(&l, RPC_AUTH_KERBEROS, RPC_LEVEL_PRIVACY, ISC_REQ_MUTUAL_AUTH), 0);
    assert_int_equal(rpc_security_step(rpc_pair_server(&l.rpc), bytes_of("x", 1), &token, &leg),
                     ERR_ACCESS_DENIED);
    assert_int_equal(rpc_security_step(rpc_pair_client(&l.rpc), bytes_of("x", 1), &token, &leg),
                     ERR_ACCESS_DENIED);
    assert_true(rpc_pair_server(&l.rpc)->done);
    end(&l);
}

/* B5: the server's answer altered, or nothing of it. */
static void an_altered_answer_is_final(void **state)
{
    struct rpc_security *client, *server = NULL;
    struct buf up = { 0 }, down = { 0 };
    struct rpc_auth first;
    enum rpc_leg leg;
    struct legs l;

    (void)state;
    begin(&l, "Kerberos");
    client = client_new(&l, RPC_AUTH_KERBEROS, RPC_LEVEL_PRIVACY, ISC_REQ_MUTUAL_AUTH);
    assert_int_equal(rpc_security_step(client, bytes_of(NULL, 0), &up, &leg), ERR_OK);
    first = rpc_security_auth(client, buf_view(up));
    assert_int_equal(rpc_security_new_server(&l.credentials.server.cred, &first, 0, &server),
                     ERR_OK);
    assert_int_equal(rpc_securities_add_adopt(&l.rpc.server, server), ERR_OK);
    assert_int_equal(rpc_security_step(server, buf_view(up), &down, &leg), ERR_OK);
    down.ptr[down.len - 5] ^= 1;
    buf_free(&up);
    assert_int_not_equal(rpc_security_step(client, buf_view(down), &up, &leg), ERR_OK);
    assert_false(client->done);
    buf_free(&up);
    down.ptr[down.len - 5] ^= 1; /* the true one comes too late */
    assert_int_equal(rpc_security_step(client, buf_view(down), &up, &leg), ERR_ACCESS_DENIED);
    buf_free(&down);
    end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kerberos_takes_three_legs),
        cmocka_unit_test(negotiate_takes_four_legs),
        cmocka_unit_test(a_leg_too_many_is_refused),
        cmocka_unit_test(an_altered_answer_is_final),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
