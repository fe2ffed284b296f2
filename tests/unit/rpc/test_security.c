/* SPDX-License-Identifier: Apache-2.0
 * The contexts of a connection. Their legs are tried with real packages: domain/test_rpc_legs.c.
 */
#include "rpc/security.h"

#include "base/alloc.h"
#include "lib/rpc_pair.h"
#include "lib/unit.h"

static const CredHandle nobody;

static struct rpc_security *server_of(uint32_t id, uint8_t level)
{
    const struct rpc_auth first = { .type = RPC_AUTH_KERBEROS, .level = level, .context_id = id };
    struct rpc_security *s = NULL;

    assert_int_equal(rpc_security_new_server(&nobody, &first, 0, &s), ERR_OK);
    return s;
}

static void levels_are_raised_to_what_there_is(void **state)
{
    (void)state;
    assert_int_equal(rpc_level_effective(RPC_LEVEL_DEFAULT), RPC_LEVEL_CONNECT);
    assert_int_equal(rpc_level_effective(RPC_LEVEL_NONE), RPC_LEVEL_NONE);
    assert_int_equal(rpc_level_effective(RPC_LEVEL_CALL), RPC_LEVEL_PKT);
    assert_int_equal(rpc_level_effective(RPC_LEVEL_PRIVACY), RPC_LEVEL_PRIVACY);
    assert_int_equal(rpc_level_effective(7), 0);
    assert_int_equal(rpc_level_effective(255), 0);
}

static void refuses_what_has_no_context(void **state)
{
    struct rpc_auth first = { .type = RPC_AUTH_KERBEROS, .level = RPC_LEVEL_NONE };
    struct rpc_security *s = NULL;

    (void)state;
    assert_int_equal(rpc_security_new_server(&nobody, &first, 0, &s), ERR_INVALID_PARAMETER);
    first.level = 9;
    assert_int_equal(rpc_security_new_server(&nobody, &first, 0, &s), ERR_INVALID_PARAMETER);
    first.level = RPC_LEVEL_PRIVACY;
    first.type = 99;
    assert_int_equal(rpc_security_new_server(&nobody, &first, 0, &s), ERR_NO_PACKAGE);
    assert_null(s);
}

/* A3 */
static void type_level_and_id_are_frozen(void **state)
{
    struct rpc_security *s = server_of(4, RPC_LEVEL_CALL);
    struct rpc_auth a = rpc_security_auth(s, bytes_of("token", 5));

    (void)state;
    assert_int_equal(a.level, RPC_LEVEL_PKT);
    assert_int_equal(rpc_security_matches(s, &a), ERR_OK);
    a.level = RPC_LEVEL_CALL;
    assert_int_equal(rpc_security_matches(s, &a), ERR_OK);
    a.level = RPC_LEVEL_CONNECT;
    assert_int_equal(rpc_security_matches(s, &a), ERR_ACCESS_DENIED);
    a.level = RPC_LEVEL_PRIVACY;
    assert_int_equal(rpc_security_matches(s, &a), ERR_ACCESS_DENIED);
    a = rpc_security_auth(s, bytes_of(NULL, 0));
    a.type = RPC_AUTH_NEGOTIATE;
    assert_int_equal(rpc_security_matches(s, &a), ERR_RPC_SEC_PACKAGE);
    a.type = RPC_AUTH_KERBEROS;
    a.context_id = 5;
    assert_int_equal(rpc_security_matches(s, &a), ERR_ACCESS_DENIED);
    rpc_security_free(s);
}

/* A failed leg is the last one, whatever comes after it. */
static void a_failure_is_final(void **state)
{
    struct rpc_security *s = server_of(0, RPC_LEVEL_PRIVACY);
    struct buf token = { 0 };
    enum rpc_leg leg;

    (void)state;
    assert_int_not_equal(rpc_security_step(s, bytes_of("x", 1), &token, &leg), ERR_OK);
    buf_free(&token);
    assert_true(s->failed);
    assert_int_equal(rpc_security_step(s, bytes_of("x", 1), &token, &leg), ERR_ACCESS_DENIED);
    rpc_security_free(s);
}

/* A12 */
static void contexts_are_bounded(void **state)
{
    struct rpc_securities all = { 0 };
    struct rpc_security *s = NULL;
    uint32_t i;

    (void)state;
    for (i = 0; i < RPC_SECURITIES_MAX; i++)
        assert_int_equal(rpc_securities_add_adopt(&all, server_of(i, RPC_LEVEL_PKT)), ERR_OK);
    s = server_of(i, RPC_LEVEL_PKT);
    assert_int_equal(rpc_securities_add_adopt(&all, s), ERR_TOO_LONG);
    s->context_id = 3;
    assert_int_equal(rpc_securities_add_adopt(&all, s), ERR_EXISTS);
    rpc_security_free(s);
    assert_int_equal(rpc_securities_find(&all, 3)->context_id, 3);
    assert_null(rpc_securities_find(&all, 99));
    rpc_securities_done(&all);
}

/* A10 */
static void header_signing_is_decided_once(void **state)
{
    struct rpc_securities all = { 0 };

    (void)state;
    assert_int_equal(rpc_securities_add_adopt(&all, server_of(0, RPC_LEVEL_PKT)), ERR_OK);
    rpc_securities_decide(&all, RPC_SUPPORT_HEADER_SIGN);
    assert_true(all.item[0]->header_signing);
    rpc_securities_decide(&all, 0);
    assert_true(all.header_signing);
    assert_int_equal(rpc_securities_add_adopt(&all, server_of(1, RPC_LEVEL_PKT)), ERR_OK);
    assert_true(all.item[1]->header_signing);
    rpc_securities_done(&all);
    rpc_securities_decide(&all, 0);
    rpc_securities_decide(&all, RPC_SUPPORT_HEADER_SIGN);
    assert_false(all.header_signing);
}

static void what_protects_a_fragment(void **state)
{
    struct rpc_pdu plain = { .has_auth = false }, named = { .has_auth = true };
    struct rpc_securities none = { 0 };
    struct rpc_security *s = NULL;
    struct rpc_pair pair;

    (void)state;
    assert_int_equal(rpc_securities_of(&none, &plain, &s), ERR_OK);
    assert_null(s);
    assert_int_equal(rpc_securities_of(&none, &named, &s), ERR_ACCESS_DENIED);
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_PKT, true, &pair);
    named.auth = rpc_security_auth(rpc_pair_client(&pair), bytes_of("x", 1));
    assert_int_equal(rpc_securities_of(&pair.server, &named, &s), ERR_OK);
    assert_ptr_equal(s, rpc_pair_server(&pair));
    assert_int_equal(rpc_securities_of(&pair.server, &plain, &s), ERR_ACCESS_DENIED);
    pair.server.bare_bind = true;
    assert_int_equal(rpc_securities_of(&pair.server, &plain, &s), ERR_OK);
    assert_null(s);
    pair.server.bare_bind = false;
    rpc_pair_server(&pair)->done = false;
    assert_int_equal(rpc_securities_of(&pair.server, &named, &s), ERR_UNEXPECTED);
    rpc_pair_server(&pair)->failed = true;
    assert_int_equal(rpc_securities_of(&pair.server, &named, &s), ERR_RPC_SEC_PACKAGE);
    rpc_pair_server(&pair)->failed = false;
    assert_int_equal(rpc_securities_of(&pair.server, &plain, &s), ERR_ACCESS_DENIED);
    rpc_pair_end(&pair);
    rpc_pair_make(RPC_PAIR_AES256, RPC_LEVEL_CONNECT, true, &pair);
    assert_int_equal(rpc_securities_of(&pair.server, &plain, &s), ERR_OK);
    assert_ptr_equal(s, rpc_pair_server(&pair));
    rpc_pair_end(&pair);
}

static enum err make_and_add(void *arg)
{
    const struct rpc_security_client how = { .credential = &nobody,
                                             .target = "host/a",
                                             .type = RPC_AUTH_KERBEROS,
                                             .level = RPC_LEVEL_PRIVACY };
    struct rpc_securities all = { 0 };
    struct rpc_security *s = NULL;
    enum err e = rpc_security_new_client(&how, &s);

    (void)arg;
    if (!e)
        e = rpc_securities_add_adopt(&all, s);
    if (e)
        rpc_security_free(s);
    rpc_securities_done(&all);
    return e;
}

static void survives_want_of_memory(void **state)
{
    (void)state;
    oom_run(make_and_add, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_raised_to_what_there_is),
        cmocka_unit_test(refuses_what_has_no_context),
        cmocka_unit_test(type_level_and_id_are_frozen),
        cmocka_unit_test(a_failure_is_final),
        cmocka_unit_test(contexts_are_bounded),
        cmocka_unit_test(header_signing_is_decided_once),
        cmocka_unit_test(what_protects_a_fragment),
        cmocka_unit_test(survives_want_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
