/* SPDX-License-Identifier: Apache-2.0
 * test_names_rights.c - what an ordinary account may do in the containers of names once it was
 * granted, and no longer once that was taken back; by plain LDAP requests, against a real domain
 * controller.
 */
#include <countersign/names.h>
#include <countersign/ntdsapi.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "directory/search.h"
#include "lib/bound.h"
#include "lib/names_home.h"
#include "lib/unit.h"
#include "names/place.h"

struct home {
    HANDLE admin;
    struct session *svc, *other;
};

static int raise_home(void **state)
{
    static struct home h;

    h.admin = bind_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    h.svc = session_as(unit_env("SERVICE_ACCOUNT"), unit_env("SERVICE_PASSWORD"));
    h.other = session_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"));
    *state = &h;
    return 0;
}

static int leave_home(void **state)
{
    struct home *h = *state;

    DsUnBindA(&h->admin);
    session_close(h->svc);
    session_close(h->other);
    return 0;
}

static void expect_err(enum err e, enum err want, const char *what)
{
    if (e != want)
        fail_msg("%s: %d, expected %d: %s", what, e, want, detail_get()->text);
}

static char *entry_dn(enum place which, const char *name)
{
    char *dn = NULL;

    assert_int_equal(place_entry(which, unit_env("DOMAIN_DN"), name, &dn), ERR_OK);
    return dn;
}

static enum err add_instance(struct session *s, const char *dn)
{
    static const uint8_t id[16] = { 1, 2, 3 };
    struct bytes class = bytes_of_text("serviceInstance"), class_id = bytes_of(id, sizeof id),
                 name = bytes_of_text("x");
    struct change c[] = { { CHANGE_ADD, "objectClass", &class, 1 },
                          { CHANGE_ADD, "serviceClassID", &class_id, 1 },
                          { CHANGE_ADD, "displayName", &name, 1 } };

    return session_add(s, dn, c, 3);
}

static enum err add_plain(struct session *s, const char *dn, const char *class)
{
    struct bytes value = bytes_of_text(class);
    struct change c = { CHANGE_ADD, "objectClass", &value, 1 };

    return session_add(s, dn, &c, 1);
}

static enum err describe(struct session *s, const char *dn, const char *text)
{
    struct bytes value = bytes_of_text(text);
    struct change c = { CHANGE_REPLACE, "description", &value, 1 };

    return session_modify(s, dn, &c, 1, false, false);
}

static void grant(struct home *h, const char *account, DWORD which)
{
    expect(CsGrantNames(h->admin, account, which, NULL, NULL), ERROR_SUCCESS, "grant");
}

static void take_back(struct home *h, const char *account, DWORD which)
{
    expect(CsRevokeNames(h->admin, account, which, NULL, NULL), ERROR_SUCCESS, "revoke");
}

static void an_account_publishes_once_it_was_granted(void **state)
{
    struct home *h = *state;
    char *dn = entry_dn(PLACE_WINSOCK, "Rights, one"), *second = entry_dn(PLACE_WINSOCK, "two");
    const char *svc = unit_env("SERVICE_ACCOUNT");
    char **rights = NULL;
    DWORD count = 0;

    expect_err(add_instance(h->svc, dn), ERR_ACCESS_DENIED, "before");
    expect(CsGrantNames(h->admin, svc, CS_NAMES_WINSOCK, &rights, &count), ERROR_SUCCESS, "grant");
    assert_int_equal(count, 2);
    assert_non_null(strstr(rights[0], "may create objects of class serviceInstance in "
                                      "CN=WinsockServices,CN=System,"));
    assert_non_null(strstr(rights[0], svc));
    DsFreeSpnArrayA(count, rights);
    expect_err(add_instance(h->svc, dn), ERR_OK, "create");
    expect_err(describe(h->svc, dn, "its own"), ERR_OK, "change");
    /* no more than that */
    expect_err(describe(h->other, dn, "another's"), ERR_ACCESS_DENIED, "change another's");
    expect_err(session_delete(h->other, dn), ERR_ACCESS_DENIED, "delete another's");
    expect_err(add_instance(h->other, second), ERR_ACCESS_DENIED, "create as another");
    expect_err(add_plain(h->svc, second, "container"), ERR_ACCESS_DENIED, "another class");
    mem_free(second);
    second = entry_dn(PLACE_RPC, "two");
    expect_err(add_plain(h->svc, second, "rpcServer"), ERR_ACCESS_DENIED, "another container");
    expect_err(session_delete(h->svc, dn), ERR_OK, "delete");
    mem_free(dn);
    mem_free(second);
    take_back(h, svc, CS_NAMES_WINSOCK);
}

/* Two granted accounts, of which neither may touch the other's. */
/* The directory may take its time until what stood above an object stands on it no more. */
static enum err refused_at_last(struct session *s, const char *dn)
{
    enum err e = ERR_OK;
    int i;

    for (i = 0; i < 1200 && !e; i++) {
        usleep(i ? 50000 : 0);
        e = describe(s, dn, "no longer");
    }
    return e;
}

static void accounts_keep_to_their_own(void **state)
{
    struct home *h = *state;
    char *dn = entry_dn(PLACE_WINSOCK, "Rights of one"),
         *second = entry_dn(PLACE_WINSOCK, "Rights of two");
    const char *svc = unit_env("SERVICE_ACCOUNT"), *other = unit_env("OTHER");

    grant(h, svc, CS_NAMES_WINSOCK);
    grant(h, other, CS_NAMES_WINSOCK);
    grant(h, other, CS_NAMES_WINSOCK); /* again, which changes nothing */
    expect_err(add_instance(h->svc, dn), ERR_OK, "create");
    expect_err(add_instance(h->other, second), ERR_OK, "create");
    expect_err(describe(h->other, dn, "another's"), ERR_ACCESS_DENIED, "change another's");
    expect_err(session_delete(h->svc, second), ERR_ACCESS_DENIED, "delete another's");
    take_back(h, svc, CS_NAMES_WINSOCK);
    expect_err(session_delete(h->svc, dn), ERR_OK, "its own stays its own");
    expect_err(add_instance(h->svc, dn), ERR_ACCESS_DENIED, "create after the end");
    expect_err(describe(h->other, second, "still"), ERR_OK, "the other's right stays");
    expect_err(session_delete(h->other, second), ERR_OK, "delete");
    expect_err(add_instance(h->other, second), ERR_OK, "create");
    take_back(h, other, CS_NAMES_WINSOCK); /* the last one's: the entry for creators goes too */
    expect_err(refused_at_last(h->other, second), ERR_ACCESS_DENIED, "its own, at the end");
    grant(h, other, CS_NAMES_WINSOCK);
    expect_err(session_delete(h->other, second), ERR_OK, "granted again");
    take_back(h, other, CS_NAMES_WINSOCK);
    mem_free(dn);
    mem_free(second);
}

static void entries_of_rpc_have_parts(void **state)
{
    struct home *h = *state;
    char *dn = entry_dn(PLACE_RPC, "rights/one"), *part = NULL, *group = entry_dn(PLACE_RPC, "g");
    const char *svc = unit_env("SERVICE_ACCOUNT");
    struct bytes class = bytes_of_text("rpcServerElement"), text = bytes_of_text("1");
    struct change c[] = { { CHANGE_ADD, "objectClass", &class, 1 },
                          { CHANGE_ADD, "rpcNsTransferSyntax", &text, 1 },
                          { CHANGE_ADD, "rpcNsInterfaceID", &text, 1 },
                          { CHANGE_ADD, "rpcNsBindings", &text, 1 } };

    assert_int_equal(place_below(dn, "part", &part), ERR_OK);
    grant(h, svc, CS_NAMES_RPC);
    expect_err(add_plain(h->svc, dn, "rpcServer"), ERR_OK, "create");
    expect_err(session_add(h->svc, part, c, 4), ERR_OK, "create a part");
    expect_err(describe(h->svc, part, "its own"), ERR_OK, "change a part");
    expect_err(describe(h->other, part, "another's"), ERR_ACCESS_DENIED, "change another's part");
    expect_err(add_plain(h->svc, group, "rpcGroup"), ERR_ACCESS_DENIED, "a group");
    grant(h, svc, CS_NAMES_RPC_GROUPS);
    expect_err(add_plain(h->svc, group, "rpcGroup"), ERR_OK, "a group");
    expect_err(session_delete(h->svc, group), ERR_OK, "delete a group");
    expect_err(session_delete(h->svc, part), ERR_OK, "delete a part");
    expect_err(session_delete(h->svc, dn), ERR_OK, "delete");
    take_back(h, svc, CS_NAMES_RPC | CS_NAMES_RPC_GROUPS);
    expect_err(add_plain(h->svc, dn, "rpcServer"), ERR_ACCESS_DENIED, "create after the end");
    mem_free(dn);
    mem_free(part);
    mem_free(group);
}

static struct buf dacl_of(HANDLE admin, enum place which)
{
    static const char *const attrs[] = { "nTSecurityDescriptor", NULL };
    struct session *s = session_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    struct search q = {
        .scope = SEARCH_BASE, .filter = "(objectClass=*)", .attrs = attrs, .dacl_only = true
    };
    struct entries found = { 0 };
    struct buf copy = { 0 };
    char *dn = NULL;

    (void)admin;
    assert_int_equal(place_dn(which, unit_env("DOMAIN_DN"), &dn), ERR_OK);
    q.base = dn;
    expect_err(session_search(s, &q, &found), ERR_OK, "reading the access control");
    assert_int_equal(
        buf_copy(buf_view(entry_attribute(&found.entry[0], attrs[0])->value[0]), &copy), ERR_OK);
    entries_free(&found);
    session_close(s);
    mem_free(dn);
    return copy;
}

static void taking_back_leaves_nothing_behind(void **state)
{
    struct home *h = *state;
    struct buf before = dacl_of(h->admin, PLACE_RPC), after;
    const char *svc = unit_env("SERVICE_ACCOUNT");

    grant(h, svc, CS_NAMES_RPC | CS_NAMES_RPC_GROUPS);
    after = dacl_of(h->admin, PLACE_RPC);
    assert_true(after.len > before.len);
    buf_free(&after);
    take_back(h, svc, CS_NAMES_RPC | CS_NAMES_RPC_GROUPS);
    take_back(h, svc, CS_NAMES_RPC);
    after = dacl_of(h->admin, PLACE_RPC);
    unit_assert_bytes(buf_view(after), buf_view(before));
    buf_free(&after);
    buf_free(&before);
}

static void says_who_may_grant(void **state)
{
    struct home *h = *state;
    HANDLE svc = bind_as(unit_env("SERVICE_ACCOUNT"), unit_env("SERVICE_PASSWORD"));
    const char *who = unit_env("SERVICE_ACCOUNT");
    char **rights = NULL;

    expect(CsGrantNames(svc, who, CS_NAMES_RPC, NULL, NULL), ERROR_ACCESS_DENIED, "as itself");
    assert_non_null(strstr(detail_get()->remedy, "administrator"));
    expect(CsRevokeNames(h->admin, "nobody of that name", CS_NAMES_RPC, NULL, NULL),
           ERROR_DS_NO_SUCH_OBJECT, "nobody");
    expect(CsGrantNames(h->admin, who, 0, NULL, NULL), ERROR_INVALID_PARAMETER, "nothing");
    expect(CsGrantNames(h->admin, who, 0x10, NULL, NULL), ERROR_INVALID_PARAMETER, "unknown");
    expect(CsGrantNames(h->admin, NULL, 1, NULL, NULL), ERROR_INVALID_PARAMETER, "no account");
    expect(CsGrantNames(h->admin, who, 1, &rights, NULL), ERROR_INVALID_PARAMETER, "no count");
    DsUnBindA(&svc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_account_publishes_once_it_was_granted),
        cmocka_unit_test(accounts_keep_to_their_own),
        cmocka_unit_test(entries_of_rpc_have_parts),
        cmocka_unit_test(taking_back_leaves_nothing_behind),
        cmocka_unit_test(says_who_may_grant),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
