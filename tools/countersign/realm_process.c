/* SPDX-License-Identifier: Apache-2.0
 * realm_process.c - children, and the certainty that none is left.
 *
 * The keeper is a subreaper: whatever a descendant does to get away (fork twice, new session, new
 * group), the kernel hands it to the keeper, who waits until the kernel says it has no child.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "realm.h"

enum {
    KIND_MS = 2000, /* Samba needs about a tenth of it to end by itself */
    STEP_MS = 20,
    PROCESSES = 4096,
};

struct process {
    pid_t pid, parent;
};

pid_t realm_spawn(const char *const argv[], int in, const char *log)
{
    pid_t pid = fork();

    if (pid == 0) {
        int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        sigset_t none;

        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (in < 0)
            in = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(126);
        execv(argv[0], (char *const *)argv);
        dprintf(2, "%s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    return pid;
}

/* "1234 (any (name)) S 1200 ..." */
static pid_t parent_of(pid_t pid)
{
    char path[32];
    char text[512];
    char *end = NULL;
    ssize_t n = -1;
    int parent = 0;
    int fd;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    end = strrchr(text, ')');
    if (!end || sscanf(end + 1, " %*c %d", &parent) != 1)
        return 0;
    return parent;
}

static size_t list_processes(struct process *all, size_t room)
{
    DIR *d = opendir("/proc");
    struct dirent *entry = NULL;
    size_t n = 0;

    while (d && n < room && (entry = readdir(d))) {
        int pid = atoi(entry->d_name);

        if (pid <= 0)
            continue;
        all[n].pid = pid;
        all[n++].parent = parent_of(pid);
    }
    if (d)
        closedir(d);
    return n;
}

static bool descends(const struct process *all, size_t n, size_t which, pid_t from)
{
    pid_t parent = all[which].parent;
    size_t steps, i;

    for (steps = 0; steps < n && parent > 1; steps++) {
        if (parent == from)
            return true;
        for (i = 0; i < n && all[i].pid != parent; i++)
            ;
        parent = i < n ? all[i].parent : 0;
    }
    return false;
}

static void signal_descendants(int sig)
{
    static struct process all[PROCESSES];
    size_t n = list_processes(all, PROCESSES);
    size_t i;

    for (i = 0; i < n; i++)
        if (descends(all, n, i, getpid()))
            kill(all[i].pid, sig);
}

/* False once the kernel says there is no child left. */
static bool reap(void)
{
    pid_t pid;

    do
        pid = waitpid(-1, NULL, WNOHANG);
    while (pid > 0);
    return pid == 0;
}

void realm_kill_all(void)
{
    const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
    int waited;

    if (!reap())
        return;
    signal_descendants(SIGTERM);
    for (waited = 0; reap(); waited += STEP_MS) {
        if (waited >= KIND_MS)
            signal_descendants(SIGKILL);
        nanosleep(&step, NULL);
    }
}
