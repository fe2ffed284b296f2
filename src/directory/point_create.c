/* SPDX-License-Identifier: Apache-2.0
 * point_create.c - a service connection point made: planned, created, its account granted.
 */
#include "acl/descriptor.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "base/host_name.h"
#include "base/log.h"
#include "directory/change.h"
#include "directory/compose.h"
#include "directory/computer.h"
#include "directory/host.h"
#include "directory/point.h"
#include "spn/dn.h"

/* schemaIDGUID of serviceDNSName and serviceBindingInformation, as the schema's pages have them */
static const struct uuid writable[] = {
    { 0x28630eb8, 0x41d5, 0x11d1, { 0xa9, 0xc1, 0x00, 0x00, 0xf8, 0x03, 0x67, 0xc1 } },
    { 0xb7b1311c, 0xb82e, 0x11d0, { 0xaf, 0xee, 0x00, 0x00, 0xf8, 0x03, 0x67, 0xc1 } },
};

void service_plan_free(struct service_plan *p)
{
    mem_free(p->dn);
    mem_free(p->container);
    mem_free(p->dns_name);
    mem_free(p->binding);
    account_free(&p->account);
    *p = (struct service_plan){ 0 };
}

static enum err check_texts(const char *what, const char *const *texts, size_t n)
{
    size_t i;

    if (n > POINT_VALUES_MAX || (n && !texts))
        return detail_fail(ERR_INVALID_PARAMETER, "%zu %s, at most %d are taken", n, what,
                           POINT_VALUES_MAX);
    for (i = 0; i < n; i++)
        if (!texts[i] || !*texts[i] || strlen(texts[i]) > POINT_TEXT_MAX)
            return detail_fail(ERR_INVALID_PARAMETER, "one of the %s is empty or too long", what);
    return ERR_OK;
}

static enum err check_service(const struct service *w)
{
    char *spn = NULL;
    enum err e;

    if (!w->name || !*w->name || !w->service_class || strlen(w->name) > 64)
        return detail_fail(ERR_INVALID_PARAMETER, "a service needs a name of at most 64 characters "
                                                  "and a service class");
    e = check_texts("keywords", w->keywords, w->keyword_count);
    if (!e)
        e = check_texts("bindings", w->bindings, w->binding_count);
    if (!e)
        e = compose_spn(w->service_class, w->dns_name ? w->dns_name : "host", NULL, 0, NULL, &spn);
    mem_free(spn);
    if (!e && w->container)
        e = dn_check(w->container);
    return e == ERR_MALFORMED || e == ERR_TOO_LONG ? ERR_INVALID_PARAMETER : e;
}

/* The port stands for the binding where none is given. */
static enum err plan_binding(struct service_plan *p)
{
    if (p->want.binding_count || !p->want.port)
        return ERR_OK;
    p->binding = mem_printf("%u", p->want.port);
    p->one_binding[0] = p->binding;
    p->want.bindings = p->one_binding;
    p->want.binding_count = 1;
    return p->binding ? ERR_OK : ERR_NO_MEMORY;
}

static enum err plan_names(struct session *s, struct service_plan *p)
{
    enum err e = ERR_OK;

    if (!p->want.container)
        e = computer_dn(s, &p->container);
    if (!e && p->container)
        p->want.container = p->container;
    if (!e && !p->want.dns_name)
        e = host_dns_name(&p->dns_name);
    if (!e && p->dns_name)
        p->want.dns_name = p->dns_name;
    if (!p->want.dns_name_type)
        p->want.dns_name_type = "A";
    if (!e)
        e = dn_child("CN", p->want.name, p->want.container, &p->dn);
    return e;
}

enum err service_plan_make(struct session *s, const struct service *want, struct service_plan *ret)
{
    enum err e = check_service(want);

    *ret = (struct service_plan){ .want = *want };
    if (!e)
        e = plan_names(s, ret);
    if (!e)
        e = plan_binding(ret);
    if (!e)
        e = want->account ? account_find(s, want->account, &ret->account)
                          : account_of_host(s, &ret->account);
    if (e)
        service_plan_free(ret);
    return e;
}

enum err point_grant(struct session *s, const char *dn, const struct sid *account)
{
    static const char *const attrs[] = { "nTSecurityDescriptor", NULL };
    struct search q = { .base = dn,
                        .scope = SEARCH_BASE,
                        .filter = "(objectClass=*)",
                        .attrs = attrs,
                        .max = 1,
                        .dacl_only = true };
    struct entries found = { 0 };
    const struct attribute *a = NULL;
    struct descriptor d;
    struct buf more = { 0 };
    struct bytes value;
    struct change c = { CHANGE_REPLACE, "nTSecurityDescriptor", &value, 1 };
    size_t added = 0;
    enum err e = session_search(s, &q, &found);

    if (!e && found.count)
        a = entry_attribute(&found.entry[0], "nTSecurityDescriptor");
    if (!e && !a)
        e = detail_fail(ERR_ACCESS_DENIED, "the access control of %s cannot be read", dn);
    if (!e)
        e = descriptor_read(buf_view(a->value[0]), &d);
    if (!e)
        e = descriptor_grant(&d, account, RIGHT_READ_PROPERTY | RIGHT_WRITE_PROPERTY, writable, 2,
                             &more, &added);
    value = buf_view(more);
    if (!e && added)
        e = session_modify(s, dn, &c, 1, false, true);
    buf_free(&more);
    entries_free(&found);
    return e;
}

static enum err add_object(struct session *s, const struct service_plan *p)
{
    struct bytes object_class = bytes_of_text("serviceConnectionPoint");
    struct bytes service_class = bytes_of_text(p->want.service_class);
    struct bytes host = bytes_of_text(p->want.dns_name);
    struct bytes type = bytes_of_text(p->want.dns_name_type);
    struct bytes *keywords = NULL, *bindings = NULL;
    struct change c[6] = { { CHANGE_ADD, "objectClass", &object_class, 1 },
                           { CHANGE_ADD, "serviceClassName", &service_class, 1 },
                           { CHANGE_ADD, "serviceDNSName", &host, 1 },
                           { CHANGE_ADD, "serviceDNSNameType", &type, 1 } };
    size_t n = 4;
    enum err e = change_texts(p->want.keywords, p->want.keyword_count, &keywords);

    if (!e)
        e = change_texts(p->want.bindings, p->want.binding_count, &bindings);
    if (p->want.keyword_count)
        c[n++] = (struct change){ CHANGE_ADD, "keywords", keywords, p->want.keyword_count };
    if (p->want.binding_count)
        c[n++] = (struct change){ CHANGE_ADD, "serviceBindingInformation", bindings,
                                  p->want.binding_count };
    if (!e)
        e = session_add(s, p->dn, c, n);
    mem_free(keywords);
    mem_free(bindings);
    return e;
}

enum err point_create(struct session *s, const struct service_plan *p)
{
    enum err e = host_name_check(host_name_undotted(bytes_of_text(p->want.dns_name)));

    if (!e)
        e = add_object(s, p);
    if (e == ERR_ACCESS_DENIED)
        detail_remedy("the host's own account may create objects below its computer object; "
                      "elsewhere an administrator must");
    if (e)
        return e;
    e = point_grant(s, p->dn, &p->account.sid);
    if (e) {
        struct detail kept = *detail_get();

        if (session_delete(s, p->dn))
            log_warning("%s could not be removed again", p->dn);
        *detail_get() = kept;
    }
    return e;
}
