/* SPDX-License-Identifier: Apache-2.0
 * bench.c - see bench.h.
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 41 };
static const double round_seconds = 0.002;

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void bench_init(struct bench *b, const char *name, int argc, char **argv)
{
    int i;

    memset(b, 0, sizeof *b);
    b->name = name;
    for (i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            b->json = true;
        } else if (strcmp(argv[i], "--plot") == 0 && i + 1 < argc) {
            b->plot = argv[++i];
        } else {
            fprintf(stderr, "usage: bench-%s [--json] [--plot FILE.svg]\n", name);
            exit(2);
        }
    }
}

static double once(const struct bench_contestant *c, size_t n)
{
    double start = seconds();

    c->run(c->arg, n);
    return (seconds() - start) / (double)n;
}

/* How many times fill a round. */
static size_t calibrate(const struct bench_contestant *c)
{
    size_t n = 1;
    double each;

    c->run(c->arg, 64); /* what is made at first need is there after this */
    each = once(c, n);

    while (each * (double)n < round_seconds / 4 && n < (size_t)1 << 30) {
        n *= 2;
        each = once(c, n);
    }
    n = (size_t)(round_seconds / each);
    return n ? n : 1;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void too_many(const struct bench *b)
{
    fprintf(stderr, "bench %s: too many rows, targets or contestants\n", b->name);
    exit(1);
}

struct bench_row *bench_note(struct bench *b, const char *subject, const char *unit, size_t size)
{
    struct bench_row *row = &b->row[b->count];

    if (b->count++ == BENCH_ROWS)
        too_many(b);
    *row = (struct bench_row){ .subject = subject, .unit = unit, .size = size };
    return row;
}

void bench_aim(struct bench *b, const char *text, double value, bool at_least, double limit)
{
    if (b->targets == BENCH_TARGETS)
        too_many(b);
    b->target[b->targets++] = (struct bench_target){ text, value, limit, at_least };
}

void bench_measure(struct bench *b, const char *subject, size_t size,
                   const struct bench_contestant *c, size_t n)
{
    static double time[BENCH_PEERS][ROUNDS];
    struct bench_row *row = bench_note(b, subject, "us", size);
    size_t times[BENCH_PEERS], i, r;

    if (n > BENCH_PEERS)
        too_many(b);
    for (i = 0; i < n; i++)
        times[i] = calibrate(&c[i]);
    for (r = 0; r < ROUNDS; r++) {
        for (i = 0; i < n; i++)
            time[i][r] = once(&c[i], times[i]);
    }
    row->contestants = n;
    for (i = 0; i < n; i++) {
        qsort(time[i], ROUNDS, sizeof time[i][0], by_value);
        row->who[i] = c[i].name;
        row->time[i] = time[i][ROUNDS / 2] * 1e6;
    }
}

static void size_text(size_t size, char to[32])
{
    if (size == 0)
        to[0] = '\0';
    else if (size >= 1 << 20)
        snprintf(to, 32, "%zu MiB", size >> 20);
    else if (size >= 1 << 10 && size % (1 << 10) == 0)
        snprintf(to, 32, "%zu KiB", size >> 10);
    else
        snprintf(to, 32, "%zu B", size);
}

/* Few contestants: one line a row, with ratios. */
static void print_row(const struct bench_row *r)
{
    char size[32];
    size_t j;

    size_text(r->size, size);
    printf("%-14s %8s   %s %10.2f", r->subject, size, r->who[0], r->time[0]);
    for (j = 1; j < r->contestants; j++)
        printf("   %s %10.2f (%.2f)", r->who[j], r->time[j], r->time[j] / r->time[0]);
    if (r->size)
        printf("   %7.0f MB/s", (double)r->size / r->time[0]);
    printf("\n");
}

/* Many: a column each, under their names. */
static void print_wide_row(const struct bench_row *r, bool heading)
{
    char size[32];
    size_t j;

    if (heading) {
        printf("%-22s %8s", "", "");
        for (j = 0; j < r->contestants; j++)
            printf(" %10s", r->who[j]);
        printf("\n");
    }
    size_text(r->size, size);
    printf("%-22s %8s", r->subject, size);
    for (j = 0; j < r->contestants; j++) {
        if (isnan(r->time[j]))
            printf(" %10s", "-");
        else
            printf(" %10.1f", r->time[j]);
    }
    printf("  %s\n", r->unit);
}

static bool met(const struct bench_target *t)
{
    return t->at_least ? t->value >= t->limit : t->value <= t->limit;
}

static void print_targets(const struct bench *b)
{
    size_t i;

    for (i = 0; i < b->targets; i++) {
        const struct bench_target *t = &b->target[i];

        printf("%-6s  %-52s %8.2f  (%s %.2f)\n", met(t) ? "met" : "MISSED", t->text, t->value,
               t->at_least ? "at least" : "at most", t->limit);
    }
}

static bool same_columns(const struct bench_row *a, const struct bench_row *b)
{
    return a->contestants == b->contestants && a->who[0] == b->who[0];
}

static void print_table(const struct bench *b)
{
    bool wide = b->count > 0 && b->row[0].contestants > 4;
    size_t i;

    if (!wide)
        printf("%s: microseconds, median of %d interleaved rounds; (how many times ours)\n",
               b->name, ROUNDS);
    for (i = 0; i < b->count; i++) {
        if (wide)
            print_wide_row(&b->row[i], !i || !same_columns(&b->row[i - 1], &b->row[i]));
        else
            print_row(&b->row[i]);
    }
    print_targets(b);
}

/* JSON knows no NAN. */
static void print_number(const char *name, double value, int digits, bool first)
{
    printf("%s\"%s\": ", first ? "" : ", ", name);
    if (isnan(value))
        printf("null");
    else
        printf("%.*f", digits, value);
}

static void print_json(const struct bench *b)
{
    size_t i, j;

    printf("{\"bench\": \"%s\", \"rows\": [", b->name);
    for (i = 0; i < b->count; i++) {
        const struct bench_row *r = &b->row[i];

        printf("%s\n  {\"subject\": \"%s\", \"size\": %zu, \"unit\": \"%s\"", i ? "," : "",
               r->subject, r->size, r->unit);
        print_number(r->who[0], r->time[0], 4, false);
        printf(", \"peers\": {");
        for (j = 1; j < r->contestants; j++)
            print_number(r->who[j], r->time[j], 4, j == 1);
        printf("}, \"ratio\": {");
        for (j = 1; j < r->contestants; j++)
            print_number(r->who[j], r->time[j] / r->time[0], 3, j == 1);
        printf("}}");
    }
    printf("\n], \"targets\": [");
    for (i = 0; i < b->targets; i++) {
        const struct bench_target *t = &b->target[i];

        printf("%s\n  {\"text\": \"%s\", \"%s\": %.4f", i ? "," : "", t->text,
               t->at_least ? "at_least" : "at_most", t->limit);
        print_number("value", t->value, 4, false);
        printf(", \"met\": %s}", met(t) ? "true" : "false");
    }
    printf("\n]}\n");
}

/* One group of bars a row, each group to its own scale: the ratios are what is to be seen. */
static void draw_row(FILE *f, const struct bench_row *r, int y)
{
    static const char *const colour[BENCH_PEERS] = { "#1f6feb", "#d29922", "#8b949e", "#a371f7",
                                                     "#3fb950", "#f85149", "#db61a2", "#39c5cf",
                                                     "#9a6700", "#57606a", "#6e40c9", "#116329" };
    double most = 0;
    char size[32];
    size_t j;

    size_text(r->size, size);
    for (j = 0; j < r->contestants; j++) /* NAN is not greater than anything */
        most = r->time[j] > most ? r->time[j] : most;
    fprintf(f, "<text x=\"10\" y=\"%d\" font-weight=\"bold\">%s %s</text>\n", y + 11, r->subject,
            size);
    for (j = 0; j < r->contestants; j++) {
        int top = y + (int)j * 15;
        int width = isnan(r->time[j]) ? 0 : (int)(480 * r->time[j] / most) + 1;

        if (isnan(r->time[j]))
            continue;
        fprintf(f,
                "<rect x=\"170\" y=\"%d\" width=\"%d\" height=\"12\" fill=\"%s\"/>\n"
                "<text x=\"%d\" y=\"%d\">%s %.2f %s</text>\n",
                top, width, colour[j], 176 + width, top + 11, r->who[j], r->time[j], r->unit);
    }
}

static int draw(const struct bench *b)
{
    FILE *f = fopen(b->plot, "w");
    int y = 40, height = 40;
    size_t i;

    if (!f) {
        perror(b->plot);
        return 1;
    }
    for (i = 0; i < b->count; i++)
        height += (int)b->row[i].contestants * 15 + 10;
    fprintf(f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"%d\" "
            "font-family=\"sans-serif\" font-size=\"12\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
            "<text x=\"10\" y=\"22\" font-size=\"16\">%s: time per operation, less is better; "
            "each group to its own scale</text>\n",
            height, b->name);
    for (i = 0; i < b->count; i++) {
        draw_row(f, &b->row[i], y);
        y += (int)b->row[i].contestants * 15 + 10;
    }
    fprintf(f, "</svg>\n");
    if (fclose(f) != 0) {
        perror(b->plot);
        return 1;
    }
    return 0;
}

int bench_report(const struct bench *b)
{
    if (b->json)
        print_json(b);
    else
        print_table(b);
    return b->plot ? draw(b) : 0;
}
