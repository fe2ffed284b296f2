/* SPDX-License-Identifier: Apache-2.0
 * worker.c - see worker.h.
 */
#include "worker.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 2100, LINE = 600 };

void worker_die(const char *who, const char *what)
{
    fprintf(stderr, "bench queue: %s: %s\n", who, what);
    exit(1);
}

double worker_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Of the folder this program is in, to which name is relative. */
static void beside(const char *name, char to[PATH])
{
    char self[2000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n < 0)
        worker_die(name, "where this program is cannot be told");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    (void)snprintf(to, PATH, "%s/%s", self, name);
}

static void path_of(const char *program, char to[PATH])
{
    const char *peers = getenv("COUNTERSIGN_PEERS");

    if (strncmp(program, "peer-", 5) != 0)
        beside(program, to);
    else if (!peers || snprintf(to, PATH, "%s/%s", peers, program) >= PATH)
        worker_die(program, "COUNTERSIGN_PEERS is not set; start with ./run bench queue");
}

/* A child whose descriptor `out` writes what *ret_from gives; it reads from in, or nothing. */
static pid_t start(char **argv, int in, int out, FILE **ret_from)
{
    int end[2];
    pid_t pid;

    if (pipe(end) != 0)
        worker_die(argv[0], "no pipe");
    pid = fork();
    if (pid < 0)
        worker_die(argv[0], "no process");
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (in >= 0)
            dup2(in, STDIN_FILENO);
        dup2(end[1], out);
        closefrom(STDERR_FILENO + 1);
        execv(argv[0], argv);
        _exit(127);
    }
    close(end[1]);
    *ret_from = fdopen(end[0], "r");
    return pid;
}

static void end(pid_t pid, const char *name)
{
    int status = 0;

    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        worker_die(name, "it did not end well");
}

void worker_begin(struct worker *w, const char *program)
{
    char path[PATH], kind[40], line[LINE] = "";
    char *argv[] = { path, kind, NULL };
    int in[2];

    path_of(program, path);
    (void)snprintf(kind, sizeof kind, "%s", w->kind);
    if (pipe(in) != 0)
        worker_die(w->name, "no pipe");
    w->pid = start(argv, in[0], STDOUT_FILENO, &w->from);
    close(in[0]);
    w->to = fdopen(in[1], "w");
    if (!fgets(line, sizeof line, w->from) || strcmp(line, "ready\n") != 0)
        worker_die(w->name, "it did not start");
}

void worker_end(struct worker *w)
{
    fclose(w->to);
    fclose(w->from);
    end(w->pid, w->name);
}

static double number(struct worker *w)
{
    long long ns;

    if (fscanf(w->from, "%lld", &ns) != 1)
        worker_die(w->name, "it has died");
    return (double)ns * 1e-3;
}

double worker_run(struct worker *w, const char *verb, int count, int window)
{
    fprintf(w->to, "%s %d %d\n", verb, count, window);
    fflush(w->to);
    return number(w) / count;
}

void worker_latency(struct worker *w, int count, int interval_us, double *ret)
{
    int i;

    fprintf(w->to, "latency %d %d\n", count, interval_us);
    fflush(w->to);
    for (i = 0; i < count; i++)
        ret[i] = number(w);
}

/* ---- the queue manager ---- */

static void *listen_on(void *arg)
{
    char line[LINE];

    while (fgets(line, sizeof line, arg))
        continue;
    return NULL;
}

double manager_process_begin(struct manager_process *m, const char *store)
{
    char path[PATH], option[] = "--config", config[PATH], line[LINE] = "";
    char *argv[] = { path, option, config, NULL };
    double took;
    FILE *f;

    beside("../bin/countersign-mqd", path);
    (void)snprintf(config, sizeof config, "%s.conf", store);
    f = fopen(config, "w");
    if (!f ||
        fprintf(f,
                "store = %s\nqueue-messages = 0\nsender-messages = 0\nqueue-bytes = 0\n"
                "sender-bytes = 0\n",
                store) < 0 ||
        fclose(f) != 0)
        worker_die(config, "cannot be written");
    took = worker_seconds();
    m->pid = start(argv, -1, STDERR_FILENO, &m->said);
    while (fgets(line, sizeof line, m->said) && !strstr(line, ": ready\n"))
        continue;
    if (!strstr(line, ": ready\n"))
        worker_die("countersign-mqd", "it did not start");
    took = worker_seconds() - took;
    if (pthread_create(&m->listener, NULL, listen_on, m->said) != 0)
        worker_die("countersign-mqd", "no thread");
    return took;
}

double manager_process_resident(const struct manager_process *m)
{
    long total, pages;
    char name[64];
    FILE *f;

    (void)snprintf(name, sizeof name, "/proc/%d/statm", (int)m->pid);
    f = fopen(name, "r");
    if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2)
        worker_die("countersign-mqd", "it has died");
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / (1 << 20);
}

void manager_process_end(struct manager_process *m)
{
    kill(m->pid, SIGTERM);
    end(m->pid, "countersign-mqd");
    pthread_join(m->listener, NULL);
    fclose(m->said);
}
