/* SPDX-License-Identifier: Apache-2.0
 * contestant.c - a server's process and a client's, which bench-rpc drives through pipes.
 */
#include "contestant.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void contestant_die(const char *who, const char *what)
{
    fprintf(stderr, "bench-rpc: %s: %s\n", who, what);
    exit(1);
}

static void program_path(const char *program, char *to, size_t size)
{
    const char *peers = getenv("COUNTERSIGN_PEERS");
    char self[2000];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n < 0 || !peers)
        contestant_die(program, "COUNTERSIGN_PEERS is not set; start with ./run bench rpc");
    self[n] = '\0';
    *strrchr(self, '/') = '\0';
    snprintf(to, size, "%s/%s", strncmp(program, "peer-", 5) ? self : peers, program);
}

/* A child that reads what ret_to is given and writes what ret_from gives. */
static pid_t start(char **argv, FILE **ret_to, FILE **ret_from)
{
    int in[2], out[2];
    pid_t pid;

    if (pipe(in) != 0 || pipe(out) != 0)
        contestant_die(argv[0], "pipe");
    pid = fork();
    if (pid < 0)
        contestant_die(argv[0], "fork");
    if (pid == 0) {
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        closefrom(STDERR_FILENO + 1);
        execv(argv[0], argv);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    *ret_to = fdopen(in[1], "w");
    *ret_from = fdopen(out[0], "r");
    return pid;
}

void contestant_begin(struct contestant *c)
{
    char path[2100], where[64] = "", role[] = "server", level[20], line[80];
    char *argv[] = { path, role, level, NULL, NULL };
    FILE *to, *from; /* the server's stay open until this process ends, and with it the server */

    program_path(c->program, path, sizeof path);
    snprintf(level, sizeof level, "%s", c->level);
    c->server = start(argv, &to, &from);
    if (!fgets(line, sizeof line, from) || sscanf(line, "ready %63s", where) != 1)
        contestant_die(c->name, "the server did not start");
    memcpy(role, "client", sizeof role);
    argv[3] = where;
    c->client = start(argv, &c->to, &c->from);
    if (!fgets(line, sizeof line, c->from) || strcmp(line, "ready\n") != 0)
        contestant_die(c->name, "the client did not start");
    c->sample = calloc(CONTESTANT_SAMPLES, sizeof *c->sample);
    if (!c->sample)
        contestant_die(c->name, "memory");
}

void contestant_end(struct contestant *c)
{
    fclose(c->to);
    waitpid(c->client, NULL, 0);
    free(c->sample);
}

/* Processor seconds of a process so far. */
static double cpu(pid_t pid)
{
    struct timespec t = { 0 };
    clockid_t clock;

    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        contestant_die("cpu", "a contestant has died");
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int contestant_by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;

    return (x > y) - (x < y);
}

static int by_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double contestant_median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_double);
    return v[n / 2];
}

int contestant_rounds(int usual)
{
    return getenv("BENCH_QUICK") ? (usual + 4) / 5 : usual;
}

double contestant_us(const struct contestant *c, int i)
{
    return c->sample[i] * 1e-3;
}

double contestant_calls(struct contestant *c, size_t size, int calls)
{
    double sum = 0;
    int i;

    fprintf(c->to, "one %zu %d\n", size, calls);
    fflush(c->to);
    for (i = 0; i < calls && c->samples < CONTESTANT_SAMPLES; i++) {
        if (fscanf(c->from, "%d", &c->sample[c->samples]) != 1)
            contestant_die(c->name, "the client has died");
        sum += c->sample[c->samples] * 1e-9;
        if (c->at_once)
            c->sample[c->samples] /= c->at_once;
        c->samples++;
    }
    return sum;
}

double contestant_round(struct contestant *c, size_t size, int calls)
{
    int first = c->samples, n;

    contestant_calls(c, size, calls);
    n = c->samples - first;
    if (n < 1)
        contestant_die(c->name, "no room for more samples");
    qsort(c->sample + first, (size_t)n, sizeof c->sample[0], contestant_by_value);
    return contestant_us(c, first + n / 2);
}

struct rate contestant_many(struct contestant *c, size_t size, int ms)
{
    double client = cpu(c->client), server = cpu(c->server);
    unsigned long long calls;
    long long gone;

    fprintf(c->to, "many %d %zu %d\n", CONTESTANT_CLIENTS, size, ms);
    fflush(c->to);
    if (fscanf(c->from, "%llu %lld", &calls, &gone) != 2 || calls == 0)
        contestant_die(c->name, "the client has died");
    return (struct rate){ (double)gone * 1e-3 / (double)calls,
                          (cpu(c->client) - client) * 1e6 / (double)calls,
                          (cpu(c->server) - server) * 1e6 / (double)calls };
}
