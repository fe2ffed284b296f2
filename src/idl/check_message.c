/* SPDX-License-Identifier: Apache-2.0
 * check_message.c - functions nobody waits for, [maybe] and [message]; and what may stand beside
 * the latter, whose call may be executed long after its caller has ended.
 * desktop-src/Midl/message.md
 */
#include "idl/attr.h"
#include "idl/check.h"

static void check_unanswered(struct idl_check *c, const struct idl_item *i,
                             const struct idl_attr *a)
{
    const struct idl_decl *p = NULL;
    const struct idl_attr *out = NULL;

    if (!idl_is_base(i->decls->type->of, IDL_BASE_VOID))
        idl_error(c->run, i->decls->at, "nobody waits for a result: make it void",
                  "the [%s] function %s returns something", a->kind->name, i->text);
    for (p = i->decls->type->members; p; p = p->next) {
        out = idl_attr_find(p->attrs, "out");
        if (out)
            idl_error(c->run, out->at, "nobody waits for a reply: [in] only",
                      "[out] in the [%s] function %s", a->kind->name, i->text);
    }
}

/* MIDL takes local, nocode, code and optimize; ours are cs_access, and of where the binding comes
 * from and the memory of a server's routine. */
static void check_company(struct idl_check *c, const struct idl_item *i)
{
    static const char *const never[] = {
        "idempotent", "maybe",       "async",       "call_as",
        "notify",     "notify_flag", "comm_status", "fault_status"
    };
    const struct idl_attr *a = NULL;
    size_t n;

    for (n = 0; n < sizeof never / sizeof *never; n++) {
        a = idl_attr_find(i->attrs, never[n]);
        if (a)
            idl_error(c->run, a->at, "local, nocode, code and optimize may stand beside it",
                      "%s is both [message] and [%s]", i->text, never[n]);
    }
    if (i->async && !idl_attr_find(i->attrs, "async"))
        idl_error(c->run, i->at, "the function's own interface need not be [async]",
                  "%s is [message] in an [async] interface", i->text);
}

/* Who opened it may be gone by then, and the server with it. */
static void check_contexts(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_decl *p = NULL;

    for (p = i->decls->type->members; p; p = p->next)
        if (idl_attr_deep(p, "context_handle"))
            idl_error(c->run, p->at, "take a handle_t, and say in a parameter what it is about",
                      "the context handle '%s' in the [message] function %s", p->name, i->text);
}

void idl_check_message(struct idl_check *c, const struct idl_item *i)
{
    const struct idl_attr *message = idl_attr_find(i->attrs, "message");
    const struct idl_attr *maybe = idl_attr_find(i->attrs, "maybe");

    if (message || maybe)
        check_unanswered(c, i, message ? message : maybe);
    if (!message)
        return;
    check_company(c, i);
    check_contexts(c, i);
}
