/* SPDX-License-Identifier: Apache-2.0
 * test_policy.c - what policy asks of callers, and of callbacks: refused, with which status; and
 * under audit let through, and named.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "back/back_home.h"
#include "lib/ncalrpc_folder.h"
#include "lib/tcp_binding.h"
#include "lib/unit.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

static RPC_BINDING_HANDLE known, unknown; /* over ncalrpc; over TCP, without security */
static char self[32];                     /* our SID */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char audited[1024]; /* the last line */

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

static void keep(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    if (level != CS_LOG_AUDIT)
        return;
    pthread_mutex_lock(&lock);
    snprintf(audited, sizeof audited, "%s", line);
    pthread_mutex_unlock(&lock);
}

static void said(const char *what)
{
    pthread_mutex_lock(&lock);
    if (what ? !strstr(audited, what) : audited[0] != '\0')
        fail_msg("audited: \"%s\", not \"%s\"", audited, what ? what : "");
    audited[0] = '\0';
    pthread_mutex_unlock(&lock);
}

static void set(const char *name, CS_POLICY_MODE mode, const char *value)
{
    assert_int_equal(CsSetPolicy(name, mode), SEC_E_OK);
    if (value)
        assert_int_equal(CsSetPolicyValue(name, value), SEC_E_OK);
}

static RPC_STATUS add(RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        if (BackAdd(b, 1, 2) != 3)
            raised = RPC_S_INTERNAL_ERROR;
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static RPC_STATUS sum(RPC_BINDING_HANDLE b)
{
    LONG n = back_sum(b, 3);

    return n == 6 ? RPC_S_OK : -n;
}

enum { NO_QOS = 99 };

/* ncalrpc, by who we are; a connection of its own, so that it proves that anew. */
static RPC_BINDING_HANDLE bind_known(ULONG impersonation)
{
    RPC_SECURITY_QOS qos = { 1, RPC_C_QOS_CAPABILITIES_DEFAULT, RPC_C_QOS_IDENTITY_STATIC,
                             impersonation };
    RPC_BINDING_HANDLE b = NULL;

    assert_int_equal(RpcBindingFromStringBindingA(STR("ncalrpc:[policy]"), &b), RPC_S_OK);
    assert_int_equal(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, 1), RPC_S_OK);
    assert_int_equal(RpcBindingSetAuthInfoExA(b, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                              RPC_C_AUTHN_WINNT, NULL, 0,
                                              impersonation == NO_QOS ? NULL : &qos),
                     RPC_S_OK);
    return b;
}

static RPC_BINDING_HANDLE bind_tcp(void)
{
    RPC_BINDING_HANDLE b = NULL;
    char text[TCP_BINDING];

    tcp_binding(text);
    assert_int_equal(RpcBindingFromStringBindingA(STR(text), &b), RPC_S_OK);
    return b;
}

static int set_up(void **state)
{
    const char *folder = ncalrpc_folder_make();

    (void)state;
    if (mkdir(folder, 0755) && chmod(folder, 01777))
        return -1;
    snprintf(self, sizeof self, "S-1-22-1-%u", geteuid());
    assert_int_equal(RpcServerUseProtseqEpA(STR("ncalrpc"), 10, STR("policy"), NULL), RPC_S_OK);
    assert_int_equal(RpcServerUseProtseqA(STR("ncacn_ip_tcp"), 10, NULL), RPC_S_OK);
    assert_int_equal(RpcServerRegisterIfEx(back_v1_0_s_ifspec, NULL, NULL,
                                           RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
                                           RPC_C_LISTEN_MAX_CALLS_DEFAULT, NULL),
                     RPC_S_OK);
    assert_int_equal(RpcServerListen(1, 20, TRUE), RPC_S_OK);
    known = bind_known(RPC_C_IMP_LEVEL_IDENTIFY);
    unknown = bind_tcp();
    return CsSetLogCallback(keep, NULL, CS_LOG_AUDIT) == SEC_E_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    RpcBindingFree(&known);
    RpcBindingFree(&unknown);
    assert_int_equal(RpcMgmtStopServerListening(NULL), RPC_S_OK);
    assert_int_equal(RpcMgmtWaitServerListen(), RPC_S_OK);
    assert_int_equal(RpcServerUnregisterIf(back_v1_0_s_ifspec, NULL, TRUE), RPC_S_OK);
    CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT);
    return ncalrpc_folder_remove();
}

/* ---- callers ---- */

static void the_minimum_level_holds_whatever_an_interface_allows(void **state)
{
    RPC_STATS_VECTOR *stats = NULL;

    (void)state;
    set("minimum-level", CS_POLICY_OFF, "integrity");
    assert_int_equal(add(unknown), RPC_S_OK);
    said(NULL);
    set("minimum-level", CS_POLICY_AUDIT, NULL);
    assert_int_equal(add(unknown), RPC_S_OK);
    said("policy minimum-level would refuse: nobody with operation");
    assert_int_equal(add(known), RPC_S_OK);
    said(NULL);
    set("minimum-level", CS_POLICY_ENFORCE, NULL);
    assert_int_equal(add(unknown), RPC_S_ACCESS_DENIED);
    said("at level none, lower than integrity");
    assert_int_equal(RpcMgmtInqStats(unknown, &stats), RPC_S_ACCESS_DENIED);
    said("policy minimum-level refuses: nobody");
    assert_int_equal(add(known), RPC_S_OK); /* the kernel's word is as good as privacy */
    set("minimum-level", CS_POLICY_OFF, NULL);
    assert_int_equal(add(unknown), RPC_S_OK);
}

static void other_providers_are_refused_at_the_bind(void **state)
{
    RPC_BINDING_HANDLE b = bind_known(RPC_C_IMP_LEVEL_IDENTIFY);

    (void)state;
    set("providers", CS_POLICY_AUDIT, "kerberos negotiate");
    assert_int_equal(add(b), RPC_S_OK);
    said("policy providers would refuse: a client of endpoint POLICY");
    RpcBindingFree(&b);
    b = bind_known(RPC_C_IMP_LEVEL_IDENTIFY);
    set("providers", CS_POLICY_ENFORCE, NULL);
    assert_int_equal(add(b), RPC_S_UNKNOWN_AUTHN_SERVICE);
    said("policy providers refuses");
    set("providers", CS_POLICY_ENFORCE, "local");
    assert_int_equal(add(b), RPC_S_OK);
    said(NULL);
    RpcBindingFree(&b);
    set("providers", CS_POLICY_OFF, "kerberos negotiate local");
}

/* ---- callbacks ---- */

static void a_server_calls_back_whom_the_list_names(void **state)
{
    (void)state;
    set("callback-principals", CS_POLICY_AUDIT, "alice@EXAMPLE.COM");
    assert_int_equal(sum(unknown), RPC_S_OK);
    said("policy callback-principals would refuse: a callback of interface");
    set("callback-principals", CS_POLICY_ENFORCE, NULL);
    assert_int_equal(sum(unknown), RPC_S_ACCESS_DENIED);
    said("to nobody");
    assert_int_equal(sum(known), RPC_S_ACCESS_DENIED);
    said(self);
    assert_int_equal(add(known), RPC_S_OK); /* what calls nobody back is not concerned */
    set("callback-principals", CS_POLICY_OFF, NULL);
    assert_int_equal(sum(known), RPC_S_OK);
    said(NULL);
}

static void a_client_takes_callbacks_from_whom_the_list_names(void **state)
{
    (void)state;
    assert_int_equal(CsSetPolicyValue("callback-principals", self), SEC_E_OK);
    set("callback-principals", CS_POLICY_ENFORCE, NULL); /* the client, but not its server */
    assert_int_equal(sum(known), RPC_S_ACCESS_DENIED);
    said("by nobody");
    set("callback-principals", CS_POLICY_OFF, NULL);
}

static void who_may_be_impersonated_further_is_not_called_back(void **state)
{
    static const ULONG levels[] = { RPC_C_IMP_LEVEL_IMPERSONATE, RPC_C_IMP_LEVEL_DEFAULT, NO_QOS };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof levels / sizeof *levels; i++) {
        RPC_BINDING_HANDLE b = bind_known(levels[i]);

        set("callback-impersonation", CS_POLICY_AUDIT, "identify");
        assert_int_equal(sum(b), RPC_S_OK);
        said("who may impersonate at level 3 rather than 2");
        set("callback-impersonation", CS_POLICY_ENFORCE, NULL);
        assert_int_equal(sum(b), RPC_S_ACCESS_DENIED);
        said("policy callback-impersonation refuses");
        assert_int_equal(sum(known), RPC_S_OK);
        assert_int_equal(sum(unknown), RPC_S_OK); /* of whom a server has nothing */
        set("callback-impersonation", CS_POLICY_ENFORCE, "impersonate");
        assert_int_equal(sum(b), RPC_S_OK);
        said(NULL);
        set("callback-impersonation", CS_POLICY_OFF, "identify");
        RpcBindingFree(&b);
    }
}

static LONG nest(LONG depth)
{
    volatile LONG n = -1;

    RpcTryExcept
    {
        back_binding = known;
        n = BackNest(known, depth);
    }
    RpcExcept (1) {
        n = -(LONG)RpcExceptionCode();
    }
    RpcEndExcept
    back_binding = NULL;
    return n;
}

static void calls_stand_in_each_other_as_deep_as_policy_says(void **state)
{
    (void)state;
    assert_int_equal(nest(12), 12);
    set("callback-depth", CS_POLICY_ENFORCE, "2");
    assert_true(nest(12) < 0);
    said("policy callback-depth refuses");
    set("callback-depth", CS_POLICY_AUDIT, NULL);
    assert_int_equal(nest(12), 12);
    said("policy callback-depth would refuse");
    set("callback-depth", CS_POLICY_OFF, NULL);
    assert_int_equal(nest(12), 12);
    assert_true(nest(300) < 0); /* stacks have an end whatever policy says */
    said(NULL);
    set("callback-depth", CS_POLICY_ENFORCE, "16");
}

/* ---- limits ---- */

static void one_caller_has_so_many_calls(void **state)
{
    int i;

    (void)state;
    set("client-calls", CS_POLICY_ENFORCE, "1");
    for (i = 0; i < 200; i++) /* who has his answer has no call any more */
        assert_int_equal(add(known), RPC_S_OK);
    set("client-calls", CS_POLICY_ENFORCE, "2");
    assert_int_equal(nest(2), 2); /* the call, and the one that its callback makes */
    assert_true(nest(4) < 0);
    said("policy client-calls refuses: S-1-22-1-");
    set("client-calls", CS_POLICY_OFF, NULL);
    assert_int_equal(nest(4), 4);
    set("client-calls", CS_POLICY_ENFORCE, "1024");
    assert_int_equal(nest(4), 4);
    said(NULL);
}

static void one_caller_has_so_many_connections(void **state)
{
    RPC_BINDING_HANDLE b = bind_known(RPC_C_IMP_LEVEL_IDENTIFY);

    (void)state;
    assert_int_equal(add(known), RPC_S_OK); /* which has one */
    set("client-connections", CS_POLICY_ENFORCE, "1");
    assert_int_not_equal(add(b), RPC_S_OK);
    said("policy client-connections refuses: S-1-22-1-");
    assert_int_equal(add(known), RPC_S_OK);
    set("client-connections", CS_POLICY_OFF, NULL);
    assert_int_equal(add(b), RPC_S_OK);
    set("client-connections", CS_POLICY_ENFORCE, "12000");
    RpcBindingFree(&b);
}

static atomic_bool let_go;

static void wait_long(void)
{
    while (!atomic_load(&let_go))
        usleep(1000);
}

static void *answer_late(void *arg)
{
    RPC_BINDING_HANDLE b = bind_known(RPC_C_IMP_LEVEL_IDENTIFY);

    (void)arg;
    back_binding = b;
    RpcTryExcept
    {
        BackWait(b);
    }
    RpcExcept (1) {
    }
    RpcEndExcept
    back_binding = NULL;
    RpcBindingFree(&b);
    return NULL;
}

static RPC_STATUS nest_from_within(LONG depth)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        if (BackNest(back_binding, depth) != depth)
            raised = RPC_S_INTERNAL_ERROR;
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static void a_callback_has_its_time(void **state)
{
    static const CS_POLICY_MODE modes[] = { CS_POLICY_ENFORCE, CS_POLICY_AUDIT };
    pthread_t client;
    size_t i;

    (void)state;
    back_wait = wait_long;
    for (i = 0; i < 2; i++) {
        bool logged = false;

        set("callback-seconds", modes[i], "1");
        atomic_store(&let_go, false);
        assert_int_equal(pthread_create(&client, NULL, answer_late, NULL), 0);
        while (!logged) {
            usleep(1000);
            pthread_mutex_lock(&lock);
            logged = strstr(audited, "who has not answered a callback within 1 s") != NULL;
            pthread_mutex_unlock(&lock);
        }
        said(i ? "policy callback-seconds would refuse" : "policy callback-seconds refuses");
        while (!i && atomic_load(&back_waiting))
            usleep(1000);
        if (!i)
            assert_int_equal(atomic_load(&back_said), RPC_S_CALL_CANCELLED);
        atomic_store(&let_go, true);
        assert_int_equal(pthread_join(client, NULL), 0);
        while (atomic_load(&back_waiting))
            usleep(1000);
    }
    assert_int_equal(atomic_load(&back_said), RPC_S_OK); /* audited, it was waited for */
    back_wait = NULL;
    set("callback-seconds", CS_POLICY_ENFORCE, "120");
}

static void what_was_not_understood_is_told(void **state)
{
    char text[2048] = "?";

    (void)state;
    assert_int_equal(CsGetPolicyDoubts(text, sizeof text), SEC_E_OK);
    assert_string_equal(text, "COUNTERSIGN_POLICY:1: \"rc5=off\" names no switch: it sets nothing");
    assert_int_equal(CsGetPolicyDoubts(text, strlen(text)), SEC_E_BUFFER_TOO_SMALL);
    assert_int_equal(CsGetPolicyDoubts(NULL, 0), SEC_E_INVALID_PARAMETER);
}

/* Calls the server from within its callback until it hears no more of it; far longer than the test
 * would wait for a server that always answers. */
static void call_on(void)
{
    time_t end = time(NULL) + 30;
    LONG depth = 0;

    while (nest_from_within(depth) == RPC_S_OK && time(NULL) < end)
        depth = (depth + 1) % 4;
}

static void calls_from_within_a_callback_do_not_prolong_it(void **state)
{
    pthread_t client;

    (void)state;
    back_wait = call_on;
    set("callback-seconds", CS_POLICY_ENFORCE, "1");
    assert_int_equal(pthread_create(&client, NULL, answer_late, NULL), 0);
    assert_int_equal(pthread_join(client, NULL), 0);
    while (atomic_load(&back_waiting))
        usleep(1000);
    assert_int_equal(atomic_load(&back_said), RPC_S_CALL_CANCELLED);
    said("policy callback-seconds refuses");
    back_wait = NULL;
    set("callback-seconds", CS_POLICY_ENFORCE, "120");
}

static void what_a_switch_has_is_told_as_it_is_written(void **state)
{
    char value[32] = "?", before[32];

    (void)state;
    assert_int_equal(CsGetPolicyValue("callback-depth", before, sizeof before), SEC_E_OK);
    assert_int_equal(CsSetPolicyValue("callback-depth", "7"), SEC_E_OK);
    assert_int_equal(CsGetPolicyValue("callback-depth", value, 2), SEC_E_OK);
    assert_string_equal(value, "7");
    assert_int_equal(CsSetPolicyValue("callback-depth", "deep"), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsGetPolicyValue("callback-depth", value, 1), SEC_E_BUFFER_TOO_SMALL);
    assert_string_equal(value, "7");
    assert_int_equal(CsGetPolicyValue("rc4", value, sizeof value), SEC_E_OK);
    assert_string_equal(value, "");
    assert_int_equal(CsGetPolicyValue("nothing", value, sizeof value), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsGetPolicyValue("rc4", NULL, 0), SEC_E_INVALID_PARAMETER);
    assert_int_equal(CsSetPolicyValue("callback-depth", before), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_minimum_level_holds_whatever_an_interface_allows),
        cmocka_unit_test(other_providers_are_refused_at_the_bind),
        cmocka_unit_test(a_server_calls_back_whom_the_list_names),
        cmocka_unit_test(a_client_takes_callbacks_from_whom_the_list_names),
        cmocka_unit_test(who_may_be_impersonated_further_is_not_called_back),
        cmocka_unit_test(calls_stand_in_each_other_as_deep_as_policy_says),
        cmocka_unit_test(one_caller_has_so_many_calls),
        cmocka_unit_test(one_caller_has_so_many_connections),
        cmocka_unit_test(a_callback_has_its_time),
        cmocka_unit_test(what_was_not_understood_is_told),
        cmocka_unit_test(calls_from_within_a_callback_do_not_prolong_it),
        cmocka_unit_test(what_a_switch_has_is_told_as_it_is_written),
    };

    setenv("COUNTERSIGN_POLICY", "rc5=off", 1); /* a slip */
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
