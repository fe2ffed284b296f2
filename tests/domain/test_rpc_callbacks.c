/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_callbacks.c - callbacks at every level, each protected as its call is.
 */
#include "back/back_home.h"
#include "rpc_try_home.h"

static int start(void **state)
{
    int e = try_start(state);

    OK(RpcServerRegisterIfEx(back_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                             RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL));
    return e;
}

static int stop(void **state)
{
    OK(RpcServerUnregisterIf(back_v1_0_s_ifspec, NULL, TRUE));
    return try_stop(state);
}

static void without_authentication(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    back_all(b);
    try_unbind(&b);
}

static void at_every_level(void **state)
{
    static const ULONG levels[] = { RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT,
                                    RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                                    RPC_C_AUTHN_LEVEL_PKT_PRIVACY };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof levels / sizeof *levels; i++) {
        RPC_BINDING_HANDLE b = try_alice(levels[i]);

        back_all(b);
        try_unbind(&b);
    }
}

/* A nested call of another identity is a call by itself. */
static RPC_BINDING_HANDLE other;
static atomic_int sum;

static void calls_as_another(void)
{
    atomic_store(&sum, (int)back_sum(other, 4));
}

static void a_callback_may_call_as_another(void **state)
{
    RPC_BINDING_HANDLE b = try_alice(RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    (void)state;
    other = try_alice(RPC_C_AUTHN_LEVEL_PKT_INTEGRITY);
    back_wait = calls_as_another;
    BackWait(b);
    assert_int_equal(atomic_load(&back_said), RPC_S_OK);
    assert_int_equal(atomic_load(&sum), 10);
    back_wait = NULL;
    try_unbind(&other);
    try_unbind(&b);
}

/* A routine of rpc_try has no business with the client of back. */
static atomic_int said;

static void calls_back_elsewhere(handle_t server)
{
    (void)server;
    RpcTryExcept
    {
        Serve_CallWait();
    }
    RpcExcept (1) {
        atomic_store(&said, (int)RpcExceptionCode());
    }
    RpcEndExcept
}

static void only_in_calls_of_its_interface(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();

    (void)state;
    try_ask = calls_back_elsewhere;
    TryAsk(b);
    assert_int_equal(atomic_load(&said), RPC_S_UNKNOWN_IF);
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_authentication),
        cmocka_unit_test(at_every_level),
        cmocka_unit_test(a_callback_may_call_as_another),
        cmocka_unit_test(only_in_calls_of_its_interface),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
