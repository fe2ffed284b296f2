/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_impersonate.c - a server's thread as its client: the token, the connections made in its
 * name, by what it delegated and by what the domain allows; the account of this host it is mapped
 * to; and that it ends with the call.
 */
#include <countersign/processthreadsapi.h>
#include <countersign/securitybaseapi.h>
#include <countersign/windows.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/accounts.h"
#include "rpc_later_home.h"

enum { ALICE, MALLORY, CLIENTS };

static const char *const users[CLIENTS] = { "PERSON", "OTHER" };
static const char *const passwords[CLIENTS] = { "PERSON_PASSWORD", "OTHER_PASSWORD" };
static const char *const files[CLIENTS] = { "alices", "mallorys" };
static const uint32_t uids[CLIENTS] = { ACCOUNT_ONE, ACCOUNT_TWO };

static bool may;

static const char *full(int who)
{
    static __thread char name[200];

    snprintf(name, sizeof name, "%s@%s", unit_env(users[who]), unit_env("REALM"));
    return name;
}

/* ---- whom the domain trusts ---- */

static void samba_tool(const char *verb, const char *what)
{
    char command[300];

    snprintf(command, sizeof command, "samba-tool delegation %s %s %s >/dev/null", verb,
             unit_env("SERVICE_ACCOUNT"), what);
    assert_int_equal(system(command), 0);
}

static int set_up(void **state)
{
    may = accounts_may();
    if (may) {
        accounts_file(files[ALICE], uids[ALICE], 0);
        accounts_file(files[MALLORY], uids[MALLORY], 0);
    }
    samba_tool("for-any-service", "on");
    return later_start(state);
}

static int tear_down(void **state)
{
    samba_tool("for-any-service", "off");
    accounts_folder_remove();
    return later_stop(state);
}

/* ---- clients ---- */

static RPC_BINDING_HANDLE bind_as(int who, ULONG impersonation)
{
    RPC_SECURITY_QOS qos = { 1, RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH, RPC_C_QOS_IDENTITY_STATIC,
                             impersonation };
    const char *user = unit_env(users[who]), *password = unit_env(passwords[who]);
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        .User = STR(user),
        .UserLength = (ULONG)strlen(user),
        .Domain = STR(unit_env("REALM")),
        .DomainLength = (ULONG)strlen(unit_env("REALM")),
        .Password = STR(password),
        .PasswordLength = (ULONG)strlen(password),
        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI,
    };
    RPC_BINDING_HANDLE b = try_bind();

    OK(RpcBindingSetAuthInfoExA(b, STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                RPC_C_AUTHN_GSS_KERBEROS, &identity, RPC_C_AUTHZ_NONE, &qos));
    return b;
}

static RPC_STATUS call(RPC_BINDING_HANDLE b)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        TryAsk(b);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

/* ---- the server ---- */

struct seen {
    RPC_STATUS begin, bind, onward;
    SECURITY_IMPERSONATION_LEVEL level;
    uint32_t own, is;
    bool reads[CLIENTS], token;
    char name[200], sid[200], arrived[200]; /* of the token; and whose the onward call was */
    DWORD tid;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct seen seen[CLIENTS]; /* with the lock */
static bool calls_on;             /* by routines, if they should */

static BOOL impersonates(void)
{
    HANDLE token = NULL;

    return OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) && CloseHandle(token);
}

static void look_at_token(struct seen *s)
{
    HANDLE token = NULL;
    char **sids = NULL, *name = NULL;
    ULONG count = 0;
    DWORD n = 0;

    s->token = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    if (!s->token)
        return;
    (void)GetTokenInformation(token, TokenImpersonationLevel, &s->level, sizeof s->level, &n);
    if (CsTokenGetName(token, &name) == SEC_E_OK)
        snprintf(s->name, sizeof s->name, "%s", name);
    if (CsTokenGetSids(token, &count, &sids) == SEC_E_OK && count)
        snprintf(s->sid, sizeof s->sid, "%s", sids[0]);
    FreeContextBuffer(name);
    FreeContextBuffer(sids);
    (void)CloseHandle(token);
}

static void caller(char name[200], ULONG *level)
{
    RPC_AUTHZ_HANDLE who = NULL;

    name[0] = '\0';
    if (RpcBindingInqAuthClientA(NULL, &who, NULL, level, NULL, NULL) == RPC_S_OK)
        snprintf(name, 200, "%s", (const char *)who);
}

/* To this server again, at another level, with whatever credentials the thread has. */
static void call_on(struct seen *s)
{
    RPC_BINDING_HANDLE b = try_bind();

    s->bind =
        RpcBindingSetAuthInfoA(b, STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
                               RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE);
    s->onward = s->bind == RPC_S_OK ? call(b) : s->bind;
    (void)!RpcBindingFree(&b);
}

/* The first call, at level privacy, impersonates; the second is the one it makes. */
static void serve(handle_t h)
{
    struct seen s = { .own = geteuid(), .tid = GetCurrentThreadId() };
    char name[200];
    ULONG level = 0;
    int who;

    (void)h;
    caller(name, &level);
    who = strcmp(name, full(MALLORY)) == 0 ? MALLORY : ALICE;
    if (level != RPC_C_AUTHN_LEVEL_PKT_PRIVACY) {
        pthread_mutex_lock(&lock);
        snprintf(seen[who].arrived, sizeof seen[who].arrived, "%s", name);
        pthread_mutex_unlock(&lock);
        return;
    }
    s.begin = RpcImpersonateClient(NULL);
    s.is = geteuid();
    s.reads[ALICE] = may && accounts_reads(files[ALICE]);
    s.reads[MALLORY] = may && accounts_reads(files[MALLORY]);
    look_at_token(&s);
    if (calls_on)
        call_on(&s);
    pthread_mutex_lock(&lock);
    memcpy(s.arrived, seen[who].arrived, sizeof s.arrived);
    seen[who] = s;
    pthread_mutex_unlock(&lock);
    /* and it forgets to revert */
}

static struct seen serve_one(int who, ULONG impersonation, bool on)
{
    RPC_BINDING_HANDLE b = bind_as(who, impersonation);

    memset(seen, 0, sizeof seen);
    calls_on = on;
    try_ask = serve;
    assert_int_equal(call(b), RPC_S_OK);
    try_unbind(&b);
    return seen[who];
}

/* ---- tokens and connections ---- */

static void what_was_delegated_makes_the_onward_call(void **state)
{
    struct seen s = serve_one(ALICE, RPC_C_IMP_LEVEL_DELEGATE, true);

    (void)state;
    assert_int_equal(s.begin, RPC_S_OK);
    assert_int_equal(s.level, SecurityDelegation);
    assert_string_equal(s.name, full(ALICE));
    assert_memory_equal(s.sid, "S-1-5-21-", 9);
    assert_int_equal(s.bind | s.onward, RPC_S_OK);
    assert_string_equal(s.arrived, full(ALICE));
    assert_int_equal(s.is, s.own); /* there is no map */
}

static void who_is_identified_only_makes_none(void **state)
{
    struct seen s = serve_one(ALICE, RPC_C_IMP_LEVEL_IDENTIFY, true);

    (void)state;
    assert_int_equal(s.begin, RPC_S_OK);
    assert_int_equal(s.level, SecurityIdentification);
    assert_string_equal(s.name, full(ALICE));
    assert_int_equal(s.bind, RPC_S_SEC_PKG_ERROR);
    assert_string_equal(s.arrived, "");
}

static void without_delegation_the_domain_decides(void **state)
{
    struct seen s = serve_one(MALLORY, RPC_C_IMP_LEVEL_IMPERSONATE, true);

    (void)state;
    assert_int_equal(s.begin, RPC_S_OK);
    assert_int_equal(s.level, SecurityImpersonation);
    assert_int_not_equal(s.onward, RPC_S_OK);
    assert_string_equal(seen[ALICE].arrived, ""); /* neither as her nor as the server */
    assert_string_equal(s.arrived, "");
    samba_tool("add-service", unit_env("SERVICE_SPN"));
    s = serve_one(MALLORY, RPC_C_IMP_LEVEL_IMPERSONATE, true);
    samba_tool("del-service", unit_env("SERVICE_SPN"));
    assert_int_equal(s.begin | s.bind | s.onward, RPC_S_OK);
    assert_string_equal(s.arrived, full(MALLORY));
}

/* ---- the account ---- */

static void map_both(void)
{
    char sids[CLIENTS][200], path[200];
    FILE *f;
    int i;

    OK(CsSetPolicy("impersonation-map", CS_POLICY_OFF));
    for (i = 0; i < CLIENTS; i++)
        snprintf(sids[i], sizeof sids[i], "%s",
                 serve_one(i, RPC_C_IMP_LEVEL_IMPERSONATE, false).sid);
    snprintf(path, sizeof path, "%s/map", accounts_folder());
    f = fopen(path, "w");
    assert_non_null(f);
    for (i = 0; i < CLIENTS; i++)
        assert_true(fprintf(f, "%s = %u:%u\n", sids[i], uids[i], uids[i]) > 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(CsSetPolicyValue("impersonation-map", path), SEC_E_OK);
    assert_int_equal(CsSetPolicy("impersonation-map", CS_POLICY_ENFORCE), SEC_E_OK);
}

/* Where nobody may be another account, nobody who is mapped is impersonated. */
static void needs_accounts(void)
{
    struct seen s;

    if (may)
        return;
    map_both();
    s = serve_one(ALICE, RPC_C_IMP_LEVEL_IMPERSONATE, false);
    assert_int_equal(s.begin, RPC_S_NO_CONTEXT_AVAILABLE);
    assert_int_equal(s.is, s.own);
    assert_false(s.token);
    unit_skip(ACCOUNTS_NEED);
}

struct client {
    RPC_BINDING_HANDLE binding;
    RPC_STATUS status;
};

static void *call_often(void *arg)
{
    struct client *c = arg;
    int i;

    for (i = 0; i < 5 && c->status == RPC_S_OK; i++)
        c->status = call(c->binding);
    return NULL;
}

static void two_users_at_a_time_are_two_accounts(void **state)
{
    struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    int i;

    (void)state;
    needs_accounts();
    map_both();
    memset(seen, 0, sizeof seen);
    calls_on = true;
    try_ask = serve;
    for (i = 0; i < CLIENTS; i++)
        clients[i] = (struct client){ bind_as(i, RPC_C_IMP_LEVEL_DELEGATE), RPC_S_OK };
    for (i = 0; i < CLIENTS; i++)
        pthread_create(&threads[i], NULL, call_often, &clients[i]);
    for (i = 0; i < CLIENTS; i++) {
        pthread_join(threads[i], NULL);
        OK(clients[i].status);
        try_unbind(&clients[i].binding);
        assert_int_equal(seen[i].begin, RPC_S_OK);
        assert_int_equal(seen[i].own, 0); /* though earlier calls forgot to revert */
        assert_int_equal(seen[i].is, uids[i]);
        assert_int_equal(seen[i].reads[ALICE], i == ALICE);
        assert_int_equal(seen[i].reads[MALLORY], i == MALLORY);
        assert_int_equal(seen[i].bind | seen[i].onward, RPC_S_OK);
        assert_string_equal(seen[i].arrived, full(i));
    }
}

static void who_is_identified_only_is_no_account(void **state)
{
    struct seen s;

    (void)state;
    needs_accounts();
    map_both();
    s = serve_one(ALICE, RPC_C_IMP_LEVEL_IDENTIFY, false);
    assert_int_equal(s.begin, RPC_S_NO_CONTEXT_AVAILABLE);
    assert_int_equal(s.is, 0);
}

/* ---- asynchronous calls ---- */

static void completing_a_call_reverts(void **state)
{
    RPC_BINDING_HANDLE b = bind_as(ALICE, RPC_C_IMP_LEVEL_IMPERSONATE);
    struct later_call calls[2];

    (void)state;
    if (may)
        map_both();
    else
        assert_int_equal(CsSetPolicy("impersonation-map", CS_POLICY_OFF), SEC_E_OK);
    later_forget();
    later_prepare(&calls[0], RpcNotificationTypeNone);
    OK(later_keep(&calls[0], b, 7));
    later_until(1);
    OK(RpcImpersonateClient(later_kept[0].binding));
    assert_true(impersonates());
    assert_int_equal(geteuid(), may ? ACCOUNT_ONE : geteuid());
    OK(later_complete(0));
    assert_false(impersonates());
    assert_int_not_equal(geteuid(), ACCOUNT_ONE);
    later_good(&calls[0], 7);
    IS(RpcRevertToSelf(), RPC_S_NO_CALL_ACTIVE);

    later_prepare(&calls[1], RpcNotificationTypeNone); /* and so does giving it up */
    OK(later_keep(&calls[1], b, 8));
    later_until(2);
    OK(RpcImpersonateClient(later_kept[1].binding));
    OK(RpcAsyncAbortCall(later_kept[1].state, 4711));
    assert_false(impersonates());
    assert_int_not_equal(geteuid(), ACCOUNT_ONE);
    assert_int_equal(later_wait(&calls[1]), 4711);
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_delegated_makes_the_onward_call),
        cmocka_unit_test(who_is_identified_only_makes_none),
        cmocka_unit_test(without_delegation_the_domain_decides),
        cmocka_unit_test(two_users_at_a_time_are_two_accounts),
        cmocka_unit_test(who_is_identified_only_is_no_account),
        cmocka_unit_test(completing_a_call_reverts),
    };

    return unit_result(cmocka_run_group_tests(tests, set_up, tear_down));
}
