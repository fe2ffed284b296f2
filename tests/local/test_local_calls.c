/* SPDX-License-Identifier: Apache-2.0
 * test_local_calls.c - calls over ncalrpc: what each end knows of the other, and who is refused.
 *
 * Every server and every client is a process of its own. As root they are of several accounts; else
 * what needs those is left out.
 */
#include <dirent.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpclocal.h>

#include "lib/accounts.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "local_server.h"
#include "local_try.h"

enum {
    FIRST = 54321, /* accounts without a name */
    SECOND = 54322,
    NOBODY = 65534,
    OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH,
};

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

static struct local_server server;
static const char *folder;

static int set_up(void **state)
{
    (void)state;
    folder = ncalrpc_folder_make();
    return mkdir(folder, 0755) || chmod(folder, 01777);
}

static int tear_down(void **state)
{
    (void)state;
    return ncalrpc_folder_remove();
}

static void start(struct local_how how)
{
    local_server_start(&how, &server);
    assert_true(server.port[0] != '\0');
}

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

/* root may still be alone, in a user namespace. */
static bool has_accounts(void)
{
    return geteuid() == 0 && local_as(SECOND, nothing, NULL) == 0;
}

static void needs_accounts(void)
{
    if (!has_accounts())
        unit_skip(ACCOUNTS_NEED);
}

/* ---- what a client does ---- */

struct client {
    const char *binding; /* NULL: ncalrpc:[TRY] */
    bool authenticate;
    const char *principal;
    RPC_STATUS want;    /* of the call */
    LONG auth;          /* what the server is told by RpcBindingInqAuthClient */
    const char *name;   /* of the client, where it is authenticated */
    const char *server; /* and of the server */
    bool anonymous;
    bool mapped; /* the server sees the uid as 0, and not this group */
};

static RPC_STATUS who(RPC_BINDING_HANDLE b, LOCAL_SEEN *seen)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        LocalWho(b, seen);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

static bool same(const char *what, long got, long want)
{
    if (got != want)
        fprintf(stderr, "%s: %ld, not %ld\n", what, got, want);
    return got == want;
}

static bool same_text(const char *what, const char *got, const char *want)
{
    if (want && strcmp(got, want) != 0)
        fprintf(stderr, "%s: \"%s\", not \"%s\"\n", what, got, want);
    return !want || strcmp(got, want) == 0;
}

static bool seen_right(const struct client *c, const LOCAL_SEEN *s)
{
    bool ok = same("RpcBindingInqAuthClient", s->auth, c->auth);

    if (!c->auth)
        ok &= same("level", s->level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY) &&
              same("service", s->service, RPC_C_AUTHN_WINNT) &&
              same_text("client", s->client, c->name) &&
              same_text("client's attribute", s->attributes_client, c->name) &&
              same_text("server", s->server, c->server);
    ok &= same("attributes", s->attributes, c->auth) && same("transport", s->transport, 4) &&
          same("local", s->local_flag, 1) && same_text("binding", s->binding, "ncalrpc:");
    if (!c->auth)
        ok &= same("sequence", s->sequence, RPC_PROTSEQ_LRPC) &&
              same("is local", s->is_local, rcclLocal) &&
              same("client's pid", s->client_pid, getpid()) &&
              same("address", s->address_format, rlafInvalid);
    if (c->anonymous)
        return ok && same("caller", s->caller, RPC_S_BINDING_HAS_NO_AUTH) &&
               same("pid", s->inq_pid, RPC_S_INVALID_BINDING);
    return ok && same("caller", s->caller, RPC_S_OK) &&
           same("uid", s->uid, c->mapped ? 0 : geteuid()) &&
           (c->mapped || same("gid", s->gid, getegid())) && same("pid", s->pid, getpid()) &&
           same("inquired pid", s->inq_pid, RPC_S_OK) && same("other pid", s->other_pid, getpid());
}

static int run_client(void *arg)
{
    const struct client *c = arg;
    RPC_BINDING_HANDLE b = local_bind(c->binding ? c->binding : "ncalrpc:[TRY]");
    LOCAL_SEEN seen = { 0 };
    RPC_STATUS status = RPC_S_OK;
    bool ok;

    if (c->authenticate)
        status = local_authenticate(b, c->principal, RPC_C_QOS_IDENTITY_STATIC);
    if (!status)
        status = who(b, &seen);
    ok = same("status", status, c->want) && (status || seen_right(c, &seen));
    RpcBindingFree(&b);
    return !ok;
}

static void as(uid_t uid, struct client c)
{
    assert_int_equal(local_as(uid, run_client, &c), 0);
}

/* ---- tests ---- */

static const char *own_name(void)
{
    static char name[128];
    char host[64];
    const struct passwd *p = getpwuid(geteuid());
    size_t i;

    gethostname(host, sizeof host);
    host[strcspn(host, ".")] = '\0';
    for (i = 0; host[i]; i++)
        if (host[i] >= 'a' && host[i] <= 'z')
            host[i] -= 'a' - 'A';
    if (p)
        (void)snprintf(name, sizeof name, "%s\\%s", host, p->pw_name);
    else
        (void)snprintf(name, sizeof name, "S-1-22-1-%u", geteuid());
    return name;
}

static void the_kernel_names_both_ends(void **state)
{
    (void)state;
    start((struct local_how){ .uid = geteuid(), .flags = OPEN });
    as(geteuid(),
       (struct client){ .authenticate = true, .name = own_name(), .server = own_name() });
    as(geteuid(), (struct client){ .authenticate = true,
                                   .principal = own_name(),
                                   .name = own_name(),
                                   .server = own_name() });
    as(geteuid(),
       (struct client){ .binding = "ncalrpc:localhost[try]", .auth = RPC_S_BINDING_HAS_NO_AUTH });
    as(geteuid(), (struct client){ .binding = "ncalrpc:elsewhere.example[try]",
                                   .want = RPC_S_INVALID_NET_ADDR });
    as(geteuid(),
       (struct client){ .binding = "ncalrpc:[nobody there]", .want = RPC_S_SERVER_UNAVAILABLE });
    local_server_stop(&server);
}

static void who_does_not_want_to_be_known_is_nobody(void **state)
{
    (void)state;
    start((struct local_how){ .uid = geteuid() });
    as(geteuid(), (struct client){ .want = RPC_S_ACCESS_DENIED });
    as(geteuid(), (struct client){ .authenticate = true, .name = own_name() });
    local_server_stop(&server);
    start((struct local_how){ .uid = geteuid(), .flags = OPEN | RPC_IF_ALLOW_SECURE_ONLY });
    as(geteuid(), (struct client){ .want = RPC_S_ACCESS_DENIED });
    as(geteuid(), (struct client){ .authenticate = true, .name = own_name() });
    local_server_stop(&server);
}

static void local_only_is_ncalrpc_only(void **state)
{
    char tcp[64];

    (void)state;
    start((struct local_how){
        .uid = geteuid(), .flags = OPEN | RPC_IF_ALLOW_LOCAL_ONLY, .tcp = true });
    (void)snprintf(tcp, sizeof tcp, "ncacn_ip_tcp:127.0.0.1[%s]", server.port);
    as(geteuid(), (struct client){ .binding = tcp, .want = RPC_S_ACCESS_DENIED });
    as(geteuid(), (struct client){ .auth = RPC_S_BINDING_HAS_NO_AUTH });
    local_server_stop(&server);
}

static RPC_STATUS take(const char *binding, ULONG n)
{
    static const byte data[4096];
    RPC_BINDING_HANDLE b = local_bind(binding);
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        (void)LocalTake(b, n, data);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    RpcBindingFree(&b);
    return raised;
}

static int run_sizes(void *arg)
{
    return !same("over TCP", take(arg, 4000), RPC_S_ACCESS_DENIED) ||
           !same("over ncalrpc", take("ncalrpc:[TRY]", 4000), RPC_S_OK);
}

static void the_size_limit_is_not_for_ncalrpc(void **state)
{
    char tcp[64];

    (void)state;
    start((struct local_how){ .uid = geteuid(), .flags = OPEN, .max_size = 1000, .tcp = true });
    (void)snprintf(tcp, sizeof tcp, "ncacn_ip_tcp:127.0.0.1[%s]", server.port);
    assert_int_equal(local_as(geteuid(), run_sizes, tcp), 0);
    local_server_stop(&server);
}

static void each_account_is_itself(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = 0 });
    as(FIRST, (struct client){ .authenticate = true, .name = "S-1-22-1-54321" });
    as(SECOND, (struct client){ .authenticate = true,
                                .principal = "NT AUTHORITY\\SYSTEM",
                                .name = "S-1-22-1-54322" });
    as(SECOND, (struct client){ .authenticate = true,
                                .principal = "S-1-22-1-54321",
                                .want = RPC_S_ACCESS_DENIED });
    as(SECOND, (struct client){ .authenticate = true,
                                .principal = "no such account",
                                .want = RPC_S_UNKNOWN_PRINCIPAL });
    local_server_stop(&server);
}

/* Who squats an endpoint is not called: not by somebody else who names nobody. */
static void a_server_is_who_it_should_be(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = FIRST, .flags = OPEN });
    as(FIRST, (struct client){ .auth = RPC_S_BINDING_HAS_NO_AUTH });
    as(SECOND, (struct client){ .want = RPC_S_ACCESS_DENIED });
    as(0, (struct client){ .want = RPC_S_ACCESS_DENIED });
    as(SECOND, (struct client){ .authenticate = true, .want = RPC_S_ACCESS_DENIED });
    as(SECOND, (struct client){ .authenticate = true,
                                .principal = "S-1-22-1-54321",
                                .name = "S-1-22-1-54322",
                                .server = "S-1-22-1-54321" });
    as(0, (struct client){ .authenticate = true,
                           .principal = "S-1-22-1-54321",
                           .name = own_name(),
                           .server = "S-1-22-1-54321" });
    as(SECOND,
       (struct client){ .authenticate = true, .principal = "SYSTEM", .want = RPC_S_ACCESS_DENIED });
    local_server_stop(&server);
}

/* The overflow uid is of nobody: neither a client's name, nor a server's. */
static void overflow_ids_are_nobody(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = 0, .flags = OPEN });
    as(NOBODY, (struct client){ .auth = RPC_S_BINDING_HAS_NO_AUTH, .anonymous = true });
    as(NOBODY, (struct client){ .authenticate = true, .want = RPC_S_ACCESS_DENIED });
    local_server_stop(&server);
    start((struct local_how){ .uid = NOBODY, .flags = OPEN });
    as(NOBODY, (struct client){ .want = RPC_S_ACCESS_DENIED });
    local_server_stop(&server);
}

/* A server in a user namespace: its own account is known there, whoever is outside is nobody. */
static void a_user_namespace_hides_who_is_outside(void **state)
{
    const bool several = has_accounts();
    const struct local_how how = { .uid = several ? FIRST : geteuid(),
                                   .flags = OPEN,
                                   .apart = true };

    (void)state;
    if (several)
        assert_int_equal(chown(folder, FIRST, FIRST), 0);
    local_server_start(&how, &server);
    if (!server.port[0]) { /* there are none here */
        local_server_kill(&server);
        unit_skip("there are no user namespaces");
    }
    as(how.uid, (struct client){ .authenticate = true, .mapped = true });
    if (several) {
        as(SECOND, (struct client){ .want = RPC_S_ACCESS_DENIED });
        as(0, (struct client){ .authenticate = true,
                               .principal = "S-1-22-1-54321",
                               .want = RPC_S_ACCESS_DENIED });
    }
    local_server_stop(&server);
}

static void what_a_binding_cannot_say_is_told(void **state)
{
    SEC_WINNT_AUTH_IDENTITY_A other = { .User = STR("somebody"),
                                        .UserLength = 8,
                                        .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI };
    static const byte unknown_sid[] = { 1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0 };
    static const byte system_sid[] = { 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0 };
    RPC_SECURITY_QOS_V3_A qos = { .Version = 3, .Sid = (void *)(uintptr_t)unknown_sid };
    RPC_BINDING_HANDLE b = local_bind("ncalrpc:[TRY]");
    ULONG level = 0, service = 0;
    UINT type = 0;

    (void)state;
    assert_int_equal(RpcBindingSetAuthInfoA(b, NULL, RPC_C_AUTHN_LEVEL_PKT, RPC_C_AUTHN_WINNT,
                                            &other, RPC_C_AUTHZ_NONE),
                     RPC_S_INVALID_AUTH_IDENTITY);
    assert_int_equal(RpcBindingSetAuthInfoA(b, NULL, 7, RPC_C_AUTHN_WINNT, NULL, RPC_C_AUTHZ_NONE),
                     RPC_S_UNKNOWN_AUTHN_LEVEL);
    assert_int_equal(RpcBindingInqAuthInfoA(b, NULL, &level, &service, NULL, NULL),
                     RPC_S_BINDING_HAS_NO_AUTH);
    assert_int_equal(RpcBindingSetAuthInfoExA(b, NULL, RPC_C_AUTHN_LEVEL_NONE, RPC_C_AUTHN_DEFAULT,
                                              NULL, RPC_C_AUTHZ_NONE, (RPC_SECURITY_QOS *)&qos),
                     RPC_S_UNKNOWN_PRINCIPAL);
    qos.Sid = (void *)(uintptr_t)system_sid;
    assert_int_equal(RpcBindingSetAuthInfoExA(b, NULL, RPC_C_AUTHN_LEVEL_NONE, RPC_C_AUTHN_DEFAULT,
                                              NULL, RPC_C_AUTHZ_NONE, (RPC_SECURITY_QOS *)&qos),
                     RPC_S_OK);
    assert_int_equal(RpcBindingInqAuthInfoA(b, NULL, &level, &service, NULL, NULL), RPC_S_OK);
    assert_int_equal(level, RPC_C_AUTHN_LEVEL_PKT_PRIVACY);
    assert_int_equal(service, RPC_C_AUTHN_WINNT);
    assert_int_equal(I_RpcBindingInqTransportType(b, &type), RPC_S_OK);
    assert_int_equal(type, TRANSPORT_TYPE_LPC);
    assert_int_equal(CsServerInqLocalCaller(b, NULL), RPC_S_INVALID_ARG);
    RpcBindingFree(&b);
}

/* ---- context handles ---- */

static RPC_STATUS next(LOCAL_CONTEXT context)
{
    volatile RPC_STATUS raised = RPC_S_OK;

    RpcTryExcept
    {
        (void)LocalNext(context);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return raised;
}

/* One process, whose account changes; the handle's group is the same. */
static int run_context(void *arg)
{
    RPC_BINDING_HANDLE b = local_bind("ncalrpc:[TRY]");
    LOCAL_CONTEXT context = NULL;
    bool ok = true;

    (void)arg;
    ok &= same("auth", local_authenticate(b, NULL, RPC_C_QOS_IDENTITY_DYNAMIC), RPC_S_OK);
    RpcTryExcept
    {
        LocalOpen(b, &context);
        ok &= same("mine", next(context), RPC_S_OK);
        ok &= same("seteuid", seteuid(SECOND), 0);
        ok &= same("another's", next(context), RPC_X_SS_CONTEXT_MISMATCH);
        ok &= same("seteuid", seteuid(0), 0);
        ok &= same("mine again", next(context), RPC_S_OK);
        LocalClose(&context);
    }
    RpcExcept (1) {
        ok = same("raised", RpcExceptionCode(), 0);
    }
    RpcEndExcept
    RpcBindingFree(&b);
    return !ok;
}

static void a_context_handle_is_its_accounts(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = 0 });
    assert_int_equal(local_as(0, run_context, NULL), 0);
    local_server_stop(&server);
}

/* Authenticated once and for all: then another account cannot be it. */
static int run_static(void *arg)
{
    RPC_BINDING_HANDLE b = local_bind("ncalrpc:[TRY]");
    LOCAL_SEEN seen;
    bool ok = true;

    (void)arg;
    ok &= same("auth", local_authenticate(b, NULL, RPC_C_QOS_IDENTITY_STATIC), RPC_S_OK);
    ok &= same("seteuid", seteuid(SECOND), 0);
    ok &= same("another", who(b, &seen), RPC_S_INVALID_AUTH_IDENTITY);
    ok &= same("seteuid", seteuid(0), 0);
    ok &= same("itself", who(b, &seen), RPC_S_OK);
    RpcBindingFree(&b);
    return !ok;
}

static void a_binding_stays_its_accounts(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = 0 });
    assert_int_equal(local_as(0, run_static, NULL), 0);
    local_server_stop(&server);
}

static bool seen_as(RPC_BINDING_HANDLE b, unsigned uid)
{
    LOCAL_SEEN seen = { 0 };

    return same("call", who(b, &seen), RPC_S_OK) && same("caller", seen.caller, RPC_S_OK) &&
           same("uid", seen.uid, uid);
}

/* Not authenticated, a binding's calls are its account's, too, whatever the process has become; a
 * new one's are not made on its connections. */
static int run_unauthenticated(void *arg)
{
    RPC_BINDING_HANDLE first = local_bind("ncalrpc:[TRY]"), second = local_bind("ncalrpc:[TRY]");
    RPC_BINDING_HANDLE copy = NULL;
    LOCAL_SEEN seen;
    bool ok = true;

    (void)arg;
    ok &= seen_as(first, 0);
    ok &= same("seteuid", seteuid(SECOND), 0);
    ok &= seen_as(second, SECOND);
    ok &= seen_as(first, 0);
    ok &= same("copy", RpcBindingCopy(first, &copy), RPC_S_OK) && seen_as(copy, 0);
    /* Where a connection has to be made, it would be another's. */
    ok &= same("unique", RpcBindingSetOption(first, RPC_C_OPT_UNIQUE_BINDING, TRUE), RPC_S_OK);
    ok &= same("another", who(first, &seen), RPC_S_INVALID_AUTH_IDENTITY);
    ok &= same("seteuid", seteuid(0), 0);
    ok &= seen_as(second, SECOND);
    ok &= seen_as(first, 0);
    RpcBindingFree(&first);
    RpcBindingFree(&second);
    RpcBindingFree(&copy);
    return !ok;
}

static void a_binding_nobody_authenticated_stays_its_accounts(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = 0, .flags = OPEN });
    assert_int_equal(local_as(0, run_unauthenticated, NULL), 0);
    local_server_stop(&server);
}

/* ---- endpoints ---- */

static void a_killed_servers_endpoint_is_taken_over(void **state)
{
    (void)state;
    start((struct local_how){ .uid = geteuid(), .flags = OPEN });
    local_server_kill(&server);
    as(geteuid(), (struct client){ .want = RPC_S_SERVER_UNAVAILABLE });
    start((struct local_how){ .uid = geteuid(), .flags = OPEN });
    as(geteuid(), (struct client){ .auth = RPC_S_BINDING_HAS_NO_AUTH });
    local_server_stop(&server);
}

static void nothing_is_left_in_the_directory(void **state)
{
    struct dirent *entry;
    DIR *d;

    (void)state;
    start((struct local_how){ .uid = geteuid() });
    local_server_stop(&server);
    d = opendir(folder);
    assert_non_null(d);
    while ((entry = readdir(d)))
        assert_int_equal(strspn(entry->d_name, "."), strlen(entry->d_name));
    closedir(d);
}

static int run_squatted(void *arg)
{
    (void)arg;
    return !same("a taken endpoint", RpcServerUseProtseqEpA(STR("ncalrpc"), 1, STR("TRY"), NULL),
                 RPC_S_DUPLICATE_ENDPOINT) ||
           !same("no endpoint", RpcServerUseProtseqEpA(STR("ncalrpc"), 1, STR("../TRY"), NULL),
                 RPC_S_INVALID_ENDPOINT_FORMAT);
}

static void a_squatters_endpoint_is_not_taken(void **state)
{
    (void)state;
    needs_accounts();
    start((struct local_how){ .uid = FIRST, .flags = OPEN });
    assert_int_equal(local_as(0, run_squatted, NULL), 0);
    assert_int_equal(local_as(SECOND, run_squatted, NULL), 0);
    local_server_kill(&server); /* what it leaves is still another's */
    assert_int_equal(local_as(0, run_squatted, NULL), 0);
}

/* ---- pipes ---- */

struct flow {
    ULONG left, came;
};

static void flow_alloc(char *state, ULONG asked, byte **ret, ULONG *ret_size)
{
    static byte block[65536];

    (void)state;
    *ret = block;
    *ret_size = asked < sizeof block ? asked : (ULONG)sizeof block;
}

static void flow_pull(char *state, byte *buf, ULONG room, ULONG *got)
{
    struct flow *f = (struct flow *)(void *)state;

    *got = room < f->left ? room : f->left;
    memset(buf, 'f', *got);
    f->left -= *got;
    if (f->left % 7 == 0)
        usleep(30000); /* longer than the server's thread looks for more without waiting */
}

static void flow_push(char *state, byte *buf, ULONG n)
{
    (void)buf;
    ((struct flow *)(void *)state)->came += n;
}

static void pipes_flow(void **state)
{
    struct flow f = { 2000003, 0 };
    BYTES p = { .pull = flow_pull, .push = flow_push, .alloc = flow_alloc, .state = (char *)&f };
    RPC_BINDING_HANDLE b;

    (void)state;
    start((struct local_how){ .uid = geteuid(), .flags = OPEN });
    b = local_bind("ncalrpc:[TRY]");
    RpcTryExcept
    {
        LocalFlow(b, p, &p);
    }
    RpcExcept (1) {
        fail_msg("raised %lu", (unsigned long)RpcExceptionCode());
    }
    RpcEndExcept
    assert_int_equal(f.came, 2000003);
    RpcBindingFree(&b);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(the_kernel_names_both_ends),
        TEST(who_does_not_want_to_be_known_is_nobody),
        TEST(local_only_is_ncalrpc_only),
        TEST(the_size_limit_is_not_for_ncalrpc),
        TEST(each_account_is_itself),
        TEST(a_server_is_who_it_should_be),
        TEST(overflow_ids_are_nobody),
        TEST(a_user_namespace_hides_who_is_outside),
        TEST(a_context_handle_is_its_accounts),
        TEST(a_binding_stays_its_accounts),
        TEST(a_binding_nobody_authenticated_stays_its_accounts),
        TEST(a_killed_servers_endpoint_is_taken_over),
        TEST(nothing_is_left_in_the_directory),
        TEST(a_squatters_endpoint_is_not_taken),
        TEST(what_a_binding_cannot_say_is_told),
        TEST(pipes_flow),
    };

    signal(SIGPIPE, SIG_IGN);
    if (argc > 1) { /* for a script: until its input ends */
        start((struct local_how){ .uid = geteuid(), .flags = OPEN, .name = argv[1] });
        (void)printf("ready\n");
        (void)fflush(stdout);
        while (getchar() != EOF)
            ;
        local_server_stop(&server);
        return 0;
    }
    return unit_result(cmocka_run_group_tests(tests, NULL, NULL));
}
