/* SPDX-License-Identifier: Apache-2.0
 * emit.c - lines of C, and the names that header and stubs agree on.
 */
#include "idl/emit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

static void put_line(struct idl_out *o, const char *fmt, va_list ap)
{
    if (fmt[0] != '#')
        idl_text_add(o->to, "%*s", o->depth * 4, "");
    idl_text_vadd(o->to, fmt, ap);
    idl_text_add(o->to, "\n");
}

void idl_line(struct idl_out *o, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put_line(o, fmt, ap);
    va_end(ap);
}

void idl_blank(struct idl_out *o)
{
    idl_text_add(o->to, "\n");
}

void idl_open(struct idl_out *o, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    put_line(o, fmt, ap);
    va_end(ap);
    o->depth++;
}

void idl_close(struct idl_out *o, const char *fmt, ...)
{
    va_list ap;

    o->depth--;
    va_start(ap, fmt);
    put_line(o, fmt, ap);
    va_end(ap);
}

/* [version(1.2)] is read as the number 1.2, [version(1)] as 1. */
void idl_version(const struct idl_item *face, unsigned *ret_major, unsigned *ret_minor)
{
    const struct idl_attr *a = idl_attr_find(face->attrs, "version");

    *ret_major = *ret_minor = 0;
    if (a && a->args && a->args->kind == IDL_EXPR_NUMBER)
        sscanf(a->args->text, "%5u.%5u", ret_major, ret_minor);
}

bool idl_in_vector(const struct idl_item *face, const struct idl_item *i)
{
    return i->kind == IDL_ITEM_FUNCTION && i->remote && !idl_called_as(face, i);
}

bool idl_has_vector(const struct idl_item *face)
{
    const struct idl_item *i = face->items;

    while (i && !idl_in_vector(face, i))
        i = i->next;
    return i != NULL;
}

const char *idl_c_interface(const struct idl_program *p, const struct idl_item *face)
{
    unsigned major = 0, minor = 0;

    idl_version(face, &major, &minor);
    return idl_printf(p->run, "%s_v%u_%u", face->text, major, minor);
}
