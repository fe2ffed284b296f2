/* SPDX-License-Identifier: Apache-2.0
 * emit_marshal.c - types that travel as another: calls of the program's routines around the
 * reading and writing of what is sent.
 * desktop-src/Rpc/the-transmit-as-and-represent-as-attributes.md,
 * the-wire-marshal-and-user-marshal-attributes.md
 *
 * A value's function has the name of the type behind "xmit", "local" or "user"; so has the table of
 * its routines, whose arguments are of the types that the program gave them.
 */
#include <string.h>

#include "idl/emit_stub.h"

/* ---- the tables ---- */

/* One routine of a table, its arguments as the table has them and as the program has. */
static void put_routine(struct idl_stub *s, const char *result, const char *label,
                        const char *params, const char *call)
{
    idl_text_add(&s->functions, "\nstatic %s%s(%s)\n{\n    %s%s;\n}\n", result, label, params,
                 strcmp(result, "void ") == 0 ? "" : "return ", call);
}

static void put_conversion(struct idl_stub *s, const struct idl_shape *c)
{
    const char *free_wire = c->is_local ? "free_inst" : "free_xmit";
    const char *l = c->label, *r = c->routines;

    idl_text_add(&s->functions,
                 "\nstatic void %s_to(void *object, void **wire)\n{\n    %s *made = NULL;\n\n"
                 "    %s_%s((%s *)object, &made);\n    *wire = made;\n}\n",
                 l, c->wire_name, r, c->is_local ? "from_local" : "to_xmit", c->name);
    put_routine(s, "void ", idl_text(s, "%s_from", l), "void *wire, void *object",
                idl_text(s, "%s_%s((%s *)wire, (%s *)object)", r,
                         c->is_local ? "to_local" : "from_xmit", c->wire_name, c->name));
    put_routine(s, "void ", idl_text(s, "%s_free_wire", l), "void *wire",
                idl_text(s, "%s_%s((%s *)wire)", r, free_wire, c->wire_name));
    put_routine(
        s, "void ", idl_text(s, "%s_free", l), "void *object",
        idl_text(s, "%s_%s((%s *)object)", r, c->is_local ? "free_local" : "free_inst", c->name));
    idl_text_add(&s->functions,
                 "\nstatic const CS_NDR_CONVERSION %s = {\n    \"%s\", sizeof(%s),\n"
                 "    %s_to, %s_from,\n    %s_free_wire, %s_free,\n};\n",
                 l, r, c->name, l, l, l, l);
}

static void put_user(struct idl_stub *s, const struct idl_shape *u)
{
    static const char octets[] = "ULONG *flags, unsigned char *buffer, void *object";
    unsigned long long size = u->wire_pointer ? 0 : idl_shape_block(u->of->of);
    const char *l = u->label, *r = u->routines;

    put_routine(s, "ULONG ", idl_text(s, "%s_size", l), "ULONG *flags, ULONG start, void *object",
                idl_text(s, "%s_UserSize(flags, start, (%s *)object)", r, u->name));
    put_routine(s, "unsigned char *", idl_text(s, "%s_marshal", l), octets,
                idl_text(s, "%s_UserMarshal(flags, buffer, (%s *)object)", r, u->name));
    put_routine(s, "unsigned char *", idl_text(s, "%s_unmarshal", l), octets,
                idl_text(s, "%s_UserUnmarshal(flags, buffer, (%s *)object)", r, u->name));
    put_routine(s, "void ", idl_text(s, "%s_free", l), "ULONG *flags, void *object",
                idl_text(s, "%s_UserFree(flags, (%s *)object)", r, u->name));
    idl_text_add(&s->functions,
                 "\nstatic const CS_NDR_USER %s = {\n    \"%s\", sizeof(%s), %llu,\n"
                 "    %s_size, %s_marshal,\n    %s_unmarshal, %s_free,\n"
                 "    midl_user_allocate, midl_user_free,\n};\n",
                 l, r, u->name, size, l, l, l, l);
}

/* Once, before the first function that names it. */
static void put_table(struct idl_stub *s, const struct idl_shape *c)
{
    bool user = c->kind == IDL_SHAPE_USER;
    const char *head =
        idl_text(s, "static const CS_NDR_%s %s = {", user ? "USER" : "CONVERSION", c->label);

    if (s->functions.ptr && strstr(s->functions.ptr, head))
        return;
    if (user)
        put_user(s, c);
    else
        put_conversion(s, c);
}

/* ---- what is sent, behind the pointer "wire" ---- */

static void write_wire(struct idl_stub *s, const struct idl_shape *p)
{
    if (p->of->kind == IDL_SHAPE_ARRAY && p->of->conformant)
        idl_out_array(s, p->of, idl_array_at(s, p, "wire"), NULL);
    else if (p->of->kind == IDL_SHAPE_ARRAY)
        idl_out_value(s, p->of, idl_array_at(s, p, "wire"));
    else
        idl_out_value(s, p->of, "(*wire)");
}

static void read_wire(struct idl_stub *s, struct idl_shape *p)
{
    const char *at = p->of->kind == IDL_SHAPE_ARRAY ? idl_array_at(s, p, "wire") : "(*wire)";

    if (idl_is_counted(p->of)) {
        idl_put_open(s, "{");
        idl_in_new(s, p, "wire");
        idl_put_close(s, "}");
        return;
    }
    idl_put_open(s, "if (CsNdrInNew(in, &wire, 1, sizeof *wire)) {");
    idl_in_fields(s, p->of, at);
    idl_in_referents(s, p->of, at);
    idl_put_close(s, "}");
}

static void put_locals(struct idl_stub *s, const struct idl_shape *c, bool reads)
{
    idl_put(s, "%s *wire = NULL;", c->wire_name);
    if (reads)
        idl_put(s, "unsigned outer = CsNdrInTemporary(in, 1);");
}

/* ---- [transmit_as], [represent_as] ---- */

static void write_converted(struct idl_stub *s, const struct idl_shape *c)
{
    idl_put(s, "%s *wire = (%s *)CsNdrOutConvert(out, &%s, v);", c->wire_name, c->wire_name,
            c->label);
    idl_put(s, "%s", "");
    idl_put_open(s, "if (!wire)");
    idl_put(s, "return;");
    s->o.depth--;
    write_wire(s, c->of);
    idl_put(s, "CsNdrOutConverted(out, &%s, wire);", c->label);
}

static void read_converted(struct idl_stub *s, const struct idl_shape *c)
{
    put_locals(s, c, true);
    idl_put(s, "%s", "");
    read_wire(s, c->of);
    idl_put(s, "CsNdrInTemporary(in, outer);");
    idl_put(s, "CsNdrInConvert(in, &%s, wire, v);", c->label);
}

/* ---- [wire_marshal], [user_marshal] ---- */

static void write_user(struct idl_stub *s, const struct idl_shape *u)
{
    idl_put(s, "CS_NDR_IN *in = CsNdrOutUser(out, &%s, v);", u->label);
    put_locals(s, u, false);
    idl_put(s, "%s", "");
    idl_put_open(s, "if (!in)");
    idl_put(s, "return;");
    s->o.depth--;
    read_wire(s, u->of);
    idl_put_open(s, "if (CsNdrOutUserRead(out, in)) {");
    write_wire(s, u->of);
    idl_put_close(s, "}");
    idl_put(s, "CsNdrOutUserEnd(out, in);");
}

static void read_user(struct idl_stub *s, const struct idl_shape *u)
{
    put_locals(s, u, true);
    idl_put(s, "CS_NDR_OUT *out = NULL;");
    idl_put(s, "%s", "");
    read_wire(s, u->of);
    idl_put(s, "CsNdrInTemporary(in, outer);");
    idl_put(s, "out = CsNdrInUser(in);");
    idl_put_open(s, "if (out) {");
    write_wire(s, u->of);
    idl_put(s, "CsNdrInUserEnd(in, out, &%s, v);", u->label);
    idl_put_close(s, "}");
}

static const char *pointer_of(const struct idl_shape *u)
{
    return u->of->pointer == IDL_REF ? "CS_NDR_REF" : "CS_NDR_UNIQUE";
}

static void put_user_step(struct idl_stub *s, const struct idl_shape *u, enum idl_direction way,
                          bool second)
{
    if (way == IDL_WRITE && u->wire_pointer && !second) {
        idl_put(s, "CsNdrOutPointer(out, %s, v);", pointer_of(u));
    } else if (way == IDL_WRITE) {
        write_user(s, u);
    } else if (u->wire_pointer && !second) {
        idl_put(s, "CsNdrInUserPointer(in, %s, v);", pointer_of(u));
    } else if (u->wire_pointer) {
        idl_put_open(s, "if (!CsNdrInUserFollow(in, v))");
        idl_put(s, "return;");
        s->o.depth--;
        read_user(s, u);
    } else {
        read_user(s, u);
    }
}

void idl_put_changed(struct idl_stub *s, struct idl_shape *c, enum idl_direction way, bool second)
{
    put_table(s, c);
    if (way == IDL_FREE)
        idl_put(s, "CsNdrFree%s(walk, &%s, v);", c->kind == IDL_SHAPE_USER ? "User" : "Converted",
                c->label);
    else if (c->kind == IDL_SHAPE_USER)
        put_user_step(s, c, way, second);
    else if (way == IDL_WRITE)
        write_converted(s, c);
    else
        read_converted(s, c);
}

/* ---- among a server's parameters ---- */

bool idl_is_changed(const struct idl_shape *s)
{
    return s->kind == IDL_SHAPE_CONVERTED || s->kind == IDL_SHAPE_USER;
}

void idl_put_release(struct idl_stub *s, const struct idl_param *p)
{
    const struct idl_shape *at = p->shape->kind == IDL_SHAPE_POINTER ? p->shape->of : p->shape;
    const char *when = "CS_NDR_RELEASE_UNCALLED";

    if (!idl_shape_leads_to_objects(s->layout, p->shape))
        return;
    if (p->out)
        when = "CS_NDR_RELEASE_UNWALKED";
    else if (idl_is_changed(at))
        when = "CS_NDR_RELEASE_AFTER";
    idl_put(s, "CsNdrInRelease(%s, %s);", s->in, when);
}

const char *idl_param_object(struct idl_stub *s, const struct idl_param *p)
{
    const char *name = p->decl->name;

    if (p->shape->has_objects)
        return idl_text(s, "%s_value", name);
    if (idl_is_ref(p->shape) && p->shape->of->has_objects && !idl_param_array(p) && !idl_is_open(p))
        return name;
    return NULL;
}

/* What the routine leaves in an [out] parameter has to go, too, where no response comes of it. */
void idl_put_place(struct idl_stub *s, const struct idl_param *p, const char *call)
{
    const struct idl_shape *of = p->shape->kind == IDL_SHAPE_POINTER ? p->shape->of : NULL;

    if (!p->in && of && idl_is_changed(of) && idl_param_object(s, p))
        idl_put(s, "CsNdrIn%sPlace(CsServerIn(%s), &%s, %s);",
                of->kind == IDL_SHAPE_USER ? "User" : "", call, of->label, p->decl->name);
}
