/* SPDX-License-Identifier: Apache-2.0 */
#include "idl/merge.h"

#include "idl/attr.h"
#include "idl/check.h"
#include "idl/parse.h"
#include "lib/unit.h"

static const char idl_text[] = "[uuid(12345778-1234-abcd-ef00-0123456789ab)] interface x {\n"
                               "  typedef [string] char *A, *B;\n"
                               "  [local] void here(void *p);\n"
                               "  void bound([in] handle_t h, [in] B text);\n"
                               "  void unbound([in] long n);\n"
                               "}\n";

struct merged {
    struct idl *run;
    struct idl_file *file;
    struct idl_item *face;
};

static struct merged merge(const char *acf_text, bool any_name)
{
    struct merged m = { .run = idl_new() };
    struct idl_acf *acf = idl_parse_acf(m.run, "x.acf", acf_text, strlen(acf_text));

    m.file = idl_parse(m.run, "x.idl", idl_text, strlen(idl_text));
    assert_non_null(acf);
    assert_non_null(m.file);
    idl_merge(m.run, m.file, acf, any_name);
    idl_check(m.run, idl_scope_new(m.run), m.file, acf);
    m.face = m.file->items;
    return m;
}

static struct idl_item *function(const struct merged *m, const char *name)
{
    struct idl_item *i = m->face->items;

    while (i && !(i->kind == IDL_ITEM_FUNCTION && strcmp(i->text, name) == 0))
        i = i->next;
    assert_non_null(i);
    return i;
}

static void puts_attributes_where_the_idl_has_them(void **state)
{
    struct merged m = merge("[nocode, type_strict_context_handle] interface x {\n"
                            "  typedef [allocate(all_nodes)] A;\n"
                            "  [code, explicit_handle] unbound([comm_status] s);\n"
                            "}\n",
                            false);
    const struct idl_decl *a = m.face->items->decls, *p = NULL;
    const struct idl_attr *strict = idl_attr_find(m.face->attrs, "type_strict_context_handle");

    (void)state;
    assert_string_equal(idl_errors(m.run), "");
    assert_non_null(strict);
    assert_true(strict->from_acf);
    assert_non_null(idl_attr_find(a->attrs, "allocate"));
    assert_non_null(idl_attr_find(a->attrs, "string"));
    assert_null(idl_attr_find(a->next->attrs, "allocate")); /* B has its own list */
    p = function(&m, "unbound")->decls->type->members;
    assert_string_equal(p->name, "IDL_handle");
    assert_true(p->added);
    assert_ptr_equal(function(&m, "unbound")->binding, p);
    assert_string_equal(p->next->name, "n");
    assert_false(p->next->added);
    assert_string_equal(p->next->next->name, "s");
    assert_true(p->next->next->added);
    assert_null(p->next->next->next);
    idl_free(m.run);
}

static void counts_remote_functions_only(void **state)
{
    struct merged m = merge("[explicit_handle] interface x { }\n", false);

    (void)state;
    assert_string_equal(idl_errors(m.run), "");
    assert_false(function(&m, "here")->remote);
    assert_int_equal(function(&m, "bound")->opnum, 0);
    assert_int_equal(function(&m, "unbound")->opnum, 1);
    assert_string_equal(function(&m, "bound")->binding->name, "h");
    assert_string_equal(function(&m, "unbound")->binding->name, "IDL_handle");
    idl_free(m.run);
}

static void a_named_acf_may_call_its_interface_otherwise(void **state)
{
    struct merged m = merge("[explicit_handle] interface y { [nocode] bound(); }\n", true);

    (void)state;
    assert_string_equal(idl_errors(m.run), "");
    assert_non_null(idl_attr_find(function(&m, "bound")->attrs, "nocode"));
    idl_free(m.run);
    m = merge("[explicit_handle] interface y { }\n", false);
    assert_int_equal(idl_error_count(m.run), 1);
    assert_null(function(&m, "unbound")->binding);
    idl_free(m.run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_attributes_where_the_idl_has_them),
        cmocka_unit_test(counts_remote_functions_only),
        cmocka_unit_test(a_named_acf_may_call_its_interface_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
