/* SPDX-License-Identifier: Apache-2.0
 * find_names.c - Winsock services and RPC servers by name, and which of them a client would
 * believe. Those that are only shown pass one after the other: there may be many thousands.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <countersign/rpcdce.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"

#include "ask.h"
#include "find.h"
#include "out.h"

enum {
    NAME_MOST = 64,  /* of an object's name in the directory */
    TYPES_MOST = 16, /* versions of one interface that are told apart */
};

/* What CsNameSpn accepts of one type, and whether it was ambiguous. */
struct believed {
    char type[64]; /* "": of any */
    CS_FOUND_NAME **found;
    DWORD count;
    bool ambiguous;
};

struct names {
    HANDLE ds;
    const struct search *q;
    struct listing *l;
    CS_NAME_QUERY query;
    const char *uuid; /* of any version of an interface; NULL: the query says it all */
    struct believed believed[TYPES_MOST];
    unsigned types;
    int result;
};

/* ---- verdicts ---- */

static bool is_judgement(DWORD status)
{
    return status == ERROR_SUCCESS || status == ERROR_NOT_FOUND || status == ERROR_TRUST_FAILURE ||
           status == ERROR_DS_NAME_ERROR_NOT_UNIQUE;
}

/* As a client would ask: once for all that its query finds. */
static struct believed *judge(struct names *n, const char *type)
{
    CS_NAME_QUERY query = n->query;
    struct believed *b;
    DWORD status;
    unsigned i;

    for (i = 0; i < n->types; i++)
        if (strcasecmp(n->believed[i].type, type) == 0)
            return &n->believed[i];
    if (n->types == TYPES_MOST) {
        n->result = out_fail("over %d versions of one interface: say which", TYPES_MOST);
        return NULL;
    }
    b = &n->believed[n->types];
    snprintf(b->type, sizeof b->type, "%s", type);
    if (*type)
        query.type = type;
    status = CsNameSpn(n->ds, &query, n->q->service_class, n->q->trust, &b->found, &b->count);
    if (!is_judgement(status)) {
        n->result = directory_fail("cannot tell which to trust", status);
        return NULL;
    }
    b->ambiguous = status == ERROR_DS_NAME_ERROR_NOT_UNIQUE;
    n->types++;
    return b;
}

static const CS_FOUND_NAME *among(const struct believed *b, const CS_FOUND_NAME *f)
{
    DWORD i;

    for (i = 0; i < b->count; i++)
        if (b->found[i]->kind == f->kind && strcasecmp(b->found[i]->dn, f->dn) == 0 &&
            strcasecmp(b->found[i]->dns_name, f->dns_name) == 0 &&
            strcasecmp(b->found[i]->type, f->type) == 0)
            return b->found[i];
    return NULL;
}

/* Why it is not believed: asked for by its name alone, the library says. */
static void why_not(const struct names *n, const CS_FOUND_NAME *f, bool ambiguous, char *ret,
                    size_t size)
{
    CS_NAME_QUERY query = {
        .size = sizeof query, .kinds = f->kind, .name = f->name, .type = *f->type ? f->type : NULL
    };
    CS_FOUND_NAME **found = NULL;
    DWORD count = 0;
    DWORD status = CsNameSpn(n->ds, &query, n->q->service_class, n->q->trust, &found, &count);
    const char *said = strstr(detail_get()->tried, f->dn);

    if (status == ERROR_TRUST_FAILURE && said && strncmp(said + strlen(f->dn), ": ", 2) == 0)
        snprintf(ret, size, "%.*s", (int)strcspn(said + strlen(f->dn) + 2, ";"),
                 said + strlen(f->dn) + 2);
    else if (status == ERROR_SUCCESS && ambiguous)
        snprintf(ret, size, "one of several accounts' (%s): say which to trust", found[0]->account);
    else
        snprintf(ret, size, "%s",
                 status && detail_get()->text[0] ? detail_get()->text
                                                 : "not what you demand of it");
    CsFreeNames(found, count);
}

static void decide(struct names *n, const CS_FOUND_NAME *f, struct hit *h, char *reason,
                   size_t size)
{
    const struct believed *b;
    const CS_FOUND_NAME *known;

    if (*f->damage && (!f->address_count || !n->l->judged)) {
        h->verdict = VERDICT_DAMAGED;
        return;
    }
    if (!n->l->judged)
        return;
    b = judge(n, n->uuid ? f->type : "");
    if (!b)
        return;
    known = among(b, f);
    if (known) {
        *h = hit_of_name(known);
        h->verdict = VERDICT_TRUSTED;
        return;
    }
    why_not(n, f, b->ambiguous, reason, size);
    h->verdict = VERDICT_REFUSED;
    h->reason = reason;
}

/* ---- the search ---- */

static bool is_of_uuid(const CS_FOUND_NAME *f, const char *uuid)
{
    size_t len = strlen(uuid);

    return strncasecmp(f->type, uuid, len) == 0 && (f->type[len] == '\0' || f->type[len] == ',');
}

static BOOL take(void *arg, const CS_FOUND_NAME *found)
{
    struct names *n = arg;
    struct hit h = hit_of_name(found);
    char reason[DETAIL_TEXT];

    out_progress("reading services by name");
    if (n->uuid && !is_of_uuid(found, n->uuid))
        return 1;
    if (n->q->below && strcasecmp(found->dn + rdn_length(found->dn), n->q->below) != 0)
        return 1;
    decide(n, found, &h, reason, sizeof reason);
    if (n->result == EXIT_DONE)
        n->result = listing_add(n->l, &h);
    return n->result == EXIT_DONE;
}

static void names_done(struct names *n)
{
    unsigned i;

    for (i = 0; i < n->types; i++)
        CsFreeNames(n->believed[i].found, n->believed[i].count);
}

static int search(HANDLE ds, const struct search *q, struct listing *l, DWORD kind,
                  const char *name, const char *type, const char *uuid)
{
    struct names n = { .ds = ds, .q = q, .l = l, .uuid = uuid, .result = EXIT_DONE };
    DWORD status;

    n.query = (CS_NAME_QUERY){ .size = sizeof n.query, .kinds = kind, .name = name, .type = type };
    status = CsFindNames(ds, &n.query, take, &n);
    if (status && n.result == EXIT_DONE)
        n.result = directory_fail("cannot look for names", status);
    names_done(&n);
    return n.result;
}

static bool is_uuid(const char *word)
{
    UUID uuid;

    return word && UuidFromStringA(cstr(word), &uuid) == RPC_S_OK;
}

static bool is_interface(const char *word)
{
    bool versioned = false;
    RPC_IF_ID face;

    return word && ask_parse_interface(word, &face, &versioned) == RPC_S_OK && versioned;
}

/* A keyword need not be a name: nothing has a longer one. */
static bool is_name(const char *word)
{
    size_t n = 0;
    const char *s;

    for (s = word; s && *s; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return !word || (n && n <= NAME_MOST && utf8_valid(bytes_of_text(word)));
}

/* A GUID is a class's. */
static int find_winsock(HANDLE ds, const struct search *q, struct listing *l)
{
    bool typed = is_uuid(q->word);
    const char *name = typed ? NULL : q->word, *type = typed ? q->word : NULL;

    return search(ds, q, l, KIND_RNR, q->name ? q->name : name,
                  q->class_guid ? q->class_guid : type, NULL);
}

/* A UUID is that of an interface of any version. */
static int find_servers(HANDLE ds, const struct search *q, struct listing *l)
{
    bool typed = is_interface(q->word) || is_uuid(q->word);
    const char *name = typed ? NULL : q->word, *type = typed ? q->word : NULL;

    name = rpc_name(q->name ? q->name : name);
    type = q->interface ? q->interface : type;
    return search(ds, q, l, KIND_RPCNS, name, is_interface(type) ? type : NULL,
                  is_uuid(type) ? type : NULL);
}

int find_names(HANDLE ds, const struct search *q, struct listing *l)
{
    int result = EXIT_DONE;

    if (!q->name && !is_name(rpc_name(q->word)))
        return EXIT_DONE;
    if ((q->kinds & KIND_RNR) && !is_interface(q->word))
        result = find_winsock(ds, q, l);
    if (result == EXIT_DONE && (q->kinds & KIND_RPCNS))
        result = find_servers(ds, q, l);
    return result;
}
