/* SPDX-License-Identifier: Apache-2.0
 * objects.h - objects of a directory out of an input: a byte for the object and the attribute, a
 * byte for the length, the value, and so on.
 */
#pragma once

#include <stdlib.h>

#include "base/reader.h"
#include "directory/search.h"

enum { OBJECTS_NAMES_MOST = 16, OBJECTS_VALUES_MOST = 32 };

struct object {
    struct attribute attribute[OBJECTS_NAMES_MOST];
    struct buf value[OBJECTS_NAMES_MOST][OBJECTS_VALUES_MOST];
    size_t count[OBJECTS_NAMES_MOST];
};

/* As a search hands a value over: with a NUL behind, in a block of just that size. */
static inline void object_take(struct object *o, size_t name, struct bytes b)
{
    struct buf *to = &o->value[name][o->count[name]];

    if (o->count[name] == OBJECTS_VALUES_MOST)
        return;
    if (buf_new(b.len + 1, to))
        abort();
    bytes_copy(to->ptr, b.ptr, b.len);
    to->len = b.len;
    o->count[name]++;
}

/* names: the attributes, NULL at the end. o and ret have room for n; DNs are the caller's. */
static inline void objects_read(struct bytes input, const char *const *names, struct object *o,
                                struct entry *ret, size_t n)
{
    struct reader r = reader_over(input);
    size_t known = 0;
    size_t i;
    size_t k;

    while (names[known])
        known++;
    while (reader_left(&r)) {
        size_t which = reader_u8(&r) % (known * n);
        struct bytes b = reader_take(&r, reader_u8(&r));

        if (!r.err)
            object_take(&o[which / known], which % known, b);
    }
    for (i = 0; i < n; i++) {
        ret[i].attribute = o[i].attribute;
        ret[i].count = 0;
        for (k = 0; k < known; k++)
            if (o[i].count[k])
                o[i].attribute[ret[i].count++] =
                    (struct attribute){ (char *)(uintptr_t)names[k], o[i].value[k], o[i].count[k],
                                        false };
    }
}

static inline void objects_free(struct object *o, size_t n)
{
    size_t i;
    size_t k;

    for (i = 0; i < n; i++)
        for (k = 0; k < OBJECTS_NAMES_MOST; k++)
            while (o[i].count[k])
                buf_free(&o[i].value[k][--o[i].count[k]]);
}
