/* SPDX-License-Identifier: Apache-2.0
 * check_marshal.c - what attributes that change or replace marshalling ask of what they stand on.
 * desktop-src/Midl/compiler-errors.md
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

/* False: an ordinary field, of which everything else is asked. */
bool idl_check_ignored(struct idl_check *c, const struct idl_decl *d, const char *what)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "ignore");
    const struct idl_type *t = idl_resolve(d->type);

    if (!a || !t)
        return false;
    if (t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, a->at, "only a pointer has a place on the wire without what is behind it",
                  "[ignore] on the %s '%s', which is no pointer", what, d->name);
    return true;
}

/* ---- call_as ---- */

static const struct idl_item *local_function(const struct idl_item *face, const struct idl_expr *e)
{
    const struct idl_item *f = face ? face->items : NULL;

    while (f && !(f->kind == IDL_ITEM_FUNCTION && e->kind == IDL_EXPR_NAME && f->text &&
                  strcmp(f->text, e->text) == 0))
        f = f->next;
    return f && idl_attr_find(f->attrs, "local") ? f : NULL;
}

const struct idl_item *idl_called_as(const struct idl_item *face, const struct idl_item *i)
{
    const struct idl_attr *a = idl_attr_find(i->attrs, "call_as");

    return a && a->args ? local_function(face, a->args) : NULL;
}

static void check_caller_once(struct idl_check *c, const struct idl_item *i,
                              const struct idl_attr *a, const struct idl_item *local)
{
    const struct idl_item *f = NULL;

    for (f = c->face->items; f && f != i; f = f->next)
        if (f->kind == IDL_ITEM_FUNCTION && idl_called_as(c->face, f) == local) {
            idl_error(c->run, a->at, "each remote function has a [local] one of its own",
                      "%s stands for %s and for %s", local->text, f->text, i->text);
            return;
        }
}

/* The server's routine has the result of the local function, and the stub sends it. */
static bool is_result_of(const struct idl_item *i, const struct idl_item *local)
{
    const struct idl_type *remote = idl_resolve(i->decls->type->of);
    const struct idl_type *given = idl_resolve(local->decls->type->of);
    bool number = remote && remote->kind == IDL_TYPE_BASE && given &&
                  given->kind == IDL_TYPE_BASE && given->base != IDL_BASE_VOID;

    return !remote || !given || number || idl_is_base(remote, IDL_BASE_VOID) || remote == given ||
           (remote->kind == IDL_TYPE_POINTER && remote->kind == given->kind);
}

void idl_check_call_as(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_attr *a = idl_attr_find(i->attrs, "call_as");
    const struct idl_item *local = a ? idl_called_as(c->face, i) : NULL;

    if (!a || !a->args)
        return;
    if (!local) {
        idl_error(c->run, a->args->at, "it stands in the same interface, as a [local] function",
                  "[call_as] names no [local] function");
        return;
    }
    check_caller_once(c, i, a, local);
    if (!is_result_of(i, local))
        idl_error(c->run, i->decls->at, "make both results the same type",
                  "%s returns what %s, whose result the server's routine has, does not", i->text,
                  local->text);
}

/* ---- types that travel as another ---- */

const struct idl_type *idl_sent(const struct idl_type *t)
{
    const struct idl_attr *a = NULL;

    while (t && t->kind == IDL_TYPE_NAMED && t->meaning) {
        a = idl_attr_find(t->meaning->attrs, "transmit_as");
        if (!a)
            a = idl_attr_find(t->meaning->attrs, "wire_marshal");
        t = a && a->type ? a->type->type : t->meaning->type;
    }
    return idl_resolve(t);
}

bool idl_is_opaque(const struct idl_type *t)
{
    for (; t && t->kind == IDL_TYPE_NAMED && t->meaning; t = t->meaning->type)
        if (idl_has_own_routines(t->meaning) || idl_attr_find(t->meaning->attrs, "represent_as") ||
            idl_attr_find(t->meaning->attrs, "user_marshal"))
            return true;
    return false;
}

bool idl_has_own_routines(const struct idl_decl *d)
{
    return idl_attr_find(d->attrs, "transmit_as") || idl_attr_find(d->attrs, "wire_marshal");
}

/* What no such attribute takes: an array of open size, at the end of a structure, too. */
static bool is_open(const struct idl_type *t)
{
    const struct idl_decl *d = NULL;

    t = idl_resolve(t);
    if (!t || t->kind == IDL_TYPE_ARRAY)
        return t && (!t->size || is_open(t->of));
    for (d = t->kind == IDL_TYPE_STRUCT && t->has_body ? t->members : NULL; d; d = d->next)
        if (!d->next && d->type)
            return is_open(d->type);
    return false;
}

static bool is_varying(const struct idl_type *t)
{
    const struct idl_decl *d = NULL;

    t = idl_resolve(t);
    while (t && t->kind == IDL_TYPE_ARRAY)
        t = idl_resolve(t->of);
    if (!t || (t->kind != IDL_TYPE_STRUCT && t->kind != IDL_TYPE_UNION))
        return false;
    for (d = t->members; d; d = d->next)
        if (d->type && (idl_attr_find(d->attrs, "length_is") ||
                        idl_attr_find(d->attrs, "last_is") || is_varying(d->type)))
            return true;
    return false;
}

/* A pointer of that class, or NULL for any, by value in it; or behind it, where deep is not 0. */
static bool holds_pointer(const struct idl_type *t, const struct idl_attr *attrs, const char *class,
                          unsigned deep)
{
    const struct idl_decl *d = NULL;

    for (; t && t->kind == IDL_TYPE_NAMED && t->meaning; t = t->meaning->type)
        attrs = class && idl_attr_find(attrs, class) ? attrs : t->meaning->attrs;
    t = idl_resolve(t);
    if (t && t->kind == IDL_TYPE_ARRAY)
        return holds_pointer(t->of, attrs, class, deep);
    if (t && t->kind == IDL_TYPE_POINTER)
        return !class || idl_attr_find(attrs, class) ||
               (deep && holds_pointer(t->of, NULL, class, deep - 1));
    if (!t || (t->kind != IDL_TYPE_STRUCT && t->kind != IDL_TYPE_UNION))
        return false;
    for (d = t->members; d; d = d->next)
        if (d->type && holds_pointer(d->type, d->attrs, class, deep))
            return true;
    return false;
}

/* What can be sent as, or seen as, no other type. */
static bool is_fixed_to_itself(const struct idl_type *t)
{
    t = idl_resolve(t);
    return idl_is_base(t, IDL_BASE_HANDLE) || idl_is_base(t, IDL_BASE_ERROR_STATUS) ||
           (t && t->kind == IDL_TYPE_PIPE);
}

static void check_sent(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a,
                       const struct idl_type *wire)
{
    bool user =
        strcmp(a->kind->name, "wire_marshal") == 0 || strcmp(a->kind->name, "user_marshal") == 0;
    const struct idl_type *t = idl_resolve(wire);
    const char *name = a->kind->name;

    if (!t)
        return;
    if (idl_is_base(t, IDL_BASE_VOID))
        idl_error(c->run, a->at, NULL, "[%s] sends '%s' as void", name, d->name);
    else if (is_fixed_to_itself(t) || idl_attr_deep(d, "context_handle"))
        idl_error(c->run, a->at, "handles, pipes and error_status_t travel as what they are",
                  "[%s] sends '%s' as a type that has a way of its own", name, d->name);
    else if (!user && holds_pointer(wire, NULL, NULL, 0))
        idl_error(c->run, a->at, "let the routines copy what it points to into an array",
                  "[%s] sends '%s' as a type with pointers", name, d->name);
    else if (!user && t->kind == IDL_TYPE_ARRAY && is_open(t))
        idl_error(c->run, a->at, "a structure that holds the count and the array",
                  "[%s] sends '%s' as an array of open size", name, d->name);
    else if (user && holds_pointer(wire, d->attrs, "ptr", 4))
        idl_error(c->run, a->at, "[unique] or [ref]", "[%s] sends '%s' by a full pointer", name,
                  d->name);
    else if (user && t->kind != IDL_TYPE_POINTER && (is_open(t) || is_varying(t)))
        idl_error(c->run, a->at, "send it as a pointer to that type",
                  "[%s] sends '%s' as a type of no constant size", name, d->name);
    else if (user && t->kind == IDL_TYPE_STRUCT && holds_pointer(wire, NULL, NULL, 0))
        idl_error(c->run, a->at, "send it as a pointer to that type",
                  "[%s] sends '%s' as a structure with pointers", name, d->name);
}

static void check_seen(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a)
{
    const struct idl_type *t = idl_resolve(d->type);

    if (is_fixed_to_itself(t) || idl_attr_deep(d, "context_handle"))
        idl_error(c->run, a->at, "handles, pipes and error_status_t travel as what they are",
                  "[%s] on '%s', which has a way of its own", a->kind->name, d->name);
    else if (t && (t->kind == IDL_TYPE_ARRAY || is_open(t)))
        idl_error(c->run, a->at, "put it into a structure, or take a pointer to it",
                  "[%s] on '%s', %s", a->kind->name, d->name,
                  t->kind == IDL_TYPE_ARRAY ? "which is an array" : "which has no fixed size");
}

static void check_one(struct idl_check *c, const struct idl_decl *d, const struct idl_attr *a,
                      bool by_idl)
{
    const struct idl_attr *handle = idl_attr_find(d->attrs, "handle");
    const struct idl_attr *allocate = idl_attr_deep(d, "allocate");

    if (handle)
        idl_error(c->run, handle->at, NULL, "[handle] contradicts [%s]", a->kind->name);
    if (allocate)
        idl_error(c->run, allocate->at, "the routines allocate, not the stub",
                  "[allocate] contradicts [%s]", a->kind->name);
    if (by_idl)
        check_seen(c, d, a);
    if (by_idl && a->type)
        check_sent(c, d, a, a->type->type);
    else if (!by_idl && !(a->args && a->args->kind == IDL_EXPR_NAME && !a->args->next))
        idl_error(c->run, a->at, "one name", "[%s] names no type", a->kind->name);
    else if (!by_idl)
        check_sent(c, d, a, d->type);
}

void idl_check_changed(struct idl_check *c, const struct idl_decl *d)
{
    static const char *const names[] = { "transmit_as", "wire_marshal", "represent_as",
                                         "user_marshal" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        const struct idl_attr *a = idl_attr_find(d->attrs, names[i]);

        if (a)
            check_one(c, d, a, i < 2);
    }
}

/* ---- of parameters ---- */

static const struct idl_decl *param_named(const struct idl_check *c, const struct idl_expr *e)
{
    const struct idl_decl *d = e->kind == IDL_EXPR_NAME ? c->siblings : NULL;

    while (d && !(d->name && strcmp(d->name, e->text) == 0))
        d = d->next;
    return d;
}

static bool is_sized(const struct idl_decl *p)
{
    static const char *const names[] = { "size_is", "max_is", "length_is", "first_is", "last_is" };
    size_t i;

    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (idl_attr_deep(p, names[i]))
            return true;
    return false;
}

static bool is_whole(const struct idl_type *t)
{
    t = idl_resolve(t);
    return t && t->kind == IDL_TYPE_BASE && t->base >= IDL_BASE_SMALL && t->base <= IDL_BASE_HYPER;
}

static void check_byte_count(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_attr *a = idl_attr_find(p->attrs, "byte_count");
    const struct idl_type *t = idl_resolve(p->type);
    const struct idl_decl *count = a && a->args ? param_named(c, a->args) : NULL;

    if (!a || !t)
        return;
    if (!idl_attr_find(p->attrs, "out") || idl_attr_find(p->attrs, "in"))
        idl_error(c->run, a->at, "it is about memory that a client has for what comes back",
                  "the [byte_count] parameter '%s' is not [out] only", p->name);
    else if (t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, a->at, NULL, "the [byte_count] parameter '%s' is no pointer", p->name);
    else if (is_sized(p) || idl_attr_deep(p, "string"))
        idl_error(c->run, a->at, "its size is said already",
                  "[byte_count] on '%s', which has attributes of size", p->name);
    else if (is_open(t->of))
        idl_error(c->run, a->at, NULL,
                  "[byte_count] on '%s', which leads to what has no fixed size", p->name);
    if (!count)
        idl_error(c->run, a->at, NULL, "[byte_count] names no parameter");
    else if (idl_attr_find(count->attrs, "out"))
        idl_error(c->run, a->args->at, "make it [in]",
                  "[byte_count] names '%s', which is not [in] only", count->name);
    else if (!is_whole(count->type))
        idl_error(c->run, a->args->at, NULL, "[byte_count] names '%s', which is no whole number",
                  count->name);
}

static void check_partial(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_attr *a = idl_attr_find(p->attrs, "partial_ignore");
    const struct idl_type *t = idl_resolve(p->type);
    bool sized = idl_attr_deep(p, "size_is") || idl_attr_deep(p, "max_is");

    if (!a || !t)
        return;
    if (!idl_attr_find(p->attrs, "in") || !idl_attr_find(p->attrs, "out") ||
        !idl_attr_deep(p, "unique") || t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, a->at, "[in, out, unique, partial_ignore] T *p",
                  "the [partial_ignore] parameter '%s' is not all of [in], [out] and [unique]",
                  p->name);
    else if (!sized && (idl_attr_deep(p, "string") || is_open(t->of)))
        idl_error(c->run, a->at, "say [size_is(...)]",
                  "nobody knows how much room the [partial_ignore] parameter '%s' needs", p->name);
}

void idl_check_memory(struct idl_check *c, const struct idl_decl *p)
{
    check_byte_count(c, p);
    check_partial(c, p);
}
