/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_guests.c - guests of a real domain: Guest itself, whom its administrator has let in, and
 * who is in Domain Guests. As shipped they are let through, as on Windows; policy "guests" stops
 * them, and lets nobody through whom it could not look at.
 */
#include "base/alloc.h"
#include "lib/pair.h"
#include "rpc/server_policy.h"
#include "rpc_try_home.h"

#define MEMBER "guest-member"
#define PASSWORD "Only-4-this-test"

static char audited[1024];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void keep(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    if (level != CS_LOG_AUDIT)
        return;
    pthread_mutex_lock(&lock);
    (void)snprintf(audited, sizeof audited, "%s", line);
    pthread_mutex_unlock(&lock);
}

static void said(const char *what)
{
    pthread_mutex_lock(&lock);
    if (!strstr(audited, what))
        fail_msg("audited: \"%s\", not \"%s\"", audited, what);
    audited[0] = '\0';
    pthread_mutex_unlock(&lock);
}

static void samba_tool(const char *what)
{
    char *command = mem_printf("KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool %s "
                               "-H $DOMAIN_DIR/private/sam.ldb >/dev/null",
                               what);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

static int begin(void **state)
{
    samba_tool("user create " MEMBER " " PASSWORD);
    samba_tool("group addmembers 'Domain Guests' " MEMBER);
    samba_tool("user setpassword Guest --newpassword=" PASSWORD);
    samba_tool("user enable Guest");
    return CsSetLogCallback(keep, NULL, CS_LOG_AUDIT) == SEC_E_OK ? try_start(state) : -1;
}

static int end(void **state)
{
    CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT);
    samba_tool("user disable Guest");
    samba_tool("user delete " MEMBER);
    return try_stop(state);
}

static void set(CS_POLICY_MODE mode)
{
    assert_int_equal(CsSetPolicy("guests", mode), SEC_E_OK);
}

static void calls(const char *user, const char *password, RPC_STATUS want)
{
    RPC_BINDING_HANDLE b = try_bind_as(user, password, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE)); /* he proves himself anew */
    RAISES(want, TryAdd(b, 1, 1));
    try_unbind(&b);
}

static void b1_a_guest_is_refused_where_policy_says_so(void **state)
{
    static const char *const guests[] = { "Guest", MEMBER };
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        set(CS_POLICY_OFF);
        calls(guests[i], PASSWORD, RPC_S_OK);
        set(CS_POLICY_AUDIT);
        calls(guests[i], PASSWORD, RPC_S_OK);
        said("policy guests would refuse: ");
        set(CS_POLICY_ENFORCE);
        calls(guests[i], PASSWORD, RPC_S_ACCESS_DENIED);
        said("a guest, with operation 0 of interface rpc_try");
        calls(unit_env("PERSON"), unit_env("PERSON_PASSWORD"), RPC_S_OK);
    }
    set(CS_POLICY_OFF);
}

/* Each allocation on the way to his SIDs fails in turn. */
static void who_cannot_be_looked_at_is_a_guest(void **state)
{
    struct rpc_security s = { .type = RPC_AUTH_KERBEROS, .server = true, .done = true };
    struct pair p;
    long n = 0;

    (void)state;
    pair_make(&p, "Kerberos", ISC_REQ_MUTUAL_AUTH, 0);
    s.context = p.server.ctx;
    set(CS_POLICY_ENFORCE);
    for (;; n++) {
        bool guest;

        mem_fail_at(n);
        guest = rpc_server_policy_guest(&s, "alice@ONE.EXAMPLE");
        mem_fail_at(-1);
        if (!guest)
            break;
        assert_true(n < 1000);
    }
    assert_true(n > 1); /* some did fail */
    set(CS_POLICY_OFF);
    pair_end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(b1_a_guest_is_refused_where_policy_says_so),
        cmocka_unit_test(who_cannot_be_looked_at_is_a_guest),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
