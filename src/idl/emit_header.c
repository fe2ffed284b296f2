/* SPDX-License-Identifier: Apache-2.0
 * emit_header.c - x.h: the types, constants and functions of an IDL file as C and C++ have them.
 *
 * What an import defines is in the import's header, which is included.
 */
#include <ctype.h>
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/emit.h"

enum { COLUMNS = 100 };

struct header {
    const struct idl_program *p;
    const struct idl_options *opt;
    struct idl_out *o;
    const struct idl_item *face; /* the interface that is written; NULL outside of one */
};

/* The string of a cpp_quote as the C that its escapes stand for. */
static const char *unquoted(const struct header *h, const char *s)
{
    char *copy = idl_strndup(h->p->run, s, strlen(s)), *to = copy;

    for (; *s; s++) {
        if (*s == '\\' && (s[1] == '"' || s[1] == '\\' || s[1] == '\''))
            s++;
        *to++ = *s;
    }
    *to = '\0';
    return copy;
}

static bool is_tagged(const struct idl_type *t)
{
    return t->kind >= IDL_TYPE_STRUCT && t->kind <= IDL_TYPE_ENUM;
}

static const struct idl_decl *put_declaration(struct header *h, const struct idl_decl *d,
                                              const char *before, const char *after);

static void put_constants(struct header *h, const struct idl_type *t)
{
    const struct idl_decl *d = NULL;

    for (d = t->members; d; d = d->next)
        if (d->value)
            idl_line(h->o, "%s = %s%s", d->name, idl_c_expr(h->p, h->opt, d->value, ""),
                     d->next ? "," : "");
        else
            idl_line(h->o, "%s%s", d->name, d->next ? "," : "");
}

/* Which cases an arm is for, as a comment behind it. */
static const char *label(const struct header *h, const struct idl_attr *a)
{
    const struct idl_expr *e = NULL;
    const char *s = "";

    for (; a; a = a->next) {
        if (strcmp(a->kind->name, "default") == 0)
            s = idl_printf(h->p->run, "%s%sdefault", s, s[0] ? ", " : "");
        for (e = strcmp(a->kind->name, "case") == 0 ? a->args : NULL; e; e = e->next)
            s = idl_printf(h->p->run, "%s%scase %s", s, s[0] ? ", " : "",
                           idl_c_expr(h->p, h->opt, e, ""));
    }
    return s[0] ? idl_printf(h->p->run, "/* %s */", s) : "";
}

static void put_fields(struct header *h, const struct idl_type *t)
{
    const struct idl_decl *d = NULL;
    bool any = false;

    for (d = t->members; d; d = d->next) {
        if (!d->type) {
            idl_line(h->o, "%s", label(h, d->attrs));
            continue;
        }
        d = put_declaration(h, d, "", label(h, d->attrs));
        any = true;
    }
    if (!any)
        idl_line(h->o, "byte none;");
}

static void put_body(struct header *h, const struct idl_type *t)
{
    if (t->kind == IDL_TYPE_ENUM) {
        put_constants(h, t);
        return;
    }
    if (!t->switched) {
        put_fields(h, t);
        return;
    }
    put_declaration(h, t->switched, "", "");
    idl_open(h->o, "union {");
    put_fields(h, t);
    idl_close(h->o, "} %s;", t->union_name ? t->union_name : "tagged_union");
}

/* A base with all its declarators; the last of them. */
static const struct idl_decl *put_declaration(struct header *h, const struct idl_decl *d,
                                              const char *before, const char *after)
{
    const struct idl_type *base = d->base;
    const char *s = d->name ? idl_c_declarator(h->p, h->opt, d->type, d->name, false) : "";
    const char *gap = after[0] ? " " : "";

    for (; d->next && d->next->same_base; d = d->next)
        s = idl_printf(h->p->run, "%s, %s", s,
                       idl_c_declarator(h->p, h->opt, d->next->type, d->next->name, false));
    if (is_tagged(base) && base->has_body) {
        idl_open(h->o, "%s%s {", before, idl_c_type(h->p, h->opt, base));
        put_body(h, base);
        idl_close(h->o, "}%s%s;%s%s", s[0] ? " " : "", s, gap, after);
    } else {
        idl_line(h->o, "%s%s%s%s;%s%s", before, idl_c_type(h->p, h->opt, base), s[0] ? " " : "", s,
                 gap, after);
    }
    return d;
}

static void put_pipe_struct(struct header *h, const struct idl_decl *d, const char *prefix,
                            const char *returns)
{
    const char *element = idl_c_type(h->p, h->opt, d->base->of);

    idl_open(h->o, "typedef struct %spipe_%s {", prefix, d->name);
    idl_line(h->o, "%s (*pull)(char *state, %s *buf, ULONG esize, ULONG *ecount);", returns,
             element);
    idl_line(h->o, "%s (*push)(char *state, %s *buf, ULONG ecount);", returns, element);
    idl_line(h->o, "%s (*alloc)(char *state, ULONG bsize, %s **buf, ULONG *bcount);", returns,
             element);
    idl_line(h->o, "char *state;");
    idl_close(h->o, "} %s%s;", prefix, d->name);
}

/* How a program hands over a pipe's elements, and those of an asynchronous call's; whoever imports
 * this may have such a call. desktop-src/Rpc/pipes.md, declaring-asynchronous-pipes.md */
static void put_pipe(struct header *h, const struct idl_decl *d, bool first)
{
    if (first && d->base->of->has_body) /* it has a tag by then */
        put_declaration(h, &(struct idl_decl){ .base = d->base->of, .type = d->base->of }, "", "");
    put_pipe_struct(h, d, "", "void");
    idl_line(h->o, "%s", "");
    put_pipe_struct(h, d, "ASYNC_", "RPC_STATUS");
}

static void put_const(struct header *h, const struct idl_decl *d)
{
    const struct idl_expr *e = d->value;
    const char *value = idl_c_expr(h->p, h->opt, e, "");

    if (e->kind == IDL_EXPR_STRING)
        idl_line(h->o, "#define %s %s", d->name, value);
    else
        idl_line(h->o, "#define %s (%s)", d->name, value);
}

/* "TYPE NAME(PARAMETERS)END", broken between parameters where the line is too long. */
static void put_prototype(struct header *h, const char *head, const struct idl_decl *params,
                          const char *end)
{
    const char *line = idl_printf(h->p->run, "%s(", head),
               *all = idl_c_params(h->p, h->opt, params);
    size_t room = COLUMNS - 4 * (size_t)h->o->depth;
    const struct idl_decl *d = NULL;
    bool broken = false;

    if (strlen(line) + strlen(all) + strlen(end) <= room) {
        idl_line(h->o, "%s%s%s", line, all, end);
        return;
    }
    for (d = params; d; d = d->next) {
        const char *one =
            idl_printf(h->p->run, "%s%s", idl_c_declare(h->p, h->opt, d->type, d->name, true),
                       d->next ? "," : end);

        if (strlen(line) + strlen(one) + 1 > room) {
            idl_line(h->o, "%s%s", broken ? "    " : "", line);
            line = "";
            room = COLUMNS - 4 * (size_t)(h->o->depth + 1);
            broken = true;
        }
        line = idl_printf(h->p->run, "%s%s%s", line, line[0] && d != params ? " " : "", one);
    }
    idl_line(h->o, "%s%s", broken ? "    " : "", line);
}

static const char *result(const struct header *h, const struct idl_item *i, const char *name)
{
    return idl_c_declare(h->p, h->opt, idl_c_result(h->p, i), name, false);
}

static void put_named(struct header *h, const struct idl_item *i, const char *prefix)
{
    const char *name = idl_printf(h->p->run, "%s%s", prefix, i->text);

    put_prototype(h, result(h, i, name), idl_c_signature(h->p, i), ");");
}

/* What the server's stub calls besides, or instead. desktop-src/Midl/call-as.md, notify.md */
static void put_server_routines(struct header *h, const struct idl_item *i)
{
    const struct idl_item *local = h->face ? idl_called_as(h->face, i) : NULL;
    const char *name = NULL;

    if (local) {
        name = idl_printf(h->p->run, "%s_%s", idl_c_interface(h->p, h->face), local->text);
        put_prototype(h, result(h, local, name), i->decls->type->members, ");");
    }
    if (idl_attr_find(i->attrs, "notify"))
        idl_line(h->o, "void %s_notify(void);", i->text);
    if (idl_attr_find(i->attrs, "notify_flag"))
        idl_line(h->o, "void %s_notify_flag(boolean);", i->text);
}

static void put_function(struct header *h, const struct idl_item *i)
{
    const struct idl_options *opt = h->opt;

    put_named(h, i, i->remote || i->pickled || i->callback ? opt->client_prefix : "");
    if ((i->remote || i->callback) && strcmp(opt->client_prefix, opt->server_prefix) != 0 &&
        !(h->face && idl_called_as(h->face, i)))
        put_named(h, i, opt->server_prefix);
    if (i->remote && opt->switch_prefix[0] && strcmp(opt->client_prefix, opt->switch_prefix) != 0 &&
        strcmp(opt->server_prefix, opt->switch_prefix) != 0)
        put_named(h, i, opt->switch_prefix);
    if (i->remote)
        put_server_routines(h, i);
}

static void put_conversion(struct header *h, const char *type, const char *seen, const char *sent,
                           bool local)
{
    if (local) {
        idl_line(h->o, "void __RPC_USER %s_from_local(%s *, %s **);", type, seen, sent);
        idl_line(h->o, "void __RPC_USER %s_to_local(%s *, %s *);", type, sent, seen);
        idl_line(h->o, "void __RPC_USER %s_free_inst(%s *);", type, sent);
        idl_line(h->o, "void __RPC_USER %s_free_local(%s *);", type, seen);
        return;
    }
    idl_line(h->o, "void __RPC_USER %s_to_xmit(%s *, %s **);", type, seen, sent);
    idl_line(h->o, "void __RPC_USER %s_from_xmit(%s *, %s *);", type, sent, seen);
    idl_line(h->o, "void __RPC_USER %s_free_inst(%s *);", type, seen);
    idl_line(h->o, "void __RPC_USER %s_free_xmit(%s *);", type, sent);
}

static void put_user_routines(struct header *h, const char *type)
{
    idl_line(h->o, "ULONG __RPC_USER %s_UserSize(ULONG *, ULONG, %s *);", type, type);
    idl_line(h->o, "unsigned char *__RPC_USER %s_UserMarshal(ULONG *, unsigned char *, %s *);",
             type, type);
    idl_line(h->o, "unsigned char *__RPC_USER %s_UserUnmarshal(ULONG *, unsigned char *, %s *);",
             type, type);
    idl_line(h->o, "void __RPC_USER %s_UserFree(ULONG *, %s *);", type, type);
}

/* Of a type that travels as another. */
static void put_marshal_routines(struct header *h, const struct idl_decl *d)
{
    const struct idl_attr *transmit = idl_attr_find(d->attrs, "transmit_as");
    const struct idl_attr *represent = idl_attr_find(d->attrs, "represent_as");
    const struct idl_attr *user = idl_attr_find(d->attrs, "user_marshal");

    if (transmit && transmit->type)
        put_conversion(h, d->name, d->name, idl_c_type(h->p, h->opt, transmit->type->type), false);
    if (represent && represent->args && represent->args->text)
        put_conversion(h, d->name, represent->args->text, d->name, true);
    if (idl_attr_find(d->attrs, "wire_marshal"))
        put_user_routines(h, d->name);
    if (user && user->args && user->args->text)
        put_user_routines(h, user->args->text);
}

/* What is called for a type: rundown of a context handle, bind and unbind of a handle. */
static void put_type_routines(struct header *h, const struct idl_item *i)
{
    const struct idl_decl *d = NULL;

    for (d = i->decls; d; d = d->next) {
        if (idl_attr_find(d->attrs, "context_handle"))
            idl_line(h->o, "void __RPC_USER %s_rundown(%s);", d->name, d->name);
        if (idl_attr_find(d->attrs, "handle")) {
            idl_line(h->o, "handle_t __RPC_USER %s_bind(%s);", d->name, d->name);
            idl_line(h->o, "void __RPC_USER %s_unbind(%s, handle_t);", d->name, d->name);
        }
        put_marshal_routines(h, d);
    }
}

/* GUID and its like are there; their other names may not be. */
static void put_known(struct header *h, const struct idl_item *i)
{
    const struct idl_decl *d = NULL;

    idl_line(h->o, "/* %s: as in <windows.h> */", i->decls->base->known);
    for (d = i->decls; d; d = d->next)
        if (strcmp(d->name, d->base->known) != 0)
            idl_line(h->o, "typedef %s;", idl_c_declare(h->p, h->opt, d->type, d->name, false));
}

static void put_typedef(struct header *h, const struct idl_item *i)
{
    const struct idl_decl *d = NULL;

    if (i->decls->base->kind == IDL_TYPE_PIPE)
        for (d = i->decls; d; d = d->next)
            put_pipe(h, d, d == i->decls);
    else if (i->decls->base->has_body && i->decls->base->known)
        put_known(h, i);
    else
        put_declaration(h, i->decls, "typedef ", "");
    put_type_routines(h, i);
}

static void put_pragma(struct header *h, const char *text)
{
    if (strncmp(text, "midl_echo", 9) == 0) {
        const char *quote = strchr(text, '"'), *last = strrchr(text, '"');

        if (quote && last > quote)
            idl_line(h->o, "%s",
                     unquoted(h, idl_strndup(h->p->run, quote + 1, (size_t)(last - quote) - 1)));
    } else if (strncmp(text, "once", 4) != 0 && strncmp(text, "warning", 7) != 0) {
        idl_line(h->o, "#pragma %s", text);
    }
}

static void put_interface(struct header *h, const struct idl_item *face);

static void put_item(struct header *h, const struct idl_item *i)
{
    switch (i->kind) {
    case IDL_ITEM_QUOTE:
        idl_line(h->o, "%s", unquoted(h, i->text));
        break;
    case IDL_ITEM_PRAGMA:
        put_pragma(h, i->text);
        break;
    case IDL_ITEM_CONST:
        put_const(h, i->decls);
        break;
    case IDL_ITEM_TYPEDEF:
        put_typedef(h, i);
        break;
    case IDL_ITEM_TYPE:
        put_declaration(h, i->decls, "", "");
        break;
    case IDL_ITEM_FUNCTION:
        put_function(h, i);
        break;
    case IDL_ITEM_INTERFACE:
        if (!i->declared_only)
            put_interface(h, i);
        break;
    default: /* imports and includes stand at the top, MIDL's own pragmas nowhere */
        break;
    }
}

static bool has_lines(const struct idl_item *i)
{
    return (i->kind == IDL_ITEM_TYPEDEF || i->kind == IDL_ITEM_TYPE) &&
           ((is_tagged(i->decls->base) && i->decls->base->has_body) ||
            i->decls->base->kind == IDL_TYPE_PIPE);
}

/* An empty line stands between what is of several lines, or of another kind, and its neighbour. */
static bool is_apart(const struct idl_item *a, const struct idl_item *b)
{
    return a->kind != b->kind || has_lines(a) || has_lines(b);
}

static void put_items(struct header *h, const struct idl_item *i)
{
    const struct idl_item *last = NULL;

    for (; i; i = i->next) {
        if (i->kind == IDL_ITEM_IMPORT || i->kind == IDL_ITEM_INCLUDE ||
            i->kind == IDL_ITEM_MIDL_PRAGMA)
            continue;
        if (last && is_apart(last, i))
            idl_blank(h->o);
        put_item(h, i);
        last = i;
    }
}

static void put_vector(struct header *h, const struct idl_item *face)
{
    const char *name = idl_c_interface(h->p, face);
    const struct idl_item *i = NULL;

    idl_blank(h->o);
    idl_line(h->o, "/* The routines of a manager, for RpcServerRegisterIf. */");
    idl_open(h->o, "typedef struct _%s_epv_t {", name);
    for (i = face->items; i; i = i->next)
        if (idl_in_vector(face, i))
            put_prototype(h, result(h, i, idl_printf(h->p->run, "(*%s)", i->text)),
                          idl_c_signature(h->p, i), ");");
    if (!idl_has_vector(face))
        idl_line(h->o, "void *none; /* each function is a [call_as] */");
    idl_close(h->o, "} %s_epv_t;", name);
    idl_blank(h->o);
    idl_line(h->o, "extern RPC_IF_HANDLE %s_c_ifspec;", name);
    idl_line(h->o, "extern RPC_IF_HANDLE %s_s_ifspec;", name);
}

static void put_interface(struct header *h, const struct idl_item *face)
{
    const struct idl_attr *uuid = idl_attr_find(face->attrs, "uuid");
    const struct idl_attr *implicit = idl_attr_find(face->attrs, "implicit_handle");
    const struct idl_item *i = NULL;
    unsigned major = 0, minor = 0;
    bool remote = false;

    idl_version(face, &major, &minor);
    for (i = face->items; i; i = i->next)
        remote = remote || (i->kind == IDL_ITEM_FUNCTION && i->remote);
    if (uuid)
        idl_line(h->o, "/* interface %s, version %u.%u, %s */", face->text, major, minor,
                 uuid->args->text);
    else
        idl_line(h->o, "/* interface %s */", face->text);
    idl_blank(h->o);
    h->face = face;
    put_items(h, face->items);
    idl_pickle_prototypes(h->p, h->opt, h->o, face);
    h->face = NULL;
    if (implicit && implicit->type) {
        idl_blank(h->o);
        idl_line(h->o, "extern %s;",
                 idl_c_declare(h->p, h->opt, implicit->type->type, implicit->type->name, false));
    }
    if (remote)
        put_vector(h, face);
}

/* "a/b.idl" is in "b.h". */
static const char *header_of(const struct header *h, const char *file)
{
    const char *base = file + strlen(file), *dot = NULL;

    while (base > file && base[-1] != '/' && base[-1] != '\\')
        base--;
    dot = strrchr(base, '.');
    return idl_printf(h->p->run, "%.*s.h", (int)(dot ? dot - base : (long)strlen(base)), base);
}

static void put_includes(struct header *h, const struct idl_item *i)
{
    for (; i; i = i->next) {
        if (i->kind == IDL_ITEM_IMPORT && !(i->import && i->import->ours))
            idl_line(h->o, "#include \"%s\"", header_of(h, i->import ? i->import->name : i->text));
        else if (i->kind == IDL_ITEM_INCLUDE)
            idl_line(h->o, "#include \"%s\"", i->text);
        else if (i->kind == IDL_ITEM_INTERFACE)
            put_includes(h, i->items);
    }
}

/* The local types of [represent_as] and [user_marshal] stand in prototypes, so their headers come
 * here; the stubs include this one. */
static void put_acf_includes(struct header *h)
{
    const struct idl_acf_item *i = NULL;
    const struct idl_acf *acf = NULL;

    for (acf = h->p->acf; acf; acf = acf->next)
        for (i = acf->items; i; i = i->next)
            if (i->kind == IDL_ITEM_INCLUDE)
                idl_line(h->o, "#include \"%s\"", i->text);
}

static const char *guard_of(const struct header *h)
{
    char *s = idl_printf(h->p->run, "%s_INCLUDED", h->opt->header), *c = NULL;

    for (c = s; *c; c++)
        *c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
    return isdigit((unsigned char)s[0]) ? idl_printf(h->p->run, "H_%s", s) : s;
}

void idl_emit_header(const struct idl_program *p, const struct idl_options *opt, struct idl_out *o)
{
    struct header h = { p, opt, o, NULL };
    const char *guard = guard_of(&h);

    idl_line(o, "/* %s - written by countersign-idl from %s; edit that one. */", opt->header,
             opt->source);
    idl_line(o, "#ifndef %s", guard);
    idl_line(o, "#define %s", guard);
    idl_blank(o);
    idl_line(o, "#include <rpc.h>");
    put_includes(&h, p->file->items);
    put_acf_includes(&h);
    idl_blank(o);
    idl_line(o, "#ifdef __cplusplus");
    idl_line(o, "extern \"C\" {");
    idl_line(o, "#endif");
    idl_blank(o);
    put_items(&h, p->file->items);
    idl_blank(o);
    idl_line(o, "#ifdef __cplusplus");
    idl_line(o, "}");
    idl_line(o, "#endif");
    idl_blank(o);
    idl_line(o, "#endif");
}
