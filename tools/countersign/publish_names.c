/* SPDX-License-Identifier: Apache-2.0
 * publish_names.c - a service that is found by name, as an entry of Winsock's or of the RPC name
 * service, and its service principal name.
 */
#include <stdio.h>
#include <string.h>

#include <countersign/ntdsapi.h>

#include "base/alloc.h"

#include "find.h"
#include "out.h"
#include "publish.h"

static void fill(struct publish *q)
{
    CS_NAME *n = &q->name;

    n->size = sizeof *n;
    n->kind = q->kind;
    n->name = q->kind == KIND_RPCNS ? rpc_name(q->service.name) : q->service.name;
    n->service_class = q->service.service_class;
    n->dns_name = q->service.dns_name;
    n->account = q->service.account;
    n->addresses = q->kind == KIND_RNR ? q->address : q->binding;
    n->address_count = q->kind == KIND_RNR ? q->addresses : q->bindings;
    n->objects = q->object;
    n->object_count = q->objects;
}

/* "class/host/DN": mem_free; NULL: no memory. */
static char *host_in(const char *spn)
{
    size_t class = strcspn(spn, "/") + 1;

    return mem_printf("%.*s", (int)strcspn(spn + class, "/"), spn + class);
}

static const char *dn_in(const char *spn)
{
    size_t class = strcspn(spn, "/") + 1;

    return spn + class + strcspn(spn + class, "/") + 1;
}

static void print_json(const struct publish *q, const char *spn, const char *host)
{
    DWORD i;

    json_object(NULL);
    json_text("kind", kind_name(q->kind));
    json_text("dn", dn_in(spn));
    json_text("name", q->name.name);
    json_text("class", q->name.service_class);
    json_text("type", q->name.type);
    json_text("host", host);
    json_array("addresses");
    for (i = 0; i < q->name.address_count; i++)
        json_text(NULL, q->name.addresses[i]);
    json_end();
    json_text("spn", spn);
    json_end();
}

static void print_text(const struct publish *q, const char *spn, const char *host)
{
    DWORD i;

    out_styled(OUT_GOOD, "published");
    printf(" %s\n    object  %s\n    host    %s\n", q->name.name, dn_in(spn), host);
    for (i = 0; i < q->name.address_count; i++)
        printf("    %-7s %s\n", q->kind == KIND_RNR ? "address" : "binding", q->name.addresses[i]);
    printf("    name    %s\n", spn);
}

static int print_published(const struct publish *q, const char *spn)
{
    char *host = host_in(spn);

    if (!host)
        return out_fail_detail(ERR_NO_MEMORY);
    if (q->d.json)
        print_json(q, spn, host);
    else
        print_text(q, spn, host);
    mem_free(host);
    return EXIT_DONE;
}

int publish_name(struct publish *q)
{
    char **spn = NULL;
    DWORD status;
    int result;

    fill(q);
    status = CsPublishName(q->d.ds, &q->name, &spn);
    if (status)
        return directory_fail("not published", status);
    result = print_published(q, spn[0]);
    DsFreeSpnArrayA(1, spn);
    return result;
}

/* What is left of an entry. */
struct rest {
    unsigned hosts;
    bool damaged;
};

static BOOL take_rest(void *arg, const CS_FOUND_NAME *f)
{
    struct rest *r = arg;

    r->hosts += f->address_count > 0;
    r->damaged = r->damaged || *f->damage;
    return 1;
}

static int print_withdrawn(const struct publish *q)
{
    CS_NAME_QUERY query = { .size = sizeof query, .kinds = q->kind, .name = q->name.name };
    struct rest r = { 0 };
    DWORD status = CsFindNames(q->d.ds, &query, take_rest, &r);

    if (status)
        return directory_fail("withdrawn, but what is left cannot be read", status);
    if (q->d.json)
        return EXIT_DONE;
    printf("withdrawn %s\n", q->name.name);
    if (r.hosts)
        puts("    its entry stays: there are addresses of others in it");
    else if (r.damaged)
        puts("    its entry stays: there are values in it that are not understood");
    return EXIT_DONE;
}

/* The entry by itself, and then the principal name with it: of a failure it is known which stays.
 */
int withdraw_name(struct publish *q)
{
    CS_NAME entry;
    DWORD status;
    int result;

    fill(q);
    entry = q->name;
    entry.flags |= CS_NAME_SPN_ELSEWHERE;
    status = CsWithdrawName(q->d.ds, &entry);
    if (status)
        return directory_fail("not withdrawn", status);
    result = print_withdrawn(q);
    if (!(q->name.flags & CS_NAME_SPN_ELSEWHERE)) /* also where what is left cannot be read */
        status = CsWithdrawName(q->d.ds, &q->name);
    return status ? directory_fail("withdrawn, but its principal name stays", status) : result;
}
