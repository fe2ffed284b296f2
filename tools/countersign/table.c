/* SPDX-License-Identifier: Apache-2.0
 * table.c - rows under headings, as wide as what is in them.
 */
#include "table.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

enum {
    ROWS = 256,
    CELL_MOST = 64, /* characters: what is longer is anybody's, and would push the rest away */
};

struct row {
    char *cell[TABLE_COLUMNS];
    char *remark;
    enum out_style style;
};

struct table {
    const char *const *heading;
    int columns, width[TABLE_COLUMNS];
    bool measured; /* the headings are out: widths stay */
    unsigned count;
    struct row row[ROWS];
};

/* Characters, not bytes. */
static int width_of(const char *s)
{
    int n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

/* Cuts s after CELL_MOST characters; the last three of these say so. */
static void cut(char *s)
{
    int n = 0;
    char *mark = s, *end = s;

    for (; *end; end++) {
        if (((unsigned char)*end & 0xc0) == 0x80)
            continue;
        if (n++ == CELL_MOST)
            break;
        if (n == CELL_MOST - 2)
            mark = end;
    }
    if (n > CELL_MOST)
        memcpy(mark, "...", sizeof "...");
}

static void widen(struct table *t, int column, const char *s)
{
    int n = width_of(s);

    if (t->width[column] < n)
        t->width[column] = n;
}

struct table *table_new(const char *const *heading)
{
    struct table *t = mem_zero(sizeof *t);

    if (!t)
        return NULL;
    t->heading = heading;
    for (; t->columns < TABLE_COLUMNS && heading[t->columns]; t->columns++)
        widen(t, t->columns, heading[t->columns]);
    return t;
}

/* The last column needs no blanks behind it. */
static void print_cell(const struct table *t, int column, const char *s, enum out_style style)
{
    bool last = column == t->columns - 1;
    int blanks = last ? 0 : t->width[column] - width_of(s);

    out_styled(style, "%s", s);
    printf("%*s%s", blanks > 0 ? blanks : 0, "", last ? "\n" : "  ");
}

static void print_row(const struct table *t, const struct row *r)
{
    int i;

    for (i = 0; i < t->columns; i++)
        print_cell(t, i, r->cell[i], i == t->columns - 1 ? r->style : OUT_PLAIN);
    if (r->remark)
        printf("    %s\n", r->remark);
}

static void row_done(struct row *r)
{
    int i;

    for (i = 0; i < TABLE_COLUMNS; i++)
        mem_free(r->cell[i]);
    mem_free(r->remark);
    *r = (struct row){ 0 };
}

static void flush(struct table *t)
{
    unsigned n;
    int i;

    out_progress(NULL);
    for (i = 0; i < t->columns && !t->measured && t->count; i++)
        print_cell(t, i, t->heading[i], OUT_HEADING);
    t->measured = t->measured || t->count;
    for (n = 0; n < t->count; n++) {
        print_row(t, &t->row[n]);
        row_done(&t->row[n]);
    }
    t->count = 0;
}

bool table_add(struct table *t, const char *const *cell, enum out_style style, const char *remark)
{
    struct row *r = &t->row[t->count];
    bool whole = true;
    int i;

    for (i = 0; i < t->columns; i++) {
        r->cell[i] = mem_strdup(cell[i] ? cell[i] : "");
        whole = whole && r->cell[i];
    }
    r->remark = remark && *remark ? mem_strdup(remark) : NULL;
    if (!whole || (remark && *remark && !r->remark)) {
        row_done(r);
        return false;
    }
    for (i = 0; i < t->columns; i++) {
        (void)out_safe(r->cell[i]);
        cut(r->cell[i]);
        if (!t->measured)
            widen(t, i, r->cell[i]);
    }
    (void)out_safe(r->remark);
    r->style = style;
    if (++t->count == ROWS)
        flush(t);
    return true;
}

void table_free(struct table *t)
{
    if (t)
        flush(t);
    mem_free(t);
}
