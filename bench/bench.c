/* SPDX-License-Identifier: Apache-2.0
 * bench.c - see bench.h.
 */
#include "bench.h"

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

void bench_measure(struct bench *b, const char *subject, size_t size,
                   const struct bench_contestant *c, size_t n)
{
    static double time[BENCH_PEERS][ROUNDS];
    struct bench_row *row = &b->row[b->count];
    size_t times[BENCH_PEERS], i, r;

    if (b->count == BENCH_ROWS || n > BENCH_PEERS) {
        fprintf(stderr, "bench %s: too many rows or contestants\n", b->name);
        exit(1);
    }
    for (i = 0; i < n; i++)
        times[i] = calibrate(&c[i]);
    for (r = 0; r < ROUNDS; r++) {
        for (i = 0; i < n; i++)
            time[i][r] = once(&c[i], times[i]);
    }
    *row = (struct bench_row){ subject, "us", size, n, { NULL }, { 0 } };
    for (i = 0; i < n; i++) {
        qsort(time[i], ROUNDS, sizeof time[i][0], by_value);
        row->who[i] = c[i].name;
        row->time[i] = time[i][ROUNDS / 2] * 1e6;
    }
    b->count++;
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

static void print_table(const struct bench *b)
{
    size_t i, j;

    printf("%s: microseconds, median of %d interleaved rounds; (how many times ours)\n", b->name,
           ROUNDS);
    for (i = 0; i < b->count; i++) {
        const struct bench_row *r = &b->row[i];
        char size[32];

        size_text(r->size, size);
        printf("%-14s %8s   %s %10.2f", r->subject, size, r->who[0], r->time[0]);
        for (j = 1; j < r->contestants; j++)
            printf("   %s %10.2f (%.2f)", r->who[j], r->time[j], r->time[j] / r->time[0]);
        if (r->size)
            printf("   %7.0f MB/s", (double)r->size / r->time[0]);
        printf("\n");
    }
}

static void print_json(const struct bench *b)
{
    size_t i, j;

    printf("{\"bench\": \"%s\", \"rows\": [", b->name);
    for (i = 0; i < b->count; i++) {
        const struct bench_row *r = &b->row[i];

        printf("%s\n  {\"subject\": \"%s\", \"size\": %zu, \"unit\": \"%s\", \"%s\": %.4f, "
               "\"peers\": {",
               i ? "," : "", r->subject, r->size, r->unit, r->who[0], r->time[0]);
        for (j = 1; j < r->contestants; j++)
            printf("%s\"%s\": %.4f", j > 1 ? ", " : "", r->who[j], r->time[j]);
        printf("}, \"ratio\": {");
        for (j = 1; j < r->contestants; j++)
            printf("%s\"%s\": %.3f", j > 1 ? ", " : "", r->who[j], r->time[j] / r->time[0]);
        printf("}}");
    }
    printf("\n]}\n");
}

/* One group of bars a row, each group to its own scale: the ratios are what is to be seen. */
static void draw_row(FILE *f, const struct bench_row *r, int y)
{
    static const char *const colour[BENCH_PEERS] = { "#1f6feb", "#d29922", "#8b949e",
                                                     "#a371f7", "#3fb950", "#f85149" };
    double most = 0;
    char size[32];
    size_t j;

    size_text(r->size, size);
    for (j = 0; j < r->contestants; j++)
        most = r->time[j] > most ? r->time[j] : most;
    fprintf(f, "<text x=\"10\" y=\"%d\" font-weight=\"bold\">%s %s</text>\n", y + 11, r->subject,
            size);
    for (j = 0; j < r->contestants; j++) {
        int top = y + (int)j * 15, width = (int)(480 * r->time[j] / most) + 1;

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
