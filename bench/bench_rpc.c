/* SPDX-License-Identifier: Apache-2.0
 * bench_rpc.c - remote procedure calls over TCP, and local ones: ours, the floor, and what else a
 * user could pick.
 *
 * All contestants (contestant.h) stand ready together; each round asks every one in turn, so that
 * whatever else the machine does meets all of them.
 * BENCH_QUICK in the environment: few rounds, for a look while working.
 */
#include "bench.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authorized.h"
#include "contestant.h"

enum { ROUNDS = 101, MANY_ROUNDS = 5, MANY_MS = 250 };
enum { IDLE = 2000, FLOW_ROUNDS = 9 };
static const unsigned long long flow_bytes = 256ULL << 20;
static const double round_seconds = 0.005;

enum {
    OURS,
    OURS_I,
    OURS_P,
    OURS_L,
    OURS_A,
    OURS_AP,
    RAW,
    RAW_L,
    ONC,
    ONC_I,
    ONC_P,
    GRPC,
    CONTESTANTS
};
static_assert((int)CONTESTANTS <= (int)BENCH_PEERS, "a row has room for all of them");

static const char our[] = "bench-rpc-ours";

/* clang-format off */
static struct contestant contestants[CONTESTANTS] = {
    [OURS]    = { .name = "ours", .program = our, .level = "none", .flows = true },
    [OURS_I]  = { .name = "integrity", .program = our, .level = "integrity" },
    [OURS_P]  = { .name = "privacy", .program = our, .level = "privacy", .flows = true },
    [OURS_L]  = { .name = "ncalrpc", .program = our, .level = "local", .flows = true },
    [OURS_A]  = { .name = "64 async", .program = our, .level = "later", .at_once = 64 },
    [OURS_AP] = { .name = "64 sealed", .program = our, .level = "later-sealed", .at_once = 64 },
    [RAW]     = { .name = "raw", .program = "peer-raw", .level = "none", .flows = true },
    [RAW_L]   = { .name = "raw-unix", .program = "peer-raw", .level = "local", .flows = true },
    [ONC]     = { .name = "onc", .program = "peer-onc", .level = "plain" },
    [ONC_I]   = { .name = "krb5i", .program = "peer-onc", .level = "krb5i", .size_max = 65536 },
    [ONC_P]   = { .name = "krb5p", .program = "peer-onc", .level = "krb5p", .size_max = 65536 },
    [GRPC]    = { .name = "grpc-tls", .program = "peer-grpc", .level = "tls" },
};
/* clang-format on */

static const size_t sizes[] = { 0, 4 << 10, 5 << 10, 64 << 10, 256 << 10, 1 << 20 };
enum { SIZES = sizeof sizes / sizeof sizes[0] };
enum { AT_NULL = 0, AT_4K = 1, AT_5K = 2, AT_64K = 3, AT_1M = 5 };

/* What was found, NAN where a contestant cannot; times in microseconds. */
static double p50[SIZES][CONTESTANTS], p99[SIZES][CONTESTANTS], each_of_16[SIZES][CONTESTANTS];
static double of_round[SIZES][CONTESTANTS][ROUNDS]; /* the median call of each round */
static double client_cpu[SIZES][CONTESTANTS], server_cpu[SIZES][CONTESTANTS];

static bool able(const struct contestant *c, size_t size)
{
    if (c->at_once)
        return size == 0;
    return !c->size_max || size <= c->size_max;
}

static void measure_one(size_t s)
{
    int calls[CONTESTANTS], r, i;

    for (i = 0; i < CONTESTANTS; i++) {
        struct contestant *c = &contestants[i];

        p50[s][i] = p99[s][i] = NAN;
        c->samples = 0;
        if (!able(c, sizes[s]))
            continue;
        contestant_calls(c, sizes[s], 10);
        calls[i] = (int)(round_seconds * 10 / contestant_calls(c, sizes[s], 10)) + 1;
        c->samples = 0;
    }
    for (r = 0; r < contestant_rounds(ROUNDS); r++) {
        for (i = 0; i < CONTESTANTS; i++) {
            if (able(&contestants[i], sizes[s]))
                of_round[s][i][r] =
                    contestant_round(&contestants[i], sizes[s], calls[i] < 2000 ? calls[i] : 2000);
        }
    }
    for (i = 0; i < CONTESTANTS; i++) {
        struct contestant *c = &contestants[i];

        if (!able(c, sizes[s]))
            continue;
        qsort(c->sample, (size_t)c->samples, sizeof c->sample[0], contestant_by_value);
        p50[s][i] = contestant_us(c, c->samples / 2);
        p99[s][i] = contestant_us(c, (int)((size_t)c->samples * 99 / 100));
    }
}

static void measure_many(size_t s)
{
    double each[CONTESTANTS][MANY_ROUNDS], at_client[CONTESTANTS][MANY_ROUNDS];
    double at_server[CONTESTANTS][MANY_ROUNDS];
    int n = contestant_rounds(MANY_ROUNDS), r, i;

    for (r = -1; r < n; r++) { /* the first makes the connections and is not counted */
        for (i = 0; i < CONTESTANTS; i++) {
            struct rate rate;

            if (!able(&contestants[i], sizes[s]) || contestants[i].at_once)
                continue;
            rate = contestant_many(&contestants[i], sizes[s], r < 0 ? 20 : MANY_MS);
            if (r < 0)
                continue;
            each[i][r] = rate.each;
            at_client[i][r] = rate.client;
            at_server[i][r] = rate.server;
        }
    }
    for (i = 0; i < CONTESTANTS; i++) {
        bool can = able(&contestants[i], sizes[s]) && !contestants[i].at_once;

        each_of_16[s][i] = can ? contestant_median(each[i], n) : NAN;
        client_cpu[s][i] = can ? contestant_median(at_client[i], n) : NAN;
        server_cpu[s][i] = can ? contestant_median(at_server[i], n) : NAN;
    }
}

/* Resident bytes; what the kernel keeps for a socket is not in it. */
static double resident(pid_t pid)
{
    char name[64];
    long total, pages;
    FILE *f;

    snprintf(name, sizeof name, "/proc/%d/statm", (int)pid);
    f = fopen(name, "r");
    if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2)
        contestant_die("memory", "a contestant has died");
    fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void ask(struct contestant *c, const char *line)
{
    char answer[40];

    fputs(line, c->to);
    fflush(c->to);
    if (!fgets(answer, sizeof answer, c->from))
        contestant_die(c->name, "the client has died");
}

/* To be asked first: a server that has worked has memory to use again. The code and the threads
 * that any connections need are there with the first few, and are not of one. */
static double per_idle_connection(struct contestant *c)
{
    char line[40];
    double before, after;

    snprintf(line, sizeof line, "hold %d\n", IDLE / 10);
    ask(c, line);
    before = resident(c->server);
    snprintf(line, sizeof line, "hold %d\n", IDLE);
    ask(c, line);
    after = resident(c->server);
    ask(c, "release\n");
    return (after - before) / IDLE / 1024;
}

/* A stream of flow_bytes, in microseconds for each MiB. */
static double flow(struct contestant *c)
{
    long long ns;

    fprintf(c->to, "flow %llu\n", flow_bytes);
    fflush(c->to);
    if (fscanf(c->from, "%lld", &ns) != 1 || ns <= 0)
        contestant_die(c->name, "the client has died");
    return (double)ns * 1e-3 / (double)(flow_bytes >> 20);
}

/* Notes them; gives back how many of the raw socket's bytes a second a pipe moves at level none:
 * the median of rounds, as ratios always are. */
static double measure_flow(struct bench *b)
{
    struct bench_row *row = bench_note(b, "a pipe, each MiB", "us", 0);
    double of[CONTESTANTS][FLOW_ROUNDS], share[FLOW_ROUNDS];
    int n = contestant_rounds(FLOW_ROUNDS), r, i;

    for (r = 0; r < n; r++) {
        for (i = 0; i < CONTESTANTS; i++)
            of[i][r] = contestants[i].flows ? flow(&contestants[i]) : NAN;
        share[r] = of[RAW][r] / of[OURS][r];
    }
    row->contestants = CONTESTANTS;
    for (i = 0; i < CONTESTANTS; i++) {
        row->who[i] = contestants[i].name;
        row->time[i] = contestants[i].flows ? contestant_median(of[i], n) : NAN;
    }
    return contestant_median(share, n);
}

static void note(struct bench *b, const char *subject, double values[SIZES][CONTESTANTS])
{
    size_t s, i;

    for (s = 0; s < SIZES; s++) {
        struct bench_row *row = bench_note(b, subject, "us", sizes[s]);

        row->contestants = CONTESTANTS;
        for (i = 0; i < CONTESTANTS; i++) {
            row->who[i] = contestants[i].name;
            row->time[i] = values[s][i];
        }
    }
}

/* How many times b's time a takes. */
static double times(size_t s, size_t a, size_t b)
{
    double ratio[ROUNDS];
    int n = contestant_rounds(ROUNDS), r;

    for (r = 0; r < n; r++)
        ratio[r] = of_round[s][a][r] / of_round[s][b][r];
    return contestant_median(ratio, n);
}

/* The greatest of them over the sizes; tails from 5 KiB on. */
static double worst_against(size_t who, size_t peer)
{
    double worst = 0;
    size_t s;

    for (s = 0; s < SIZES; s++)
        worst = fmax(worst, times(s, who, peer));
    return worst;
}

static double worst_tail(size_t who)
{
    double worst = 0;
    size_t s;

    for (s = AT_5K; s < SIZES; s++)
        worst = fmax(worst, p99[s][who] / p50[s][who]);
    return worst;
}

static void aim(struct bench *b, double idle, double pipe)
{
    bench_aim(b, "none: null call, times raw ping-pong", times(AT_NULL, OURS, RAW), false, 1.25);
    bench_aim(b, "ncalrpc: null call, times raw Unix ping-pong", times(AT_NULL, OURS_L, RAW_L),
              false, 1.3);
    bench_aim(b, "none: slowest size, times ONC RPC", worst_against(OURS, ONC), false, 1);
    bench_aim(b, "none: 64 async null calls, times one client's rate", times(AT_NULL, OURS, OURS_A),
              true, 2);
    bench_aim(b, "privacy: null call, times raw ping-pong", times(AT_NULL, OURS_P, RAW), false,
              1.75);
    bench_aim(b, "privacy: null, 16 clients, times gRPC's rate",
              each_of_16[AT_NULL][GRPC] / each_of_16[AT_NULL][OURS_P], true, 3);
    bench_aim(b, "privacy: 4 KiB, 16 clients, times gRPC's rate",
              each_of_16[AT_4K][GRPC] / each_of_16[AT_4K][OURS_P], true, 3);
    bench_aim(b, "privacy: 64 KiB, one client, times gRPC's rate", times(AT_64K, GRPC, OURS_P),
              true, 1.5);
    bench_aim(b, "privacy: 1 MiB, one client, times gRPC's rate", times(AT_1M, GRPC, OURS_P), true,
              2);
    bench_aim(b, "privacy: 64 KiB, times krb5p's rate", times(AT_64K, ONC_P, OURS_P), true, 10);
    bench_aim(b, "none: 5 KiB to 1 MiB, worst p99 / p50", worst_tail(OURS), false, 10);
    bench_aim(b, "privacy: 5 KiB to 1 MiB, worst p99 / p50", worst_tail(OURS_P), false, 10);
    bench_aim(b, "none: a pipe, share of the raw socket's bytes", pipe, true, 0.7);
    bench_aim(b, "privacy: KiB for an idle connection", idle, false, 12);
}

int main(int argc, char **argv)
{
    static struct bench b;
    double idle, pipe;
    size_t s, i;

    bench_init(&b, "rpc", argc, argv);
    for (i = 0; i < CONTESTANTS; i++)
        contestant_begin(&contestants[i]);
    idle = per_idle_connection(&contestants[OURS_P]);
    for (s = 0; s < SIZES; s++) {
        measure_one(s);
        measure_many(s);
    }
    note(&b, "one client, p50", p50);
    note(&b, "one client, p99", p99);
    note(&b, "16 clients, a call", each_of_16);
    note(&b, "  client's processor", client_cpu);
    note(&b, "  server's processor", server_cpu);
    pipe = measure_flow(&b);
    aim(&b, idle, pipe);
    authorized_measure(&b);
    for (i = 0; i < CONTESTANTS; i++)
        contestant_end(&contestants[i]);
    return bench_report(&b);
}
