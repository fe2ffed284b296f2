/* SPDX-License-Identifier: Apache-2.0
 * test_pac.c - the SIDs a real domain controller puts into a ticket, and tickets that were altered
 * by somebody who has the service's key.
 */
#include <unistd.h>

#include "base/alloc.h"
#include "countersign/securitybaseapi.h"
#include "countersign/windows.h"
#include "forged_ticket.h"
#include "lib/pair.h"
#include "lib/samba_tool.h"
#include "lib/unit.h"
#include "win32/native_sid.h"

#define USER "pac-user"
#define PASSWORD "Only-4-this-test"

/* "user" or "group". */
static PSID sid_of(const char *kind, const char *name)
{
    static BYTE room[8][SECURITY_MAX_SID_SIZE];
    static unsigned next;
    char text[SAMBA_TOOL_SID];
    struct sid sid;
    PSID to = room[next++ % 8];

    samba_tool_sid(kind, name, text);
    assert_int_equal(sid_parse(text, &sid), ERR_OK);
    native_sid_put(&sid, to);
    return to;
}

static int populate(void **state)
{
    (void)state;
    samba_tool("user create " USER " " PASSWORD);
    samba_tool("group add pac-inner --group-scope=Global");
    samba_tool("group add pac-outer --group-scope=Universal");
    samba_tool("group add pac-local --group-scope=Domain");
    samba_tool("group add pac-stranger --group-scope=Global");
    samba_tool("group addmembers pac-inner " USER);
    samba_tool("group addmembers pac-outer pac-inner");
    samba_tool("group addmembers pac-local pac-outer");
    return 0;
}

static int depopulate(void **state)
{
    (void)state;
    samba_tool("user delete " USER);
    samba_tool("group delete pac-local");
    samba_tool("group delete pac-outer");
    samba_tool("group delete pac-inner");
    samba_tool("group delete pac-stranger");
    return 0;
}

static void *told(HANDLE token, TOKEN_INFORMATION_CLASS of, DWORD *ret_size)
{
    DWORD size = 0, again = 0;
    void *to = NULL;

    assert_false(GetTokenInformation(token, of, NULL, 0, &size));
    assert_int_equal(GetLastError(), ERROR_INSUFFICIENT_BUFFER);
    to = malloc(size);
    assert_non_null(to);
    assert_false(GetTokenInformation(token, of, to, size - 1, &again));
    assert_true(GetTokenInformation(token, of, to, size, &again));
    assert_int_equal(size, again);
    *ret_size = size;
    return to;
}

static bool lies_in(const void *block, DWORD size, PSID sid)
{
    const BYTE *from = block, *at = sid;

    return at >= from && at + GetLengthSid(sid) <= from + size;
}

/* The attributes of a group; 0 where the token has it not. */
static DWORD attributes_of(HANDLE token, PSID sid)
{
    DWORD size = 0, found = 0, i;
    TOKEN_GROUPS *groups = told(token, TokenGroups, &size);
    const SID_AND_ATTRIBUTES *each = groups->Groups;

    for (i = 0; i < groups->GroupCount; i++) {
        assert_true(lies_in(groups, size, each[i].Sid));
        if (EqualSid(each[i].Sid, sid))
            found = each[i].Attributes;
    }
    free(groups);
    return found;
}

static void member(HANDLE token, PSID sid, BOOL want)
{
    BOOL is = !want;

    assert_true(CheckTokenMembership(token, sid, &is));
    assert_int_equal(is, want);
    if (want)
        assert_true(attributes_of(token, sid) & SE_GROUP_ENABLED);
    else
        assert_int_equal(attributes_of(token, sid), 0);
}

static HANDLE connect_as(struct pair *p, const char *user, const char *password, ULONG flags)
{
    CS_CREDENTIAL_OPTIONS c = pair_options("Negotiate", SECPKG_CRED_OUTBOUND);
    CS_CREDENTIAL_OPTIONS s = pair_options("Negotiate", SECPKG_CRED_INBOUND);
    void *token = NULL;

    memset(p, 0, sizeof *p);
    c.user = user;
    c.password = password;
    s.keytab = getenv("SERVICE_KEYTAB");
    p->client.target = getenv("SERVICE_SPN");
    p->client.flags = flags;
    pair_acquire(&p->client, &c);
    pair_acquire(&p->server, &s);
    if (!pair_talk(p))
        pair_ok(p->server_status);
    pair_ok(QuerySecurityContextToken(&p->server.ctx, &token));
    return token;
}

static void groups_are_in_the_token_however_they_were_joined(void **state)
{
    static const char *const implied[] = { "S-1-1-0", "S-1-5-2", "S-1-5-11", "S-1-5-15" };
    BYTE room[SECURITY_MAX_SID_SIZE];
    struct sid sid;
    struct pair p;
    HANDLE token = connect_as(&p, USER, PASSWORD, ISC_REQ_MUTUAL_AUTH);
    size_t i;

    (void)state;
    member(token, sid_of("group", "Domain Users"), TRUE);
    member(token, sid_of("group", "pac-inner"), TRUE);
    member(token, sid_of("group", "pac-outer"), TRUE);
    member(token, sid_of("group", "pac-local"), TRUE);
    member(token, sid_of("group", "pac-stranger"), FALSE);
    member(token, sid_of("group", "Domain Admins"), FALSE);
    for (i = 0; i < sizeof implied / sizeof implied[0]; i++) {
        assert_int_equal(sid_parse(implied[i], &sid), ERR_OK);
        native_sid_put(&sid, room);
        member(token, room, TRUE);
    }
    CloseHandle(token);
    pair_end(&p);
}

static void the_user_and_the_primary_group_are_the_accounts(void **state)
{
    PSID want = sid_of("user", USER);
    struct pair p;
    HANDLE token = connect_as(&p, USER, PASSWORD, ISC_REQ_MUTUAL_AUTH);
    DWORD size = 0;
    BOOL is = FALSE;
    TOKEN_USER *user = told(token, TokenUser, &size);
    TOKEN_PRIMARY_GROUP *primary = NULL;

    (void)state;
    assert_true(EqualSid(user->User.Sid, want));
    assert_true(lies_in(user, size, user->User.Sid));
    primary = told(token, TokenPrimaryGroup, &size);
    assert_true(EqualSid(primary->PrimaryGroup, sid_of("group", "Domain Users")));
    assert_true(CheckTokenMembership(token, want, &is));
    assert_true(is);
    free(user);
    free(primary);
    CloseHandle(token);
    pair_end(&p);
}

static void a_token_says_how_far_it_may_be_used(void **state)
{
    static const struct {
        ULONG flags;
        SECURITY_IMPERSONATION_LEVEL level;
    } each[] = { { ISC_REQ_MUTUAL_AUTH, SecurityImpersonation },
                 { ISC_REQ_MUTUAL_AUTH | ISC_REQ_IDENTIFY, SecurityIdentification } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof each / sizeof each[0]; i++) {
        struct pair p;
        HANDLE token = connect_as(&p, USER, PASSWORD, each[i].flags);
        TOKEN_STATISTICS first, second;
        SECURITY_IMPERSONATION_LEVEL level;
        TOKEN_TYPE type;
        void *another = NULL;
        DWORD n = 0;

        assert_true(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &n));
        assert_int_equal(level, each[i].level);
        assert_true(GetTokenInformation(token, TokenType, &type, sizeof type, &n));
        assert_int_equal(type, TokenImpersonation);
        pair_ok(QuerySecurityContextToken(&p.server.ctx, &another));
        assert_true(GetTokenInformation(token, TokenStatistics, &first, sizeof first, &n));
        assert_true(GetTokenInformation(another, TokenStatistics, &second, sizeof second, &n));
        assert_memory_equal(&first.AuthenticationId, &second.AuthenticationId, sizeof(LUID));
        assert_memory_not_equal(&first.TokenId, &second.TokenId, sizeof(LUID));
        assert_true(first.GroupCount > 4 && first.ExpirationTime.QuadPart > 0);
        assert_false(GetTokenInformation(token, (TOKEN_INFORMATION_CLASS)99, &type, 4, &n));
        assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
        CloseHandle(token);
        CloseHandle(another);
        assert_false(GetTokenInformation(token, TokenType, &type, sizeof type, &n));
        assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
        pair_end(&p);
    }
}

static void a_thread_that_is_nobody_else_has_no_token(void **state)
{
    HANDLE token = NULL;
    BOOL is = TRUE;

    (void)state;
    assert_false(OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token));
    assert_int_equal(GetLastError(), ERROR_NO_TOKEN);
    assert_false(CheckTokenMembership(NULL, sid_of("user", USER), &is));
    assert_int_equal(GetLastError(), ERROR_NO_TOKEN);
    assert_false(is);
}

/* ---- tickets changed by somebody who has the service's key ---- */

static void come_with(struct pair *p, const char *cache_name)
{
    CS_CREDENTIAL_OPTIONS c = pair_options("Kerberos", SECPKG_CRED_OUTBOUND);
    CS_CREDENTIAL_OPTIONS s = pair_options("Kerberos", SECPKG_CRED_INBOUND);

    memset(p, 0, sizeof *p);
    c.ccache = cache_name;
    s.keytab = getenv("SERVICE_KEYTAB");
    p->client.target = getenv("SERVICE_SPN");
    p->client.flags = ISC_REQ_MUTUAL_AUTH;
    pair_acquire(&p->client, &c);
    pair_acquire(&p->server, &s);
    (void)pair_talk(p);
}

static char *cache_begin(void)
{
    char *name = mem_printf("FILE:%s/pac-test.%d", getenv("DOMAIN_DIR"), (int)getpid());

    assert_non_null(name);
    return name;
}

static void cache_end(char *name)
{
    unlink(name + strlen("FILE:"));
    mem_free(name);
}

static void refused(struct forged_ticket *t, SECURITY_STATUS want)
{
    char *cache = cache_begin();
    struct pair p;

    forged_ticket_end(t, cache);
    come_with(&p, cache);
    assert_int_equal(p.server_status, want);
    assert_false(p.server.done || p.client.done);
    pair_end(&p);
    cache_end(cache);
}

/* Without a change it is taken: what refuses the others is the change. */
static void a_ticket_sealed_again_is_taken(void **state)
{
    char *cache = cache_begin();
    struct forged_ticket t;
    struct pair p;

    (void)state;
    forged_ticket_begin(&t, USER, PASSWORD);
    forged_ticket_end(&t, cache);
    come_with(&p, cache);
    assert_true(p.server.done && p.client.done);
    pair_end(&p);
    cache_end(cache);
}

/* A SID's last part is made another's: the controller's own administrator. */
static void an_altered_pac_is_refused(void **state)
{
    static const char domain_users[4] = { 0x01, 0x02, 0, 0 }, admins[4] = { 0x00, 0x02, 0, 0 };
    struct forged_ticket t;

    (void)state;
    forged_ticket_begin(&t, USER, PASSWORD);
    forged_ticket_change(&t, domain_users, admins, sizeof admins);
    refused(&t, SEC_E_MESSAGE_ALTERED);
}

static void the_pac_of_another_client_is_refused(void **state)
{
    static const char other[] = "pac-uses";
    struct forged_ticket t;

    (void)state;
    forged_ticket_begin(&t, USER, PASSWORD);
    forged_ticket_change(&t, USER, other, sizeof USER - 1);
    memcpy(t.creds->client->data[0].data, other, sizeof USER - 1);
    refused(&t, SEC_E_LOGON_DENIED);
}

static void a_ticket_without_a_pac_proves_a_name_and_no_sid(void **state)
{
    char *cache = cache_begin(), *name = NULL, **sids = NULL;
    struct forged_ticket t;
    struct pair p;
    void *token = NULL;
    ULONG count = 1;
    BYTE room[200];
    DWORD n = 0;
    BOOL is = TRUE;

    (void)state;
    forged_ticket_begin(&t, USER, PASSWORD);
    forged_ticket_lose_pac(&t);
    forged_ticket_end(&t, cache);
    come_with(&p, cache);
    assert_true(p.server.done);
    pair_ok(QuerySecurityContextToken(&p.server.ctx, &token));
    pair_ok(CsTokenGetName(token, &name));
    assert_int_equal(strncmp(name, USER "@", sizeof USER), 0);
    FreeContextBuffer(name);
    pair_ok(CsTokenGetSids(token, &count, &sids));
    assert_int_equal(count, 0);
    assert_false(GetTokenInformation(token, TokenUser, room, sizeof room, &n));
    assert_int_equal(GetLastError(), ERROR_NONE_MAPPED);
    assert_false(GetTokenInformation(token, TokenGroups, room, sizeof room, &n));
    assert_false(CheckTokenMembership(token, sid_of("user", USER), &is));
    assert_int_equal(GetLastError(), ERROR_NONE_MAPPED);
    assert_false(is);
    assert_true(GetTokenInformation(token, TokenType, room, sizeof room, &n));
    CloseHandle(token);
    pair_end(&p);
    cache_end(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_in_the_token_however_they_were_joined),
        cmocka_unit_test(the_user_and_the_primary_group_are_the_accounts),
        cmocka_unit_test(a_token_says_how_far_it_may_be_used),
        cmocka_unit_test(a_thread_that_is_nobody_else_has_no_token),
        cmocka_unit_test(a_ticket_sealed_again_is_taken),
        cmocka_unit_test(an_altered_pac_is_refused),
        cmocka_unit_test(the_pac_of_another_client_is_refused),
        cmocka_unit_test(a_ticket_without_a_pac_proves_a_name_and_no_sid),
    };

    return cmocka_run_group_tests(tests, populate, depopulate);
}
