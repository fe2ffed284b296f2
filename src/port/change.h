/* SPDX-License-Identifier: Apache-2.0
 * change.h - what is to become of a source: edits in the order of its text, and remarks.
 */
#pragma once

#include "port/lex.h"
#include "port/names.h"

struct port_edit {
    size_t at, len; /* what of the old text goes */
    char *text;     /* what comes; owned */
    unsigned line, file;
    const char *why;
};

/* What only a person can change. */
struct port_remark {
    struct bytes word; /* in the source's text */
    unsigned line, file;
    const char *remedy;
};

struct port_changes {
    struct port_edit *edits;
    size_t count, room;
    struct port_remark *remarks;
    size_t remark_count, remark_room;
    bool used[PORT_NAMES]; /* rows of names.h whose ours was put in */
    enum err err;          /* the first failure sticks */
};

/* len bytes at token i's offset plus from become the printed text. */
void port_change_add(struct port_changes *c, const struct port_source *s, size_t i, size_t from,
                     size_t len, const char *why, struct bytes text);
void port_change_remark(struct port_changes *c, const struct port_source *s, size_t i,
                        const char *remedy);
void port_changes_free(struct port_changes *c);

/* The text with all edits made. */
MUST_CHECK enum err port_changes_apply(const struct port_source *s, const struct port_changes *c,
                                       struct buf *ret);
/* The edits as a unified diff of file name, for edits that stay inside their lines or insert whole
 * ones. */
MUST_CHECK enum err port_changes_diff(const struct port_source *s, const struct port_changes *c,
                                      const char *name, char **ret);
