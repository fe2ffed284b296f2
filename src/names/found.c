/* SPDX-License-Identifier: Apache-2.0
 * found.c - services found by name, and which are believed.
 */
#include "names/found.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/doors.h"
#include "names/place.h"
#include "spn/dn.h"

void found_free(struct found *f)
{
    mem_free(f->dn);
    mem_free(f->name);
    mem_free(f->comment);
    mem_free(f->host);
    mem_free(f->type);
    texts_free(f->address, f->address_count);
    texts_free(f->object, f->object_count);
    mem_free(f->damage);
    mem_free(f->spn);
    account_free(&f->holder);
    *f = (struct found){ 0 };
}

void founds_free(struct founds *f)
{
    size_t i;

    for (i = 0; i < f->count; i++)
        found_free(&f->found[i]);
    mem_free(f->found);
    *f = (struct founds){ 0 };
}

char *found_spell_dn(const char *dn, const char *name)
{
    const char *parent = dn_parent(dn);
    char *spelt = NULL;

    if (!parent || place_below(parent, name, &spelt))
        return mem_strdup(dn);
    return spelt;
}

enum err found_each(struct session *s, const struct found_query *q, found_give give, void *arg)
{
    bool more = true;
    enum err e = ERR_OK;

    if (q->kinds & FOUND_WINSOCK)
        e = found_each_winsock(s, q, give, arg, &more);
    if (!e && more && (q->kinds & FOUND_RPC))
        e = found_each_rpc(s, q, give, arg, &more);
    return e;
}

/* ---- trust ---- */

static enum err collect(struct found *f, void *arg, bool *ret_more)
{
    struct founds *all = arg;
    struct found *bigger;

    (void)ret_more;
    if (all->count == FOUNDS_MOST)
        return detail_fail(ERR_TOO_LONG, "over %d services of that name", FOUNDS_MOST);
    if ((all->count & (all->count - 1)) == 0) {
        bigger = mem_resize(all->found, (all->count ? 2 * all->count : 1) * sizeof *bigger);
        if (!bigger)
            return ERR_NO_MEMORY;
        all->found = bigger;
    }
    all->found[all->count++] = *f;
    *f = (struct found){ 0 };
    return ERR_OK;
}

static struct claim claim_of(const struct found *f)
{
    struct claim c = { .dn = f->dn,
                       .host = f->host,
                       .by_dn_alone = true,
                       .has_owner = f->has_owner,
                       .owner = f->owner,
                       .above = f->is_below ? &f->above : NULL };

    if (!f->address_count)
        c.doubt = *f->damage ? f->damage : "has no address";
    return c;
}

/* Keeps the trusted ones, in their order. */
static void sift(struct claim *claims, struct founds *all)
{
    size_t kept = 0, i;

    for (i = 0; i < all->count; i++) {
        struct found f = all->found[i];

        if (!claims[i].trusted) {
            found_free(&f);
            continue;
        }
        f.spn = claims[i].spn;
        f.holder = claims[i].holder;
        claims[i] = (struct claim){ 0 };
        all->found[kept++] = f;
    }
    all->count = kept;
}

enum err founds_trusted(struct session *s, const struct found_query *q, const char *service_class,
                        const struct trust *trust, struct founds *ret)
{
    struct founds all = { 0 };
    struct claim *claims = NULL;
    size_t i, n;
    enum err e = found_each(s, q, collect, &all);

    n = all.count;
    if (!e && !n)
        e = detail_fail(ERR_NOT_FOUND, "no service has the name \"%s\"", q->name ? q->name : "*");
    claims = mem_array(n ? n : 1, sizeof *claims);
    if (!e && !claims)
        e = ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++)
        claims[i] = claim_of(&all.found[i]);
    if (!e)
        e = trust_claims(s, service_class, trust, claims, n);
    if (!e)
        sift(claims, &all);
    for (i = 0; claims && i < n; i++)
        claim_done(&claims[i]);
    mem_free(claims);
    if (e)
        founds_free(&all);
    else
        *ret = all;
    return e;
}

enum err found_confirm(struct session *s, const struct trust *trust, const struct found *f)
{
    struct claim c = claim_of(f);

    c.spn = f->spn;
    c.holder = f->holder;
    return trust_confirm(s, trust, &c);
}
