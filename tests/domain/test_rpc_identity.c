/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_identity.c - who a caller is: his SID, as his ticket's PAC proves it. Tickets without
 * one, tickets that somebody changed who has the service's key, and accounts that change names.
 */
#include <countersign/sddl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "forged_ticket.h"
#include "rpc_try_home.h"

#define USER "b8-user"
#define MOVED "b8-moved"
#define PASSWORD "Only-4-this-test"

static char *cache; /* FILE:... */

static void samba_tool(const char *what)
{
    char *command = mem_printf("KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool %s "
                               "-H $DOMAIN_DIR/private/sam.ldb >/dev/null",
                               what);

    if (system(command) != 0)
        fail_msg("%s", command);
    mem_free(command);
}

static void find_sid(char ret[200])
{
    FILE *from = popen("KRB5_CONFIG=$DOMAIN_DIR/krb5.conf samba-tool user show " USER
                       " --attributes=objectSid -H $DOMAIN_DIR/private/sam.ldb | "
                       "sed -n 's/^objectSid: //p'",
                       "r");

    assert_non_null(from);
    assert_non_null(fgets(ret, 200, from));
    pclose(from);
    ret[strcspn(ret, "\n")] = '\0';
}

/* The interface is that account's alone. */
static void guard_by_sid(void)
{
    char sid[200], *sddl;
    PSECURITY_DESCRIPTOR d = NULL;

    find_sid(sid);
    sddl = mem_printf("D:(A;;GX;;;%s)", sid);
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, 1, &d, NULL));
    mem_free(sddl);
    OK(RpcServerUnregisterIf(rpc_try_v1_2_s_ifspec, NULL, TRUE));
    OK(RpcServerRegisterIf3(rpc_try_v1_2_s_ifspec, NULL, NULL, 0, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                            (UINT)-1, NULL, d));
    LocalFree(d);
}

static int begin(void **state)
{
    samba_tool("user create " USER " " PASSWORD);
    cache = mem_printf("FILE:%s/b8.%d", unit_env("TEST_TMP"), (int)getpid());
    if (try_start(state))
        return -1;
    guard_by_sid();
    return 0;
}

static int end(void **state)
{
    mem_free(cache);
    samba_tool("user delete " USER);
    samba_tool("user delete " MOVED);
    return try_stop(state);
}

static void calls(const char *user, RPC_STATUS want)
{
    RPC_BINDING_HANDLE b = try_bind_as(user, PASSWORD, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);

    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE));
    RAISES(want, TryAdd(b, 1, 1));
    try_unbind(&b);
}

/* With the ticket in the cache. */
static void calls_with_ticket(RPC_STATUS want)
{
    RPC_BINDING_HANDLE b = try_bind();

    setenv("KRB5CCNAME", cache, 1);
    OK(RpcBindingSetAuthInfoA(b, STR(unit_env("SERVICE_SPN")), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                              RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE));
    OK(RpcBindingSetOption(b, RPC_C_OPT_UNIQUE_BINDING, TRUE));
    RAISES(want, TryAdd(b, 1, 1));
    try_unbind(&b);
    unlink(cache + strlen("FILE:"));
}

/* Sealed again after that; NULL: as it was. */
static void forge(void (*how)(struct forged_ticket *t))
{
    struct forged_ticket t;

    forged_ticket_begin(&t, USER, PASSWORD);
    if (how)
        how(&t);
    forged_ticket_end(&t, cache);
}

static void join_admins(struct forged_ticket *t)
{
    static const char users[4] = { 0x01, 0x02, 0, 0 }, admins[4] = { 0x00, 0x02, 0, 0 };

    forged_ticket_change(t, users, admins, sizeof users);
}

static void b8_a_ticket_without_a_pac_proves_no_sid(void **state)
{
    (void)state;
    forge(NULL);
    calls_with_ticket(RPC_S_OK); /* what refuses the others is the change */
    forge(forged_ticket_lose_pac);
    calls_with_ticket(RPC_S_ACCESS_DENIED); /* at the call: his name is proven, his SID is not */
}

static void b8_altered_logon_information_is_refused(void **state)
{
    (void)state;
    forge(join_admins);
    calls_with_ticket(RPC_S_SEC_PKG_ERROR); /* at the bind: the ticket is no ticket */
}

static void b8_a_renamed_account_is_who_it_was(void **state)
{
    (void)state;
    samba_tool("user rename " USER " --samaccountname=" MOVED " --upn=" MOVED "@one.example");
    samba_tool("user create " USER " " PASSWORD); /* another one, of that name */
    calls(MOVED, RPC_S_OK);
    calls(USER, RPC_S_ACCESS_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(b8_a_ticket_without_a_pac_proves_no_sid),
        cmocka_unit_test(b8_altered_logon_information_is_refused),
        cmocka_unit_test(b8_a_renamed_account_is_who_it_was),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
