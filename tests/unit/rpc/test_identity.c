/* SPDX-License-Identifier: Apache-2.0
 * What a client's authentication lets its server do.
 */
#include "rpc/identity.h"

#include "lib/unit.h"

#include <countersign/rpcdce.h>

/* What is asked for is not what is had: policy and the context's flags go by the latter. */
static void a_server_may_do_what_is_in_effect(void **state)
{
    static const struct {
        uint32_t asked, had;
        ULONG flags;
    } rows[] = {
        { RPC_C_IMP_LEVEL_DEFAULT, RPC_C_IMP_LEVEL_IMPERSONATE, 0 },
        { RPC_C_IMP_LEVEL_ANONYMOUS, RPC_C_IMP_LEVEL_IMPERSONATE, 0 },
        { RPC_C_IMP_LEVEL_IDENTIFY, RPC_C_IMP_LEVEL_IDENTIFY, ISC_REQ_IDENTIFY },
        { RPC_C_IMP_LEVEL_IMPERSONATE, RPC_C_IMP_LEVEL_IMPERSONATE, 0 },
        { RPC_C_IMP_LEVEL_DELEGATE, RPC_C_IMP_LEVEL_DELEGATE, ISC_REQ_DELEGATE },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rpc_identity a = { .level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY };

        a.ask.impersonation = rows[i].asked;
        assert_int_equal(rpc_identity_impersonation(&a), rows[i].had);
        assert_int_equal(rpc_identity_flags(&a), ISC_REQ_MUTUAL_AUTH | rows[i].flags);
    }
}

/* The kernel says who calls, or nobody does. */
static void nobody_is_known_and_anonymous_over_ncalrpc(void **state)
{
    const struct rpc_identity_ask ask = { .service = RPC_C_AUTHN_WINNT,
                                          .impersonation = RPC_C_IMP_LEVEL_ANONYMOUS,
                                          .local = true };
    struct rpc_identity *a = NULL;

    (void)state;
    assert_int_equal(rpc_identity_new(&ask, &a), ERR_UNSUPPORTED);
    assert_null(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_may_do_what_is_in_effect),
        cmocka_unit_test(nobody_is_known_and_anonymous_over_ncalrpc),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
