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

/* ---- JSON ---- */

static void json_list(const char *name, char **texts, DWORD count)
{
    DWORD i;

    json_array(name);
    for (i = 0; i < count; i++)
        json_text(NULL, texts[i]);
    json_end();
}

static void json_hit(const struct hit *h)
{
    const CS_SERVICE_POINT *p = h->point;
    const CS_FOUND_NAME *f = h->found;

    json_object(NULL);
    json_text("kind", p ? "scp" : kind_name(f->kind));
    json_text("dn", p ? p->dn : f->dn);
    if (p) {
        json_text("guid", p->guid);
        json_text("class", p->service_class);
        json_text("host", p->dns_name);
        json_list("bindings", p->bindings, p->binding_count);
        json_list("keywords", p->keywords, p->keyword_count);
    } else {
        json_text("name", f->name);
        json_text("comment", f->comment);
        json_text("type", f->type);
        json_text("host", f->dns_name);
        json_list("addresses", f->addresses, f->address_count);
        json_list("objects", f->objects, f->object_count);
        json_text("damage", *f->damage ? f->damage : NULL);
    }
    json_text("owner", p ? p->owner : f->owner);
    json_text("spn", p ? p->spn : f->spn);
    json_text("account", p ? p->account : f->account);
    json_text("account_sid", p ? p->account_sid : f->account_sid);
    json_text("verdict", verdict_name(h));
    json_text("reason", h->reason);
    json_end();
}

/* ---- paragraphs ---- */

static void print_line(const char *name, const char *text)
{
    char *copy = text && *text ? mem_strdup(text) : NULL;

    if (copy)
        printf("    %-9s %s\n", name, out_safe(copy));
    mem_free(copy);
}

static void print_list(const char *name, char **texts, DWORD count)
{
    DWORD i;

    for (i = 0; i < count; i++)
        print_line(i ? "" : name, texts[i]);
}

static void print_paragraph(const struct listing *l, const struct hit *h)
{
    const CS_SERVICE_POINT *p = h->point;
    const CS_FOUND_NAME *f = h->found;
    char *dn = mem_strdup(p ? p->dn : f->dn);

    out_styled(OUT_HEADING, "%s\n", dn ? out_safe(dn) : "");
    mem_free(dn);
    print_line("kind", p ? "scp" : kind_name(f->kind));
    if (p) {
        print_line("guid", p->guid);
        print_line("class", p->service_class);
        print_line("host", p->dns_name);
        print_list("binding", p->bindings, p->binding_count);
        print_list("keyword", p->keywords, p->keyword_count);
    } else {
        print_line("name", f->name);
        print_line("comment", f->comment);
        print_line(f->kind == KIND_RNR ? "class" : "interface", f->type);
        print_line("host", f->dns_name);
        print_list(f->kind == KIND_RNR ? "address" : "binding", f->addresses, f->address_count);
        print_list("object", f->objects, f->object_count);
        print_line("damage", f->damage);
    }
    print_line("owner", sid_owner(l->ds, p ? p->owner : f->owner));
    print_line("spn", p ? p->spn : f->spn);
    print_line("account", p ? p->account : f->account);
    if (h->verdict != VERDICT_NONE)
        print_line("verdict", verdict_name(h));
    if (!f || !h->reason || strcmp(h->reason, f->damage) != 0)
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
    char **list = h->point ? h->point->bindings : h->found->addresses;
    DWORD n = h->point ? h->point->binding_count : h->found->address_count;

    if (n < 2)
        return mem_strdup(n ? list[0] : "");
    return mem_printf("%s +%u", list[0], (unsigned)n - 1);
}

/* What speaks against it, in words: mem_free; *ret NULL where nothing does. */
static bool remark_of(const struct hit *h, char **ret)
{
    const char *damage = h->found ? h->found->damage : "";
    const char *why = h->verdict == VERDICT_REFUSED ? h->reason : NULL;

    *ret = NULL;
    if (why && *damage)
        *ret = mem_printf("refused: %s; damaged: %s", why, damage);
    else if (why || *damage)
        *ret = mem_printf("%s: %s", why ? "refused" : "damaged", why ? why : damage);
    return *ret || (!why && !*damage);
}

static const char *const judged_heading[] = { "KIND",  "NAME",    "HOST",    "ADDRESS",
                                              "OWNER", "ACCOUNT", "VERDICT", NULL };
static const char *const plain_heading[] = { "KIND",  "NAME",    "HOST", "ADDRESS",
                                             "OWNER", "VERDICT", NULL };

static int add_row(struct listing *l, const struct hit *h)
{
    const CS_SERVICE_POINT *p = h->point;
    const CS_FOUND_NAME *f = h->found;
    const char *account = p ? p->account : f->account;
    char *name = p ? rdn_value(p->dn) : NULL;
    char *address = addresses_of(h);
    char *holder = account ? rdn_value(account) : NULL;
    char *remark = NULL;
    bool whole = remark_of(h, &remark) && address;
    const char *cell[TABLE_COLUMNS] = {
        p ? "scp" : kind_name(f->kind),
        p ? name : f->name,
        p ? p->dns_name : f->dns_name,
        address,
        sid_owner(l->ds, p ? p->owner : f->owner),
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
    l->damaged += h->found && *h->found->damage;
    l->useful +=
        h->verdict == VERDICT_TRUSTED || (!l->judged && (h->point || h->found->address_count));
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
