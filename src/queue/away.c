/* SPDX-License-Identifier: Apache-2.0
 * away.c - domains that lately did not answer.
 */
#include "queue/away.h"

static struct sid domain_of(const struct sid *account)
{
    struct sid domain = *account;

    domain.count -= domain.count > 0;
    return domain;
}

/* Its place, else QUEUE_AWAY_MOST. */
static size_t place_of(const struct queue_away *a, const struct sid *domain)
{
    size_t i = 0;

    while (i < QUEUE_AWAY_MOST && !(a->place[i].until && sid_equal(&a->place[i].domain, domain)))
        i++;
    return i;
}

void queue_away_note(struct queue_away *a, const struct sid *account, int64_t until)
{
    const struct sid domain = domain_of(account);
    size_t at = place_of(a, &domain), i;

    if (at == QUEUE_AWAY_MOST && !until)
        return;
    if (at == QUEUE_AWAY_MOST) /* the one that is asked again first is forgotten */
        for (at = 0, i = 1; i < QUEUE_AWAY_MOST; i++)
            at = a->place[i].until < a->place[at].until ? i : at;
    a->place[at].domain = domain;
    a->place[at].until = until;
}

bool queue_away_is(const struct queue_away *a, const struct sid *account, int64_t now)
{
    const struct sid domain = domain_of(account);
    size_t at = place_of(a, &domain);

    return at < QUEUE_AWAY_MOST && now < a->place[at].until;
}
