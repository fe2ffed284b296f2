/* SPDX-License-Identifier: Apache-2.0
 * wait_line.c - who waits for a queue's messages.
 */
#include "queue/manager/wait_line.h"

#include <string.h>

#include "base/alloc.h"
#include "queue/manager/queue.h"

void waiting_done(struct waiting *w)
{
    store_heap_done(&w->deadlines);
}

/* An interface is 20 bytes without gaps, so one compares bytes. */
static_assert(sizeof(mqd_interface) == 20, "no padding");

static bool same(const struct receive *a, const struct receive *b)
{
    return a->handle->receiver == b->handle->receiver && a->interface_count == b->interface_count &&
           (!a->interface_count ||
            memcmp(a->interfaces, b->interfaces, a->interface_count * sizeof *a->interfaces) == 0);
}

static struct wait_line *line_of(struct waiting *w, const struct receive *r)
{
    struct wait_line *line = w->lines;

    while (line && !same(line->first, r))
        line = line->next;
    if (line)
        return line;
    line = mem_zero(sizeof *line);
    if (!line)
        return NULL;
    line->next = w->lines;
    if (line->next)
        line->next->prev = line;
    w->lines = line;
    return line;
}

static void drop_line(struct waiting *w, struct wait_line *line)
{
    *(line->prev ? &line->prev->next : &w->lines) = line->next;
    if (line->next)
        line->next->prev = line->prev;
    mem_free(line);
}

enum err waiting_add(struct waiting *w, struct receive *r, uint64_t deadline_ms)
{
    enum err e = store_heap_reserve(&w->deadlines, w->deadlines.count + 1);
    struct wait_line *line = e ? NULL : line_of(w, r);

    if (!line)
        return ERR_NO_MEMORY;
    r->line = line;
    r->turn = w->turns++;
    r->next = NULL;
    r->prev = line->last;
    *(line->last ? &line->last->next : &line->first) = r;
    line->last = r;
    r->deadline.place = 0;
    store_heap_add(&w->deadlines, &r->deadline, deadline_ms);
    return ERR_OK;
}

void waiting_remove(struct waiting *w, struct receive *r)
{
    struct wait_line *line = r->line;

    *(r->prev ? &r->prev->next : &line->first) = r->next;
    *(r->next ? &r->next->prev : &line->last) = r->prev;
    r->line = NULL;
    store_heap_remove(&w->deadlines, &r->deadline);
    if (!line->first)
        drop_line(w, line);
}

static struct receive *of_timer(struct store_timer *t)
{
    return (struct receive *)(void *)((char *)t - offsetof(struct receive, deadline));
}

struct receive *waiting_over(const struct waiting *w, uint64_t now_ms)
{
    struct store_timer *t = store_heap_first(&w->deadlines);

    return t && t->when <= now_ms ? of_timer(t) : NULL;
}

uint64_t waiting_earliest(const struct waiting *w)
{
    const struct store_timer *t = store_heap_first(&w->deadlines);

    return t ? t->when : UINT64_MAX;
}

struct receive *waiting_of(const struct waiting *w, const struct handle *h)
{
    const struct wait_line *line;
    struct receive *r = NULL;

    for (line = w->lines; line && !r; line = line->next)
        for (r = line->first; r && h && r->handle != h; r = r->next)
            continue;
    return r;
}

struct receive *waiting_longest(const struct waiting *w, waiting_may_fn *may, const void *arg)
{
    const struct wait_line *line;
    struct receive *r = NULL;

    for (line = w->lines; line; line = line->next)
        if ((!r || line->first->turn < r->turn) && may(line->first, arg))
            r = line->first;
    return r;
}

void waiting_round(struct waiting *w)
{
    w->rounds++;
}

struct receive *waiting_next(const struct waiting *w)
{
    const struct wait_line *line;
    struct receive *r = NULL;

    for (line = w->lines; line; line = line->next)
        if (line->tried != w->rounds && (!r || line->first->turn < r->turn))
            r = line->first;
    return r;
}

void waiting_pass(struct waiting *w, const struct receive *r)
{
    r->line->tried = w->rounds;
}

/* Where there is nothing for who wants anything, there is nothing. */
void waiting_nothing(struct waiting *w, const struct receive *r)
{
    struct wait_line *line;

    waiting_pass(w, r);
    for (line = r->interface_count ? NULL : w->lines; line; line = line->next)
        line->tried = w->rounds;
}
