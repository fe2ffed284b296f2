/* SPDX-License-Identifier: Apache-2.0
 * parse_acf.c - an ACF file: the same interface's names again, with attributes for this side only.
 */
#include "idl/parse.h"

static struct idl_acf_item *new_item(struct idl_parser *p, enum idl_item_kind kind)
{
    struct idl_acf_item *i = (struct idl_acf_item *)idl_alloc(p->run, sizeof *i);

    i->kind = kind;
    i->at = p->tok.at;
    return i;
}

/* include "a.h", "b.h";  and  typedef [attributes] A, B; : one item for each name. */
static struct idl_acf_item *parse_list(struct idl_parser *p, enum idl_item_kind kind)
{
    struct idl_acf_item *list = NULL, **end = &list;
    struct idl_attr *attrs = NULL;

    idl_next(p);
    if (kind == IDL_ITEM_TYPEDEF)
        attrs = idl_parse_attrs(p);
    do {
        *end = new_item(p, kind);
        (*end)->attrs = attrs;
        (*end)->text = kind == IDL_ITEM_TYPEDEF ? idl_expect_name(p, "a type's name")
                                                : idl_expect_string(p, "a header in quotes");
        end = &(*end)->next;
    } while (idl_accept(p, ","));
    idl_expect(p, ";");
    return list;
}

static struct idl_acf_param *parse_params(struct idl_parser *p)
{
    struct idl_acf_param *list = NULL, **end = &list;

    idl_expect(p, "(");
    while (!idl_is(p, ")") && !idl_at_end(p)) {
        struct idl_acf_param *a = (struct idl_acf_param *)idl_alloc(p->run, sizeof *a);

        a->attrs = idl_parse_attrs(p);
        a->at = p->tok.at;
        a->name = idl_expect_name(p, "a parameter's name");
        *end = a;
        end = &a->next;
        if (!idl_accept(p, ","))
            break;
    }
    idl_expect(p, ")");
    return list;
}

static struct idl_acf_item *parse_function(struct idl_parser *p)
{
    struct idl_attr *attrs = idl_parse_attrs(p);
    struct idl_acf_item *i = new_item(p, IDL_ITEM_FUNCTION);

    i->attrs = attrs;
    i->text = idl_expect_name(p, "a function's name");
    i->params = parse_params(p);
    idl_expect(p, ";");
    return i;
}

static struct idl_acf_item *parse_items(struct idl_parser *p)
{
    struct idl_acf_item *list = NULL, **end = &list;

    while (!idl_is(p, "}") && !idl_at_end(p)) {
        if (idl_accept(p, ";") || p->tok.kind == IDL_TOKEN_PRAGMA) {
            if (p->tok.kind == IDL_TOKEN_PRAGMA)
                idl_next(p);
            continue;
        }
        if (idl_is(p, "include"))
            *end = parse_list(p, IDL_ITEM_INCLUDE);
        else if (idl_is(p, "typedef"))
            *end = parse_list(p, IDL_ITEM_TYPEDEF);
        else
            *end = parse_function(p);
        while (*end)
            end = &(*end)->next;
    }
    return list;
}

static struct idl_acf *parse_interface(struct idl_parser *p)
{
    struct idl_acf *acf = (struct idl_acf *)idl_alloc(p->run, sizeof *acf);

    acf->attrs = idl_parse_attrs(p);
    idl_expect(p, "interface");
    acf->at = p->tok.at;
    acf->name = idl_expect_name(p, "the interface's name");
    idl_expect(p, "{");
    acf->items = parse_items(p);
    idl_expect(p, "}");
    idl_accept(p, ";");
    return acf;
}

struct idl_acf *idl_parse_acf(struct idl *run, const char *name, const char *text, size_t len)
{
    struct idl_acf *list = NULL, **end = &list;
    unsigned before = idl_error_count(run);
    struct idl_parser p;

    idl_parser_begin(&p, run, name, text, len);
    while (!idl_at_end(&p)) {
        *end = parse_interface(&p);
        end = &(*end)->next;
    }
    if (!list && !p.failed)
        idl_syntax(&p, NULL, "the ACF names no interface");
    return idl_error_count(run) == before ? list : NULL;
}
