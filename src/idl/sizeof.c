/* SPDX-License-Identifier: Apache-2.0
 * sizeof.c - sizeof in a constant: the size a type has in C, with pointers of 8 bytes.
 */
#include <string.h>

#include "idl/scope.h"

enum { DEPTH = 64, POINTER = 8 };

struct extent {
    uint64_t size, align;
};

static bool extent_of(const struct idl_scope *s, const struct idl_type *t, unsigned depth,
                      struct extent *ret);

static uint64_t rounded(uint64_t n, uint64_t align)
{
    return (n + align - 1) / align * align;
}

static bool base_extent(const struct idl_type *t, struct extent *ret)
{
    static const uint8_t sizes[IDL_BASE_ERROR_STATUS + 1] = {
        [IDL_BASE_BOOLEAN] = 1, [IDL_BASE_BYTE] = 1,         [IDL_BASE_CHAR] = 1,
        [IDL_BASE_WCHAR] = 2,   [IDL_BASE_SMALL] = 1,        [IDL_BASE_SHORT] = 2,
        [IDL_BASE_INT] = 4,     [IDL_BASE_LONG] = 4,         [IDL_BASE_INT3264] = POINTER,
        [IDL_BASE_HYPER] = 8,   [IDL_BASE_FLOAT] = 4,        [IDL_BASE_DOUBLE] = 8,
        [IDL_BASE_HANDLE] = 8,  [IDL_BASE_ERROR_STATUS] = 4,
    };

    *ret = (struct extent){ sizes[t->base], sizes[t->base] };
    return ret->size > 0;
}

static bool array_extent(const struct idl_scope *s, const struct idl_type *t, unsigned depth,
                         struct extent *ret)
{
    int64_t n = 0;

    if (!t->size || !idl_value(s, t->size, &n) || n <= 0 || n > INT32_MAX ||
        !extent_of(s, t->of, depth, ret) || ret->size > INT32_MAX)
        return false;
    ret->size *= (uint64_t)n;
    return true;
}

/* One after the other, or all at the same place; added to what ret holds. */
static bool members_extent(const struct idl_scope *s, const struct idl_decl *d, bool together,
                           unsigned depth, struct extent *ret)
{
    struct extent one = { 0 };

    for (; d; d = d->next) {
        if (!d->type)
            continue;
        if (d->bit_field || !extent_of(s, d->type, depth, &one))
            return false;
        if (one.align > ret->align)
            ret->align = one.align;
        if (together)
            ret->size = one.size > ret->size ? one.size : ret->size;
        else
            ret->size = rounded(ret->size, one.align) + one.size;
    }
    ret->size = rounded(ret->size, ret->align);
    return true;
}

static bool tagged_extent(const struct idl_scope *s, const struct idl_type *t, unsigned depth,
                          struct extent *ret)
{
    const struct idl_symbol *y = t->name ? idl_scope_find(s, IDL_SPACE_TAGS, t->name) : NULL;
    struct extent arms = { 0, 1 }, whole = { 0, 1 };

    if (!t->has_body && y)
        t = y->type;
    if (t->kind == IDL_TYPE_ENUM) {
        *ret = (struct extent){ 4, 4 };
        return true;
    }
    if (!t->has_body || !t->complete ||
        !members_extent(s, t->members, t->kind == IDL_TYPE_UNION, depth, &arms))
        return false;
    if (t->switched) {
        if (!extent_of(s, t->switched->type, depth, &whole))
            return false;
        whole.align = arms.align > whole.align ? arms.align : whole.align;
        arms.size = rounded(rounded(whole.size, arms.align) + arms.size, whole.align);
        arms.align = whole.align;
    }
    *ret = arms;
    return true;
}

static bool extent_of(const struct idl_scope *s, const struct idl_type *t, unsigned depth,
                      struct extent *ret)
{
    const struct idl_symbol *y = NULL;

    if (depth >= DEPTH)
        return false;
    switch (t->kind) {
    case IDL_TYPE_BASE:
        return base_extent(t, ret);
    case IDL_TYPE_NAMED:
        y = idl_scope_find(s, IDL_SPACE_NAMES, t->name);
        return y && y->means == IDL_MEANS_TYPE && extent_of(s, y->decl->type, depth + 1, ret);
    case IDL_TYPE_POINTER:
        *ret = (struct extent){ POINTER, POINTER };
        return true;
    case IDL_TYPE_ARRAY:
        return array_extent(s, t, depth + 1, ret);
    case IDL_TYPE_STRUCT:
    case IDL_TYPE_UNION:
    case IDL_TYPE_ENUM:
        return tagged_extent(s, t, depth + 1, ret);
    default:
        return false;
    }
}

bool idl_sizeof(const struct idl_scope *s, const struct idl_type *t, int64_t *ret)
{
    struct extent e = { 0 };

    if (!extent_of(s, t, 0, &e) || e.size > INT64_MAX)
        return false;
    *ret = (int64_t)e.size;
    return true;
}
