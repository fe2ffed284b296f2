/* SPDX-License-Identifier: Apache-2.0
 * check_pipe.c - what a pipe may hold, and where it may stand.  desktop-src/Midl/pipe.md
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

enum {
    ELEMENT_MAX =
        65536,      /* bytes of an element, about: one is in memory as a whole on either side */
    DEPTH_MAX = 64, /* of structures in each other; deeper ones are refused elsewhere */
};

/* Attributes that make another type of one on the wire. */
static const char *const changes[] = { "transmit_as", "represent_as", "wire_marshal",
                                       "user_marshal" };

static const char *changed_by(const struct idl_attr *list)
{
    size_t i;

    for (i = 0; i < sizeof changes / sizeof *changes; i++)
        if (idl_attr_find(list, changes[i]))
            return changes[i];
    return NULL;
}

static const char *why_not(const struct idl_type *t, unsigned depth);

static const char *why_no_base(const struct idl_type *t)
{
    switch (t->base) {
    case IDL_BASE_VOID:
        return "void";
    case IDL_BASE_HANDLE:
        return "a handle_t";
    case IDL_BASE_INT3264:
        return "an __int3264, whose size is another on each machine";
    case IDL_BASE_ERROR_STATUS:
        return "an error_status_t";
    default:
        return NULL;
    }
}

static const char *why_no_struct(const struct idl_type *t, unsigned depth)
{
    const struct idl_decl *d = NULL;
    const char *why = NULL;

    if (!t->complete)
        return "a structure that is defined nowhere";
    for (d = t->complete->members; d && !why; d = d->next) {
        if (idl_attr_deep(d, "string") || idl_attr_find(d->attrs, "length_is") ||
            idl_attr_find(d->attrs, "last_is") || idl_attr_find(d->attrs, "first_is"))
            return "an array that is sent in part";
        why = d->type ? why_not(d->type, depth + 1) : NULL;
    }
    return why;
}

/* What the element is or has that no pipe may hold; NULL. */
static const char *why_not(const struct idl_type *t, unsigned depth)
{
    if (depth > DEPTH_MAX)
        return NULL;
    while (t->kind == IDL_TYPE_NAMED && t->meaning) {
        if (idl_attr_find(t->meaning->attrs, "context_handle"))
            return "a context handle";
        if (idl_attr_find(t->meaning->attrs, "v1_enum"))
            return NULL;
        if (idl_attr_find(t->meaning->attrs, "string"))
            return "an array that is sent in part";
        if (changed_by(t->meaning->attrs))
            return "a type that is sent as another";
        t = t->meaning->type;
    }
    switch (t->kind) {
    case IDL_TYPE_BASE:
        return why_no_base(t);
    case IDL_TYPE_STRUCT:
        return why_no_struct(t, depth);
    case IDL_TYPE_ENUM:
        return idl_attr_find(t->attrs, "v1_enum") ? NULL : "an enumeration of 16 bits";
    case IDL_TYPE_ARRAY:
        return t->size ? why_not(t->of, depth + 1) : "an array without a size";
    case IDL_TYPE_POINTER:
        return "a pointer";
    case IDL_TYPE_UNION:
        return "a union";
    case IDL_TYPE_PIPE:
        return "another pipe";
    default:
        return "a type that is not known";
    }
}

/* About: every member as wide as its alignment may make it. */
static int64_t size_of(const struct idl_check *c, const struct idl_type *t, unsigned depth)
{
    const struct idl_decl *d = NULL;
    int64_t n = 0, all = 0;

    t = idl_resolve(t);
    if (!t || depth > DEPTH_MAX)
        return 0;
    if (t->kind == IDL_TYPE_ARRAY)
        return t->size && idl_value(c->scope, t->size, &n) &&
                       !__builtin_mul_overflow(n, size_of(c, t->of, depth + 1), &all)
                   ? all
                   : INT64_MAX;
    if (t->kind != IDL_TYPE_STRUCT || !t->complete)
        return t->kind == IDL_TYPE_BASE && t->base < IDL_BASE_WCHAR ? 1 : 8;
    for (d = t->complete->members; d; d = d->next)
        if (d->type && __builtin_add_overflow(all, size_of(c, d->type, depth + 1), &all))
            return INT64_MAX;
    return all;
}

void idl_check_pipe(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_type *t = d->type;
    const char *why = NULL;

    if (t->kind != IDL_TYPE_PIPE || c->local)
        return;
    why = why_not(t->of, 0);
    if (why)
        idl_error(c->run, d->at, "its elements are of a fixed size and hold all their data",
                  "the pipe '%s' would hold %s", d->name, why);
    else if (size_of(c, t->of, 0) > ELEMENT_MAX)
        idl_error(c->run, d->at, "make the element a part of it: a pipe has any number",
                  "an element of the pipe '%s' has more than %d bytes", d->name, ELEMENT_MAX);
    if (changed_by(d->attrs))
        idl_error(c->run, d->at, NULL, "the pipe '%s' is [%s]", d->name, changed_by(d->attrs));
}

static bool leads_to_pipe(const struct idl_type *t)
{
    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY))
        t = idl_resolve(t->of);
    return t && t->kind == IDL_TYPE_PIPE;
}

/* A pipe is passed by itself or by a ref pointer. */
static void check_param(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_type *t = idl_resolve(p->type);

    if (t->kind == IDL_TYPE_ARRAY ||
        (t->kind == IDL_TYPE_POINTER && idl_resolve(t->of)->kind != IDL_TYPE_PIPE))
        idl_error(c->run, p->at, "a pipe is a parameter by itself",
                  "the parameter '%s' leads to a pipe", p->name);
    else if (idl_attr_deep(p, "unique") || idl_attr_deep(p, "ptr"))
        idl_error(c->run, p->at, "a pipe is passed by a ref pointer",
                  "the pipe '%s' is behind a pointer that may be NULL", p->name);
    else if (t->kind == IDL_TYPE_PIPE && idl_attr_find(p->attrs, "out"))
        idl_error(c->run, p->at, "pass a pointer to it", "the [out] pipe '%s' is passed by value",
                  p->name);
    if (changed_by(p->attrs))
        idl_error(c->run, p->at, NULL, "the pipe '%s' is [%s]", p->name, changed_by(p->attrs));
}

void idl_check_pipes(struct idl_check *c, const struct idl_item *function)
{
    static const char *const never[] = { "idempotent", "maybe",  "message",
                                         "encode",     "decode", "callback" };
    const struct idl_decl *p = NULL;
    const struct idl_attr *a = NULL;
    bool any = false;
    size_t i;

    for (p = function->decls->type->members; p; p = p->next) {
        if (!p->name || !p->type || !leads_to_pipe(idl_resolve(p->type)))
            continue;
        check_param(c, p);
        any = true;
    }
    for (i = 0; any && i < sizeof never / sizeof *never; i++) {
        a = idl_attr_find(function->attrs, never[i]);
        if (a)
            idl_error(c->run, a->at, NULL, "the [%s] function %s has a pipe", never[i],
                      function->text);
    }
    a = any && c->face ? idl_attr_find(c->face->attrs, "auto_handle") : NULL;
    if (a)
        idl_error(c->run, a->at, "what a pipe has brought cannot be sent to another server",
                  "[auto_handle] where %s has a pipe", function->text);
}
