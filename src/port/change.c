/* SPDX-License-Identifier: Apache-2.0
 * change.c - edits collected, made, and shown as a unified diff.
 */
#include "port/change.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/writer.h"

enum { CONTEXT = 3 }; /* lines of a diff around a change, as everywhere */

static void *grow(void *list, size_t count, size_t *room, size_t size)
{
    void *grown = list;

    if (count == *room) {
        grown = mem_resize(list, (*room ? 2 * *room : 64) * size);
        if (grown)
            *room = *room ? 2 * *room : 64;
    }
    return grown;
}

void port_change_add(struct port_changes *c, const struct port_source *s, size_t i, size_t from,
                     size_t len, const char *why, struct bytes text)
{
    const struct port_token *t = &s->tokens[i];
    struct port_edit *grown = NULL;
    char *copy = mem_strndup((const char *)text.ptr, text.len);

    if (copy)
        grown = (struct port_edit *)grow(c->edits, c->count, &c->room, sizeof *grown);
    if (!grown) {
        mem_free(copy);
        c->err = ERR_NO_MEMORY;
        return;
    }
    c->edits = grown;
    c->edits[c->count++] = (struct port_edit){ t->at + from, len, copy, t->line, t->file, why };
}

void port_change_remark(struct port_changes *c, const struct port_source *s, size_t i,
                        const char *remedy)
{
    const struct port_token *t = &s->tokens[i];
    struct port_remark *grown =
        (struct port_remark *)grow(c->remarks, c->remark_count, &c->remark_room, sizeof *grown);

    if (!grown) {
        c->err = ERR_NO_MEMORY;
        return;
    }
    c->remarks = grown;
    c->remarks[c->remark_count++] =
        (struct port_remark){ port_text(s, i), t->line, t->file, remedy };
}

void port_changes_free(struct port_changes *c)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        mem_free(c->edits[i].text);
    mem_free(c->edits);
    mem_free(c->remarks);
    *c = (struct port_changes){ 0 };
}

/* The old text from one offset to another with the edits of that range made. */
static void put_range(struct writer *w, const struct port_source *s, const struct port_edit *edits,
                      size_t count, size_t from, size_t to)
{
    size_t i;

    if (!s->text.len) /* no text has no place to count from */
        return;
    for (i = 0; i < count; i++) {
        writer_bytes(w, bytes_of(s->text.ptr + from, edits[i].at - from));
        writer_bytes(w, bytes_of_text(edits[i].text));
        from = edits[i].at + edits[i].len;
    }
    writer_bytes(w, bytes_of(s->text.ptr + from, to - from));
}

enum err port_changes_apply(const struct port_source *s, const struct port_changes *c,
                            struct buf *ret)
{
    struct writer w = writer_new(2 * (size_t)PORT_TEXT_MAX);

    if (c->err)
        return c->err;
    put_range(&w, s, c->edits, c->count, 0, s->text.len);
    return writer_take(&w, ret);
}

/* A diff being written: a hunk is open from its first changed line to CONTEXT lines behind its
 * last. */
struct diff {
    const struct port_source *s;
    const struct port_changes *c;
    struct writer out, hunk;
    size_t next;                   /* the first edit not shown */
    unsigned line, shown;          /* of the old text, from 1; the last in the hunk */
    unsigned old_from, new_from;   /* where the hunk begins */
    unsigned old_count, new_count; /* its lines */
    unsigned added;                /* lines the hunks before added */
    size_t context[CONTEXT];       /* offsets of the last lines, by line modulo CONTEXT */
};

static size_t line_end(const struct port_source *s, size_t at)
{
    const uint8_t *end = memchr(s->text.ptr + at, '\n', s->text.len - at);

    return end ? (size_t)(end - s->text.ptr) + 1 : s->text.len;
}

static void put_line(struct writer *w, char mark, const uint8_t *p, size_t n)
{
    writer_u8(w, (uint8_t)mark);
    writer_bytes(w, bytes_of(p, n));
    if (n == 0 || p[n - 1] != '\n')
        writer_bytes(w, bytes_of_text("\n\\ No newline at end of file\n"));
}

static void put_old(struct diff *d, char mark, size_t at)
{
    put_line(&d->hunk, mark, d->s->text.ptr + at, line_end(d->s, at) - at);
    d->old_count++;
    d->new_count += mark == ' ';
}

static void close_hunk(struct diff *d)
{
    struct buf body = { 0 };
    char head[96];

    if (!d->old_count && !d->new_count)
        return;
    snprintf(head, sizeof head, "@@ -%u,%u +%u,%u @@\n", d->old_from, d->old_count, d->new_from,
             d->new_count);
    writer_bytes(&d->out, bytes_of_text(head));
    if (writer_take(&d->hunk, &body) == ERR_OK)
        writer_bytes(&d->out, buf_view(body));
    else
        writer_fail(&d->out, ERR_NO_MEMORY);
    buf_free(&body);
    d->hunk = writer_new(PORT_TEXT_MAX);
    d->added += d->new_count - d->old_count;
    d->old_count = d->new_count = 0;
}

static void open_hunk(struct diff *d)
{
    unsigned first = d->line > CONTEXT ? d->line - CONTEXT : 1, i;

    if (d->old_count || d->new_count)
        return;
    if (first <= d->shown)
        first = d->shown + 1;
    d->old_from = first;
    d->new_from = first + d->added;
    for (i = first; i < d->line; i++)
        put_old(d, ' ', d->context[i % CONTEXT]);
}

static bool inserts(const struct port_edit *e)
{
    size_t n = strlen(e->text);

    return e->len == 0 && n > 0 && e->text[n - 1] == '\n';
}

/* Each line of a text. */
static void put_lines(struct writer *w, char mark, const uint8_t *p, size_t n, unsigned *count)
{
    while (n > 0) {
        const uint8_t *nl = memchr(p, '\n', n);
        size_t len = nl ? (size_t)(nl - p) + 1 : n;

        put_line(w, mark, p, len);
        (*count)++;
        p += len;
        n -= len;
    }
}

/* The lines from an offset to another with the count edits that begin in them. */
static void show_changed(struct diff *d, size_t at, size_t end, size_t count)
{
    const struct port_edit *e = d->c->edits + d->next;
    struct writer lines = writer_new(PORT_TEXT_MAX);

    open_hunk(d);
    for (; count > 0 && inserts(e); count--, e++)
        put_lines(&d->hunk, '+', (const uint8_t *)e->text, strlen(e->text), &d->new_count);
    if (count > 0) {
        put_range(&lines, d->s, e, count, at, end);
        put_lines(&d->hunk, '-', d->s->text.ptr + at, end - at, &d->old_count);
        put_lines(&d->hunk, '+', lines.ptr, lines.len, &d->new_count);
    } else {
        put_old(d, ' ', at);
    }
    writer_fail(&d->hunk, lines.err);
    writer_done(&lines);
}

/* The edits that begin in a line; a word spelled over two lines takes the next line in. */
static size_t edits_in(const struct diff *d, size_t *end)
{
    const struct port_changes *c = d->c;
    size_t count = 0;

    while (d->next + count < c->count && c->edits[d->next + count].at < *end) {
        const struct port_edit *e = &c->edits[d->next + count++];

        while (e->at + e->len > *end)
            *end = line_end(d->s, *end);
    }
    return count;
}

/* Whether one of the next lines changes, so that it belongs to the same hunk. */
static bool change_near(const struct diff *d, size_t at)
{
    int line;

    for (line = 0; line <= CONTEXT && at < d->s->text.len; line++)
        at = line_end(d->s, at);
    return d->next < d->c->count && d->c->edits[d->next].at < at;
}

/* Returns where the next line begins. */
static size_t show_line(struct diff *d, size_t at)
{
    size_t end = line_end(d->s, at), count = edits_in(d, &end);

    d->line++;
    if (count > 0) {
        show_changed(d, at, end, count);
        d->next += count;
    } else if (d->old_count || d->new_count) {
        put_old(d, ' ', at);
    }
    for (d->context[d->line % CONTEXT] = at; (at = line_end(d->s, at)) < end; d->line++)
        d->context[(d->line + 1) % CONTEXT] = at;
    if (count > 0)
        d->shown = d->line;
    else if ((d->old_count || d->new_count) && d->line - d->shown >= CONTEXT &&
             !change_near(d, end)) {
        d->shown = d->line;
        close_hunk(d);
    }
    return end;
}

enum err port_changes_diff(const struct port_source *s, const struct port_changes *c,
                           const char *name, char **ret)
{
    struct diff d = { .s = s, .c = c, .out = writer_new(2 * (size_t)PORT_TEXT_MAX) };
    size_t at;

    if (c->err)
        return c->err;
    d.hunk = writer_new(PORT_TEXT_MAX);
    if (c->count) {
        writer_bytes(&d.out, bytes_of_text("--- "));
        writer_bytes(&d.out, bytes_of_text(name));
        writer_bytes(&d.out, bytes_of_text("\n+++ "));
        writer_bytes(&d.out, bytes_of_text(name));
        writer_u8(&d.out, '\n');
    }
    for (at = 0; at < s->text.len;)
        at = show_line(&d, at);
    close_hunk(&d);
    writer_done(&d.hunk);
    return writer_take_text(&d.out, ret);
}
