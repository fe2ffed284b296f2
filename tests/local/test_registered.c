/* SPDX-License-Identifier: Apache-2.0
 * test_registered.c - servers at endpoints of the system's choice, and clients that know a host and
 * an interface: what is between them is countersign-epmapd, as its own process.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <countersign/countersign.h>

#include "epmapd_client.h"
#include "lib/accounts.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "local_server.h"
#include "local_try.h"

enum {
    FIRST = 54321, /* accounts without a name */
    SECOND = 54322,
    OPEN = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH | RPC_IF_AUTOLISTEN,
    WAIT_MS = 20,
    WAITS = 3000,
};

static const char *program;
static const struct local_how how = { .flags = OPEN, .registered = true };

static int set_up(void **state)
{
    const char *folder = ncalrpc_folder_make(), *at;
    char port[8];

    (void)state;
    if (mkdir(folder, 0755) || chmod(folder, 01777))
        return -1;
    mapper_start(program);
    at = strchr(mapper_tcp(), '[') + 1;
    (void)snprintf(port, sizeof port, "%.*s", (int)strcspn(at, "]"), at);
    return setenv("COUNTERSIGN_EPMAPPER_PORT", port, 1);
}

static int tear_down(void **state)
{
    bool ended = mapper_stop();

    (void)state;
    return ncalrpc_folder_remove() || !ended;
}

#define WANT(got, want)                                                                            \
    do {                                                                                           \
        long got_ = (long)(got), want_ = (long)(want);                                             \
        char why_[1024] = "";                                                                      \
        if (got_ != want_) {                                                                       \
            (void)CsGetErrorText(why_, sizeof why_);                                               \
            fprintf(stderr, "%s:%d: %s is %ld, not %ld\n%s\n", __FILE__, __LINE__, #got, got_,     \
                    want_, why_);                                                                  \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static struct local_server start_as(uid_t uid)
{
    struct local_how h = how;
    struct local_server s;

    h.uid = uid;
    local_server_start(&h, &s);
    assert_true(s.port[0] != '\0');
    return s;
}

static RPC_STATUS call(const char *binding)
{
    RPC_BINDING_HANDLE b = local_bind(binding);
    volatile RPC_STATUS raised = RPC_S_OK;
    LOCAL_SEEN seen;

    RpcTryExcept
    {
        LocalWho(b, &seen);
    }
    RpcExcept (1) {
        raised = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept(void)
    RpcBindingFree(&b);
    return raised;
}

/* Elements of the interface, of either protocol sequence. */
static size_t count(void)
{
    RPC_EP_INQ_HANDLE q = NULL;
    RPC_CSTR annotation = NULL;
    RPC_IF_ID id;
    size_t n = 0;

    WANT(RpcIfInqId(local_try_v1_0_c_ifspec, &id), RPC_S_OK);
    WANT(RpcMgmtEpEltInqBegin(NULL, RPC_C_EP_MATCH_BY_IF, &id, RPC_C_VERS_EXACT, NULL, &q),
         RPC_S_OK);
    while (RpcMgmtEpEltInqNextA(q, &id, NULL, NULL, &annotation) == RPC_S_OK) {
        WANT(strcmp((char *)annotation, "local_try"), 0);
        WANT(RpcStringFreeA(&annotation), RPC_S_OK);
        n++;
    }
    WANT(RpcMgmtEpEltInqDone(&q), RPC_S_OK);
    return n;
}

static int find_it(void *arg)
{
    (void)arg;
    WANT(call("ncalrpc:"), RPC_S_OK);
    WANT(call("ncacn_ip_tcp:"), RPC_S_OK);
    WANT(call("ncacn_ip_tcp:127.0.0.1"), RPC_S_OK);
    WANT(count() >= 2, true);
    return 0;
}

static int see_it_gone(void *arg)
{
    int i;

    (void)arg;
    for (i = 0; i < WAITS && count(); i++)
        (void)usleep(WAIT_MS * 1000);
    WANT(count(), 0);
    WANT(call("ncalrpc:"), EPT_S_NOT_REGISTERED);
    WANT(call("ncacn_ip_tcp:127.0.0.1"), EPT_S_NOT_REGISTERED);
    return 0;
}

static void a_server_is_found_while_it_lives(void **state)
{
    struct local_server s = start_as(geteuid());

    (void)state;
    assert_int_equal(local_as(geteuid(), find_it, NULL), 0);
    local_server_kill(&s);
    assert_int_equal(local_as(geteuid(), see_it_gone, NULL), 0);
}

/* Its entries replace those of the one before, whose connections stay. */
static void a_second_instance_takes_the_place_of_the_first(void **state)
{
    struct local_server first = start_as(geteuid()), second;

    (void)state;
    second = start_as(geteuid());
    local_server_kill(&first);
    assert_int_equal(local_as(geteuid(), find_it, NULL), 0);
    local_server_kill(&second);
    assert_int_equal(local_as(geteuid(), see_it_gone, NULL), 0);
}

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

static int register_another(void *arg)
{
    RPC_BINDING_VECTOR all = { 1, { local_bind("ncalrpc:[MINE]") } };
    char why[1024] = "";

    (void)arg;
    WANT(RpcEpRegisterA(local_try_v1_0_s_ifspec, &all, NULL, NULL), EPT_S_CANT_PERFORM_OP);
    (void)CsGetErrorText(why, sizeof why);
    WANT(strstr(why, "account") != NULL, true);
    WANT(RpcEpUnregister(local_try_v1_0_s_ifspec, &all, NULL), EPT_S_NOT_REGISTERED);
    return 0;
}

static void another_account_cannot_take_an_interface(void **state)
{
    struct local_server s;

    (void)state;
    if (geteuid() != 0 || local_as(SECOND, nothing, NULL) != 0)
        unit_skip(ACCOUNTS_NEED);
    s = start_as(FIRST);
    assert_int_equal(local_as(SECOND, register_another, NULL), 0);
    local_server_kill(&s);
}

static int refused_over_tcp(void *arg)
{
    RPC_BINDING_HANDLE there = local_bind("ncacn_ip_tcp:127.0.0.1"), b = local_bind("ncalrpc:[X]");
    RPC_IF_ID id;

    (void)arg;
    WANT(RpcIfInqId(local_try_v1_0_c_ifspec, &id), RPC_S_OK);
    WANT(RpcMgmtEpUnregister(there, &id, b, NULL), EPT_S_CANT_PERFORM_OP);
    WANT(RpcMgmtEpUnregister(NULL, &id, b, NULL), EPT_S_NOT_REGISTERED);
    return 0;
}

static void a_remote_manager_is_refused(void **state)
{
    (void)state;
    assert_int_equal(local_as(geteuid(), refused_over_tcp, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(a_server_is_found_while_it_lives),
        TEST(a_second_instance_takes_the_place_of_the_first),
        TEST(another_account_cannot_take_an_interface),
        TEST(a_remote_manager_is_refused),
    };

    if (argc != 2) {
        fprintf(stderr, "usage: local-registered PROGRAM\n");
        return 2;
    }
    program = argv[1];
    signal(SIGPIPE, SIG_IGN);
    return unit_result(cmocka_run_group_tests(tests, NULL, NULL));
}
