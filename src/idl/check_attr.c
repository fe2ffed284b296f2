/* SPDX-License-Identifier: Apache-2.0
 * check_attr.c - what an attribute asks of the thing it stands on.
 * desktop-src/Midl/compiler-errors.md
 */
#include <stdio.h>
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

static const char pointer_hint[] = "void *, or a pointer to a structure";

static bool is_out_only(const struct idl_decl *p)
{
    return idl_attr_find(p->attrs, "out") && !idl_attr_find(p->attrs, "in");
}

static void check_context_type(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "context_handle");
    const struct idl_attr *handle = idl_attr_find(d->attrs, "handle");
    const struct idl_attr *way = idl_attr_find(d->attrs, "context_handle_serialize");
    const struct idl_type *t = idl_resolve(d->type);

    if (!way)
        way = idl_attr_find(d->attrs, "context_handle_noserialize");
    if (way && !idl_attr_deep(d, "context_handle"))
        idl_error(c->run, way->at, NULL, "[%s] on '%s', which is no context handle",
                  way->kind->name, d->name);
    if (!a || !t)
        return;
    if (idl_is_base(t, IDL_BASE_HANDLE))
        idl_error(c->run, a->at, pointer_hint, "the context handle %s is a handle_t", d->name);
    else if (t->kind != IDL_TYPE_POINTER)
        idl_error(c->run, a->at, pointer_hint, "the context handle %s is no pointer", d->name);
    if (handle)
        idl_error(c->run, handle->at, NULL, "[handle] contradicts [context_handle]");
}

static void check_handle_type(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "handle");
    const struct idl_type *t = idl_resolve(d->type);

    if (!a || !t)
        return;
    if (t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    if (idl_is_base(t, IDL_BASE_VOID) || idl_is_base(t, IDL_BASE_HANDLE))
        idl_error(c->run, a->at, "a type of yours, which NAME_bind makes a handle_t of",
                  "[handle] on '%s', which is a %s", d->name,
                  idl_is_base(t, IDL_BASE_VOID) ? "void *" : "handle_t");
}

static void check_switch_type(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_attr *a = idl_attr_find(d->attrs, "switch_type");
    const struct idl_type *t = idl_resolve(d->type), *of = NULL;

    if (!a || !t)
        return;
    of = a->type ? idl_resolve(a->type->type) : NULL;
    while (t &&
           t->kind == IDL_TYPE_POINTER) /* typedef [switch_type(short)] union u { ... } U, *P; */
        t = idl_resolve(t->of);
    if (!t)
        return;
    if (t->kind != IDL_TYPE_UNION || t->switched)
        idl_error(c->run, a->at, NULL, "[switch_type] on '%s', which is no union that needs it",
                  d->name);
    if (of && of->kind != IDL_TYPE_ENUM &&
        !(of->kind == IDL_TYPE_BASE && of->base > IDL_BASE_VOID && of->base <= IDL_BASE_HYPER))
        idl_error(c->run, a->at, NULL, "a union is switched by whole numbers and enums");
    if (t->kind == IDL_TYPE_UNION && t->has_body)
        idl_check_cases(c, t, of);
}

/* Signed or not: what has that many bits. */
static bool fits(const struct idl_type *t, int64_t v)
{
    static const uint8_t bits[IDL_BASE_ERROR_STATUS + 1] = {
        [IDL_BASE_BOOLEAN] = 8, [IDL_BASE_BYTE] = 8,   [IDL_BASE_CHAR] = 8, [IDL_BASE_WCHAR] = 16,
        [IDL_BASE_SMALL] = 8,   [IDL_BASE_SHORT] = 16, [IDL_BASE_INT] = 32, [IDL_BASE_LONG] = 32,
    };
    unsigned n = t && t->kind == IDL_TYPE_BASE ? bits[t->base] : 0;

    return n == 0 || (v >= -((int64_t)1 << (n - 1)) && v < (int64_t)1 << n);
}

void idl_check_cases(struct idl_check *c, const struct idl_type *u, const struct idl_type *of)
{
    const struct idl_decl *d = NULL;
    const struct idl_attr *a = NULL;
    const struct idl_expr *e = NULL;
    int64_t v = 0;

    of = idl_resolve(of);
    for (d = u->members; d && idl_error_count(c->run) == 0; d = d->next)
        for (a = d->attrs; a; a = a->next)
            for (e = strcmp(a->kind->name, "case") == 0 ? a->args : NULL; e; e = e->next)
                if (idl_value(c->scope, e, &v) && !fits(of, v))
                    idl_error(c->run, e->at, "take a wider discriminant",
                              "the case %lld is no value of the switch", (long long)v);
}

static void check_allocate(struct idl_check *c, const struct idl_decl *d)
{
    static const char *const modes[] = { "all_nodes", "single_node", "free", "dont_free" };
    const struct idl_attr *a = idl_attr_find(d->attrs, "allocate");
    const struct idl_type *t = idl_resolve(d->type);
    const struct idl_expr *e = NULL;
    size_t i;

    if (!a)
        return;
    for (e = a->args; e; e = e->next) {
        for (i = 0; i < 4 && !(e->kind == IDL_EXPR_NAME && strcmp(e->text, modes[i]) == 0); i++)
            continue;
        if (i == 4)
            idl_error(c->run, e->at, "all_nodes or single_node, free or dont_free",
                      "[allocate] knows no such way");
    }
    if (t && (t->kind != IDL_TYPE_POINTER || idl_is_base(t->of, IDL_BASE_VOID)))
        idl_error(c->run, a->at, "it is about what a pointer leads to",
                  "[allocate] on '%s', which leads to nothing that is known", d->name);
}

static void check_pointer_class(struct idl_check *c, const struct idl_decl *d)
{
    static const char *const classes[] = { "ref", "unique", "ptr" };
    const struct idl_type *t = idl_resolve(d->type);
    const struct idl_attr *a = NULL;
    size_t i;

    for (i = 0; i < sizeof classes / sizeof *classes; i++) {
        a = idl_attr_find(d->attrs, classes[i]);
        if (a && t && t->kind != IDL_TYPE_POINTER && t->kind != IDL_TYPE_ARRAY)
            idl_error(c->run, a->at, NULL, "[%s] on '%s', which is no pointer", classes[i],
                      d->name ? d->name : "this");
    }
}

void idl_check_type_attrs(struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_attr *v1 = idl_attr_find(d->attrs, "v1_enum");
    const struct idl_type *t = idl_resolve(d->type);

    check_context_type(c, d);
    check_handle_type(c, d);
    check_switch_type(c, d);
    check_allocate(c, d);
    idl_check_changed(c, d);
    while (t && t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    if (v1 && t && t->kind != IDL_TYPE_ENUM)
        idl_error(c->run, v1->at, NULL, "[v1_enum] on '%s', which is no enum", d->name);
}

/* error_status_t *, [out]: the stub stores there what went wrong on the way. */
static void check_status(struct idl_check *c, const struct idl_decl *p, const struct idl_attr *a)
{
    const struct idl_type *t = idl_resolve(p->type);

    if (!t || t->kind != IDL_TYPE_POINTER || !idl_is_base(t->of, IDL_BASE_ERROR_STATUS))
        idl_error(c->run, a->at, "error_status_t *, [out]",
                  "the [%s] parameter '%s' is no pointer to an error_status_t", a->kind->name,
                  p->name);
    else if (!p->added && !is_out_only(p))
        idl_error(c->run, a->at, "make it [out]", "the [%s] parameter '%s' is not [out] only",
                  a->kind->name, p->name);
}

static bool leads_to_open(const struct idl_type *t)
{
    t = idl_resolve(t);
    t = t && t->kind == IDL_TYPE_POINTER && !idl_is_opaque(t->of) ? idl_resolve(t->of) : NULL;
    return t && t->kind == IDL_TYPE_STRUCT && t->conformant;
}

/* A server has to have the room before it calls: for what comes back alone it must know how much.
 */
static void check_out_only(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_type *t = idl_resolve(p->type), *of = NULL;
    bool sized = idl_attr_deep(p, "size_is") || idl_attr_deep(p, "max_is");

    if (!t || !is_out_only(p))
        return;
    if (leads_to_open(t))
        idl_error(c->run, p->at, "take a pointer to a pointer to it, or [in, out]",
                  "the [out] parameter '%s' is a structure of a size nobody knows", p->name);
    of = t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY ? idl_resolve(t->of) : NULL;
    if (of && of->kind == IDL_TYPE_BASE && idl_attr_deep(p, "string") && !sized &&
        !(t->kind == IDL_TYPE_ARRAY && t->size))
        idl_error(c->run, p->at, "say [size_is(...)], or take a pointer to a pointer",
                  "the [out] string '%s' has no size", p->name);
}

static void check_context_param(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_attr *own = idl_attr_find(p->attrs, "context_handle");
    const struct idl_attr *out = idl_attr_find(p->attrs, "out");
    const struct idl_type *t = p->type, *whole = idl_resolve(t);

    if (own && whole && whole->kind != IDL_TYPE_POINTER)
        idl_error(c->run, own->at, pointer_hint, "the context handle '%s' is no pointer", p->name);
    if (!idl_attr_deep(p, "context_handle"))
        return;
    if (!out || !whole || whole->kind != IDL_TYPE_POINTER)
        return;
    if (t->kind == IDL_TYPE_NAMED && t->meaning &&
        idl_attr_find(t->meaning->attrs, "context_handle"))
        idl_error(c->run, p->at, "what comes back is stored through a pointer to it",
                  "the [out] context handle '%s' is passed by value", p->name);
    else if (own && idl_is_base(whole->of, IDL_BASE_VOID))
        idl_error(c->run, p->at, "what comes back is stored through a pointer to it: void **",
                  "the [out] context handle '%s' is passed by value", p->name);
}

static void check_context_array(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_type *t = p->type;

    while (t->kind == IDL_TYPE_ARRAY)
        t = t->of;
    if (t != p->type && t->kind == IDL_TYPE_NAMED && t->meaning &&
        idl_attr_find(t->meaning->attrs, "context_handle"))
        idl_error(c->run, p->at, "each is a parameter of its own",
                  "'%s' is an array of context handles", p->name);
}

void idl_check_param_attrs(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_attr *out = idl_attr_find(p->attrs, "out");
    const struct idl_attr *comm = idl_attr_find(p->attrs, "comm_status");
    const struct idl_attr *fault = idl_attr_find(p->attrs, "fault_status");
    const struct idl_type *t = idl_resolve(p->type);

    if (comm || fault)
        check_status(c, p, comm ? comm : fault);
    check_out_only(c, p);
    check_context_param(c, p);
    check_context_array(c, p);
    check_pointer_class(c, p);
    idl_check_memory(c, p);
    if (out && t && t->kind == IDL_TYPE_POINTER && t->of->is_const)
        idl_error(c->run, p->at, NULL, "the [out] parameter '%s' is const", p->name);
}

static void check_statuses(struct idl_check *c, const struct idl_item *i, const char *name)
{
    const struct idl_attr *own = idl_attr_find(i->attrs, name), *a = NULL;
    const struct idl_type *t = idl_resolve(i->decls->type->of);
    const struct idl_decl *p = NULL;
    bool seen = own != NULL;

    if (own && t &&
        !(t->kind == IDL_TYPE_BASE &&
          (t->base == IDL_BASE_ERROR_STATUS || t->base == IDL_BASE_LONG)))
        idl_error(c->run, own->at, "error_status_t, or another whole number of 32 bits",
                  "the [%s] function %s returns no status", name, i->text);
    for (p = i->decls->type->members; p; p = p->next) {
        a = idl_attr_find(p->attrs, name);
        if (a && seen)
            idl_error(c->run, a->at, NULL, "%s has [%s] twice", i->text, name);
        seen = seen || a;
    }
}

/* The memory of [enable_allocate] ends when the routine returns; an asynchronous call does later.
 */
static void check_async_memory(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_attr *face = c->face ? c->face->attrs : NULL;
    const struct idl_attr *a = idl_attr_find(i->attrs, "enable_allocate");

    if (!a)
        a = idl_attr_find(face, "enable_allocate");
    if (a && (idl_attr_find(i->attrs, "async") || idl_attr_find(face, "async")))
        idl_error(c->run, a->at, "allocate with midl_user_allocate",
                  "[enable_allocate] of %s, which is [async] and outlives that memory", i->text);
}

void idl_check_function_attrs(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_type *t = idl_sent(i->decls->type->of);

    check_statuses(c, i, "comm_status");
    check_statuses(c, i, "fault_status");
    idl_check_call_as(c, i);
    check_async_memory(c, i);
    if (t && t->kind == IDL_TYPE_POINTER && idl_is_base(t->of, IDL_BASE_VOID) &&
        !idl_attr_find(i->attrs, "context_handle") && !idl_attr_deep(i->decls, "context_handle") &&
        !(i->decls->type->of->kind == IDL_TYPE_NAMED &&
          idl_attr_find(i->decls->type->of->meaning->attrs, "context_handle")))
        idl_error(c->run, i->decls->at, "only a context handle may be void *",
                  "%s returns a void *", i->text);
    if (t && t->kind == IDL_TYPE_UNION && !t->switched)
        idl_error(c->run, i->decls->at, "return it through an [out] parameter with [switch_is]",
                  "%s returns a union whose discriminant nobody knows", i->text);
}

/* ncacn_ip_tcp:[135], the two parts not empty but for the endpoint. */
static void check_endpoint(struct idl_check *c, const struct idl_expr *e)
{
    const char *s = e->kind == IDL_EXPR_STRING ? e->text : "";
    size_t n = strcspn(s, ":");
    const char *open = s[n] ? s + n + 1 : s + n, *last = strrchr(s, ']');

    if (n == 0 || !strchr(open, '[') || !last || last[1] != '\0' || strchr(s, ']') != last)
        idl_error(c->run, e->at, "\"ncacn_ip_tcp:[135]\"", "this is no endpoint");
}

static void check_version(struct idl_check *c, const struct idl_attr *a)
{
    unsigned major = 0, minor = 0;
    char rest = 0;
    int n = 0;

    if (a->args->kind == IDL_EXPR_NUMBER && !a->args->next)
        n = sscanf(a->args->text, "%9u.%9u%c", &major, &minor, &rest);
    if ((n != 1 && n != 2) || major > 65535 || minor > 65535)
        idl_error(c->run, a->args->at, "major.minor, each up to 65535: 1.0",
                  "this is no version of an interface");
}

static void check_implicit(struct idl_check *c, const struct idl_attr *a)
{
    const struct idl_decl *d = a->type;

    idl_check_decl_type(c, a->type);
    if (!idl_resolve(d->type) || idl_is_base(d->type, IDL_BASE_HANDLE) ||
        idl_attr_deep(d, "handle"))
        return;
    idl_error(c->run, d->at, "handle_t, or a type with [handle]",
              "the implicit handle '%s' is no handle", d->name);
}

void idl_check_interface(struct idl_check *c, struct idl_item *face)
{
    const struct idl_attr *a = NULL;
    const struct idl_expr *e = NULL;

    for (a = face->attrs; a; a = a->next) {
        if (strcmp(a->kind->name, "version") == 0 && a->args)
            check_version(c, a);
        else if (strcmp(a->kind->name, "implicit_handle") == 0 && a->type)
            check_implicit(c, a);
        else if (strcmp(a->kind->name, "pointer_default") == 0 && a->args &&
                 !(a->args->kind == IDL_EXPR_NAME &&
                   (strcmp(a->args->text, "ref") == 0 || strcmp(a->args->text, "unique") == 0 ||
                    strcmp(a->args->text, "ptr") == 0)))
            idl_error(c->run, a->args->at, "ref, unique or ptr", "there is no such pointer");
        for (e = strcmp(a->kind->name, "endpoint") == 0 ? a->args : NULL; e; e = e->next)
            check_endpoint(c, e);
    }
}
