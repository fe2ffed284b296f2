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

/* What is found is judged in batches, so that what others plant does not crowd out what is trusted.
 * Without a policy all of it must be one account's, and is looked at at once. */
enum { BATCH = 100 };

struct sieve {
    struct session *session;
    const char *service_class;
    const struct trust *trust;
    struct founds batch, kept;
    size_t judged; /* in all */
};

static enum err append(struct founds *to, struct found *f)
{
    struct found *bigger;

    if (to->count == FOUNDS_MOST)
        return detail_fail(ERR_TOO_LONG, "over %d services of that name", FOUNDS_MOST);
    if ((to->count & (to->count - 1)) == 0) {
        bigger = mem_resize(to->found, (to->count ? 2 * to->count : 1) * sizeof *bigger);
        if (!bigger)
            return ERR_NO_MEMORY;
        to->found = bigger;
    }
    to->found[to->count++] = *f;
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
static enum err sift(struct claim *claims, struct sieve *v)
{
    size_t i;
    enum err e = ERR_OK;

    for (i = 0; i < v->batch.count && !e; i++) {
        struct found *f = &v->batch.found[i];

        if (!claims[i].trusted)
            continue;
        f->spn = claims[i].spn;
        f->holder = claims[i].holder;
        claims[i] = (struct claim){ 0 };
        e = append(&v->kept, f);
    }
    return e;
}

/* ERR_UNTRUSTED is no failure while others may be trusted: the record keeps why. */
static enum err judge_batch(struct sieve *v)
{
    const struct detail before = *detail_get();
    size_t n = v->batch.count, i;
    struct claim *claims = mem_array(n ? n : 1, sizeof *claims);
    enum err e = claims ? ERR_OK : ERR_NO_MEMORY;

    for (i = 0; i < n && !e; i++)
        claims[i] = claim_of(&v->batch.found[i]);
    v->judged += n;
    if (!e)
        e = trust_claims(v->session, v->service_class, v->trust, claims, n);
    if (!e)
        e = sift(claims, v);
    for (i = 0; claims && i < n; i++)
        claim_done(&claims[i]);
    mem_free(claims);
    founds_free(&v->batch);
    if (e != ERR_UNTRUSTED)
        return e;
    if (v->kept.count)
        *detail_get() = before;
    return ERR_OK;
}

static enum err collect(struct found *f, void *arg, bool *ret_more)
{
    struct sieve *v = arg;
    enum err e = append(&v->batch, f);

    (void)ret_more;
    return !e && v->trust && v->batch.count == BATCH ? judge_batch(v) : e;
}

enum err founds_trusted(struct session *s, const struct found_query *q, const char *service_class,
                        const struct trust *trust, struct founds *ret)
{
    struct sieve v = { .session = s, .service_class = service_class, .trust = trust };
    const struct detail before = *detail_get();
    enum err e = found_each(s, q, collect, &v);

    if (!e && v.batch.count)
        e = judge_batch(&v);
    if (!e && !v.judged)
        e = detail_fail(ERR_NOT_FOUND, "no service has the name \"%s\"", q->name ? q->name : "*");
    if (!e && !v.kept.count) /* the record says of the first why */
        e = detail_fail(ERR_UNTRUSTED, "none of %zu services is trusted", v.judged);
    if (!e)
        *detail_get() = before;
    founds_free(&v.batch);
    if (e)
        founds_free(&v.kept);
    else
        *ret = v.kept;
    return e;
}

enum err found_confirm(struct session *s, const struct trust *trust, const struct found *f)
{
    struct claim c = claim_of(f);

    c.spn = f->spn;
    c.holder = f->holder;
    return trust_confirm(s, trust, &c);
}
