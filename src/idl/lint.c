/* SPDX-License-Identifier: Apache-2.0
 * lint.c - see lint.h: a rule is a function over a parameter, a field or an interface.
 */
#include "idl/lint.h"

#include <ctype.h>
#include <string.h>

#include "idl/attr.h"
#include "idl/check.h"

struct lint {
    struct idl *run;
    const struct idl_decl *siblings; /* the parameters or fields an attribute may name */
    struct idl_finding *first, **end;
};

static void finding(struct lint *l, struct idl_place at, const char *rule, const char *hint,
                    const char *text)
{
    struct idl_finding *f = (struct idl_finding *)idl_alloc(l->run, sizeof *f);

    *f = (struct idl_finding){ at, rule, text, hint, NULL };
    *l->end = f;
    l->end = &f->next;
}

static bool has(const struct idl_decl *d, const char *attr)
{
    return idl_attr_deep(d, attr) != NULL;
}

static bool is_string(const struct idl_decl *d)
{
    return has(d, "string");
}

/* ---- counts ---- */

static const struct idl_decl *sibling(const struct lint *l, const char *name)
{
    const struct idl_decl *d = l->siblings;

    while (d && !(d->name && strcmp(d->name, name) == 0))
        d = d->next;
    return d;
}

/* A count of few values cannot ask for much. */
static bool is_small(const struct idl_decl *d)
{
    const struct idl_type *t = idl_resolve(d->type);

    while (t && t->kind == IDL_TYPE_POINTER)
        t = idl_resolve(t->of);
    return t && t->kind == IDL_TYPE_BASE &&
           (t->base == IDL_BASE_SMALL || t->base == IDL_BASE_BYTE || t->base == IDL_BASE_CHAR ||
            t->base == IDL_BASE_BOOLEAN);
}

static bool stands_before(const struct idl_decl *a, const struct idl_decl *b)
{
    while (a && a != b)
        a = a->next;
    return a == b;
}

static void lint_count(struct lint *l, const struct idl_decl *d, const struct idl_attr *a,
                       const struct idl_expr *e)
{
    const struct idl_decl *count;

    if (!e)
        return;
    lint_count(l, d, a, e->a);
    lint_count(l, d, a, e->b);
    lint_count(l, d, a, e->c);
    count = e->kind == IDL_EXPR_NAME ? sibling(l, e->text) : NULL;
    if (!count)
        return;
    if (!has(count, "range") && !is_small(count))
        finding(l, count->at, "count-without-range",
                idl_printf(l->run, "[range(0, N)] before '%s', with the largest N that makes sense",
                           count->name),
                idl_printf(l->run, "'%s' counts '%s' and may be anything a caller says",
                           count->name, d->name));
    if (!stands_before(count, d))
        finding(l, count->at, "late-correlation",
                idl_printf(l->run, "put '%s' before '%s'", count->name, d->name),
                idl_printf(l->run,
                           "'%s' comes after '%s', which it counts: memory is asked for before "
                           "the two can be compared",
                           count->name, d->name));
}

static bool counts(const struct idl_attr *a)
{
    return strcmp(a->kind->name, "size_is") == 0 || strcmp(a->kind->name, "max_is") == 0;
}

static bool varies(const struct idl_attr *a)
{
    return strcmp(a->kind->name, "length_is") == 0 || strcmp(a->kind->name, "first_is") == 0 ||
           strcmp(a->kind->name, "last_is") == 0;
}

static void lint_counts(struct lint *l, const struct idl_decl *d)
{
    const struct idl_attr *a;
    const struct idl_expr *e;

    for (a = d->attrs; a; a = a->next)
        for (e = counts(a) ? a->args : NULL; e; e = e->next)
            lint_count(l, d, a, e);
}

/* ---- structures ---- */

static void lint_struct(struct lint *l, const struct idl_type *t)
{
    const struct idl_decl *d;
    const struct idl_attr *a;

    l->siblings = t->members;
    for (d = t->members; d; d = d->next) {
        lint_counts(l, d);
        for (a = d->attrs; a; a = a->next)
            if (varies(a))
                finding(l, a->at, "length-is-in-structure",
                        "take [size_is] alone, or hand over the array as a parameter",
                        idl_printf(l->run,
                                   "[%s] in a structure: what lies beyond '%s' is not sent, and "
                                   "whoever reads it there reads what was in memory",
                                   a->kind->name, d->name));
        if (d->type == d->base && d->type && d->type->has_body &&
            d->type->kind == IDL_TYPE_STRUCT) {
            lint_struct(l, d->type);
            l->siblings = t->members;
        }
    }
}

/* ---- parameters ---- */

/* word in name, where a word may begin: path in filePath, FILE_PATH and path, not in empathy. */
static bool holds_word(const char *name, const char *word)
{
    size_t n = strlen(word), i;
    const char *p;

    for (p = name; *p; p++) {
        for (i = 0; i < n && tolower((unsigned char)p[i]) == word[i]; i++)
            continue;
        if (i == n && (p == name || !islower((unsigned char)p[-1]) || isupper((unsigned char)*p)) &&
            (!islower((unsigned char)p[n]) || strncmp(p + n, "name", 4) == 0))
            return true;
    }
    return false;
}

static bool holds_any(const char *name, const char *const *words)
{
    for (; name && *words; words++)
        if (holds_word(name, *words))
            return true;
    return false;
}

static void lint_string(struct lint *l, const struct idl_decl *d)
{
    static const char *const places[] = { "path", "file",      "unc",     "share",  "server",
                                          "host", "machine",   "url",     "uri",    "folder",
                                          "dir",  "directory", "printer", "target", NULL };

    if (has(d, "in") && holds_any(d->name, places))
        finding(l, d->at, "path-from-caller",
                "take a number or a name the server looks up; never open or connect to it as it is",
                idl_printf(l->run,
                           "'%s' looks like a place: a server that opens what a caller names may "
                           "be made to authenticate to the caller's own machine",
                           d->name));
    if (has(d, "out") && !has(d, "in") && !has(d, "size_is") && !has(d, "max_is") &&
        !has(d, "range"))
        finding(l, d->at, "unbounded-out-string", "[out, string, size_is(n)] with a [range] for n",
                idl_printf(l->run, "'%s' may be as long as the server likes", d->name));
}

static void lint_function(struct lint *l, const struct idl_item *i)
{
    static const char *const names[] = { "spn", "princ", "principal", "princname", NULL };
    const struct idl_decl *d;
    bool asks = holds_any(i->decls->name, names);

    l->siblings = i->decls->type->members;
    for (d = l->siblings; d; d = d->next) {
        lint_counts(l, d);
        if (d->name && is_string(d))
            lint_string(l, d);
        asks |= d->name && is_string(d) && has(d, "out") && holds_any(d->name, names);
    }
    if (asks)
        finding(l, i->at, "server-names-itself",
                "the client makes the name from the service's class and the host it looks for",
                idl_printf(l->run,
                           "%s looks as if it tells a principal's name: a client that asks the "
                           "server whom to expect will be told whom it has reached",
                           i->decls->name));
}

/* ---- interfaces ---- */

static bool takes_contexts(const struct idl_item *face)
{
    const struct idl_item *i;
    const struct idl_decl *d;

    for (i = face->items; i; i = i->next)
        for (d = i->kind == IDL_ITEM_FUNCTION && i->remote ? i->decls->type->members : NULL; d;
             d = d->next)
            if (has(d, "context_handle"))
                return true;
    return false;
}

static void lint_context(struct lint *l, const struct idl_item *face)
{
    if (!idl_attr_find(face->attrs, "strict_context_handle") &&
        !idl_attr_find(face->attrs, "type_strict_context_handle") && takes_contexts(face))
        finding(l, face->at, "context-handle-not-strict",
                "[strict_context_handle] or [type_strict_context_handle] in the ACF",
                idl_printf(l->run,
                           "%s takes context handles that another interface of the process made",
                           face->text));
}

static void lint_items(struct lint *l, const struct idl_item *i, bool local)
{
    const struct idl_type *t;

    for (; i; i = i->next) {
        t = i->decls ? i->decls->base : NULL;
        if (i->kind == IDL_ITEM_INTERFACE && !i->declared_only) {
            lint_context(l, i);
            lint_items(l, i->items, idl_attr_find(i->attrs, "local") != NULL);
        } else if ((i->kind == IDL_ITEM_TYPEDEF || i->kind == IDL_ITEM_TYPE) && t && t->has_body &&
                   t->kind == IDL_TYPE_STRUCT && !local) {
            lint_struct(l, t);
        } else if (i->kind == IDL_ITEM_FUNCTION && i->remote && i->decls) {
            lint_function(l, i);
        }
    }
}

struct idl_finding *idl_lint(struct idl *run, const struct idl_file *file)
{
    struct lint l = { .run = run };

    l.end = &l.first;
    lint_items(&l, file->items, false);
    return l.first;
}
