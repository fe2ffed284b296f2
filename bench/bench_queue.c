/* SPDX-License-Identifier: Apache-2.0
 * bench_queue.c - queued messages of 1 KiB: ours, SQLite alone, and what else a user could pick.
 *
 * All contestants (queue/worker.h) stand ready together; each round asks every one in turn, so that
 * whatever else the machine does meets all of them. bench/queue.sh starts the brokers.
 * BENCH_QUICK in the environment: few rounds and a tenth of the messages, for a look while working.
 * --only scale: the million messages alone, for which no broker is needed.
 */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "contestant.h"
#include "queue/scale.h"
#include "queue/worker.h"

enum { ROUNDS = 21, WINDOW = 256, GROUP = 64, MANY = 2048, FEW = 48, SLOW_RATE_US = 10000 };

enum who { NONE, INTEGRITY, PRIVACY, SQLITE_64, SQLITE_1, CLASSIC, QUORUM, NATS, NATS_SYNC, ALL };

static struct {
    struct worker worker;
    const char *program;
    int window[2]; /* of the two rows of rates; 0: not in it */
    bool waits;    /* for a message to come: has a latency */
    bool there;
} all[ALL] = {
    [NONE] = { { "ours", "none" }, "bench-queue-ours", { WINDOW, 1 }, true, true },
    [INTEGRITY] = { { "integrity", "integrity" }, "bench-queue-ours", { WINDOW, 1 }, true, true },
    [PRIVACY] = { { "privacy", "privacy" }, "bench-queue-ours", { WINDOW, 1 }, true, true },
    [SQLITE_64] = { { "sqlite-64", "64" }, "peer-sqlite", { GROUP, 0 }, false, true },
    [SQLITE_1] = { { "sqlite-1", "1" }, "peer-sqlite", { 0, 1 }, false, true },
    [CLASSIC] = { { "classic", "classic" }, "peer-amqp", { WINDOW, 1 }, true, true },
    [QUORUM] = { { "quorum", "quorum" }, "peer-amqp", { WINDOW, 1 }, true, true },
    [NATS] = { { "nats", "nats" }, "peer-nats", { WINDOW, 1 }, true, true },
    [NATS_SYNC] = { { "nats-sync", "nats-sync" }, "peer-nats", { WINDOW, 1 }, true, false },
};

static const int counts[2] = { MANY, FEW };
static double sent[2][ALL][ROUNDS], received[2][ALL][ROUNDS], p50[ALL][ROUNDS];
static double *times[ALL]; /* of single messages */

/* ---- measuring ---- */

static void begin_all(void)
{
    int i;

    all[NATS_SYNC].there = getenv("QUEUE_BENCH_NATS_ALWAYS") != NULL;
    for (i = 0; i < ALL; i++)
        if (all[i].there)
            worker_begin(&all[i].worker, all[i].program);
}

static void end_all(void)
{
    int i;

    for (i = 0; i < ALL; i++)
        if (all[i].there)
            worker_end(&all[i].worker);
}

static void measure_rates(int row)
{
    int n = contestant_rounds(ROUNDS), r, i;

    for (r = 0; r < n; r++) {
        for (i = 0; i < ALL; i++) {
            int window = all[i].window[row];

            if (!window || !all[i].there) {
                sent[row][i][r] = received[row][i][r] = NAN;
                continue;
            }
            sent[row][i][r] = worker_run(&all[i].worker, "send", counts[row], window);
            received[row][i][r] = worker_run(&all[i].worker, "receive", counts[row], window);
        }
    }
}

static void measure_latency(void)
{
    double some[FEW];
    int n = contestant_rounds(ROUNDS), r, i;

    for (i = 0; i < ALL; i++) {
        times[i] = calloc((size_t)ROUNDS * FEW, sizeof *times[i]);
        if (!times[i])
            worker_die("latency", "no memory");
    }
    for (r = 0; r < n; r++) {
        for (i = 0; i < ALL; i++) {
            p50[i][r] = NAN;
            if (!all[i].waits || !all[i].there)
                continue;
            worker_latency(&all[i].worker, FEW, SLOW_RATE_US, some);
            memcpy(times[i] + r * FEW, some, sizeof some);
            p50[i][r] = contestant_median(some, FEW);
        }
    }
}

/* ---- what is printed ---- */

static struct bench_row *row_of(struct bench *b, const char *subject)
{
    struct bench_row *row = bench_note(b, subject, "us", 0);
    int i;

    row->contestants = ALL;
    for (i = 0; i < ALL; i++)
        row->who[i] = all[i].worker.name;
    return row;
}

/* The medians; the rounds stay in their order, for ratios. */
static void note(struct bench *b, const char *subject, double of[ALL][ROUNDS])
{
    struct bench_row *row = row_of(b, subject);
    double sorted[ROUNDS];
    int i;

    for (i = 0; i < ALL; i++) {
        memcpy(sorted, of[i], sizeof sorted);
        row->time[i] = contestant_median(sorted, contestant_rounds(ROUNDS));
    }
}

static void note_tail(struct bench *b)
{
    struct bench_row *row = row_of(b, "latency, p99");
    int n = contestant_rounds(ROUNDS) * FEW, i;

    for (i = 0; i < ALL; i++) {
        (void)contestant_median(times[i], n);
        row->time[i] = all[i].waits && all[i].there ? times[i][n - 1 - n / 100] : NAN;
        free(times[i]);
    }
}

/* How many times b's time a takes: the median of rounds. */
static double ratio(double of[ALL][ROUNDS], enum who a, enum who b)
{
    double each[ROUNDS];
    int n = contestant_rounds(ROUNDS), r;

    for (r = 0; r < n; r++)
        each[r] = of[a][r] / of[b][r];
    return contestant_median(each, n);
}

static void aim(struct bench *b)
{
    double of_quorum = ratio(sent[0], QUORUM, PRIVACY);

    bench_aim(b, "privacy: window 256, times RabbitMQ quorum's rate", of_quorum, true, 1);
    bench_aim(b, "privacy: the same, what is wanted next", of_quorum, true, 2);
    bench_aim(b, "privacy: window 256, share of SQLite's in groups of 64",
              ratio(sent[0], SQLITE_64, PRIVACY), true, 0.35);
    bench_aim(b, "privacy: window 1, times RabbitMQ's better queue",
              fmin(ratio(sent[1], QUORUM, PRIVACY), ratio(sent[1], CLASSIC, PRIVACY)), true, 1.5);
    bench_aim(b, "privacy: median latency, times RabbitMQ quorum's", ratio(p50, PRIVACY, QUORUM),
              false, 1);
    bench_aim(b, "privacy: the same, RabbitMQ classic (before the disk)",
              ratio(p50, PRIVACY, CLASSIC), false, 1);
    bench_aim(b, "privacy: the same, NATS (never synced)", ratio(p50, PRIVACY, NATS), false, 1);
}

static void rates(struct bench *b, const char *store)
{
    struct manager_process manager;

    manager_process_begin(&manager, store);
    begin_all();
    measure_rates(0);
    measure_rates(1);
    measure_latency();
    end_all();
    manager_process_end(&manager);
    note(b, "sent, window 256", sent[0]);
    note(b, "received, the same", received[0]);
    note(b, "sent, window 1", sent[1]);
    note(b, "received, one by one", received[1]);
    note(b, "latency, p50", p50);
    note_tail(b);
    aim(b);
}

/* The first two arguments, where they say so, are gone. */
static bool scale_alone(int *argc, char **argv)
{
    if (*argc < 3 || strcmp(argv[1], "--only") != 0 || strcmp(argv[2], "scale") != 0)
        return false;
    *argc -= 2;
    memmove(argv + 1, argv + 3, (size_t)*argc * sizeof *argv);
    return true;
}

int main(int argc, char **argv)
{
    const char *folder = getenv("QUEUE_BENCH_FOLDER");
    const bool alone = scale_alone(&argc, argv);
    static struct bench b;
    char store[300];

    bench_init(&b, "queue", argc, argv);
    if (!folder || snprintf(store, sizeof store, "%s/mqd", folder) >= (int)sizeof store)
        worker_die("no folder", "start with ./run bench queue");
    if (!alone)
        rates(&b, store);
    scale_measure(&b, folder);
    return bench_report(&b);
}
