/* SPDX-License-Identifier: Apache-2.0
 * queue_list.c - `countersign queue list`, `show`, `stats` and `watch`.
 */
#include "queue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

/* ---- list ---- */

static const struct figure {
    const char *name, *help;
    size_t at; /* in mqd_figures */
    bool grows;
} figures[] = {
#define FIGURE(field, name, grows, help)                                                           \
    {                                                                                              \
        name, help, offsetof(mqd_figures, field), grows                                            \
    }
    FIGURE(messages, "messages", false, "Messages in the queue"),
    FIGURE(bytes, "bytes", false, "Their bytes"),
    FIGURE(taken, "taken", false, "Messages that a receiver has"),
    FIGURE(delayed, "delayed", false, "Messages that wait for their next try"),
    FIGURE(express, "express", false, "Messages in memory alone"),
    FIGURE(held, "held", false, "Messages sent in transactions that are not over"),
    FIGURE(accepted, "accepted", true, "Messages accepted since the manager began"),
    FIGURE(executed, "executed", true, "Messages executed"),
    FIGURE(failed, "failed", true, "Deliveries that failed"),
    FIGURE(dead, "dead", true, "Messages that became dead letters"),
    FIGURE(expired, "expired", true, "Messages whose time was over"),
    FIGURE(purged, "purged", true, "Messages removed by hand"),
    FIGURE(dropped, "dropped", true, "Dead letters and journal entries that made room"),
#undef FIGURE
};

enum { FIGURES = sizeof figures / sizeof *figures };

static uint64_t figure_of(const mqd_figures *f, size_t i)
{
    uint64_t v;

    memcpy(&v, (const char *)f + figures[i].at, sizeof v);
    return v;
}

static void json_figures(const mqd_figures *f)
{
    size_t i;

    for (i = 0; i < FIGURES; i++)
        json_number(figures[i].name, (int64_t)figure_of(f, i));
    json_number("receivers", f->receivers);
    json_number("handles", f->handles);
}

static char *name_of(const mqd_info *info)
{
    return (char *)(uintptr_t)info->name;
}

static int list_json(void *arg, const mqd_info *info)
{
    (void)arg;
    json_object(NULL);
    json_text("name", name_of(info));
    json_text("owner", (const char *)info->owner);
    json_bool("temporary", info->settings.temporary);
    json_figures(&info->figures);
    json_end();
    return EXIT_DONE;
}

/* ---- the table ---- */

struct all {
    mqd_info *infos;
    size_t count, room;
};

static int keep_one(void *arg, const mqd_info *info)
{
    struct all *all = arg;

    if (all->count == all->room) {
        size_t room = all->room ? 2 * all->room : 64;
        mqd_info *more = mem_resize(all->infos, room * sizeof *more);

        if (!more)
            return out_fail("not enough memory");
        all->infos = more;
        all->room = room;
    }
    all->infos[all->count++] = *info;
    return EXIT_DONE;
}

struct table {
    const struct all *now;
    const struct all *before; /* NULL: no rates are shown */
    double seconds;           /* since then */
};

/* Of the longest name, within reason. */
static int width_of(const struct all *all)
{
    size_t width = 24, i, n;

    for (i = 0; i < all->count; i++) {
        n = strlen(name_of(&all->infos[i]));
        if (n > width)
            width = n < 60 ? n : 60;
    }
    return (int)width;
}

static const mqd_figures *figures_of(const struct all *all, const char *name)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (strcmp(name_of(&all->infos[i]), name) == 0)
            return &all->infos[i].figures;
    return NULL;
}

/* Figures begin anew with the manager. */
static double rate(uint64_t now, uint64_t before, double seconds)
{
    return now > before && seconds > 0 ? (double)(now - before) / seconds : 0;
}

static void print_rates(const struct table *t, const mqd_info *info)
{
    const mqd_figures *now = &info->figures, *before = figures_of(t->before, name_of(info));

    printf(" %9.1f %9.1f", before ? rate(now->accepted, before->accepted, t->seconds) : 0.0,
           before ? rate(now->executed, before->executed, t->seconds) : 0.0);
}

static void print_row(const struct table *t, const mqd_info *info, int width)
{
    char size[QUEUE_SIZE_TEXT], account[QUEUE_ACCOUNT_NAME];

    printf("%-*s %9" PRIu64 " %8s %6" PRIu64 " %8" PRIu64 " %9u", width, out_safe(name_of(info)),
           (uint64_t)info->figures.messages, queue_size(info->figures.bytes, size),
           (uint64_t)info->figures.taken, (uint64_t)info->figures.delayed,
           (unsigned)info->figures.receivers);
    if (t->before)
        print_rates(t, info);
    printf("  %s\n", queue_account((const char *)info->owner, account));
}

static void print_table(const struct table *t)
{
    const int width = width_of(t->now);
    size_t i;

    out_styled(OUT_HEADING, "%-*s %9s %8s %6s %8s %9s%s  %s\n", width, "QUEUE", "MESSAGES", "BYTES",
               "TAKEN", "DELAYED", "RECEIVERS", t->before ? "      IN/S     OUT/S" : "", "OWNER");
    for (i = 0; i < t->now->count; i++)
        print_row(t, &t->now->infos[i], width);
}

int queue_list(struct queue_request *q)
{
    struct all all = { 0 };
    const struct table table = { .now = &all };
    int status;

    if (q->json)
        json_array(NULL);
    status = queue_walk(q, q->json ? list_json : keep_one, &all);
    if (q->json)
        json_end();
    else if (status == EXIT_DONE)
        print_table(&table);
    mem_free(all.infos);
    return status;
}

/* ---- show ---- */

static void json_settings(const mqd_settings *s)
{
    json_number("messages_most", (int64_t)s->messages_most);
    json_number("bytes_most", (int64_t)s->bytes_most);
    json_number("sender_messages_most", (int64_t)s->sender_messages_most);
    json_number("sender_bytes_most", (int64_t)s->sender_bytes_most);
    json_number("deliveries_most", s->deliveries_most);
    json_number("backoff_first_ms", s->backoff_first_ms);
    json_number("backoff_most_ms", s->backoff_most_ms);
    json_text("journal", queue_journal_name(s->journal));
    json_bool("strict", s->strict);
    json_text("access", (const char *)s->access);
}

static void print_settings(mqd_settings *s)
{
    char a[QUEUE_SIZE_TEXT], b[QUEUE_SIZE_TEXT];

    printf("  limits      %s messages, %s bytes\n", queue_quota(s->messages_most, false, a),
           queue_quota(s->bytes_most, true, b));
    printf("  of a sender %s messages, %s bytes\n", queue_quota(s->sender_messages_most, false, a),
           queue_quota(s->sender_bytes_most, true, b));
    printf("  deliveries  %u, then a dead letter; %u ms before the next, %u ms at most%s\n",
           (unsigned)s->deliveries_most, (unsigned)s->backoff_first_ms,
           (unsigned)s->backoff_most_ms, s->strict ? "; later ones wait" : "");
    printf("  journal     %s\n", queue_journal_name(s->journal));
    printf("  access      %s\n", out_safe((char *)s->access)); /* another user's text */
}

int queue_show(struct queue_request *q)
{
    static mqd_info info;
    enum err e = ERR_OK;
    char account[QUEUE_ACCOUNT_NAME];
    size_t i;

    QUEUE_CALL(e, q->name, MqdShow(q->manager, q->name, &info));
    if (e)
        return out_fail_detail(e);
    if (q->json) {
        json_object(NULL);
        json_text("name", name_of(&info));
        json_text("owner", (const char *)info.owner);
        json_bool("temporary", info.settings.temporary);
        json_settings(&info.settings);
        json_figures(&info.figures);
        json_end();
        return EXIT_DONE;
    }
    out_styled(OUT_HEADING, "%s", out_safe(name_of(&info)));
    printf("  of %s%s\n", queue_account((const char *)info.owner, account),
           info.settings.temporary ? ", temporary" : "");
    print_settings(&info.settings);
    for (i = 0; i < FIGURES; i++)
        printf("  %-11s %" PRIu64 "\n", figures[i].name, figure_of(&info.figures, i));
    printf("  receivers   %u that wait, %u handles\n", (unsigned)info.figures.receivers,
           (unsigned)info.figures.handles);
    return EXIT_DONE;
}

/* ---- stats ---- */

/* A label's value.  Prometheus, exposition formats */
static void print_label(const char *s)
{
    for (; *s; s++)
        if (*s == '"' || *s == '\\')
            printf("\\%c", *s);
        else
            putchar(*s);
}

static void print_metric(const struct all *all, size_t i)
{
    const char *suffix = figures[i].grows ? "_total" : "";
    size_t k;

    printf("# HELP countersign_queue_%s%s %s.\n", figures[i].name, suffix, figures[i].help);
    printf("# TYPE countersign_queue_%s%s %s\n", figures[i].name, suffix,
           figures[i].grows ? "counter" : "gauge");
    for (k = 0; k < all->count; k++) {
        printf("countersign_queue_%s%s{queue=\"", figures[i].name, suffix);
        print_label(name_of(&all->infos[k]));
        printf("\"} %" PRIu64 "\n", figure_of(&all->infos[k].figures, i));
    }
}

static void print_receivers(const struct all *all)
{
    size_t k;

    printf("# HELP countersign_queue_receivers Receivers that wait for a message.\n"
           "# TYPE countersign_queue_receivers gauge\n");
    for (k = 0; k < all->count; k++) {
        printf("countersign_queue_receivers{queue=\"");
        print_label(name_of(&all->infos[k]));
        printf("\"} %u\n", (unsigned)all->infos[k].figures.receivers);
    }
}

static void print_manager(const mqd_stats *s)
{
    printf("# HELP countersign_mqd_bytes Bytes of all queues.\n"
           "# TYPE countersign_mqd_bytes gauge\n"
           "countersign_mqd_bytes %" PRIu64 "\n"
           "# HELP countersign_mqd_turned_away_total Submissions that were not accepted.\n"
           "# TYPE countersign_mqd_turned_away_total counter\n"
           "countersign_mqd_turned_away_total %" PRIu64 "\n"
           "# HELP countersign_mqd_handles Queues that programs have open.\n"
           "# TYPE countersign_mqd_handles gauge\n"
           "countersign_mqd_handles %u\n",
           (uint64_t)s->bytes, (uint64_t)s->turned_away, (unsigned)s->handles);
}

static void json_manager(const mqd_stats *s)
{
    char time[QUEUE_TIME_TEXT];

    json_object("manager");
    json_text("began", queue_time(s->began, time));
    json_number("queues", s->queues);
    json_number("bytes", (int64_t)s->bytes);
    json_number("bytes_most", (int64_t)s->bytes_most);
    json_number("turned_away", (int64_t)s->turned_away);
    json_number("handles", s->handles);
    json_number("receivers", s->receivers);
    json_end();
}

static void say_manager(const mqd_stats *s)
{
    char time[QUEUE_TIME_TEXT], bytes[QUEUE_SIZE_TEXT], most[QUEUE_SIZE_TEXT];

    printf("since %s: %u queues, %s of %s bytes, %u handles, %u receivers, %" PRIu64
           " submissions turned away\n",
           queue_time(s->began, time), (unsigned)s->queues, queue_size(s->bytes, bytes),
           queue_size(s->bytes_most, most), (unsigned)s->handles, (unsigned)s->receivers,
           (uint64_t)s->turned_away);
}

static void tell_json(const struct all *all, const mqd_stats *s)
{
    size_t i;

    json_object(NULL);
    json_array("queues");
    for (i = 0; i < all->count; i++)
        (void)list_json(NULL, &all->infos[i]);
    json_end();
    if (s)
        json_manager(s);
    json_end();
}

/* One metric of every queue stands together. */
static void tell_prometheus(const struct all *all, const mqd_stats *s)
{
    size_t i;

    for (i = 0; i < FIGURES; i++)
        print_metric(all, i);
    print_receivers(all);
    if (s)
        print_manager(s);
}

static void tell_all(const struct queue_request *q, const struct table *t, const mqd_stats *s)
{
    if (q->prometheus) {
        tell_prometheus(t->now, s);
    } else if (q->json) {
        tell_json(t->now, s);
    } else {
        print_table(t);
        if (s)
            say_manager(s);
    }
}

/* *ret is the caller's, whatever happens. */
static int stats(struct queue_request *q, const struct all *before, double seconds, struct all *ret)
{
    const struct table table = { ret, before, seconds };
    mqd_stats stats = { 0 };
    int status = queue_walk(q, keep_one, ret);
    enum err e = ERR_OK;

    if (status != EXIT_DONE)
        return status;
    QUEUE_CALL(e, NULL, MqdStats(q->manager, &stats)); /* administrators' */
    if (e && e != ERR_ACCESS_DENIED)
        return out_fail_detail(e);
    tell_all(q, &table, e ? NULL : &stats);
    return EXIT_DONE;
}

int queue_stats(struct queue_request *q)
{
    struct all all = { 0 };
    int status = stats(q, NULL, 0, &all);

    mem_free(all.infos);
    return status;
}

/* ---- watch ---- */

static double seconds_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_title(const struct queue_request *q)
{
    char text[QUEUE_TIME_TEXT];
    struct tm tm;
    time_t now = time(NULL);

    if (!gmtime_r(&now, &tm) || !strftime(text, sizeof text, "%Y-%m-%d %H:%M:%SZ", &tm))
        text[0] = '\0';
    printf("\033[H\033[2J%s, every %u s until Ctrl-C\n\n", text, (unsigned)q->every);
}

int queue_watch(struct queue_request *q)
{
    const bool terminal = isatty(STDOUT_FILENO) && !q->json;
    struct all before = { 0 };
    double then = seconds_now(), now;
    uint64_t n;
    int status = EXIT_DONE;

    for (n = 0; status == EXIT_DONE && (!q->times || n < q->times); n++) {
        struct all all = { 0 };

        if (n)
            (void)sleep((unsigned)q->every);
        if (terminal)
            print_title(q);
        now = seconds_now();
        status = stats(q, &before, now - then, &all);
        status = out_finish(status);
        mem_free(before.infos);
        before = all;
        then = now;
    }
    mem_free(before.infos);
    return status;
}
