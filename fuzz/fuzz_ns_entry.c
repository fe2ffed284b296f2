/* SPDX-License-Identifier: Apache-2.0
 * fuzz_ns_entry.c - an entry of the RPC name service and three objects below it, whatever their
 * attributes: what counts of them could have been written as it was.
 */
#include "base/alloc.h"
#include "names/ns_entry.h"
#include "names/ns_name.h"
#include "objects.h"

enum { OBJECTS = 4 };

static void check_name(const char *text)
{
    struct ns_name n = { 0 };

    if (ns_name_parse(text, &n))
        abort();
    ns_name_free(&n);
}

static void check_element(const struct ns_element *x)
{
    char *text = NULL;
    size_t i;

    if (x->source == 0 || x->source >= OBJECTS)
        abort();
    for (i = 0; i < x->count; i++) {
        if (ns_binding_format(&x->binding[i], &text))
            abort();
        mem_free(text);
    }
}

static void check(const struct ns_entry *e)
{
    size_t i;

    if (e->element_count + e->link_count >= OBJECTS || e->member_count > OBJECTS_VALUES_MOST)
        abort();
    for (i = 0; i < e->element_count; i++)
        check_element(&e->element[i]);
    for (i = 0; i < e->member_count; i++)
        check_name(e->member[i]);
    for (i = 0; i < e->link_count; i++) {
        check_name(e->link[i].member);
        if (e->link[i].priority > NS_PRIORITY_MOST || e->link[i].source >= OBJECTS)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct object o[OBJECTS];
    struct entry entry[OBJECTS];
    const struct entries found = { entry, OBJECTS };
    struct ns_entry e = { 0 };
    enum err err;
    size_t i;

    for (i = 0; i < OBJECTS; i++)
        entry[i].dn =
            (char *)(uintptr_t)(i ? "CN=y,CN=x,CN=RpcServices,DC=z" : "CN=x,CN=RpcServices,DC=z");
    objects_read(bytes_of(data, size), ns_entry_attrs, o, entry, OBJECTS);
    err = ns_entry_read(&found, &e);
    if (err && err != ERR_NS_ENTRY_KIND)
        abort();
    if (!err)
        check(&e);
    ns_entry_free(&e);
    objects_free(o, OBJECTS);
    return 0;
}
