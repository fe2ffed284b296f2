/* SPDX-License-Identifier: Apache-2.0
 * find_scp.c - service connection points by keyword, and which of them a client would believe.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/detail.h"

#include "find.h"
#include "out.h"

/* What CsFindService accepts, and what it says of the rest. */
struct believed {
    CS_SERVICE_POINT **points;
    DWORD count;
    char tried[DETAIL_NAME], text[DETAIL_TEXT];
};

static int judge(HANDLE ds, const struct search *q, struct believed *ret)
{
    DWORD status =
        CsFindService(ds, q->word, q->service_class, q->trust, &ret->points, &ret->count);

    snprintf(ret->tried, sizeof ret->tried, "%s", detail_get()->tried);
    snprintf(ret->text, sizeof ret->text, "%s", status ? detail_get()->text : "");
    switch (status) {
    case ERROR_SUCCESS:
    case ERROR_NOT_FOUND:
    case ERROR_TRUST_FAILURE:
    case ERROR_DS_NAME_ERROR_NOT_UNIQUE:
        return EXIT_DONE;
    default:
        return directory_fail("nothing to connect to", status);
    }
}

/* Why, as "DN: why; DN: why" has it. */
static void why_not(const struct believed *b, const CS_SERVICE_POINT *p, const char *service_class,
                    char *ret, size_t size)
{
    const char *said = p->dn ? strstr(b->tried, p->dn) : NULL;

    if (p->service_class && strcasecmp(p->service_class, service_class) != 0)
        snprintf(ret, size, "it is of class %s", p->service_class);
    else if (said && strncmp(said + strlen(p->dn), ": ", 2) == 0)
        snprintf(ret, size, "%.*s", (int)strcspn(said + strlen(p->dn) + 2, ";"),
                 said + strlen(p->dn) + 2);
    else
        snprintf(ret, size, "%s", b->text[0] ? b->text : "not what you demand of it");
}

static int add(const struct believed *b, const struct search *q, const CS_SERVICE_POINT *p,
               struct listing *l)
{
    struct hit h = hit_of_point(p);
    char reason[DETAIL_TEXT];
    DWORD i;

    for (i = 0; i < b->count; i++)
        if (strcasecmp(b->points[i]->dn, p->dn) == 0) {
            h = hit_of_point(b->points[i]);
            h.verdict = VERDICT_TRUSTED;
        }
    if (l->judged && h.verdict == VERDICT_NONE) {
        why_not(b, p, q->service_class, reason, sizeof reason);
        h.verdict = VERDICT_REFUSED;
        h.reason = reason;
    }
    return listing_add(l, &h);
}

int find_points(HANDLE ds, const struct search *q, struct listing *l)
{
    CS_SERVICE_POINT **points = NULL;
    struct believed b = { 0 };
    DWORD count = 0, i, status;
    int result;

    out_progress("looking for service connection points");
    status = CsFindServicePoints(ds, q->word, &points, &count);
    result = status ? directory_fail("cannot look for connection points", status) : EXIT_DONE;
    if (result == EXIT_DONE && count && l->judged)
        result = judge(ds, q, &b);
    for (i = 0; i < count && result == EXIT_DONE; i++)
        result = add(&b, q, points[i], l);
    CsFreeServicePoints(points, count);
    CsFreeServicePoints(b.points, b.count);
    return result;
}
