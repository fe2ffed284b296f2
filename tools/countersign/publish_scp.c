/* SPDX-License-Identifier: Apache-2.0
 * publish_scp.c - a service's connection point and its names.
 */
#include <stdio.h>

#include "out.h"
#include "publish.h"

static void fill(struct publish *q)
{
    q->service.keywords = q->keyword;
    q->service.keyword_count = q->keywords;
    q->service.bindings = q->binding;
    q->service.binding_count = q->bindings;
}

static void print_published(const struct publish *q, const CS_SERVICE_POINT *p)
{
    if (q->d.json) {
        json_object(NULL);
        json_text("kind", "scp");
        json_text("dn", p->dn);
        json_text("guid", p->guid);
        json_text("host", p->dns_name);
        json_text("class", p->service_class);
        json_end();
        return;
    }
    out_styled(OUT_GOOD, "published");
    printf(" %s\n    object %s\n    guid   %s\n    names  %s/%s\n", q->service.name,
           out_safe(p->dn), p->guid, out_safe(p->service_class), out_safe(p->dns_name));
}

int publish_point(struct publish *q)
{
    CS_SERVICE_POINT *point = NULL;
    DWORD status;

    fill(q);
    status = CsPublishService(q->d.ds, &q->service, &point);
    if (status)
        return directory_fail("not published", status);
    print_published(q, point);
    CsFreeServicePoint(point);
    return EXIT_DONE;
}

int withdraw_point(struct publish *q)
{
    DWORD status;

    fill(q);
    status = CsWithdrawService(q->d.ds, &q->service);
    if (status)
        return directory_fail("not withdrawn", status);
    if (!q->d.json)
        printf("withdrawn %s\n", q->service.name);
    return EXIT_DONE;
}
