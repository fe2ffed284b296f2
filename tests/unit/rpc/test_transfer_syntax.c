/* SPDX-License-Identifier: Apache-2.0
 * test_transfer_syntax.c - the machines of a client and of a server agree upon NDR or NDR64.
 * [MS-RPCE] 3.3.1.5.6
 */
#include "base/policy.h"
#include "lib/unit.h"
#include "rpc/client.h"
#include "rpc/registry.h"
#include "rpc/server_connection.h"

#include <countersign/rpcndr.h>

enum { NDR = RPC_SYNTAX_NDR20, NDR64 = RPC_SYNTAX_NDR64, BOTH = NDR | NDR64, NONE = -1 };

static const struct rpc_syntax first = { { 0x4711, 1, 2, { 3 } }, 1, 0 };
static const struct rpc_syntax second = { { 0x4712, 1, 2, { 3 } }, 1, 0 };
static const CS_SERVER_PROCEDURE no_procedure[1];

static CS_SERVER_INTERFACE faces[2] = {
    { .Head = { .Length = sizeof faces[0],
                .StubAbi = CS_STUB_ABI,
                .Side = CS_INTERFACE_SERVER,
                .Id = { { 0x4711, 1, 2, { 3 } }, 1, 0 },
                .Name = "first" },
      .Procedures = no_procedure,
      .DefaultManagerEpv = no_procedure },
    { .Head = { .Length = sizeof faces[0],
                .StubAbi = CS_STUB_ABI,
                .Side = CS_INTERFACE_SERVER,
                .Id = { { 0x4712, 1, 2, { 3 } }, 1, 0 },
                .Name = "second" },
      .Procedures = no_procedure,
      .DefaultManagerEpv = no_procedure },
};

static struct rpc_client client;
static struct rpc_server_connection server;

/* A server whose stubs speak these, and a client not yet bound. */
static void meet(unsigned one, unsigned two)
{
    const unsigned speaks[2] = { one, two };
    int i;

    for (i = 0; i < 2; i++) {
        const struct rpc_register how = { .face = &faces[i], .max_calls = 8, .max_size = 4096 };

        faces[i].Head.Syntaxes = speaks[i];
        assert_int_equal(rpc_registry_add(&how), ERR_OK);
    }
    rpc_server_connection_init(&server, &transport_tcp, "1234");
    assert_int_equal(rpc_client_init(&client, NULL), ERR_OK);
}

static void part(void)
{
    rpc_client_done(&client);
    rpc_server_connection_done(&server);
    assert_int_equal(rpc_registry_remove(&faces[0], NULL, false), ERR_OK);
    assert_int_equal(rpc_registry_remove(&faces[1], NULL, false), ERR_OK);
}

static void feed(struct bytes b)
{
    struct iovec iov[RPC_INBOUND_IOV];
    size_t n = 0, i, some;

    while (b.len) {
        assert_int_equal(rpc_inbound_room(&server.in, iov, &n), ERR_OK);
        for (i = 0; i < n && b.len; i++) {
            some = b.len < iov[i].iov_len ? b.len : iov[i].iov_len;
            memcpy(iov[i].iov_base, b.ptr, some);
            rpc_inbound_filled(&server.in, some);
            b = bytes_of(b.ptr + some, b.len - some);
        }
    }
}

/* What the client wrote goes to the server, and its answer back. */
static enum err answered(struct writer *asked)
{
    struct rpc_received r = { .event = RPC_EVENT_PDU };
    struct writer out = writer_new(4096);
    enum rpc_client_outcome outcome;
    struct rpc_action a;
    struct rpc_header h;
    enum err e;

    feed(bytes_of(asked->ptr, asked->len));
    rpc_server_next(&server, &a);
    assert_int_equal(a.act, RPC_ACT_SEND);
    assert_int_equal(rpc_header_read(buf_view(a.bytes), RPC_FRAGMENT_MAX, &h), ERR_OK);
    assert_int_equal(rpc_pdu_read(buf_view(a.bytes), &h, &r.pdu), ERR_OK);
    e = rpc_client_receive(&client, &r, &out, &outcome);
    buf_free(&a.bytes);
    writer_done(&out);
    writer_done(asked);
    return e;
}

static enum err bound(unsigned syntaxes)
{
    struct writer out = writer_new(4096);

    assert_int_equal(rpc_client_bind(&client, &first, syntaxes, 0, &out), ERR_OK);
    return answered(&out);
}

static enum err altered(const struct rpc_syntax *interface, unsigned syntaxes)
{
    struct writer out = writer_new(4096);

    assert_int_equal(rpc_client_alter(&client, interface, syntaxes, &out), ERR_OK);
    return answered(&out);
}

/* The syntax both ends know a context of the interface by. */
static int agreed(const struct rpc_syntax *interface, unsigned syntaxes)
{
    const struct rpc_context *c = rpc_client_context(&client, interface, syntaxes);
    const struct rpc_context *s = c ? rpc_contexts_find(&server.contexts, c->id) : NULL;

    if (!c)
        return NONE;
    assert_non_null(s);
    assert_int_equal(c->syntax, s->syntax);
    assert_true(rpc_syntax_equal(&s->abstract, interface));
    return (int)c->syntax;
}

static void both_speak_what_both_have(void **state)
{
    static const struct {
        unsigned client, server;
        int agreed;
    } each[] = {
        { NDR, 0, NDR_20 },       { BOTH, 0, NDR_20 },     { NDR64, 0, NONE },
        { NDR, NDR, NDR_20 },     { NDR, BOTH, NDR_20 },   { NDR, NDR64, NONE },
        { NDR64, NDR, NONE },     { BOTH, NDR, NDR_20 },   { NDR64, BOTH, NDR_64 },
        { NDR64, NDR64, NDR_64 }, { BOTH, NDR64, NDR_64 }, { BOTH, BOTH, NDR_64 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof *each; i++) {
        meet(each[i].server, 0);
        assert_int_equal(bound(each[i].client),
                         each[i].agreed == NONE ? ERR_RPC_TRANSFER_SYNTAX : ERR_OK);
        assert_int_equal(agreed(&first, each[i].client), each[i].agreed);
        assert_int_equal(server.contexts.count, each[i].agreed != NONE);
        if (each[i].agreed != NONE)
            assert_int_equal(client.features, RPC_FEATURES);
        part();
    }
}

/* One connection serves stubs that differ in what they speak. */
static void a_connection_has_contexts_of_both(void **state)
{
    (void)state;
    meet(BOTH, NDR);
    assert_int_equal(bound(BOTH), ERR_OK);
    assert_int_equal(agreed(&first, BOTH), NDR_64);
    assert_int_equal(agreed(&first, NDR), NONE);
    assert_int_equal(altered(&first, NDR), ERR_OK);
    assert_int_equal(agreed(&first, NDR), NDR_20);
    assert_int_equal(agreed(&first, NDR64), NDR_64);
    assert_int_equal(altered(&second, BOTH), ERR_OK);
    assert_int_equal(agreed(&second, BOTH), NDR_20);
    assert_int_equal(altered(&second, NDR64), ERR_RPC_TRANSFER_SYNTAX);
    assert_int_equal(client.state, RPC_CLIENT_OPEN);
    part();
}

static void the_policy_leaves_ndr(void **state)
{
    (void)state;
    policy_set(POLICY_NDR64, POLICY_ENFORCE);
    assert_int_equal(rpc_negotiate_syntaxes(BOTH, "first"), NDR);
    assert_int_equal(rpc_negotiate_syntaxes(NDR64, "first"), 0);
    meet(BOTH, NDR64);
    assert_int_equal(bound(BOTH), ERR_OK);
    assert_int_equal(agreed(&first, BOTH), NDR_20);
    assert_int_equal(altered(&second, BOTH), ERR_RPC_TRANSFER_SYNTAX);
    part();
    policy_set(POLICY_NDR64, POLICY_AUDIT);
    assert_int_equal(rpc_negotiate_syntaxes(BOTH, "first"), BOTH);
    policy_set(POLICY_NDR64, POLICY_OFF);
    assert_int_equal(rpc_negotiate_syntaxes(0, "first"), NDR);
}

/* ---- foreign ends ---- */

static struct rpc_result answer_to(const struct rpc_offer *offers, size_t n, size_t which)
{
    const struct rpc_bind b = { .max_send = 5840, .max_receive = 5840 };
    struct writer w = writer_new(4096);
    struct rpc_result result = { 0 };
    struct rpc_bind_ack ack;
    struct rpc_action a;
    struct rpc_header h;
    struct rpc_pdu p;
    size_t i;

    rpc_pdu_begin(&w, RPC_BIND, RPC_FIRST | RPC_LAST, 1);
    rpc_bind_write(&w, &b, offers, n);
    rpc_pdu_end(&w, NULL);
    feed(bytes_of(w.ptr, w.len));
    rpc_server_next(&server, &a);
    assert_int_equal(a.act, RPC_ACT_SEND);
    assert_int_equal(rpc_header_read(buf_view(a.bytes), RPC_FRAGMENT_MAX, &h), ERR_OK);
    assert_int_equal(rpc_pdu_read(buf_view(a.bytes), &h, &p), ERR_OK);
    assert_int_equal(rpc_bind_ack_read(&p, &ack), ERR_OK);
    for (i = 0; i <= which; i++)
        assert_true(rpc_result_next(&ack.results, &result));
    buf_free(&a.bytes);
    writer_done(&w);
    return result;
}

/* As 64-bit Windows answers what Windows offers. */
static void of_two_offers_ndr64_is_taken(void **state)
{
    struct rpc_offer offers[3];
    struct rpc_result r;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        rpc_negotiate_offer(0, &first, NDR_20, &offers[0]);
        rpc_negotiate_offer(1, &first, NDR_64, &offers[1]);
        rpc_negotiate_offer_features(2, &first, &offers[2]);
        meet(BOTH, 0);
        r = answer_to(offers, 3, i);
        assert_int_equal(r.result, i == 0   ? RPC_PROVIDER_REJECTED
                                   : i == 1 ? RPC_ACCEPTED
                                            : RPC_NEGOTIATED);
        assert_int_equal(r.reason, i == 0   ? RPC_REASON_TRANSFER
                                   : i == 1 ? RPC_REASON_NONE
                                            : RPC_FEATURES);
        assert_true(i != 1 || rpc_syntax_equal(&r.transfer, &rpc_ndr64));
        part();
    }
}

static void of_two_syntaxes_in_one_offer_ndr64_is_taken(void **state)
{
    struct rpc_offer offer;
    struct rpc_result r;

    (void)state;
    rpc_negotiate_offer(0, &first, NDR_64, &offer);
    offer.transfer[offer.transfers++] = rpc_ndr20;
    meet(BOTH, 0);
    r = answer_to(&offer, 1, 0);
    assert_int_equal(r.result, RPC_ACCEPTED);
    assert_true(rpc_syntax_equal(&r.transfer, &rpc_ndr64));
    part();
}

/* Another interface's NDR64 does not take the place of the first one's NDR. */
static void the_first_interface_is_taken(void **state)
{
    struct rpc_offer offers[2];

    (void)state;
    rpc_negotiate_offer(0, &first, NDR_20, &offers[0]);
    rpc_negotiate_offer(1, &second, NDR_64, &offers[1]);
    meet(BOTH, BOTH);
    assert_int_equal(answer_to(offers, 2, 0).result, RPC_ACCEPTED);
    part();
    meet(BOTH, BOTH);
    assert_int_equal(answer_to(offers, 2, 1).result, RPC_PROVIDER_REJECTED);
    part();
}

static enum err client_hears(const struct rpc_result *results, size_t n)
{
    const struct rpc_bind_ack ack = { .max_send = 5840, .max_receive = 5840, .group = 7 };
    struct writer asked = writer_new(4096), w = writer_new(4096), out = writer_new(4096);
    struct rpc_received r = { .event = RPC_EVENT_PDU };
    enum rpc_client_outcome outcome;
    struct rpc_header h;
    enum err e;

    assert_int_equal(rpc_client_init(&client, NULL), ERR_OK);
    assert_int_equal(rpc_client_bind(&client, &first, BOTH, 0, &asked), ERR_OK);
    rpc_pdu_begin(&w, RPC_BIND_ACK, RPC_FIRST | RPC_LAST, 1);
    rpc_bind_ack_write(&w, &ack, results, n);
    rpc_pdu_end(&w, NULL);
    assert_int_equal(rpc_header_read(bytes_of(w.ptr, w.len), RPC_FRAGMENT_MAX, &h), ERR_OK);
    assert_int_equal(rpc_pdu_read(bytes_of(w.ptr, w.len), &h, &r.pdu), ERR_OK);
    e = rpc_client_receive(&client, &r, &out, &outcome);
    writer_done(&asked);
    writer_done(&w);
    writer_done(&out);
    return e;
}

static void a_client_takes_what_it_offered_only(void **state)
{
    const struct rpc_result no = { RPC_PROVIDER_REJECTED, RPC_REASON_TRANSFER, { { 0 }, 0, 0 } };
    const struct rpc_result ndr = { RPC_ACCEPTED, 0, rpc_ndr20 },
                            wide = { RPC_ACCEPTED, 0, rpc_ndr64 };
    const struct rpc_result both[] = { ndr, wide }, turned[] = { wide, ndr }, only[] = { no, wide };
    const struct rpc_result neither[] = { no, no }, wrong[] = { no, ndr };

    (void)state;
    assert_int_equal(client_hears(both, 2), ERR_OK);
    assert_int_equal(rpc_client_context(&client, &first, NDR)->id, 0);
    assert_int_equal(rpc_client_context(&client, &first, NDR64)->id, 1);
    rpc_client_done(&client);
    assert_int_equal(client_hears(only, 2), ERR_OK);
    assert_int_equal(rpc_client_context(&client, &first, BOTH)->syntax, NDR_64);
    assert_int_equal(client.offered, 1);
    assert_int_equal(client.offers[0].id, 1); /* which further legs of a handshake name */
    rpc_client_done(&client);
    assert_int_equal(client_hears(&ndr, 1), ERR_OK); /* the rest goes without an answer */
    rpc_client_done(&client);
    assert_int_equal(client_hears(neither, 2), ERR_RPC_TRANSFER_SYNTAX);
    rpc_client_done(&client);
    assert_int_equal(client_hears(turned, 2), ERR_RPC_PROTOCOL);
    rpc_client_done(&client);
    assert_int_equal(client_hears(wrong, 2), ERR_RPC_PROTOCOL);
    rpc_client_done(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_speak_what_both_have),
        cmocka_unit_test(a_connection_has_contexts_of_both),
        cmocka_unit_test(the_policy_leaves_ndr),
        cmocka_unit_test(of_two_offers_ndr64_is_taken),
        cmocka_unit_test(of_two_syntaxes_in_one_offer_ndr64_is_taken),
        cmocka_unit_test(the_first_interface_is_taken),
        cmocka_unit_test(a_client_takes_what_it_offered_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
