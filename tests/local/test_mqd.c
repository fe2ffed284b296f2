/* SPDX-License-Identifier: Apache-2.0
 * test_mqd.c - the queue manager's program: messages handed over and received by processes, also of
 * other accounts where root runs them, while somebody is killed.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/ncalrpc_folder.h"
#include "lib/queue/store_home.h"
#include "lib/queue_message.h"
#include "lib/unit.h"
#include "local_server.h"
#include "queue/client.h"
#include "queue/transport.h"

enum {
    OWNER = 54321, /* accounts without a name */
    OTHER = 54322,
    LINE = 512,
    LOST = 3,
    MANY = 200,
    LARGE = 9 * 1024 * 1024,
    WAIT_MS = 60000,
};

static const char *program;
static char store[64], config[80];
static pid_t manager;
static FILE *said;

/* ---- the manager ---- */

/* Whether it says that it is ready, before it ends. */
static bool start_with(const char *setting)
{
    FILE *file = fopen(config, "w");
    char line[LINE];
    bool ready = false;
    int end[2];

    if (!file || fprintf(file, "store = %s\n%s\n", store, setting) < 0 || fclose(file))
        abort();
    if (pipe(end))
        abort();
    manager = fork();
    if (!manager) {
        (void)dup2(end[1], STDERR_FILENO);
        close(end[0]);
        close(end[1]);
        execl(program, program, "--config", config, (char *)NULL);
        _exit(127);
    }
    close(end[1]);
    said = fdopen(end[0], "r");
    while (said && !ready && fgets(line, sizeof line, said))
        ready = strstr(line, ": ready\n") != NULL;
    return ready;
}

static bool start(void)
{
    return start_with("# nothing else");
}

static int end_by(int signal)
{
    int status = -1;

    if (signal)
        kill(manager, signal);
    (void)waitpid(manager, &status, 0);
    (void)fclose(said);
    return status;
}

static int set_up(void **state)
{
    const char *folder = ncalrpc_folder_make();

    (void)state;
    (void)snprintf(store, sizeof store, "/tmp/mqd-local-XXXXXX");
    if (mkdir(folder, 0755) || chmod(folder, 01777) || !mkdtemp(store))
        return -1;
    (void)snprintf(config, sizeof config, "%s.conf", store);
    return start() ? 0 : -1;
}

static int tear_down(void **state)
{
    int status = end_by(SIGTERM);

    (void)state;
    store_home_remove(store);
    (void)unlink(config);
    return ncalrpc_folder_remove() || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

/* ---- its clients, each in a process of its own ---- */

#define WANT(got, want)                                                                            \
    do {                                                                                           \
        unsigned long got_ = (unsigned long)(got), want_ = (unsigned long)(want);                  \
        if (got_ != want_) {                                                                       \
            fprintf(stderr, "%s:%d: %s is %lu, not %lu\n", __FILE__, __LINE__, #got, got_, want_); \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static struct queue_client *client(const char *queue, unsigned flags)
{
    const struct queue_client_how how = { .queue = queue, .flags = flags };
    struct queue_client *c = NULL;

    WANT(queue_client_open(&how, &c), ERR_OK);
    return c;
}

static struct queue_client *both(void)
{
    return client("q", QUEUE_OPEN_CREATE | QUEUE_OPEN_SEND | QUEUE_OPEN_RECEIVE);
}

static struct buf message(const char *text)
{
    const struct queue_header h = queue_message_header("q");

    return queue_message_make(&h, bytes_of_text(text));
}

static void send_text(struct queue_client *c, const char *text)
{
    struct buf m = message(text);

    WANT(queue_client_send(c, buf_view(m)), ERR_OK);
    buf_free(&m);
}

/* The next one is that; its lease. */
static uint64_t take_text(struct queue_client *c, const char *text)
{
    struct queue_received r;
    struct queue_message m;

    WANT(queue_client_receive(c, NULL, 0, WAIT_MS, &r), ERR_OK);
    WANT(queue_message_read(buf_view(r.message), &m), ERR_OK);
    WANT(bytes_equal(m.body, bytes_of_text(text)), true);
    buf_free(&r.message);
    return r.lease;
}

static void done_with(struct queue_client *c, uint64_t lease)
{
    WANT(queue_client_outcome(c, lease, QUEUE_EXECUTED, 0), ERR_OK);
}

static int send_three(void *arg)
{
    struct queue_client *c = both();

    (void)arg;
    send_text(c, "one");
    send_text(c, "two");
    send_text(c, "three");
    queue_client_close(c);
    return 0;
}

static int take_three(void *arg)
{
    struct queue_client *c = both();
    struct queue_received r;

    (void)arg;
    done_with(c, take_text(c, "one"));
    done_with(c, take_text(c, "two"));
    done_with(c, take_text(c, "three"));
    WANT(queue_client_receive(c, NULL, 0, 0, &r), ERR_TIMEOUT);
    queue_client_close(c);
    return 0;
}

static void apart(int (*run)(void *arg))
{
    assert_int_equal(local_as(geteuid(), run, NULL), 0);
}

static void accepted_messages_outlive_a_manager_that_is_killed(void **state)
{
    (void)state;
    apart(send_three);
    (void)end_by(SIGKILL);
    assert_true(start());
    apart(take_three);
    (void)end_by(SIGKILL);
    assert_true(start());
}

static int take_and_die(void *arg)
{
    struct queue_client *c = both();

    (void)arg;
    send_text(c, "twice");
    WANT(queue_client_begin(c, take_text(c, "twice"), 0), ERR_OK);
    (void)kill(getpid(), SIGKILL);
    return 0;
}

static int take_again(void *arg)
{
    struct queue_client *c = both();
    struct queue_received r;

    (void)arg;
    WANT(queue_client_receive(c, NULL, 0, WAIT_MS, &r), ERR_OK);
    WANT(r.deliveries, 1); /* it was counted */
    buf_free(&r.message);
    done_with(c, r.lease);
    WANT(queue_client_outcome(c, r.lease, QUEUE_EXECUTED, 0), ERR_NOT_FOUND);
    queue_client_close(c);
    return 0;
}

static void a_killed_receivers_message_goes_to_the_next(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < LOST; i++) { /* before the manager has answered that they may begin */
        assert_int_not_equal(local_as(geteuid(), take_and_die, NULL), 0);
        apart(take_again);
    }
}

static atomic_uint accepted;

static void count(void *arg, enum err e)
{
    (void)arg;
    if (!e)
        atomic_fetch_add(&accepted, 1);
}

static int send_many(void *arg)
{
    struct queue_client *c = both();
    struct buf all[MANY];
    int i;

    (void)arg;
    for (i = 0; i < MANY; i++) {
        all[i] = message("many");
        WANT(queue_client_submit(c, buf_view(all[i]), count, NULL), ERR_OK);
    }
    for (i = 0; i < MANY; i++) /* while others are still on their way */
        done_with(c, take_text(c, "many"));
    queue_client_close(c); /* waits for all */
    WANT(atomic_load(&accepted), MANY);
    for (i = 0; i < MANY; i++)
        buf_free(&all[i]);
    return 0;
}

static void many_are_under_way_at_once(void **state)
{
    (void)state;
    apart(send_many);
}

static atomic_uint told, not_told;

static void count_told(void *arg, enum err e)
{
    (void)arg;
    atomic_fetch_add(e ? &not_told : &told, 1);
    if (e)
        WANT(e, ERR_NOT_FOUND);
}

static int tell_many(void *arg)
{
    struct queue_client *c = both();
    struct queue_received r;
    uint64_t lease[MANY];
    int i;

    (void)arg;
    for (i = 0; i < MANY; i++)
        send_text(c, "done");
    for (i = 0; i < MANY; i++)
        lease[i] = take_text(c, "done");
    for (i = 0; i < MANY; i++)
        WANT(queue_client_tell(c, lease[i], QUEUE_EXECUTED, 0, count_told, NULL), ERR_OK);
    WANT(queue_client_tell(c, lease[0], QUEUE_EXECUTED, 0, count_told, NULL), ERR_OK);
    queue_client_close(c); /* waits for all */
    WANT(atomic_load(&told), MANY);
    WANT(atomic_load(&not_told), 1);
    c = both();
    WANT(queue_client_receive(c, NULL, 0, 0, &r), ERR_TIMEOUT);
    queue_client_close(c);
    return 0;
}

static void outcomes_are_told_without_waiting(void **state)
{
    (void)state;
    apart(tell_many);
}

static int send_large(void *arg)
{
    const struct queue_header h = queue_message_header("q");
    struct queue_client *c = both();
    struct queue_received r;
    struct buf body = { 0 }, m;

    (void)arg;
    WANT(buf_new(LARGE, &body), ERR_OK);
    memset(body.ptr, 'x', LARGE);
    m = queue_message_make(&h, buf_view(body));
    WANT(queue_client_send(c, buf_view(m)), ERR_OK);
    WANT(queue_client_receive(c, NULL, 0, WAIT_MS, &r), ERR_OK);
    WANT(bytes_equal(buf_view(r.message), buf_view(m)), true);
    buf_free(&r.message);
    done_with(c, r.lease);
    buf_free(&m);
    buf_free(&body);
    queue_client_close(c);
    return 0;
}

static void a_large_message_comes_whole(void **state)
{
    (void)state;
    apart(send_large);
}

static void *cancel(void *arg)
{
    pthread_t *waiting = arg;

    WANT(RpcCancelThread((void *)(uintptr_t)*waiting), RPC_S_OK);
    return NULL;
}

static int wait_in_vain(void *arg)
{
    struct queue_client *c = both();
    struct queue_received r;
    pthread_t self = pthread_self(), thread;

    (void)arg;
    WANT(queue_client_receive(c, NULL, 0, 5, &r), ERR_TIMEOUT);
    WANT(pthread_create(&thread, NULL, cancel, &self), 0);
    WANT(queue_client_receive(c, NULL, 0, WAIT_MS, &r), ERR_RPC_CANCELLED);
    pthread_join(thread, NULL);
    queue_client_close(c);
    return 0;
}

static void a_wait_ends_in_time_or_when_it_is_cancelled(void **state)
{
    (void)state;
    apart(wait_in_vain);
}

/* ---- answers ---- */

static const uint8_t call_id[QUEUED_ID] = { 7, 7 };

/* Of a call of this account, or of another, that is answered into that queue. */
static enum err answer(const char *queue, unsigned uid)
{
    struct queued_message m = { .level = QUEUED_LEVEL_NONE,
                                .reply_queue = queue,
                                .host = "localhost" };
    char submitter[32];

    (void)snprintf(submitter, sizeof submitter, "S-1-22-1-%u", uid);
    m.submitter = submitter;
    memcpy(m.id, call_id, sizeof m.id);
    return queue_transport_reply(&m, bytes_of_text("the answer"));
}

static int answer_calls(void *arg)
{
    char name[QUEUED_NAME_MAX + 1];
    struct queued_box *b = NULL;
    struct queued_message *m = NULL;
    struct queue_header h;
    struct buf call;

    (void)setenv("COUNTERSIGN_QUEUE_KEYS", arg, 1);
    WANT(queue_transport_open_box(name, &b), ERR_OK);
    WANT(queue_transport_receive_reply(b, 0, &m), ERR_TIMEOUT);
    WANT(answer(name, geteuid()), ERR_OK);
    WANT(queue_transport_receive_reply(b, WAIT_MS, &m), ERR_OK);
    WANT(memcmp(m->reply_to, call_id, sizeof call_id), 0);
    WANT(bytes_equal(m->body, bytes_of_text("the answer")), true);
    queue_transport_free_reply(m);
    /* Somebody else's call names it: he would have the server write here. */
    WANT(answer(name, geteuid() + 1), ERR_ACCESS_DENIED);
    /* A call is no answer. */
    h = queue_message_header(name);
    call = queue_message_make(&h, bytes_of_text("the answer"));
    WANT(queue_route_send(name, buf_view(call)), ERR_OK);
    WANT(queue_transport_receive_reply(b, WAIT_MS, &m), ERR_TIMEOUT);
    buf_free(&call);
    queue_transport_close_box(b);
    WANT(answer(name, geteuid()), ERR_NOT_FOUND);
    return 0;
}

static void an_answer_goes_into_its_callers_queue_alone(void **state)
{
    char folder[] = "/tmp/mqd-keys-XXXXXX", keys[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(keys, sizeof keys, "%s/queue.keys", folder);
    assert_int_equal(local_as(geteuid(), answer_calls, keys), 0);
    store_home_remove(folder);
}

/* ---- accounts ---- */

static int make_and_send(void *arg)
{
    struct queue_client *c = both();

    (void)arg;
    send_text(c, "mine");
    queue_client_close(c);
    return 0;
}

static int send_alone(void *arg)
{
    const struct queue_client_how greedy = { .queue = "q", .flags = QUEUE_OPEN_RECEIVE };
    struct queue_header h = queue_message_header("q");
    struct queue_client *c = NULL;
    struct buf m;

    (void)arg;
    WANT(queue_client_open(&greedy, &c), ERR_ACCESS_DENIED);
    c = client("q", QUEUE_OPEN_SEND);
    h.sender.sub[1] = OWNER; /* whom the kernel knows it is not */
    m = queue_message_make(&h, bytes_of_text("not mine"));
    WANT(queue_client_send(c, buf_view(m)), ERR_ACCESS_DENIED);
    buf_free(&m);
    send_text(c, "from another");
    queue_client_close(c);
    return 0;
}

static int take_both(void *arg)
{
    struct queue_client *c = both();

    (void)arg;
    done_with(c, take_text(c, "mine"));
    done_with(c, take_text(c, "from another"));
    queue_client_close(c);
    return 0;
}

static int nothing(void *arg)
{
    (void)arg;
    return 0;
}

static void another_account_sends_and_does_not_receive(void **state)
{
    (void)state;
    if (geteuid() != 0 || local_as(OTHER, nothing, NULL) != 0)
        skip();
    assert_int_equal(local_as(OWNER, make_and_send, NULL), 0);
    assert_int_equal(local_as(OTHER, send_alone, NULL), 0);
    assert_int_equal(local_as(OWNER, take_both, NULL), 0);
}

/* Somebody makes a server's queue before the server does, and lets it in: he could read, keep and
 * delete what comes. */
static int make_for_all(void *arg)
{
    const struct queue_client_how how = { .queue = "q",
                                          .flags = QUEUE_OPEN_CREATE | QUEUE_OPEN_RECEIVE,
                                          .access = "D:(A;;GA;;;OW)(A;;GA;;;WD)" };
    struct queue_client *c = NULL;

    (void)arg;
    WANT(queue_client_open(&how, &c), ERR_OK);
    queue_client_close(c);
    return 0;
}

static int open_anothers(void *arg)
{
    struct queue_client_how how = { .queue = "q", .flags = QUEUE_OPEN_CREATE | QUEUE_OPEN_RECEIVE };
    struct queue_client *c = NULL;

    (void)arg;
    WANT(queue_client_open(&how, &c), ERR_ACCESS_DENIED);
    how.owner = "S-1-22-1-54321"; /* OWNER, if that is meant */
    WANT(queue_client_open(&how, &c), ERR_OK);
    queue_client_close(c);
    return 0;
}

static void a_queue_that_another_account_made_is_no_servers(void **state)
{
    (void)state;
    if (geteuid() != 0 || local_as(OTHER, nothing, NULL) != 0)
        skip();
    assert_int_equal(local_as(OWNER, make_for_all, NULL), 0);
    assert_int_equal(local_as(OTHER, open_anothers, NULL), 0);
}

/* ---- beginning ---- */

static void a_folder_that_others_may_look_into_is_refused(void **state)
{
    int status;

    (void)state;
    (void)end_by(SIGTERM);
    assert_int_equal(chmod(store, 0750), 0);
    assert_false(start());
    status = end_by(0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_int_equal(chmod(store, 0700), 0);
    assert_true(start());
}

static void a_setting_that_is_none_is_refused(void **state)
{
    int status;

    (void)state;
    (void)end_by(SIGTERM);
    assert_false(start_with("deliveries = none"));
    status = end_by(0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_true(start());
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(accepted_messages_outlive_a_manager_that_is_killed),
        TEST(a_killed_receivers_message_goes_to_the_next),
        TEST(many_are_under_way_at_once),
        TEST(outcomes_are_told_without_waiting),
        TEST(a_large_message_comes_whole),
        TEST(a_wait_ends_in_time_or_when_it_is_cancelled),
        TEST(an_answer_goes_into_its_callers_queue_alone),
        TEST(another_account_sends_and_does_not_receive),
        TEST(a_queue_that_another_account_made_is_no_servers),
        TEST(a_folder_that_others_may_look_into_is_refused),
        TEST(a_setting_that_is_none_is_refused),
    };

    if (argc != 2)
        return 2;
    program = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
