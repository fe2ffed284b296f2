/* SPDX-License-Identifier: Apache-2.0
 * check_callback.c - [callback] functions: a client's, which its server calls in a call.
 * desktop-src/Midl/callback.md
 */
#include "idl/attr.h"
#include "idl/check.h"

static bool is_handle(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type);

    while (t && t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    return (t && idl_is_base(t, IDL_BASE_HANDLE)) || idl_attr_deep(d, "handle") ||
           idl_attr_deep(d, "context_handle");
}

void idl_check_callback(struct idl_check *c, const struct idl_item *i)
{
    static const char *const never[] = { "async",           "maybe",    "message", "notify",
                                         "notify_flag",     "call_as",  "encode",  "decode",
                                         "explicit_handle", "broadcast" };
    const struct idl_decl *p = NULL;
    const struct idl_attr *a = NULL;
    size_t n;

    for (p = i->decls->type->members; p; p = p->next)
        if (p->name && is_handle(p))
            idl_error(c->run, p->at, "it goes to the client of the call, by itself",
                      "the handle '%s' is a parameter of the [callback] %s", p->name, i->text);
    if (idl_attr_find(i->attrs, "context_handle") ||
        is_handle(&(struct idl_decl){ .type = i->decls->type->of }))
        idl_error(c->run, i->decls->at, "a handle belongs to a server",
                  "the [callback] %s returns a handle", i->text);
    for (n = 0; n < sizeof never / sizeof *never; n++) {
        a = idl_attr_find(i->attrs, never[n]);
        if (a)
            idl_error(c->run, a->at, NULL, "%s is both [callback] and [%s]", i->text, never[n]);
    }
}

static bool has_pipe(const struct idl_item *i)
{
    const struct idl_decl *p = i->decls->type->members;
    const struct idl_type *t = NULL;

    for (; p; p = p->next) {
        t = p->type ? idl_resolve(p->type) : NULL;
        while (t && t->kind == IDL_TYPE_POINTER)
            t = idl_resolve(t->of);
        if (t && t->kind == IDL_TYPE_PIPE)
            return true;
    }
    return false;
}

bool idl_calls_back(const struct idl_item *face, const struct idl_item *i)
{
    bool code = !idl_attr_find(i->attrs, "nocode") &&
                (!idl_attr_find(face->attrs, "nocode") || idl_attr_find(i->attrs, "code"));

    return i->kind == IDL_ITEM_FUNCTION && i->remote && !i->async && code &&
           !idl_attr_find(i->attrs, "maybe") && !has_pipe(i);
}

void idl_check_callbacks(struct idl_check *c, const struct idl_item *face)
{
    const struct idl_item *i = NULL, *first = NULL;

    for (i = face->items; i; i = i->next) {
        if (i->kind == IDL_ITEM_FUNCTION && i->callback && !first)
            first = i;
        if (idl_calls_back(face, i))
            return;
    }
    if (first)
        idl_error(c->run, first->at,
                  "give the interface a function that is called and answered: not [maybe], not "
                  "[async], without pipes",
                  "no call of %s can call %s back", face->text, first->text);
}
