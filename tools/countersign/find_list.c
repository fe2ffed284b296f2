/* SPDX-License-Identifier: Apache-2.0
 * find_list.c - services that were found, as a table, as paragraphs or as JSON.
 */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

#include "find.h"
#include "out.h"
#include "table.h"

static const char *verdict_name(const struct hit *h)
{
    static const char *const names[] = { "unjudged", "trusted", "refused", "damaged" };

    return names[h->verdict];
}

static enum out_style verdict_style(const struct hit *h)
{
    return h->verdict == VERDICT_TRUSTED ? OUT_GOOD
           : h->verdict == VERDICT_NONE  ? OUT_PLAIN
                                         : OUT_BAD;
}

static const char *given(const char *text)
{
    return text && *text ? text : NULL;
}

struct hit hit_of_point(const CS_SERVICE_POINT *p)
{
    return (struct hit){ .kind = KIND_SCP,
                         .dn = p->dn,
                         .host = given(p->dns_name),
                         .owner = p->owner,
                         .spn = p->spn,
                         .account = p->account,
                         .account_sid = p->account_sid,
                         .address = p->bindings,
                         .addresses = p->binding_count,
                         .guid = given(p->guid),
                         .service_class = given(p->service_class),
                         .keyword = p->keywords,
                         .keywords = p->keyword_count };
}

struct hit hit_of_name(const CS_FOUND_NAME *f)
{
    return (struct hit){ .kind = f->kind,
                         .dn = f->dn,
                         .host = given(f->dns_name),
                         .owner = f->owner,
                         .spn = f->spn,
                         .account = f->account,
                         .account_sid = f->account_sid,
                         .address = f->addresses,
                         .addresses = f->address_count,
                         .name = f->name,
                         .comment = given(f->comment),
                         .type = given(f->type),
                         .damage = given(f->damage),
                         .object = f->objects,
                         .objects = f->object_count };
}

/* mem_free; NULL: none, or no memory. */
static char *name_of(const struct hit *h)
{
    return h->name ? mem_strdup(h->name) : rdn_value(h->dn);
}

/* ---- JSON ---- */

static void json_list(const char *name, char *const *texts, DWORD count)
{
    DWORD i;

    json_array(name);
    for (i = 0; i < count; i++)
        json_text(NULL, texts[i]);
    json_end();
}

/* Of every kind the same members, so that a program need not ask which it has. */
static void json_hit(const struct hit *h)
{
    char *name = name_of(h);

    json_object(NULL);
    json_text("kind", kind_name(h->kind));
    json_text("name", name);
    json_text("dn", h->dn);
    json_text("guid", h->guid);
    json_text("class", h->service_class);
    json_text("type", h->type);
    json_text("host", h->host);
    json_list("addresses", h->address, h->addresses);
    json_list("keywords", h->keyword, h->keywords);
    json_list("objects", h->object, h->objects);
    json_text("comment", h->comment);
    json_text("owner", h->owner);
    json_text("spn", h->spn);
    json_text("account", h->account);
    json_text("account_sid", h->account_sid);
    json_text("verdict", verdict_name(h));
    json_text("reason", h->reason);
    json_text("damage", h->damage);
    json_end();
    mem_free(name);
}

/* ---- paragraphs ---- */

static void print_line(const char *name, const char *text)
{
    char *copy = text ? mem_strdup(text) : NULL;

    if (copy)
        printf("    %-9s %s\n", name, out_safe(copy));
    mem_free(copy);
}

static void print_list(const char *name, char *const *texts, DWORD count)
{
    DWORD i;

    for (i = 0; i < count; i++)
        print_line(i ? "" : name, texts[i]);
}

static void print_paragraph(const struct listing *l, const struct hit *h)
{
    bool winsock = h->kind == KIND_RNR;
    char *dn = mem_strdup(h->dn);

    out_styled(OUT_HEADING, "%s\n", dn ? out_safe(dn) : "");
    mem_free(dn);
    print_line("kind", kind_name(h->kind));
    print_line("name", h->name);
    print_line("guid", h->guid);
    print_line("class", h->service_class);
    print_line(winsock ? "class" : "interface", h->type);
    print_line("comment", h->comment);
    print_line("host", h->host);
    print_list(winsock ? "address" : "binding", h->address, h->addresses);
    print_list("keyword", h->keyword, h->keywords);
    print_list("object", h->object, h->objects);
    print_line("owner", sid_owner(l->ds, h->owner));
    print_line("spn", h->spn);
    print_line("account", h->account);
    print_line("damage", h->damage);
    if (h->verdict != VERDICT_NONE)
        print_line("verdict", verdict_name(h));
    print_line("reason", h->reason);
}

void hit_print(const struct listing *l, const struct hit *h)
{
    if (l->json)
        json_hit(h);
    else
        print_paragraph(l, h);
}

/* ---- the table ---- */

/* The first one, and how many more: mem_free. */
static char *addresses_of(const struct hit *h)
{
    if (h->addresses < 2)
        return mem_strdup(h->addresses ? h->address[0] : "");
    return mem_printf("%s +%u", h->address[0], (unsigned)h->addresses - 1);
}

/* What speaks against it, in words: mem_free; *ret NULL where nothing does. False: no memory. */
static bool remark_of(const struct hit *h, char **ret)
{
    *ret = NULL;
    if (h->reason && h->damage)
        *ret = mem_printf("refused: %s; damaged: %s", h->reason, h->damage);
    else if (h->reason)
        *ret = mem_printf("refused: %s", h->reason);
    else if (h->damage)
        *ret = mem_printf("damaged: %s", h->damage);
    return *ret || (!h->reason && !h->damage);
}

static const char *const judged_heading[] = { "KIND",  "NAME",    "HOST",    "ADDRESS",
                                              "OWNER", "ACCOUNT", "VERDICT", NULL };
static const char *const plain_heading[] = { "KIND",  "NAME",    "HOST", "ADDRESS",
                                             "OWNER", "VERDICT", NULL };

static int add_row(struct listing *l, const struct hit *h)
{
    char *name = name_of(h), *address = addresses_of(h);
    char *holder = h->account ? rdn_value(h->account) : NULL;
    char *remark = NULL;
    bool whole = remark_of(h, &remark) && address;
    const char *cell[TABLE_COLUMNS] = {
        kind_name(h->kind),
        name,
        h->host,
        address,
        sid_owner(l->ds, h->owner),
        l->judged ? holder : verdict_name(h),
        l->judged ? verdict_name(h) : NULL,
    };

    whole = whole && table_add(l->table, cell, verdict_style(h), remark);
    mem_free(name);
    mem_free(address);
    mem_free(holder);
    mem_free(remark);
    return whole ? EXIT_DONE : out_fail_detail(ERR_NO_MEMORY);
}

int listing_begin(struct listing *l)
{
    if (l->json)
        json_array(NULL);
    else if (!l->every_detail)
        l->table = table_new(l->judged ? judged_heading : plain_heading);
    return l->json || l->every_detail || l->table ? EXIT_DONE : out_fail_detail(ERR_NO_MEMORY);
}

int listing_add(struct listing *l, const struct hit *h)
{
    l->count++;
    l->refused += h->verdict == VERDICT_REFUSED;
    l->damaged += h->damage != NULL;
    /* a connection point need not say more than its host */
    l->useful += l->judged ? h->verdict == VERDICT_TRUSTED : h->kind == KIND_SCP || h->addresses;
    if (l->table)
        return add_row(l, h);
    out_progress(NULL);
    hit_print(l, h);
    return EXIT_DONE;
}

static void print_sum(const struct listing *l)
{
    printf("\n%u service%s", l->count, l->count == 1 ? "" : "s");
    if (l->refused)
        printf(", %u refused", l->refused);
    if (l->damaged)
        printf(", %u damaged", l->damaged);
    puts(l->judged ? "" : "; not judged: --class tells which a client would believe");
}

void listing_end(struct listing *l)
{
    out_progress(NULL);
    table_free(l->table);
    if (l->json)
        json_end();
    else if (l->table && l->count)
        print_sum(l);
    l->table = NULL;
}
