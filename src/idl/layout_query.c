/* SPDX-License-Identifier: Apache-2.0
 * layout_query.c - what the emitters ask of shapes.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/layout.h"

unsigned idl_base_size(enum idl_base base)
{
    switch (base) {
    case IDL_BASE_BOOLEAN:
    case IDL_BASE_BYTE:
    case IDL_BASE_CHAR:
    case IDL_BASE_SMALL:
        return 1;
    case IDL_BASE_WCHAR:
    case IDL_BASE_SHORT:
        return 2;
    case IDL_BASE_HYPER:
    case IDL_BASE_DOUBLE:
        return 8;
    default:
        return 4;
    }
}

const struct idl_decl *idl_sibling(const struct idl_decl *list, const char *name)
{
    while (list && !(list->name && strcmp(list->name, name) == 0))
        list = list->next;
    return list;
}

bool idl_constant(const struct idl_layout *l, const struct idl_expr *e, int64_t *ret)
{
    const struct idl_symbol *y = NULL;

    if (e->kind == IDL_EXPR_NAME) {
        y = idl_scope_find(l->p->scope, IDL_SPACE_NAMES, e->text);
        if (!y || y->means != IDL_MEANS_CONSTANT)
            return false;
    }
    if ((e->a && !idl_constant(l, e->a, ret)) || (e->b && !idl_constant(l, e->b, ret)) ||
        (e->c && !idl_constant(l, e->c, ret)) || e->kind == IDL_EXPR_MEMBER ||
        e->kind == IDL_EXPR_SIZEOF)
        return false;
    return idl_value(l->p->scope, e, ret);
}

struct idl_shape *idl_shape_whole(struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_UNION && s->of ? s->of : s;
}

static bool leads_to(struct idl_layout *l, struct idl_shape *s, const struct idl_shape *target)
{
    struct idl_member *m = NULL;

    s = idl_shape_whole(s);
    while (s->kind == IDL_SHAPE_POINTER || s->kind == IDL_SHAPE_ARRAY)
        s = idl_shape_whole(s->of);
    if (s == target)
        return true;
    if ((s->kind != IDL_SHAPE_STRUCT && s->kind != IDL_SHAPE_UNION) || s->visit == l->visit)
        return false;
    s->visit = l->visit;
    for (m = s->members; m; m = m->next)
        if (m->shape && leads_to(l, m->shape, target))
            return true;
    return false;
}

bool idl_shape_is_recursive(struct idl_layout *l, struct idl_shape *s)
{
    struct idl_member *m = NULL;

    l->visit++;
    for (m = s->members; m; m = m->next)
        if (m->shape && leads_to(l, m->shape, s))
            return true;
    return false;
}

static bool has_objects(const struct idl_shape *s)
{
    return s->has_objects;
}

static bool is_system(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_SYSTEM;
}

static bool holds(struct idl_layout *l, struct idl_shape *s, bool (*is)(const struct idl_shape *))
{
    struct idl_member *m = NULL;

    s = idl_shape_whole(s);
    while (s->kind == IDL_SHAPE_POINTER || s->kind == IDL_SHAPE_ARRAY)
        s = idl_shape_whole(s->of);
    if (is(s))
        return true;
    if (s->kind == IDL_SHAPE_CONVERTED || s->kind == IDL_SHAPE_USER)
        return s->of && holds(l, s->of, is);
    if ((s->kind != IDL_SHAPE_STRUCT && s->kind != IDL_SHAPE_UNION) || s->visit == l->visit)
        return false;
    s->visit = l->visit;
    for (m = s->members; m; m = m->next)
        if (m->shape && holds(l, m->shape, is))
            return true;
    return false;
}

bool idl_shape_leads_to_objects(struct idl_layout *l, struct idl_shape *s)
{
    l->visit++;
    return holds(l, s, has_objects);
}

bool idl_shape_leads_to_system_handles(struct idl_layout *l, struct idl_shape *s)
{
    l->visit++;
    return holds(l, s, is_system);
}

bool idl_shape_is_plain(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_BASE && s->base != IDL_BASE_BOOLEAN &&
           s->base != IDL_BASE_INT3264 && !s->range;
}

/* At *end, if that is where its alignment lets it be. */
static bool add_to_block(const struct idl_shape *s, uint64_t *end)
{
    uint64_t size = idl_shape_block(s);

    if (!size || *end % s->align)
        return false;
    *end += size;
    return true;
}

uint64_t idl_shape_block(const struct idl_shape *s)
{
    const struct idl_member *m = NULL;
    uint64_t size = 0;

    if (s->kind == IDL_SHAPE_BASE)
        return idl_shape_is_plain(s) ? s->smallest : 0;
    if (s->kind == IDL_SHAPE_ARRAY)
        return s->conformant || s->varying || s->is_string ? 0 : s->count * idl_shape_block(s->of);
    if (s->kind != IDL_SHAPE_STRUCT || s->is_tagged || s->tail || s->has_pointers)
        return 0;
    for (m = s->members; m; m = m->next)
        if (!add_to_block(m->shape, &size))
            return 0;
    return size % s->align ? 0 : size;
}
