/* SPDX-License-Identifier: Apache-2.0
 * realm_up.c - starting a realm's keeper, listening to it, and ending it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "out.h"
#include "realm.h"

enum { STOP_MS = 15000, STEP_MS = 20 };

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
    interrupted = sig;
}

/* Ctrl-C while we wait: the wait ends, the realm is taken down in order. */
void realm_catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

/* What the keeper says, line by line, until it is ready or gone. */
static bool follow(int report, pid_t keeper)
{
    char line[1024];
    char doing[128] = "starting";
    size_t used = 0;
    bool ready = false;

    for (;;) {
        struct pollfd p = { .fd = report, .events = POLLIN };
        char c;

        if (interrupted)
            kill(keeper, SIGTERM); /* again each time: it may not have listened yet */
        if (poll(&p, 1, 1000) <= 0) {
            out_progress(doing);
            continue;
        }
        if (read(report, &c, 1) != 1)
            break;
        if (c != '\n') {
            if (used + 1 < sizeof line)
                line[used++] = c;
            continue;
        }
        line[used] = '\0';
        used = 0;
        if (line[0] == '+')
            out_progress(memcpy(doing, line + 1, strnlen(line + 1, 127) + 1));
        else if (line[0] == '!')
            out_fail("%s", line + 1);
        else if (line[0] == '?')
            out_remedy("%s", line + 1);
        else if (line[0] == '=')
            ready = true;
    }
    out_progress(NULL);
    return ready;
}

static void keeper_main(struct realm *r, const struct realm_plan *plan, int report)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    /* nobody may wait for our standard output to close */
    dup2(null, 0);
    dup2(null, 1);
    dup2(null, 2);
    if (report != 3)
        dup2(report, 3);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    close_range(4, ~0U, 0);
    if (chdir(r->dir) != 0)
        _exit(1);
    _exit(realm_keep(r, plan, 3));
}

/* Somebody else's `up` is under way: its outcome is ours. */
int realm_join(const struct realm *r)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

    while (realm_keeper(r) && !realm_ready(r)) {
        if (interrupted)
            return EXIT_NEGATIVE;
        out_progress("another command starts it");
        nanosleep(&step, NULL);
    }
    out_progress(NULL);
    return realm_ready(r) ? EXIT_DONE : EXIT_NEGATIVE;
}

int realm_launch(struct realm *r, const struct realm_plan *plan)
{
    int ends[2];
    bool ready;
    int status = 0;
    pid_t keeper;

    fflush(NULL);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return out_fail("pipe: %s", strerror(errno));
    keeper = fork();
    if (keeper < 0)
        return out_fail("fork: %s", strerror(errno));
    if (keeper == 0)
        keeper_main(r, plan, ends[1]);
    close(ends[1]);
    ready = follow(ends[0], keeper);
    close(ends[0]);
    if (ready && !plan->once)
        return interrupted ? EXIT_NEGATIVE : EXIT_DONE;
    if (waitpid(keeper, &status, 0) != keeper || !WIFEXITED(status))
        return EXIT_NEGATIVE;
    if (WEXITSTATUS(status) == REALM_KEPT && !plan->once)
        return realm_join(r);
    return status == 0 ? EXIT_DONE : EXIT_NEGATIVE;
}

int realm_stop(const struct realm *r)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
    pid_t keeper = realm_keeper(r);
    int waited;

    if (keeper && kill(keeper, SIGTERM) != 0 && errno != ESRCH)
        return out_fail("process %d, which keeps the realm: %s", (int)keeper, strerror(errno));
    for (waited = 0; realm_keeper(r) == keeper && keeper; waited += STEP_MS) {
        if (interrupted)
            return EXIT_NEGATIVE;
        if (waited > STOP_MS)
            return out_fail("process %d, which keeps the realm, does not end", (int)keeper);
        nanosleep(&step, NULL);
    }
    return EXIT_DONE;
}
