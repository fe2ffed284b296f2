/* SPDX-License-Identifier: Apache-2.0
 * test_outcome.c - acknowledgements, their doors, and what is sent without a queue manager.
 */
#include <countersign/countersign.h>
#include <countersign/outcome.h>
#include <countersign/rpc.h>
#include <countersign/securitybaseapi.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/impersonation.h"
#include "base/policy.h"
#include "lib/accounts.h"
#include "lib/ncalrpc_folder.h"
#include "lib/unit.h"
#include "queue/acknowledge.h"
#include "queue/process.h"
#include "queue/transport.h"

static char keys[] = "/tmp/test_outcome-XXXXXX";

static int set_up(void **state)
{
    static char path[64];

    (void)state;
    (void)ncalrpc_folder_make(); /* where nobody listens */
    if (!mkdtemp(keys))
        return -1;
    (void)snprintf(path, sizeof path, "%s/queue.keys", keys);
    return setenv("COUNTERSIGN_QUEUE_KEYS", path, 1);
}

static int tear_down(void **state)
{
    char command[96];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", keys);
    return system(command) || ncalrpc_folder_remove();
}

static struct queued_call call_to(const char *host)
{
    return (struct queued_call){ .host = host,
                                 .queue = "orders",
                                 .level = QUEUED_LEVEL_NONE,
                                 .body = bytes_of_text("body"),
                                 .options = { .reach_seconds = QUEUED_FOR_EVER,
                                              .receive_seconds = QUEUED_FOR_EVER } };
}

static void without_a_manager_nothing_is_accepted(void **state)
{
    struct queued_call c = call_to("");
    UCHAR id[CS_MESSAGE_ID];

    (void)state;
    detail_begin("test");
    assert_int_equal(queue_transport_submit(&c), ERR_RPC_UNAVAILABLE);
    assert_non_null(strstr(detail_get()->remedy, "countersign-mqd"));
    assert_int_equal(CsMessageLastId(id), ERROR_NOT_FOUND);
    detail_begin("test");
    c = call_to("far.example.com");
    assert_int_equal(queue_transport_submit(&c), ERR_UNSUPPORTED);
    assert_non_null(strstr(detail_get()->text, "far.example.com"));
}

static void without_keys_nothing_is_sealed(void **state)
{
    struct queued_call c = call_to("");

    (void)state;
    c.level = QUEUED_LEVEL_PRIVACY;
    c.server = "orders/server.example.com";
    detail_begin("test");
    assert_int_equal(queue_transport_submit(&c), ERR_NO_CREDENTIALS);
    assert_non_null(strstr(detail_get()->remedy, "countersign cert enroll"));
}

static void nobody_sends_in_a_clients_name(void **state)
{
    struct queued_call c = call_to("");

    (void)state;
    policy_set(POLICY_IMPERSONATION_MAP, POLICY_OFF);
    assert_int_equal(CsImpersonateLocalUser(geteuid(), getegid(), SecurityImpersonation), SEC_E_OK);
    detail_begin("test");
    assert_int_equal(queue_transport_submit(&c), ERR_NO_IMPERSONATION);
    assert_non_null(strstr(detail_get()->remedy, "RpcRevertToSelf"));
    assert_true(RevertToSelf());
    assert_int_equal(queue_transport_submit(&c), ERR_RPC_UNAVAILABLE);
}

static void release(struct impersonation *i)
{
    (void)i;
}

/* What the process has of messages is its own, though it is first asked for as somebody else. */
static void outcomes_are_the_processes_whomever_it_impersonates(void **state)
{
    static struct impersonation one = { .release = release,
                                        .name = "one",
                                        .has_account = true,
                                        .account = { ACCOUNT_ONE, ACCOUNT_ONE, NULL, 0 } };
    struct queue_outward by;
    HANDLE outcomes = NULL;
    DWORD status;
    uid_t uid;

    (void)state;
    if (!accounts_may())
        unit_skip(ACCOUNTS_NEED);
    assert_int_equal(impersonation_begin_adopt(&one), ERR_OK);
    status = CsOutcomesOpen(RPC_C_AUTHN_LEVEL_NONE, &outcomes);
    uid = geteuid();
    impersonation_end();
    os_identity_home_done(&one.home);
    assert_int_equal(status, RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(uid, ACCOUNT_ONE);
    assert_int_equal(queue_process_outward(QUEUE_LEVEL_NONE, &by), ERR_OK);
    assert_int_equal(by.account->sub[1], geteuid());
}

static void the_doors_check_what_they_are_given(void **state)
{
    HANDLE outcomes = NULL;
    CS_OUTCOME o;

    (void)state;
    assert_int_equal(CsMessageLastId(NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(CsOutcomesOpen(RPC_C_AUTHN_LEVEL_NONE, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(CsOutcomesOpen(RPC_C_AUTHN_LEVEL_CALL, &outcomes), ERROR_INVALID_PARAMETER);
    assert_int_equal(CsOutcomesOpen(RPC_C_AUTHN_LEVEL_NONE, &outcomes), RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(CsOutcomesOpen(RPC_C_AUTHN_LEVEL_PKT_PRIVACY, &outcomes),
                     ERROR_NO_SUCH_LOGON_SESSION);
    assert_int_equal(CsOutcomesNext(NULL, 0, &o), ERROR_INVALID_HANDLE);
    assert_int_equal(CsOutcomesNext(NULL, 0, NULL), ERROR_INVALID_PARAMETER);
    assert_int_equal(CsOutcomesClose(NULL), ERROR_INVALID_HANDLE);
}

static void reads(const char *octets, size_t n, enum err want)
{
    enum queue_outcome outcome;
    uint32_t reason;

    assert_int_equal(queue_acknowledgement_read(bytes_of(octets, n), &outcome, &reason), want);
    if (!want)
        assert_true(outcome == QUEUE_REFUSED && reason == 0x0117);
}

static void an_acknowledgement_is_eight_octets(void **state)
{
    static const char good[] = { 2, 0, 0, 0, 0x17, 1, 0, 0, 0 };
    static const char bad[] = { 3, 0, 0, 0, 0, 0, 0, 0 };
    size_t n;

    (void)state;
    reads(good, 8, ERR_OK);
    reads(good, 9, ERR_MALFORMED);
    reads(bad, 8, ERR_MALFORMED);
    for (n = 0; n < 8; n++)
        reads(good, n, ERR_MALFORMED);
}

static char logged[512];

static void log_to(void *arg, CS_LOG_LEVEL level, const char *line)
{
    (void)arg;
    if (level == CS_LOG_AUDIT)
        (void)snprintf(logged, sizeof logged, "%s", line);
}

static void an_outcome_goes_to_its_sender_alone(void **state)
{
    struct queue_header h = { .level = QUEUE_LEVEL_NONE,
                              .acknowledge = true,
                              .sender = { 22, { 1, 4711 }, 2 },
                              .queue = bytes_of_text("orders"),
                              .reply_queue = bytes_of_text("reply.S-1-22-1-4712") };
    char name[QUEUE_REPLY_NAME];

    (void)state;
    assert_int_equal(CsSetLogCallback(log_to, NULL, CS_LOG_AUDIT), SEC_E_OK);
    queue_acknowledge(&h, QUEUE_EXECUTED, 0);
    assert_non_null(strstr(logged, "reply.S-1-22-1-4712"));
    logged[0] = 0;
    queue_reply_name(&h.sender, name);
    assert_string_equal(name, "reply.S-1-22-1-4711");
    h.reply_queue = bytes_of_text(name);
    queue_acknowledge(&h, QUEUE_EXECUTED, 0);
    assert_string_equal(logged, "");
    assert_int_equal(CsSetLogCallback(NULL, NULL, CS_LOG_AUDIT), SEC_E_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcomes_are_the_processes_whomever_it_impersonates), /* asks first */
        cmocka_unit_test(without_a_manager_nothing_is_accepted),
        cmocka_unit_test(without_keys_nothing_is_sealed),
        cmocka_unit_test(nobody_sends_in_a_clients_name),
        cmocka_unit_test(the_doors_check_what_they_are_given),
        cmocka_unit_test(an_acknowledgement_is_eight_octets),
        cmocka_unit_test(an_outcome_goes_to_its_sender_alone),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
