/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/negotiate.h"

#include "base/alloc.h"
#include "lib/unit.h"

static const struct rpc_syntax mine = { { 1, 2, 3, { 4 } }, 1, 0 };

static void answers_offers(void **state)
{
    enum ndr_syntax syntax;
    struct rpc_offer offer;
    struct rpc_result r;

    (void)state;
    rpc_negotiate_offer(0, &mine, NDR_20, &offer);
    rpc_negotiate_answer(&offer, true, RPC_SYNTAX_NDR20, &r, &syntax);
    assert_int_equal(r.result, RPC_ACCEPTED);
    assert_true(rpc_syntax_equal(&r.transfer, &rpc_ndr20));
    rpc_negotiate_answer(&offer, false, RPC_SYNTAX_NDR20, &r, &syntax);
    assert_int_equal(r.result, RPC_PROVIDER_REJECTED);
    assert_int_equal(r.reason, RPC_REASON_ABSTRACT);
    offer.transfer[0] = rpc_ndr64;
    rpc_negotiate_answer(&offer, true, RPC_SYNTAX_NDR20, &r, &syntax);
    assert_int_equal(r.result, RPC_PROVIDER_REJECTED);
    assert_int_equal(r.reason, RPC_REASON_TRANSFER);
    offer.transfer[1] = rpc_ndr20;
    offer.transfers = 2;
    rpc_negotiate_answer(&offer, true, RPC_SYNTAX_NDR20, &r, &syntax);
    assert_int_equal(r.result, RPC_ACCEPTED);
    offer.transfers = 0;
    rpc_negotiate_answer(&offer, true, RPC_SYNTAX_NDR20, &r, &syntax);
    assert_int_equal(r.result, RPC_PROVIDER_REJECTED);
}

/* Whether the interface is known does not matter, and bits without meaning are not agreed to. */
static void answers_features(void **state)
{
    enum ndr_syntax syntax;
    struct rpc_offer offer;
    struct rpc_result r;

    (void)state;
    rpc_negotiate_offer_features(1, &mine, &offer);
    offer.transfer[0] = rpc_features_syntax(0xfff2);
    rpc_negotiate_answer(&offer, false, RPC_SYNTAX_NDR20, &r, &syntax);
    assert_int_equal(r.result, RPC_NEGOTIATED);
    assert_int_equal(r.reason, RPC_FEATURE_KEEP_ON_ORPHAN);
    assert_int_equal(r.transfer.major, 0);
}

/* A4 */
static void an_accepted_context_is_never_another(void **state)
{
    struct rpc_context c = { .id = 3, .abstract = mine, .interface = &c };
    struct rpc_contexts all = { 0 };

    (void)state;
    assert_int_equal(rpc_contexts_add(&all, &c), ERR_OK);
    assert_int_equal(rpc_contexts_add(&all, &c), ERR_OK);
    assert_int_equal(all.count, 1);
    c.abstract.minor = 1;
    assert_int_equal(rpc_contexts_add(&all, &c), ERR_UNEXPECTED);
    c.abstract.minor = 0;
    c.syntax = NDR_64;
    assert_int_equal(rpc_contexts_add(&all, &c), ERR_UNEXPECTED);
    assert_ptr_equal(rpc_contexts_find(&all, 3)->interface, &c);
    assert_null(rpc_contexts_find(&all, 4));
    rpc_contexts_done(&all);
}

static void contexts_are_bounded(void **state)
{
    struct rpc_contexts all = { 0 };
    struct rpc_context c = { 0 };

    (void)state;
    for (c.id = 0; c.id < RPC_CONTEXTS_MAX; c.id++)
        assert_int_equal(rpc_contexts_add(&all, &c), ERR_OK);
    assert_int_equal(rpc_contexts_add(&all, &c), ERR_TOO_LONG);
    rpc_contexts_done(&all);
}

static enum err add_some(void *arg)
{
    struct rpc_contexts all = { 0 };
    struct rpc_context c = { 0 };
    enum err e = ERR_OK;

    (void)arg;
    for (c.id = 0; c.id < 10 && !e; c.id++)
        e = rpc_contexts_add(&all, &c);
    rpc_contexts_done(&all);
    return e;
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    oom_run(add_some, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_offers),
        cmocka_unit_test(answers_features),
        cmocka_unit_test(an_accepted_context_is_never_another),
        cmocka_unit_test(contexts_are_bounded),
        cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
