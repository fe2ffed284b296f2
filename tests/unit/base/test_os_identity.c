/* SPDX-License-Identifier: Apache-2.0
 * One thread as another account, and back; where nobody may, that it is refused and changes
 * nothing.
 */
#include "base/os_identity.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/detail.h"
#include "lib/accounts.h"
#include "lib/unit.h"

static bool may;
static struct os_identity_home home; /* of the main thread, and of a child's */
static uint32_t extra[] = { ACCOUNT_GROUP };
static const struct os_account one = { ACCOUNT_ONE, ACCOUNT_ONE, extra, 1 };
static const struct os_account two = { ACCOUNT_TWO, ACCOUNT_TWO, NULL, 0 };

static struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

static void ask_caps(void)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

    assert_int_equal(syscall(SYS_capget, &head, caps), 0);
}

static int set_caps(uint32_t effective, uint32_t permitted)
{
    struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct to[_LINUX_CAPABILITY_U32S_3] = { { effective, permitted, 0 } };

    return (int)syscall(SYS_capset, &head, to);
}

static int set_up(void **state)
{
    (void)state;
    may = accounts_may();
    if (may) {
        accounts_file("one", ACCOUNT_ONE, 0);
        accounts_file("two", ACCOUNT_TWO, 0);
        accounts_file("group", 0, ACCOUNT_GROUP);
        accounts_file("root", 0, 0);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    accounts_folder_remove();
    os_identity_home_done(&home);
    return 0;
}

/* What every test but the first is about cannot be tried here. */
static void needs_accounts(void)
{
    if (may)
        return;
    assert_int_equal(os_identity_take(&one, &home), ERR_ACCESS_DENIED);
    assert_int_not_equal(geteuid(), ACCOUNT_ONE);
    unit_skip(ACCOUNTS_NEED);
}

static void who_may_not_is_refused_and_stays_who_he_is(void **state)
{
    const struct os_account root = { 0, ACCOUNT_ONE, NULL, 0 }, group = { ACCOUNT_ONE, 0, NULL, 0 };
    const struct os_account none = { UINT32_MAX, ACCOUNT_ONE, NULL, 0 };
    const uid_t before = geteuid();

    (void)state;
    assert_int_equal(os_identity_take(&root, &home), ERR_ACCESS_DENIED);
    assert_int_equal(os_identity_take(&group, &home), ERR_ACCESS_DENIED);
    assert_int_equal(os_identity_take(&none, &home), ERR_ACCESS_DENIED);
    if (!may)
        assert_int_equal(os_identity_take(&one, &home), ERR_ACCESS_DENIED);
    assert_int_equal(geteuid(), before);
    assert_int_equal(os_identity_own_uid(), before);
    os_identity_give_back(); /* of nothing */
    assert_int_equal(geteuid(), before);
}

static void a_thread_is_the_account_and_no_more(void **state)
{
    uid_t real = 1, effective = 1, saved = 1;
    gid_t groups[64];

    (void)state;
    needs_accounts();
    assert_int_equal(os_identity_take(&one, &home), ERR_OK);
    assert_int_equal(getresuid(&real, &effective, &saved), 0);
    assert_int_equal(effective, ACCOUNT_ONE);
    assert_int_equal(real | saved, 0);
    assert_int_equal(getegid(), ACCOUNT_ONE);
    assert_int_equal(getgroups(64, groups), 1);
    assert_int_equal(groups[0], ACCOUNT_GROUP);
    ask_caps();
    assert_int_equal(caps[0].effective | caps[1].effective, 0);
    assert_true(accounts_reads("one"));
    assert_true(accounts_reads("group"));
    assert_false(accounts_reads("two"));
    assert_false(accounts_reads("root"));
    assert_int_equal(os_identity_own_uid(), 0);
    assert_int_equal(os_identity_take(&two, &home), ERR_INTERNAL);
    os_identity_give_back();
}

static void it_is_given_back_whole(void **state)
{
    struct __user_cap_data_struct before[_LINUX_CAPABILITY_U32S_3];
    gid_t groups[200], now[200];
    int n = getgroups(200, groups);

    (void)state;
    needs_accounts();
    ask_caps();
    memcpy(before, caps, sizeof caps);
    assert_int_equal(os_identity_take(&one, &home), ERR_OK);
    os_identity_give_back();
    assert_int_equal(geteuid() | getegid(), 0);
    assert_int_equal(getgroups(200, now), n);
    assert_memory_equal(now, groups, (size_t)n * sizeof *now);
    ask_caps();
    assert_memory_equal(caps, before, sizeof caps);
    assert_true(accounts_reads("two"));
    assert_true(accounts_reads("root"));
}

/* ---- two at a time ---- */

static pthread_barrier_t both;

static void *be(void *arg)
{
    const struct os_account *a = arg;
    const char *mine = a == &one ? "one" : "two", *others = a == &one ? "two" : "one";
    struct os_identity_home own = { 0 };
    intptr_t good = 0;
    int i;

    for (i = 0; i < 50; i++) {
        if (os_identity_take(a, &own))
            return NULL;
        pthread_barrier_wait(&both);
        good += geteuid() == a->uid && accounts_reads(mine) && !accounts_reads(others);
        pthread_barrier_wait(&both);
        os_identity_give_back();
        good += geteuid() == 0 && accounts_reads(others);
    }
    os_identity_home_done(&own);
    return (void *)good;
}

static void two_threads_are_two_accounts_and_the_third_is_neither(void **state)
{
    pthread_t threads[2];
    void *good[2];
    int i;

    (void)state;
    needs_accounts();
    pthread_barrier_init(&both, NULL, 3);
    pthread_create(&threads[0], NULL, be, (void *)(uintptr_t)&one);
    pthread_create(&threads[1], NULL, be, (void *)(uintptr_t)&two);
    for (i = 0; i < 50; i++) {
        pthread_barrier_wait(&both);
        assert_int_equal(geteuid(), 0);
        pthread_barrier_wait(&both);
    }
    for (i = 0; i < 2; i++) {
        pthread_join(threads[i], &good[i]);
        assert_int_equal((intptr_t)good[i], 100);
    }
    pthread_barrier_destroy(&both);
}

/* ---- processes that have less, or lose it ---- */

/* How a child ends that runs this; *said: what it wrote to stderr. */
static int in_child(void (*run)(void), char said[400])
{
    int fds[2], status = 0;
    ssize_t n = 0, used = 0;
    pid_t child;

    assert_int_equal(pipe(fds), 0);
    child = fork();
    assert_true(child >= 0);
    if (!child) {
        const struct rlimit none = { 0, 0 };

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)dup2(fds[1], STDERR_FILENO);
        (void)close(fds[0]);
        (void)signal(SIGABRT, SIG_DFL); /* cmocka's would report it */
        run();
        _exit(7);
    }
    close(fds[1]);
    while ((n = read(fds[0], said + used, (size_t)(399 - used))) > 0)
        used += n;
    said[used] = '\0';
    close(fds[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void lose_the_way_back(void)
{
    if (os_identity_take(&one, &home) ||
        syscall(SYS_setresuid, ACCOUNT_ONE, ACCOUNT_ONE, ACCOUNT_ONE))
        _exit(1);
    os_identity_give_back();
}

static void who_cannot_go_back_ends(void **state)
{
    char said[400];
    int status;

    (void)state;
    needs_accounts();
    status = in_child(lose_the_way_back, said);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_non_null(strstr(said, "could not change its uid back"));
    assert_non_null(strstr(said, "the process ends"));
}

static void have_two_capabilities(void)
{
    const uint32_t both_of = 1U << CAP_SETUID | 1U << CAP_SETGID;

    if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgid(ACCOUNT_GROUP) || setuid(ACCOUNT_GROUP) ||
        set_caps(both_of, both_of))
        _exit(1);
    if (os_identity_take(&one, &home))
        _exit(2);
    ask_caps();
    if (caps[0].effective || geteuid() != ACCOUNT_ONE || !accounts_reads("one"))
        _exit(3);
    os_identity_give_back();
    ask_caps();
    if (caps[0].effective != both_of || geteuid() != ACCOUNT_GROUP || accounts_reads("one"))
        _exit(4);
    if (set_caps(1U << CAP_SETUID, both_of) || os_identity_take(&one, &home) != ERR_ACCESS_DENIED ||
        geteuid() != ACCOUNT_GROUP)
        _exit(5);
    _exit(0);
}

static void two_capabilities_are_enough_and_one_is_not(void **state)
{
    char said[400];

    (void)state;
    needs_accounts();
    assert_int_equal(in_child(have_two_capabilities, said), 0);
}

static void write_to(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(9);
    close(fd);
}

/* Root there, who may set no groups: neither another's nor its own again. */
static void be_alone_in_a_namespace(void)
{
    char map[40];

    (void)snprintf(map, sizeof map, "0 %u 1", geteuid());
    if (unshare(CLONE_NEWUSER))
        _exit(8);
    write_to("/proc/self/setgroups", "deny");
    write_to("/proc/self/uid_map", map);
    if (os_identity_take(&one, &home) != ERR_ACCESS_DENIED || geteuid())
        _exit(1);
    os_identity_give_back(); /* of nothing */
    _exit(0);
}

static void who_may_not_go_back_does_not_go(void **state)
{
    char said[400];
    int status = in_child(be_alone_in_a_namespace, said);

    (void)state;
    if (WIFEXITED(status) && WEXITSTATUS(status) >= 8)
        unit_skip("there are no user namespaces");
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_not_is_refused_and_stays_who_he_is),
        cmocka_unit_test(a_thread_is_the_account_and_no_more),
        cmocka_unit_test(it_is_given_back_whole),
        cmocka_unit_test(two_threads_are_two_accounts_and_the_third_is_neither),
        cmocka_unit_test(who_cannot_go_back_ends),
        cmocka_unit_test(two_capabilities_are_enough_and_one_is_not),
        cmocka_unit_test(who_may_not_go_back_does_not_go),
    };

    return unit_result(cmocka_run_group_tests(tests, set_up, tear_down));
}
