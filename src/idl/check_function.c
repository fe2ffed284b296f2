/* SPDX-License-Identifier: Apache-2.0
 * check_function.c - functions, their parameters and results; and the ACF against all of it.
 */
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

static bool is_pointer_like(const struct idl_type *t)
{
    return t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY || t->kind == IDL_TYPE_PIPE;
}

static void check_handle(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_attr *out = idl_attr_find(p->attrs, "out");
    const struct idl_type *t = idl_resolve(p->type);
    bool derived = false;

    while (t && (t->kind == IDL_TYPE_POINTER || t->kind == IDL_TYPE_ARRAY)) {
        derived = true;
        t = idl_resolve(t->of);
    }
    if (!t || !idl_is_base(t, IDL_BASE_HANDLE))
        return;
    if (derived)
        idl_error(c->run, p->at, "a handle_t is passed by itself",
                  "the parameter '%s' leads to a handle_t", p->name);
    else if (out)
        idl_error(c->run, out->at, "a handle_t is [in] only, and is not sent",
                  "the handle_t '%s' is [out]", p->name);
}

/* The structures and unions on the way to one. */
struct way {
    const struct idl_type *type;
    const struct way *from;
};

static bool is_ref_field(const struct idl_check *c, const struct idl_decl *d)
{
    const struct idl_attr *a = c->face ? idl_attr_find(c->face->attrs, "pointer_default") : NULL;

    if (idl_attr_deep(d, "ref"))
        return true;
    return a && a->args && a->args->text && strcmp(a->args->text, "ref") == 0 &&
           !idl_attr_deep(d, "unique") && !idl_attr_deep(d, "ptr");
}

static const struct idl_type *element_of(const struct idl_type *t)
{
    while (t && t->kind == IDL_TYPE_ARRAY)
        t = idl_resolve(t->of);
    return t;
}

/* Whether values of it lead to another of it by ref pointers alone: they would have no end. */
static bool never_ends(const struct idl_check *c, const struct idl_type *t, const struct way *from)
{
    struct way way = { t ? t->complete : NULL, from };
    const struct idl_decl *d = NULL;

    if (!t || (t->kind != IDL_TYPE_STRUCT && t->kind != IDL_TYPE_UNION) || !t->complete ||
        t->complete->ref_ends)
        return false;
    for (; from; from = from->from)
        if (from->type == way.type)
            return true;
    for (d = way.type->members; d; d = d->next) {
        const struct idl_type *of = d->type ? element_of(idl_resolve(d->type)) : NULL;

        if (of && of->kind == IDL_TYPE_POINTER)
            of = is_ref_field(c, d) ? element_of(idl_resolve(of->of)) : NULL;
        if (never_ends(c, of, &way))
            return true;
    }
    t->complete->ref_ends = true;
    return false;
}

/* What no peer could do anything with. */
static void check_sendable(struct idl_check *c, const struct idl_decl *p)
{
    const struct idl_type *t = idl_sent(p->type);

    if (idl_attr_deep(p, "context_handle") || idl_attr_find(p->attrs, "system_handle"))
        return;
    if (t && t->conformant && !idl_is_opaque(p->type))
        idl_error(c->run, p->at, "take a pointer to it",
                  "the parameter '%s' is passed by value and has no fixed size", p->name);
    if (t && t->kind == IDL_TYPE_ARRAY && idl_is_base(element_of(t), IDL_BASE_ERROR_STATUS))
        idl_error(c->run, p->at, "unsigned long is the same on the wire",
                  "the parameter '%s' is an array of error_status_t", p->name);
    while (t && is_pointer_like(t))
        t = idl_sent(t->of);
    if (!t)
        return;
    if (never_ends(c, t, NULL))
        idl_error(c->run, p->at, "[unique] or [ptr]: the last one is NULL",
                  "the parameter '%s' is of a structure that ref pointers lead back to", p->name);
    if (t == idl_sent(p->type) && idl_is_base(t, IDL_BASE_VOID))
        idl_error(c->run, p->at, "void stands alone: f(void)", "the parameter '%s' is void",
                  p->name);
    else if (idl_is_base(t, IDL_BASE_VOID))
        idl_error(c->run, p->at, "say of what type it is; only a context handle may be void *",
                  "the parameter '%s' leads to void", p->name);
    if (t->kind == IDL_TYPE_FUNCTION)
        idl_error(c->run, p->at, NULL, "the parameter '%s' leads to a function", p->name);
    if ((t->kind == IDL_TYPE_STRUCT || t->kind == IDL_TYPE_UNION) && !t->complete)
        idl_error(c->run, p->at, NULL, "the parameter '%s' has a type that is defined nowhere",
                  p->name);
}

static void check_param(struct idl_check *c, const struct idl_item *i, struct idl_decl *p)
{
    const struct idl_attr *out = idl_attr_find(p->attrs, "out");
    const struct idl_type *t = NULL;

    idl_check_attrs(c, p->attrs, IDL_ON_PARAM);
    if (c->local)
        return;
    if (!p->name) {
        idl_error(c->run, p->at, NULL, "a parameter of %s has no name", i->text);
        return;
    }
    t = idl_sent(p->type);
    if (out && t && !is_pointer_like(t) && !idl_is_base(t, IDL_BASE_HANDLE))
        idl_error(c->run, p->at, "what comes back is stored through a pointer",
                  "the [out] parameter '%s' is no pointer", p->name);
    if (out && !idl_attr_find(p->attrs, "in") && idl_attr_find(p->attrs, "unique") && t &&
        t->kind == IDL_TYPE_POINTER)
        idl_error(c->run, out->at, "[ref], or [in, out]",
                  "the [out] parameter '%s' is [unique]: nobody could allocate it", p->name);
    check_handle(c, p);
    idl_check_param_attrs(c, p);
    check_sendable(c, p);
    idl_check_sizes(c, p, "parameter");
}

static void check_result(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_attr *ref = idl_attr_find(i->attrs, "ref");
    const struct idl_type *t = idl_resolve(i->decls->type->of);

    if (ref)
        idl_error(c->run, ref->at, "[unique] or [ptr]",
                  "the result of %s is a ref pointer, to memory nobody allocated", i->text);
    if (!t)
        return;
    if (idl_is_base(t, IDL_BASE_HANDLE))
        idl_error(c->run, i->decls->at, NULL, "%s returns a handle_t", i->text);
    if (t->kind == IDL_TYPE_ARRAY || t->kind == IDL_TYPE_FUNCTION || t->kind == IDL_TYPE_PIPE ||
        t->conformant)
        idl_error(c->run, i->decls->at, "return it through an [out] parameter",
                  "%s returns what has no fixed size", i->text);
}

static bool is_binding(const struct idl_decl *p)
{
    return idl_is_base(p->type, IDL_BASE_HANDLE) || idl_attr_deep(p, "handle") ||
           (idl_attr_deep(p, "context_handle") && idl_attr_find(p->attrs, "in"));
}

/* handle_t IDL_handle, which [explicit_handle] puts first where no parameter leads to a server. */
static struct idl_decl *handle_param(struct idl_check *c, struct idl_place at,
                                     struct idl_decl *next)
{
    struct idl_decl *d = (struct idl_decl *)idl_alloc(c->run, sizeof *d);
    struct idl_type *t = (struct idl_type *)idl_alloc(c->run, sizeof *t);

    *t = (struct idl_type){ .kind = IDL_TYPE_BASE, .base = IDL_BASE_HANDLE, .at = at };
    *d = (struct idl_decl){
        .at = at, .name = "IDL_handle", .type = t, .base = t, .added = true, .next = next
    };
    return d;
}

static void find_binding(struct idl_check *c, struct idl_item *i)
{
    struct idl_decl *p = i->decls->type->members;

    while (p && !is_binding(p))
        p = p->next;
    if (!p && (c->explicit_handle || idl_attr_find(i->attrs, "explicit_handle"))) {
        p = handle_param(c, i->at, i->decls->type->members);
        i->decls->type->members = p;
    }
    i->binding = p;
}

void idl_check_function(struct idl_check *c, struct idl_item *i)
{
    struct idl_decl *d = i->decls, *p = NULL;
    bool outer = c->local;
    struct idl_symbol *y = NULL;

    idl_check_attrs(c, i->attrs, IDL_ON_FUNCTION);
    idl_check_decl_type(c, d);
    y = idl_scope_add(c->scope, IDL_SPACE_NAMES, IDL_MEANS_FUNCTION, d->name, d->at);
    if (y)
        y->decl = d;
    c->local = outer || idl_attr_find(i->attrs, "local");
    i->callback = !c->local && idl_attr_find(i->attrs, "callback");
    i->pickled = !c->local && !i->callback && idl_pickle_ways(c->face, i->attrs);
    i->remote = !c->local && !i->callback && !i->pickled;
    if (i->remote || i->pickled) {
        i->async = i->remote && (idl_attr_find(i->attrs, "async") ||
                                 (c->face && idl_attr_find(c->face->attrs, "async")));
        i->opnum = c->opnum++;
        find_binding(c, i);
    }
    if (i->callback)
        i->opnum = c->callbacks++;
    c->siblings = d->type->members;
    idl_check_twice(c, d->type->members, "parameter");
    for (p = d->type->members; p; p = p->next)
        check_param(c, i, p);
    if (!c->local) {
        check_result(c, i);
        idl_check_function_attrs(c, i);
        idl_check_pipes(c, i);
    }
    if (i->callback)
        idl_check_callback(c, i);
    idl_check_message(c, i);
    c->siblings = NULL;
    c->local = outer;
}

static void check_acf_params(struct idl_check *c, const struct idl_acf_item *i,
                             const struct idl_decl *params)
{
    const struct idl_acf_param *a = NULL;
    const struct idl_decl *p = NULL;

    for (a = i->params; a; a = a->next) {
        idl_check_attrs(c, a->attrs, IDL_ON_ACF_PARAM);
        for (p = params; p && !(p->name && strcmp(p->name, a->name) == 0); p = p->next)
            continue;
        /* a status that the ACF alone has is one parameter more, by MIDL's rules */
        if (!p && !idl_attr_find(a->attrs, "comm_status") &&
            !idl_attr_find(a->attrs, "fault_status"))
            idl_error(c->run, a->at, NULL, "%s has no parameter '%s' in the IDL", i->text, a->name);
    }
}

static void check_acf_item(struct idl_check *c, const struct idl_acf_item *i)
{
    bool type = i->kind == IDL_ITEM_TYPEDEF;
    const struct idl_symbol *y = idl_scope_find(c->scope, IDL_SPACE_NAMES, i->text);

    if (i->kind == IDL_ITEM_INCLUDE)
        return;
    idl_check_attrs(c, i->attrs, type ? IDL_ON_ACF_TYPE : IDL_ON_ACF_FUNCTION);
    if (!y || y->means != (type ? IDL_MEANS_TYPE : IDL_MEANS_FUNCTION))
        idl_error(c->run, i->at, NULL, "the IDL has no %s '%s'", type ? "type" : "function",
                  i->text);
    else if (!type)
        check_acf_params(c, i, y->decl->type->members);
}

void idl_check_acf(struct idl_check *c, const struct idl_acf *acf)
{
    const struct idl_acf_item *i = NULL;

    idl_check_attrs(c, acf->attrs, IDL_ON_ACF_INTERFACE);
    if (!idl_scope_find(c->scope, IDL_SPACE_INTERFACES, acf->name))
        idl_error(c->run, acf->at, "an ACF names the interface of its IDL file",
                  "the IDL has no interface '%s'", acf->name);
    for (i = acf->items; i; i = i->next)
        check_acf_item(c, i);
}
