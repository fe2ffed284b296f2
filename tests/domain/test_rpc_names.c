/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_names.c - servers that are found through the RPC name service, and called under the
 * principal name of their entry's distinguished name. The server is an ordinary account that was
 * granted what CsGrantNames grants; the client is another one.
 */
#include <countersign/countersign.h>
#include <countersign/names.h>
#include <countersign/ntdsapi.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy_value.h"
#include "directory/change.h"
#include "directory/search.h"
#include "names/ns_group.h"
#include "names/ns_server.h"
#include "names/place.h"
#include "rpc_try_home.h"

#define NAME(s) STR("/.:/" s)
#define WIDE(s) ((RPC_WSTR)(uintptr_t)(u"/.:/" s))

static HANDLE admin;
static struct session *admin_session;

static void kinit(const char *keytab, const char *who)
{
    char command[1000];

    snprintf(command, sizeof command, "kinit -k -t '%s' '%s'", unit_env(keytab), unit_env(who));
    assert_int_equal(system(command), 0);
}

static void as_server(void)
{
    kinit("SERVICE_KEYTAB", "SERVICE_ACCOUNT");
}

static void as_client(void)
{
    kinit("PERSON_KEYTAB", "PERSON");
}

static int raise_home(void **state)
{
    CS_DIRECTORY_OPTIONS o = { .size = sizeof o,
                               .domain = unit_env("REALM"),
                               .user = unit_env("ADMIN"),
                               .user_domain = unit_env("REALM"),
                               .password = unit_env("ADMIN_PASSWORD") };
    struct session_options s = {
        .domain = o.domain, .user = o.user, .user_domain = o.user_domain, .password = o.password
    };

    OK((RPC_STATUS)CsBindDirectory(&o, &admin));
    assert_int_equal(session_open(&s, &admin_session), ERR_OK);
    OK((RPC_STATUS)CsGrantNames(admin, unit_env("SERVICE_ACCOUNT"),
                                CS_NAMES_RPC | CS_NAMES_RPC_GROUPS, NULL, NULL));
    return try_start(state);
}

static int leave_home(void **state)
{
    try_stop(state);
    CsRevokeNames(admin, unit_env("SERVICE_ACCOUNT"), CS_NAMES_RPC | CS_NAMES_RPC_GROUPS, NULL,
                  NULL);
    session_close(admin_session);
    DsUnBindA(&admin);
    return 0;
}

static char *dn_of(const char *name)
{
    char *dn = NULL;

    assert_int_equal(place_entry(PLACE_RPC, unit_env("DOMAIN_DN"), name, &dn), ERR_OK);
    return dn;
}

/* ---- shorthands ---- */

static RPC_BINDING_VECTOR *vector_of(const char *const *texts, size_t n)
{
    RPC_BINDING_VECTOR *v = mem_zero(sizeof *v + n * sizeof v->BindingH[0]);
    size_t i;

    assert_non_null(v);
    for (i = 0; i < n; i++)
        OK(RpcBindingFromStringBindingA(STR(texts[i]), &v->BindingH[i]));
    v->Count = (ULONG)n;
    return v;
}

static RPC_STATUS export_texts(RPC_CSTR name, const char *const *texts, size_t n, UUID *object)
{
    RPC_BINDING_VECTOR *v = vector_of(texts, n);
    UUID_VECTOR objects = { 1, { object } };
    RPC_STATUS status = RpcNsBindingExportA(RPC_C_NS_SYNTAX_DCE, name, rpc_try_v1_2_s_ifspec, v,
                                            object ? &objects : NULL);

    OK(RpcBindingVectorFree(&v));
    return status;
}

static RPC_STATUS export_one(RPC_CSTR name, const char *text)
{
    return export_texts(name, &text, 1, NULL);
}

static void drop(RPC_CSTR name)
{
    OK(RpcNsMgmtEntryDeleteA(RPC_C_NS_SYNTAX_DEFAULT, name));
}

/* What a lookup gives: its endpoints in the order they came, "2001 2002 ". */
static RPC_STATUS look(RPC_CSTR name, RPC_IF_HANDLE face, UUID *object, char got[200])
{
    RPC_BINDING_VECTOR *v = NULL;
    RPC_CSTR text = NULL, endpoint = NULL;
    RPC_NS_HANDLE h = NULL;
    RPC_STATUS status =
        RpcNsBindingLookupBeginA(RPC_C_NS_SYNTAX_DEFAULT, name, face, object, 0, &h);
    ULONG i;

    got[0] = 0;
    if (status)
        return status;
    OK(RpcNsMgmtHandleSetExpAge(h, 0));
    while ((status = RpcNsBindingLookupNext(h, &v)) == RPC_S_OK) {
        for (i = 0; i < v->Count; i++) {
            OK(RpcBindingToStringBindingA(v->BindingH[i], &text));
            OK(RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL));
            snprintf(got + strlen(got), 200 - strlen(got), "%s ", (char *)endpoint);
            OK(RpcStringFreeA(&text));
            OK(RpcStringFreeA(&endpoint));
        }
        OK(RpcBindingVectorFree(&v));
    }
    if (status == RPC_S_NO_MORE_BINDINGS)
        assert_null(v);
    OK(RpcNsBindingLookupDone(&h));
    assert_null(h);
    return status;
}

static void finds(RPC_CSTR name, const char *want)
{
    char got[200];

    IS(look(name, rpc_try_v1_2_c_ifspec, NULL, got), RPC_S_NO_MORE_BINDINGS);
    assert_string_equal(got, want);
}

/* The same, whose order is left to chance. */
static void finds_all(RPC_CSTR name, const char *const *ports, size_t n)
{
    char got[200];
    size_t len = 0, i;

    IS(look(name, rpc_try_v1_2_c_ifspec, NULL, got), RPC_S_NO_MORE_BINDINGS);
    for (i = 0; i < n; i++) {
        if (!strstr(got, ports[i]))
            fail_msg("%s is not among %s", ports[i], got);
        len += strlen(ports[i]) + 1;
    }
    assert_int_equal(strlen(got), len);
}

/* ---- a server and its client ---- */

/* What composing-spns-for-an-rpcns-service.md does, for this host. */
static char *spn_of(const char *name)
{
    char *dn = dn_of(name), *spn = NULL, **all = NULL;
    DWORD n = 0;

    OK((RPC_STATUS)DsGetSpnA(DS_SPN_SERVICE, "trynames", dn, 0, 0, NULL, NULL, &n, &all));
    assert_int_equal(n, 1);
    spn = mem_strdup(all[0]);
    DsFreeSpnArrayA(n, all);
    mem_free(dn);
    return spn;
}

static void write_spn(DS_SPN_WRITE_OP op, const char *spn)
{
    char account[300];
    LPCSTR names[] = { spn };

    snprintf(account, sizeof account, "CN=svc,CN=Users,%s", unit_env("DOMAIN_DN"));
    OK((RPC_STATUS)DsWriteAccountSpnA(admin, op, account, 1, names));
}

/* At privacy, with mutual authentication. */
static RPC_STATUS call(RPC_BINDING_HANDLE b, const char *spn)
{
    RPC_SECURITY_QOS qos = { .Version = RPC_C_SECURITY_QOS_VERSION,
                             .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
                             .IdentityTracking = RPC_C_QOS_IDENTITY_STATIC,
                             .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY };
    volatile RPC_STATUS raised = RPC_S_OK;
    volatile LONG sum = 0;

    OK(RpcBindingSetAuthInfoExA(b, STR(spn), RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                RPC_C_AUTHN_GSS_KERBEROS, NULL, RPC_C_AUTHZ_NONE, &qos));
    RpcTryExcept
    {
        sum = TryAdd(b, 40, 2);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    if (!raised)
        assert_int_equal(sum, 42);
    return raised;
}

static void expect_entry(RPC_BINDING_HANDLE b, const char *want)
{
    RPC_CSTR name = NULL;

    OK(RpcNsBindingInqEntryNameA(b, RPC_C_NS_SYNTAX_DCE, &name));
    assert_string_equal((char *)name, want);
    OK(RpcStringFreeA(&name));
}

static void an_imported_server_is_called_under_the_name_of_its_entry(void **state)
{
    char *spn = spn_of("rpc-try.1"), *nobodys = spn_of("rpc-try.2");
    RPC_BINDING_VECTOR *own = NULL;
    RPC_BINDING_HANDLE b = NULL;
    RPC_NS_HANDLE h = NULL;

    (void)state;
    as_server();
    OK(RpcServerInqBindings(&own));
    OK(RpcNsBindingExportW(RPC_C_NS_SYNTAX_DCE, WIDE("rpc-try.1"), rpc_try_v1_2_s_ifspec, own,
                           NULL));
    OK(RpcBindingVectorFree(&own));
    write_spn(DS_SPN_ADD_SPN_OP, spn);
    OK(RpcServerRegisterAuthInfoA(STR(spn), RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL));
    as_client();
    OK(RpcNsBindingImportBeginA(RPC_C_NS_SYNTAX_DEFAULT, NAME("rpc-try.1"), rpc_try_v1_2_c_ifspec,
                                NULL, &h));
    OK(RpcNsBindingImportNext(h, &b));
    expect_entry(b, "/.:/rpc-try.1");
    OK(call(b, spn));
    OK(RpcBindingFree(&b));
    OK(RpcNsBindingImportDone(&h));
    /* a name nobody holds: no ticket, no call */
    OK(RpcNsBindingImportBeginW(RPC_C_NS_SYNTAX_DCE, WIDE("rpc-try.1"), rpc_try_v1_2_c_ifspec, NULL,
                                &h));
    OK(RpcNsBindingImportNext(h, &b));
    assert_int_not_equal(call(b, nobodys), RPC_S_OK);
    OK(RpcBindingFree(&b));
    OK(RpcNsBindingImportDone(&h));
    IS(RpcNsBindingImportDone(&h), RPC_S_INVALID_NS_HANDLE);
    write_spn(DS_SPN_DELETE_SPN_OP, spn);
    as_server();
    OK(RpcNsBindingUnexportW(RPC_C_NS_SYNTAX_DCE, WIDE("rpc-try.1"), rpc_try_v1_2_s_ifspec, NULL));
    IS(RpcNsMgmtEntryDeleteA(RPC_C_NS_SYNTAX_DCE, NAME("rpc-try.1")), RPC_S_ENTRY_NOT_FOUND);
    OK(try_stop(state));
    OK(try_start(state));
    mem_free(spn);
    mem_free(nobodys);
}

/* One of two does not answer: the client asks for the next binding. */
static void a_dead_server_is_passed_over(void **state)
{
    char live[100];
    const char *const texts[] = { "ncacn_ip_tcp:127.0.0.1[1]", live };
    RPC_BINDING_HANDLE b = NULL;
    RPC_NS_HANDLE h = NULL;
    RPC_STATUS status;
    size_t calls = 0;

    (void)state;
    as_server();
    snprintf(live, sizeof live, "ncacn_ip_tcp:127.0.0.1[%s]", try_port());
    OK(export_texts(NAME("half dead"), texts, 2, NULL));
    as_client();
    OK(RpcNsBindingImportBeginA(RPC_C_NS_SYNTAX_DEFAULT, NAME("half dead"), rpc_try_v1_2_c_ifspec,
                                NULL, &h));
    while ((status = RpcNsBindingImportNext(h, &b)) == RPC_S_OK) {
        calls += call(b, unit_env("SERVICE_SPN")) == RPC_S_OK;
        OK(RpcBindingFree(&b));
    }
    IS(status, RPC_S_NO_MORE_BINDINGS);
    assert_null(b);
    assert_int_equal(calls, 1);
    OK(RpcNsBindingImportDone(&h));
    as_server();
    drop(NAME("half dead"));
}

/* ---- entries ---- */

static void exporting_again_adds_and_unexporting_takes_away(void **state)
{
    static UUID one = { 1, 2, 3, { 4 } }, two = { 5, 6, 7, { 8 } };
    static const char *const ports[] = { "2001", "2002" };
    UUID_VECTOR objects = { 1, { &two } };
    RPC_IF_ID_VECTOR *faces = NULL;
    RPC_IF_ID id;
    RPC_NS_HANDLE h = NULL;
    UUID got;
    char text[200];

    (void)state;
    as_server();
    IS(export_texts(NAME("adds"), NULL, 0, &one), RPC_S_NOTHING_TO_EXPORT);
    IS(export_texts(NAME("adds"), NULL, 0, NULL), RPC_S_NOTHING_TO_EXPORT);
    OK(export_texts(NAME("adds"), (const char *const[]){ "ncacn_ip_tcp:a.one.example[2001]" }, 1,
                    &one));
    OK(export_one(NAME("adds"), "ncacn_ip_tcp:b.one.example[2002]"));
    OK(export_one(NAME("adds"), "ncacn_ip_tcp:b.one.example[2002]"));
    OK(export_texts(NAME("ADDS"), NULL, 0, &two));
    finds_all(NAME("adds"), ports, 2);
    /* by object */
    IS(look(NAME("adds"), rpc_try_v1_2_c_ifspec, &two, text), RPC_S_NO_MORE_BINDINGS);
    assert_int_equal(strlen(text), 10);
    got = (UUID){ 9, 9, 9, { 9 } };
    IS(look(NAME("adds"), rpc_try_v1_2_c_ifspec, &got, text), RPC_S_NO_MORE_BINDINGS);
    assert_string_equal(text, "");
    OK(RpcNsEntryObjectInqBeginA(RPC_C_NS_SYNTAX_DCE, NAME("adds"), &h));
    OK(RpcNsEntryObjectInqNext(h, &got));
    OK(RpcNsEntryObjectInqNext(h, &got));
    IS(RpcNsEntryObjectInqNext(h, &got), RPC_S_NO_MORE_MEMBERS);
    IS(RpcNsBindingLookupDone(&h), RPC_S_INVALID_NS_HANDLE); /* of another kind */
    OK(RpcNsEntryObjectInqDone(&h));
    OK(RpcNsEntryObjectInqBeginW(RPC_C_NS_SYNTAX_DCE, WIDE("adds"), &h));
    OK(RpcNsEntryObjectInqNext(h, &got));
    OK(RpcNsEntryObjectInqDone(&h));
    OK(RpcNsMgmtEntryInqIfIdsW(RPC_C_NS_SYNTAX_DCE, WIDE("adds"), &faces));
    OK(RpcIfInqId(rpc_try_v1_2_c_ifspec, &id));
    assert_int_equal(faces->Count, 1);
    assert_memory_equal(faces->IfId[0], &id, sizeof id);
    OK(RpcIfIdVectorFree(&faces));
    OK(RpcNsMgmtEntryInqIfIdsA(RPC_C_NS_SYNTAX_DCE, NAME("adds"), &faces));
    assert_int_equal(faces->Count, 1);
    OK(RpcIfIdVectorFree(&faces));
    IS(RpcNsBindingUnexportA(RPC_C_NS_SYNTAX_DCE, NAME("adds"), NULL, &objects), RPC_S_OK);
    IS(RpcNsBindingUnexportA(RPC_C_NS_SYNTAX_DCE, NAME("adds"), NULL, &objects),
       RPC_S_NOT_ALL_OBJS_UNEXPORTED);
    id.VersMinor++;
    IS(RpcNsMgmtBindingUnexportA(RPC_C_NS_SYNTAX_DCE, NAME("adds"), &id, RPC_C_VERS_EXACT, NULL),
       RPC_S_INTERFACE_NOT_FOUND);
    IS(RpcNsMgmtBindingUnexportA(RPC_C_NS_SYNTAX_DCE, NAME("adds"), &id, 9, NULL),
       RPC_S_INVALID_VERS_OPTION);
    OK(RpcNsMgmtBindingUnexportW(RPC_C_NS_SYNTAX_DCE, WIDE("adds"), &id, RPC_C_VERS_UPTO, NULL));
    IS(look(NAME("adds"), NULL, NULL, text), RPC_S_ENTRY_NOT_FOUND);
}

/* Two hosts' bindings in one entry: what one takes away leaves the other's. */
static void one_host_leaves_what_is_another_ones(void **state)
{
    struct ns_if face = { { 7, 7, 7, { 7 } }, 1, 0 };
    struct ns_binding a = { (char *)(uintptr_t) "a.one.example",
                            (char *)(uintptr_t) "ncacn_ip_tcp:a.one.example[1]" };
    struct ns_binding b = { (char *)(uintptr_t) "b.one.example",
                            (char *)(uintptr_t) "ncacn_ip_tcp:b.one.example[2]" };
    struct ns_publication p = { .face = face, .syntax = ns_ndr, .binding = &a, .count = 1 };
    struct ns_removal r = { .face = &face, .how = NS_EXACT, .host = "a.one.example" };
    struct ns_entry e = { 0 };
    char *dn = dn_of("shared");

    (void)state;
    assert_int_equal(ns_export(admin_session, dn, &p), ERR_OK);
    p.binding = &b;
    assert_int_equal(ns_export(admin_session, dn, &p), ERR_OK);
    assert_int_equal(ns_unexport(admin_session, dn, &r), ERR_OK);
    assert_int_equal(ns_unexport(admin_session, dn, &r), ERR_NS_NO_INTERFACE);
    assert_int_equal(ns_entry_find(admin_session, dn, &e), ERR_OK);
    assert_int_equal(e.element_count, 1);
    assert_int_equal(e.element[0].count, 1);
    assert_string_equal(e.element[0].binding[0].host, "b.one.example");
    ns_entry_free(&e);
    r.host = "B.one.example";
    assert_int_equal(ns_unexport(admin_session, dn, &r), ERR_OK);
    assert_int_equal(ns_entry_find(admin_session, dn, &e), ERR_NS_NO_ENTRY);
    mem_free(dn);
}

static void names_are_of_any_characters(void **state)
{
    static const char *const names[] = {
        "#a,b+\"c\"\\<d>;=e f", "a/b/c", " leading", "trailing ", "*(x)", "\xc3\xa9\xe2\x82\xac",
    };
    char name[300], *whole = NULL;
    RPC_WSTR wide = NULL;
    RPC_BINDING_HANDLE b = NULL;
    RPC_NS_HANDLE h = NULL;
    size_t i;

    (void)state;
    as_server();
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(name, sizeof name, "/.:/%s", names[i]);
        OK(export_one(STR(name), "ncacn_ip_tcp:a.one.example[2001]"));
        OK(RpcNsBindingImportBeginA(RPC_C_NS_SYNTAX_DEFAULT, STR(name), rpc_try_v1_2_c_ifspec, NULL,
                                    &h));
        OK(RpcNsBindingImportNext(h, &b));
        expect_entry(b, name);
        OK(RpcBindingFree(&b));
        OK(RpcNsBindingImportDone(&h));
        OK(RpcNsEntryExpandNameA(RPC_C_NS_SYNTAX_DCE, STR(name), (RPC_CSTR *)&whole));
        assert_memory_equal(whole, "/.../", 5);
        finds(STR(whole), "2001 ");
        OK(RpcStringFreeA((RPC_CSTR *)&whole));
        drop(STR(name));
    }
    OK(RpcNsEntryExpandNameW(RPC_C_NS_SYNTAX_DCE, WIDE("\u20ac"), &wide));
    assert_memory_equal(wide, u"/.../", 10);
    OK(RpcStringFreeW(&wide));
}

static void names_that_are_none_are_refused(void **state)
{
    static const struct {
        const char *name;
        ULONG syntax;
        RPC_STATUS status;
    } cases[] = {
        { "adds", 3, RPC_S_INVALID_NAME_SYNTAX },
        { "/.:/", 3, RPC_S_INCOMPLETE_NAME },
        { "/.../one.example", 3, RPC_S_INCOMPLETE_NAME },
        { "/.:/a", 1, RPC_S_UNSUPPORTED_NAME_SYNTAX },
        { "/.../nowhere.example/a", 3, RPC_S_ENTRY_NOT_FOUND },
        { "/.:/absent", 3, RPC_S_ENTRY_NOT_FOUND },
        { "/.:/a name of more than sixty-four characters is more than a directory keeps", 3,
          RPC_S_INVALID_NAME_SYNTAX },
    };
    RPC_NS_HANDLE h = NULL;
    size_t i;

    (void)state;
    as_client();
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        IS(RpcNsBindingImportBeginA(cases[i].syntax, STR(cases[i].name), NULL, NULL, &h),
           cases[i].status);
        IS(RpcNsMgmtEntryDeleteA(cases[i].syntax, STR(cases[i].name)), cases[i].status);
    }
    IS(RpcNsMgmtEntryCreateA(3, NULL), RPC_S_INVALID_ARG);
    IS(RpcNsMgmtEntryCreateA(3, NAME("no rights")), RPC_S_NO_NS_PRIVILEGE);
    IS(export_one(NAME("no rights"), "ncacn_ip_tcp:a[1]"), RPC_S_NO_NS_PRIVILEGE);
    IS(RpcNsBindingExportPnPA(3, NAME("a"), NULL, NULL), RPC_S_CANNOT_SUPPORT);
    IS(RpcNsBindingExportPnPW(3, NULL, NULL, NULL), RPC_S_CANNOT_SUPPORT);
    IS(RpcNsBindingUnexportPnPA(3, NAME("a"), NULL, NULL), RPC_S_CANNOT_SUPPORT);
    IS(RpcNsBindingUnexportPnPW(3, NULL, NULL, NULL), RPC_S_CANNOT_SUPPORT);
}

static void an_entry_is_made_for_others_to_fill(void **state)
{
    (void)state;
    as_server();
    OK(RpcNsMgmtEntryCreateW(RPC_C_NS_SYNTAX_DCE, WIDE("made")));
    IS(RpcNsMgmtEntryCreateA(RPC_C_NS_SYNTAX_DCE, NAME("made")), RPC_S_ENTRY_ALREADY_EXISTS);
    finds(NAME("made"), "");
    OK(RpcNsGroupMbrAddA(3, NAME("made"), 3, NAME("nobody"))); /* it becomes a group */
    IS(export_one(NAME("made"), "ncacn_ip_tcp:a.one.example[1]"), RPC_S_ENTRY_TYPE_MISMATCH);
    OK(RpcNsGroupDeleteA(3, NAME("made")));
    OK(export_one(NAME("made"), "ncacn_ip_tcp:a.one.example[1]")); /* and a server's again */
    finds(NAME("made"), "1 ");
    OK(RpcNsMgmtEntryDeleteW(RPC_C_NS_SYNTAX_DCE, WIDE("made")));
}

/* ---- groups and profiles ---- */

static void three_servers(void)
{
    OK(export_one(NAME("g1"), "ncacn_ip_tcp:a.one.example[3001]"));
    OK(export_one(NAME("g2"), "ncacn_ip_tcp:a.one.example[3002]"));
    OK(export_one(NAME("g3"), "ncacn_ip_tcp:a.one.example[3003]"));
}

static void no_servers(void)
{
    drop(NAME("g1"));
    drop(NAME("g2"));
    drop(NAME("g3"));
}

static void members_of_groups_are_found_once(void **state)
{
    static const char *const ports[] = { "3001", "3002", "3003" };
    RPC_NS_HANDLE h = NULL;
    RPC_CSTR member = NULL;
    RPC_WSTR wide = NULL;

    (void)state;
    as_server();
    three_servers();
    OK(RpcNsGroupMbrAddA(3, NAME("inner"), 3, NAME("g2")));
    OK(RpcNsGroupMbrAddA(3, NAME("inner"), 3, NAME("g3")));
    OK(RpcNsGroupMbrAddW(3, WIDE("inner"), 3, WIDE("outer"))); /* each in the other */
    OK(RpcNsGroupMbrAddA(3, NAME("outer"), 3, NAME("inner")));
    OK(RpcNsGroupMbrAddA(3, NAME("outer"), 3, NAME("g1")));
    OK(RpcNsGroupMbrAddA(3, NAME("outer"), 3, NAME("g1")));
    OK(RpcNsGroupMbrAddA(3, NAME("outer"), 3, NAME("not there")));
    finds_all(NAME("outer"), ports, 3);
    finds_all(NAME("inner"), ports, 3);
    OK(RpcNsGroupMbrRemoveA(3, NAME("outer"), 3, NAME("INNER")));
    finds(NAME("outer"), "3001 ");
    IS(RpcNsGroupMbrRemoveA(3, NAME("outer"), 3, NAME("inner")), RPC_S_GROUP_MEMBER_NOT_FOUND);
    IS(RpcNsGroupMbrRemoveW(3, WIDE("g1"), 3, WIDE("a")), RPC_S_ENTRY_TYPE_MISMATCH);
    OK(RpcNsGroupMbrRemoveA(3, NAME("outer"), 3, NAME("not there")));
    OK(RpcNsGroupMbrInqBeginA(3, NAME("outer"), 3, &h));
    OK(RpcNsGroupMbrInqNextA(h, &member));
    assert_string_equal((char *)member, "/.:/g1");
    OK(RpcStringFreeA(&member));
    IS(RpcNsGroupMbrInqNextA(h, &member), RPC_S_NO_MORE_MEMBERS);
    OK(RpcNsGroupMbrInqDone(&h));
    OK(RpcNsGroupMbrInqBeginW(3, WIDE("outer"), 3, &h));
    OK(RpcNsGroupMbrInqNextW(h, &wide));
    assert_memory_equal(wide, u"/.:/g1", 14);
    OK(RpcStringFreeW(&wide));
    OK(RpcNsGroupMbrInqDone(&h));
    IS(RpcNsGroupMbrInqBeginA(3, NAME("g1"), 3, &h), RPC_S_ENTRY_TYPE_MISMATCH);
    OK(RpcNsGroupDeleteW(3, WIDE("outer")));
    finds(NAME("outer"), "");
    drop(NAME("outer"));
    drop(NAME("inner"));
    no_servers();
}

static size_t count_elements(ULONG type, RPC_IF_ID *id, ULONG versions, RPC_CSTR member)
{
    RPC_NS_HANDLE h = NULL;
    RPC_CSTR name = NULL, annotation = NULL;
    RPC_IF_ID got;
    ULONG priority;
    RPC_STATUS status;
    size_t n = 0;

    OK(RpcNsProfileEltInqBeginA(3, NAME("profile"), type, id, versions, 3, member, &h));
    while ((status = RpcNsProfileEltInqNextA(h, &got, &name, &priority, &annotation)) == RPC_S_OK) {
        n++;
        OK(RpcStringFreeA(&name));
        OK(RpcStringFreeA(&annotation));
    }
    IS(status, RPC_S_NO_MORE_ELEMENTS);
    OK(RpcNsProfileEltInqDone(&h));
    return n;
}

static void a_profile_is_searched_by_priority(void **state)
{
    RPC_IF_ID id, other;
    RPC_NS_HANDLE h = NULL;
    RPC_WSTR member = NULL, annotation = NULL;
    ULONG priority = 9;

    (void)state;
    as_server();
    three_servers();
    OK(RpcIfInqId(rpc_try_v1_2_c_ifspec, &id));
    other = id;
    other.Uuid.Data1++;
    OK(RpcNsProfileEltAddA(3, NAME("profile"), &id, 3, NAME("g1"), 5, STR("the third")));
    OK(RpcNsProfileEltAddA(3, NAME("profile"), NULL, 3, NAME("g3"), 0, NULL));
    OK(RpcNsProfileEltAddW(3, WIDE("profile"), &id, 3, WIDE("g2"), 2, (RPC_WSTR)(uintptr_t)u""));
    finds(NAME("profile"), "3002 3001 3003 ");
    OK(RpcNsProfileEltAddA(3, NAME("profile"), &id, 3, NAME("g1"), 1, STR("the first")));
    finds(NAME("profile"), "3001 3002 3003 ");
    OK(RpcNsProfileEltAddA(3, NAME("profile"), &other, 3, NAME("profile"), 0, NULL));
    finds(NAME("profile"), "3001 3002 3003 ");
    IS(RpcNsProfileEltAddA(3, NAME("profile"), &id, 3, NAME("g1"), 8, NULL), RPC_S_INVALID_ARG);
    IS(RpcNsProfileEltAddA(3, NAME("profile"), NULL, 3, NAME("g1"), 1, NULL), RPC_S_INVALID_ARG);
    IS(RpcNsProfileEltAddA(3, NAME("g1"), &id, 3, NAME("g1"), 1, NULL), RPC_S_ENTRY_TYPE_MISMATCH);
    assert_int_equal(count_elements(RPC_C_PROFILE_ALL_ELTS, NULL, 0, NULL), 4);
    assert_int_equal(count_elements(RPC_C_PROFILE_DEFAULT_ELT, NULL, 0, NULL), 1);
    assert_int_equal(count_elements(RPC_C_PROFILE_MATCH_BY_IF, &id, RPC_C_VERS_ALL, NULL), 2);
    assert_int_equal(count_elements(RPC_C_PROFILE_MATCH_BY_MBR, NULL, 0, NAME("g2")), 1);
    assert_int_equal(count_elements(RPC_C_PROFILE_MATCH_BY_BOTH, &id, RPC_C_VERS_EXACT, NAME("g3")),
                     0);
    OK(RpcNsProfileEltInqBeginW(3, WIDE("profile"), RPC_C_PROFILE_MATCH_BY_BOTH, &id,
                                RPC_C_VERS_COMPATIBLE, 3, WIDE("g1"), &h));
    OK(RpcNsProfileEltInqNextW(h, &other, &member, &priority, &annotation));
    assert_memory_equal(&other, &id, sizeof id);
    assert_memory_equal(member, u"/.:/g1", 14);
    assert_memory_equal(annotation, u"the first", 20);
    assert_int_equal(priority, 1);
    OK(RpcStringFreeW(&member));
    OK(RpcStringFreeW(&annotation));
    OK(RpcNsProfileEltInqDone(&h));
    IS(RpcNsProfileEltInqBeginA(3, NAME("profile"), 7, NULL, 0, 0, NULL, &h), RPC_S_INVALID_ARG);
    IS(RpcNsProfileEltRemoveA(3, NAME("profile"), &id, 3, NAME("g3")), RPC_S_ENTRY_NOT_FOUND);
    OK(RpcNsProfileEltRemoveA(3, NAME("profile"), NULL, 3, NAME("g3")));
    OK(RpcNsProfileEltRemoveW(3, WIDE("profile"), &id, 3, WIDE("g1")));
    finds(NAME("profile"), "3002 ");
    OK(RpcNsProfileDeleteA(3, NAME("profile")));
    finds(NAME("profile"), "");
    OK(RpcNsProfileDeleteW(3, WIDE("profile")));
    drop(NAME("profile"));
    no_servers();
}

/* ---- without a name ---- */

static void a_search_of_all_entries_goes_by_interface(void **state)
{
    static const char *const ports[] = { "3001", "3002", "3003" };
    RPC_BINDING_VECTOR *v = NULL;
    RPC_BINDING_HANDLE b = NULL;
    RPC_NS_HANDLE h = NULL;
    size_t n = 0;
    ULONG i;

    (void)state;
    as_server();
    three_servers();
    as_client();
    finds_all(NULL, ports, 3);
    assert_int_equal(setenv("RPC_DEFAULT_ENTRY", "/.:/g2", 1), 0);
    finds(STR(""), "3002 ");
    assert_int_equal(setenv("RPC_DEFAULT_ENTRY_SYNTAX", "x500", 1), 0);
    IS(RpcNsBindingLookupBeginA(0, NULL, NULL, NULL, 0, &h), RPC_S_UNSUPPORTED_NAME_SYNTAX);
    unsetenv("RPC_DEFAULT_ENTRY_SYNTAX");
    unsetenv("RPC_DEFAULT_ENTRY");
    OK(RpcNsBindingLookupBeginW(0, NULL, rpc_try_v1_2_c_ifspec, NULL, 2, &h));
    OK(RpcNsBindingLookupNext(h, &v));
    assert_int_equal(v->Count, 2);
    while (RpcNsBindingSelect(v, &b) == RPC_S_OK) {
        OK(RpcBindingFree(&b));
        n++;
    }
    assert_int_equal(n, 2);
    assert_null(b);
    for (i = 0; i < v->Count; i++)
        assert_null(v->BindingH[i]);
    OK(RpcBindingVectorFree(&v));
    OK(RpcNsBindingLookupDone(&h));
    as_server();
    no_servers();
}

/* ---- age ---- */

static void what_was_read_is_used_as_long_as_the_age_says(void **state)
{
    struct bytes value = bytes_of_text("1 b.one.example ncacn_ip_tcp:b.one.example[4002]");
    struct change c = { CHANGE_REPLACE, "rpcNsBindings", &value, 1 };
    struct ns_entry e = { 0 };
    RPC_NS_HANDLE h = NULL;
    RPC_BINDING_HANDLE b = NULL;
    RPC_CSTR text = NULL;
    char *dn = dn_of("aged");
    ULONG age = 0, pass;

    (void)state;
    as_server();
    OK(RpcNsMgmtSetExpAge(60));
    OK(RpcNsMgmtInqExpAge(&age));
    assert_int_equal(age, 60);
    OK(RpcNsMgmtSetExpAge((ULONG)RPC_C_NS_DEFAULT_EXP_AGE));
    OK(RpcNsMgmtInqExpAge(&age));
    assert_int_equal(age, 7200);
    OK(export_one(NAME("aged"), "ncacn_ip_tcp:a.one.example[4001]"));
    finds(NAME("aged"), "4001 ");
    /* behind the back of this process's cache, as another host would */
    assert_int_equal(ns_entry_find(admin_session, dn, &e), ERR_OK);
    assert_int_equal(session_modify(admin_session, e.element[0].dn, &c, 1, false, false), ERR_OK);
    ns_entry_free(&e);
    for (pass = 0; pass < 2; pass++) {
        OK(RpcNsBindingImportBeginA(3, NAME("aged"), rpc_try_v1_2_c_ifspec, NULL, &h));
        if (pass)
            OK(RpcNsMgmtHandleSetExpAge(h, 0));
        OK(RpcNsBindingImportNext(h, &b));
        OK(RpcBindingToStringBindingA(b, &text));
        assert_non_null(strstr((char *)text, pass ? "[4002]" : "[4001]"));
        OK(RpcStringFreeA(&text));
        OK(RpcBindingFree(&b));
        OK(RpcNsBindingImportDone(&h));
    }
    IS(RpcNsMgmtHandleSetExpAge(h, 0), RPC_S_INVALID_NS_HANDLE);
    drop(NAME("aged"));
    mem_free(dn);
}

/* ---- damage, and what the policy does not admit ---- */

static void damage_is_left_out_and_the_rest_counts(void **state)
{
    static const char *const bad[] = { "2 a.one.example ncacn_ip_tcp:a.one.example[1]", "x",
                                       "1 a,b ncacn_ip_tcp:a[1]",
                                       "1 a.one.example no-protseq:x[1]" };
    struct bytes values[4], face = bytes_of_text("no interface");
    struct change c = { CHANGE_ADD, "rpcNsBindings", values, 4 };
    struct change f = { CHANGE_REPLACE, "rpcNsInterfaceID", &face, 1 };
    struct ns_entry e = { 0 };
    char *dn = dn_of("damaged"), *element = NULL, got[200];
    size_t i;

    (void)state;
    as_server();
    OK(export_one(NAME("damaged"), "ncacn_ip_tcp:a.one.example[5001]"));
    assert_int_equal(ns_entry_find(admin_session, dn, &e), ERR_OK);
    assert_null(e.damage);
    element = mem_strdup(e.element[0].dn);
    ns_entry_free(&e);
    for (i = 0; i < 4; i++)
        values[i] = bytes_of_text(bad[i]);
    assert_int_equal(session_modify(admin_session, element, &c, 1, false, false), ERR_OK);
    finds(NAME("damaged"), "5001 ");
    assert_int_equal(ns_entry_find(admin_session, dn, &e), ERR_OK);
    assert_non_null(strstr(e.damage, "rpcNsBindings"));
    ns_entry_free(&e);
    assert_int_equal(session_modify(admin_session, element, &f, 1, false, false), ERR_OK);
    IS(look(NAME("damaged"), rpc_try_v1_2_c_ifspec, NULL, got), RPC_S_NO_MORE_BINDINGS);
    assert_string_equal(got, "");
    drop(NAME("damaged"));
    mem_free(element);
    mem_free(dn);
}

/* By another owner than the service's account, at an address of its own. */
static void plant(const char *dn, unsigned newer)
{
    struct ns_binding b = { (char *)(uintptr_t) "evil.one.example",
                            (char *)(uintptr_t) "ncacn_ip_tcp:evil.one.example[6666]" };
    struct ns_publication p = { .syntax = ns_ndr, .binding = &b, .count = 1 };
    RPC_IF_ID id;

    OK(RpcIfInqId(rpc_try_v1_2_c_ifspec, &id));
    memcpy(&p.face.id, &id.Uuid, sizeof p.face.id);
    p.face.major = id.VersMajor;
    p.face.minor = (uint16_t)(id.VersMinor + newer);
    assert_int_equal(ns_export(admin_session, dn, &p), ERR_OK);
}

static void trust_the_service_alone(void)
{
    char name[200];

    snprintf(name, sizeof name, "%s\\%s", unit_env("DOMAIN"), unit_env("SERVICE_ACCOUNT"));
    assert_int_equal(policy_value_set(POLICY_NAME_TRUST_OWNER, name), ERR_OK);
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_ENFORCE);
}

/* An entry, a newer version below one that is honest, and a group that leads there. */
static void what_the_policy_does_not_admit_is_left_out(void **state)
{
    static const char *const all[] = { "6001", "6666", "6666" };
    char *dn = dn_of("planted"), *honest = dn_of("honest"), *group = dn_of("astray"), *whole = NULL;
    RPC_NS_HANDLE h = NULL;
    RPC_BINDING_HANDLE b = NULL;

    (void)state;
    as_server();
    OK(export_one(NAME("honest"), "ncacn_ip_tcp:a.one.example[6001]"));
    OK(RpcNsEntryExpandNameA(RPC_C_NS_SYNTAX_DCE, NAME("honest"), (RPC_CSTR *)&whole));
    plant(dn, 0);
    plant(honest, 1);
    assert_int_equal(ns_group_add(admin_session, group, whole), ERR_OK);
    OK(RpcStringFreeA((RPC_CSTR *)&whole));
    as_client();
    finds_all(NULL, all, 3);
    finds_all(NAME("astray"), all, 2);
    trust_the_service_alone();
    finds(NULL, "6001 ");
    finds(NAME("honest"), "6001 ");
    finds(NAME("astray"), "");
    OK(RpcNsBindingImportBeginA(3, NAME("planted"), rpc_try_v1_2_c_ifspec, NULL, &h));
    IS(RpcNsBindingImportNext(h, &b), RPC_S_NO_MORE_BINDINGS);
    assert_non_null(strstr(detail_get()->text, "planted"));
    OK(RpcNsBindingImportDone(&h));
    policy_set(POLICY_NAME_TRUST_OWNER, POLICY_OFF);
    assert_int_equal(ns_entry_delete(admin_session, group), ERR_OK);
    assert_int_equal(ns_entry_delete(admin_session, honest), ERR_OK);
    assert_int_equal(ns_entry_delete(admin_session, dn), ERR_OK);
    mem_free(group);
    mem_free(honest);
    mem_free(dn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_imported_server_is_called_under_the_name_of_its_entry),
        cmocka_unit_test(a_dead_server_is_passed_over),
        cmocka_unit_test(exporting_again_adds_and_unexporting_takes_away),
        cmocka_unit_test(one_host_leaves_what_is_another_ones),
        cmocka_unit_test(names_are_of_any_characters),
        cmocka_unit_test(names_that_are_none_are_refused),
        cmocka_unit_test(an_entry_is_made_for_others_to_fill),
        cmocka_unit_test(members_of_groups_are_found_once),
        cmocka_unit_test(a_profile_is_searched_by_priority),
        cmocka_unit_test(a_search_of_all_entries_goes_by_interface),
        cmocka_unit_test(what_was_read_is_used_as_long_as_the_age_says),
        cmocka_unit_test(damage_is_left_out_and_the_rest_counts),
        cmocka_unit_test(what_the_policy_does_not_admit_is_left_out),
    };

    return cmocka_run_group_tests(tests, raise_home, leave_home);
}
