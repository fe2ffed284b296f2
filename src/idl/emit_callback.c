/* SPDX-License-Identifier: Apache-2.0
 * emit_callback.c - [callback] functions: x_c.c has what serves them, and x_s.c what calls them.
 *
 * They are the stubs of the other side, with functions of their own for types: memory is not
 * handled alike on both sides.
 */
#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit_side.h"

static const struct idl_item *next_callback(const struct idl_item *i)
{
    while (i && !(i->kind == IDL_ITEM_FUNCTION && i->callback))
        i = i->next;
    return i;
}

const char *idl_callbacks_of(struct idl_stub *s, const struct idl_item *face,
                             const struct idl_item *function)
{
    return next_callback(face->items) && idl_calls_back(face, function)
               ? idl_text(s, "%s_callbacks", idl_c_interface(s->p, face))
               : NULL;
}

static void put_stubs(struct idl_stub *s, const struct idl_item *face,
                      void (*stub)(struct idl_stub *s, const struct idl_item *face,
                                   const struct idl_item *function))
{
    const struct idl_item *i = face->items;

    s->server = !s->server;
    s->reversed = true;
    for (; (i = next_callback(i)) != NULL; i = i->next)
        stub(s, face, i);
    s->reversed = false;
    s->server = !s->server;
}

void idl_callbacks_served(struct idl_stub *s, const struct idl_item *face)
{
    const struct idl_item *i = next_callback(face->items);
    const char *name = idl_c_interface(s->p, face);
    unsigned n = 0;

    if (!i)
        return;
    put_stubs(s, face, idl_serve_stub);
    idl_put(s, "%s", "");
    idl_put_open(s, "static const CS_SERVER_PROCEDURE %s_callback_procedures[] = {", name);
    s->server = !s->server; /* its flags are those of who serves */
    for (; i; i = next_callback(i->next), n++)
        idl_put(s, "{ %s_%s, \"%s\", %s },", face->text, i->text, i->text,
                idl_procedure_flags(s, face, i));
    s->server = !s->server;
    idl_put_close(s, "};");
    idl_put(s, "static const CS_CALLBACKS %s_callbacks = { %s_callback_procedures, %u };", name,
            name, n);
}

void idl_callbacks_called(struct idl_stub *s, const struct idl_item *face)
{
    put_stubs(s, face, idl_call_stub);
}
