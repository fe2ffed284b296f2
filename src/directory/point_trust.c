/* SPDX-License-Identifier: Apache-2.0
 * point_trust.c - service connection points as claims.
 */
#include "directory/point_trust.h"

#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"

static struct claim claim_of(const struct point *p, const char *service_class)
{
    struct claim c = {
        .dn = p->dn, .host = p->dns_name, .has_owner = p->has_owner, .owner = p->owner
    };

    if (strcasecmp(p->service_class, service_class) != 0)
        c.doubt = "is of another service class";
    else if (*p->dns_name_type && strcasecmp(p->dns_name_type, "A") != 0)
        c.doubt = "does not name a host";
    return c;
}

/* Keeps the trusted ones, in their order. */
static void sift(struct claim *claims, struct points *all)
{
    size_t kept = 0, i;

    for (i = 0; i < all->count; i++) {
        struct point p = all->point[i];

        if (!claims[i].trusted) {
            point_free(&p);
            continue;
        }
        p.spn = claims[i].spn;
        p.holder = claims[i].holder;
        claims[i] = (struct claim){ 0 };
        all->point[kept++] = p;
    }
    all->count = kept;
}

enum err points_trusted(struct session *s, const char *keyword, const char *service_class,
                        const struct trust *trust, struct points *ret)
{
    struct points found = { 0 };
    struct claim *claims = NULL;
    size_t i, n;
    enum err e = points_find(s, keyword, &found);

    if (!e && !found.count)
        e = detail_fail(ERR_NOT_FOUND, "no service has the keyword %s", keyword);
    n = found.count;
    claims = mem_array(n ? n : 1, sizeof *claims);
    if (!e && !claims)
        e = ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++)
        claims[i] = claim_of(&found.point[i], service_class);
    if (!e)
        e = trust_claims(s, service_class, trust, claims, n);
    if (!e)
        sift(claims, &found);
    for (i = 0; claims && i < n; i++)
        claim_done(&claims[i]);
    mem_free(claims);
    if (e)
        points_free(&found);
    else
        *ret = found;
    return e;
}

enum err point_confirm(struct session *s, const struct trust *trust, const struct point *p)
{
    struct claim c = { .dn = p->dn,
                       .host = p->dns_name,
                       .has_owner = p->has_owner,
                       .owner = p->owner,
                       .spn = p->spn,
                       .holder = p->holder };

    return trust_confirm(s, trust, &c);
}
