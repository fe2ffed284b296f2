/* SPDX-License-Identifier: Apache-2.0
 * emit_file.c - a stub file: its head, the types' functions, then each interface's stubs.
 */
#include <stdio.h>
#include <string.h>

#include "idl/access.h"
#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit_stub.h"

/* The line of the IDL, as far as a comment of C may hold it; dots where the declaration goes on. */
static const char *quoted_line(struct idl_stub *s, struct idl_place at)
{
    enum { SHOWN = 300 };
    const char *from = at.text + strspn(at.text, " \t");
    char line[SHOWN + 1];
    size_t n;

    for (n = 0; n < SHOWN && from[n] && !strchr("\r\n\x1a", from[n]); n++) {
        if (strncmp(from + n, "/*", 2) == 0 || strncmp(from + n, "*/", 2) == 0)
            break;
        line[n] = from[n] < ' ' || from[n] > '~' ? '?' : from[n];
    }
    while (n && (line[n - 1] == ' ' || line[n - 1] == '\\'))
        n--;
    return idl_text(s, "%.*s%s", (int)n, line, n && line[n - 1] == ';' ? "" : " ...");
}

void idl_stub_put_where(struct idl_stub *s, const struct idl_item *function)
{
    struct idl_place at = function->at;
    const char *base = strrchr(at.file, '/');

    idl_put(s, "%s", "");
    idl_put(s, "/* %s:%u, %s %u: %s */", base ? base + 1 : at.file, at.line,
            function->callback ? "callback" : "opnum", function->opnum,
            at.text ? quoted_line(s, at) : "...");
}

unsigned idl_stub_count(const struct idl_item *face)
{
    const struct idl_item *i = NULL;
    unsigned n = 0;

    for (i = face->items; i; i = i->next)
        if (i->kind == IDL_ITEM_FUNCTION && (i->remote || i->pickled) && i->opnum >= n)
            n = i->opnum + 1;
    return n;
}

bool idl_has_remote(const struct idl_item *face)
{
    const struct idl_item *i = face->items;

    while (i && !(i->kind == IDL_ITEM_FUNCTION && i->remote))
        i = i->next;
    return i;
}

/* What is serialized is a client's. */
static bool has_stubs(const struct idl_stub *s, const struct idl_item *face)
{
    if (face->declared_only || idl_attr_find(face->attrs, "local"))
        return false;
    if (s->server)
        return idl_has_remote(face);
    return idl_stub_count(face) || idl_pickle_next(s->p->file, face, NULL);
}

/* "01234567-89ab-cdef-0123-456789abcdef" as a UUID is initialized. */
static const char *uuid_text(struct idl_stub *s, const char *u)
{
    const char *bytes = "";
    int i;

    for (i = 19; i < 36; i += i == 21 ? 3 : 2)
        bytes = idl_text(s, "%s%s0x%.2s", bytes, i > 19 ? ", " : "", u + i);
    return idl_text(s, "{ 0x%.8s, 0x%.4s, 0x%.4s, { %s } }", u, u + 9, u + 14, bytes);
}

/* "ncacn_ip_tcp:[4711]": its two parts. */
static unsigned put_endpoints(struct idl_stub *s, const struct idl_item *face, const char *name)
{
    const struct idl_attr *a = idl_attr_find(face->attrs, "endpoint");
    const struct idl_expr *e = NULL;
    unsigned n = 0;

    if (!a)
        return 0;
    idl_put_open(s, "static const CS_ENDPOINT %s_endpoints[] = {", name);
    for (e = a->args; e; e = e->next, n++) {
        const char *colon = strchr(e->text, ':'), *begin = colon ? strchr(colon, '[') : NULL;
        const char *end = begin ? strchr(begin, ']') : NULL;

        if (!end)
            idl_error(s->p->run, e->at, "as in \"ncacn_ip_tcp:[4711]\"", "\"%s\" is no endpoint",
                      e->text);
        else
            idl_put(s, "{ \"%.*s\", \"%.*s\" },", (int)(colon - e->text), e->text,
                    (int)(end - begin - 1), begin + 1);
    }
    idl_put_close(s, "};");
    idl_put(s, "%s", "");
    return n;
}

const char *idl_stub_interface(struct idl_stub *s, const struct idl_item *face)
{
    static const char *const syntaxes[] = {
        [IDL_PROTOCOL_ALL] = "CS_SYNTAX_NDR | CS_SYNTAX_NDR64",
        [IDL_PROTOCOL_DCE] = "CS_SYNTAX_NDR",
        [IDL_PROTOCOL_NDR64] = "CS_SYNTAX_NDR64",
    };
    const char *name = idl_c_interface(s->p, face), *side = s->server ? "SERVER" : "CLIENT";
    const char *kind = s->server && idl_has_access(face) ? "GUARDED" : side;
    const struct idl_attr *uuid = idl_attr_find(face->attrs, "uuid");
    unsigned endpoints = put_endpoints(s, face, name), major = 0, minor = 0;

    idl_version(face, &major, &minor);
    idl_put_open(s, "static const CS_%s_INTERFACE %s_%s = {", kind, name,
                 s->server ? "server" : "client");
    if (kind != side)
        idl_put_open(s, "{");
    idl_put_open(s, "{");
    idl_put(s, "sizeof(CS_%s_INTERFACE), CS_STUB_ABI, CS_INTERFACE_%s, %u,", kind, side,
            idl_stub_count(face));
    idl_put(s, "{ %s, %u, %u },", uuid_text(s, uuid->args->text), major, minor);
    idl_put(s, "\"%s\", %s, %u, %s,", face->text,
            endpoints ? idl_text(s, "%s_endpoints", name) : "NULL", endpoints,
            s->opt->osf ? "NULL, NULL" : "midl_user_allocate, midl_user_free");
    idl_put(s, "%s,", syntaxes[s->opt->osf ? IDL_PROTOCOL_DCE : s->opt->protocol]);
    idl_put_close(s, "},");
    return name;
}

static void put_interface(struct idl_stub *s, const struct idl_item *face,
                          const struct idl_stub_writer *w)
{
    const struct idl_item *i = NULL;

    if (!has_stubs(s, face))
        return;
    w->head(s, face);
    for (i = face->items; i; i = i->next)
        if (i->kind == IDL_ITEM_FUNCTION && (i->remote || (i->pickled && !s->server)))
            w->stub(s, face, i);
    w->tail(s, face);
}

static void put_text(struct idl_out *o, struct idl_text *t, bool blank)
{
    if (t->ptr && blank)
        idl_blank(o);
    if (t->ptr)
        idl_text_add(o->to, "%s", t->ptr);
    idl_text_done(t);
}

static void put_nested(struct idl_out *o, const struct idl_nested *first)
{
    static const char *const words[] = { "struct", "union", "enum" };
    const struct idl_nested *n = NULL;

    if (!first)
        return;
    idl_blank(o);
    idl_line(o, "#ifdef __cplusplus");
    for (n = first; n; n = n->next)
        idl_line(o, "typedef %s::%s %s;", n->outer, n->tag, n->name);
    idl_line(o, "#else");
    for (n = first; n; n = n->next)
        idl_line(o, "typedef %s %s %s;", words[n->type->kind - IDL_TYPE_STRUCT], n->tag, n->name);
    idl_line(o, "#endif");
}

/* The parts before the stubs are known only when the stubs are written. */
void idl_stub_file(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o,
                   const struct idl_stub_writer *w)
{
    struct idl_text stubs = { 0 };
    struct idl_stub s = { .p = p,
                          .opt = opt,
                          .layout = idl_layout_new(p, opt),
                          .server = w->server,
                          .o = { &stubs, 0 },
                          .prefix = "" };
    const struct idl_item *i = NULL;

    for (i = p->file->items; i; i = i->next)
        if (i->kind == IDL_ITEM_INTERFACE)
            put_interface(&s, i, w);
    idl_line(o, "/* %s - written by countersign-idl from %s; edit that one. */",
             w->server ? opt->server_stub : opt->client_stub, opt->source);
    idl_line(o, "#include \"%s\"", opt->header);
    idl_blank(o);
    if (s.pickles)
        idl_line(o, "#include <midles.h>");
    idl_line(o, "#include <string.h>");
    put_nested(o, s.layout->nested);
    put_text(o, &s.before_functions, true);
    put_text(o, &s.functions, false);
    put_text(o, &stubs, false);
}
