/* SPDX-License-Identifier: Apache-2.0
 * bench.h - what every benchmark is made of: contestants, interleaved rounds, medians, a report.
 *
 *    bench-NAME [--json] [--plot FILE.svg]
 *
 * The first contestant of a row is ours. Each round runs every contestant once for a few
 * milliseconds, one after another, so that whatever else the machine does meets all of them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_PEERS = 12, BENCH_ROWS = 64, BENCH_TARGETS = 32 };

struct bench_contestant {
    const char *name;                 /* "ours", "mit", "openssl" */
    void (*run)(void *arg, size_t n); /* the work, n times */
    void *arg;
};

struct bench {
    const char *name;
    bool json;
    const char *plot;
    size_t count;
    struct bench_row {
        const char *subject, *unit;
        size_t size, contestants;
        const char *who[BENCH_PEERS];
        double time[BENCH_PEERS]; /* NAN: this contestant cannot do it */
    } row[BENCH_ROWS];
    size_t targets;
    struct bench_target {
        const char *text;
        double value, limit;
        bool at_least; /* else at most */
    } target[BENCH_TARGETS];
};

/* Ends the program on an option it does not know. */
void bench_init(struct bench *b, const char *name, int argc, char **argv);
/* Measures and notes one row, in microseconds; size 0: none. */
void bench_measure(struct bench *b, const char *subject, size_t size,
                   const struct bench_contestant *c, size_t n);
/* Notes a row that was measured by other means, its last three fields to be filled by the caller.
 */
struct bench_row *bench_note(struct bench *b, const char *subject, const char *unit, size_t size);
/* Notes a figure and what it has to reach; the report tells which were missed. */
void bench_aim(struct bench *b, const char *text, double value, bool at_least, double limit);
/* Prints the table or JSON and draws the plot; 0, or 1 if the plot could not be written. */
int bench_report(const struct bench *b);
