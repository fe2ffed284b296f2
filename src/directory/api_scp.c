/* SPDX-License-Identifier: Apache-2.0
 * api_scp.c - the functions of scp.h.
 */
#include "directory/api_scp.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "directory/host.h"
#include "directory/point_trust.h"
#include "directory/publish.h"

static enum err service_of(const CS_SERVICE *from, struct service *ret)
{
    if (!from || from->size != sizeof *from)
        return detail_fail(ERR_INVALID_PARAMETER, "the size in CS_SERVICE is not %zu",
                           sizeof *from);
    *ret = (struct service){ .port = from->port,
                             .replicable = from->replicable != 0,
                             .name = from->name,
                             .container = from->container,
                             .service_class = from->service_class,
                             .dns_name = from->dns_name,
                             .dns_name_type = from->dns_name_type,
                             .account = from->account,
                             .keywords = from->keywords,
                             .bindings = from->bindings,
                             .keyword_count = from->keyword_count,
                             .binding_count = from->binding_count };
    return ERR_OK;
}

static char *sid_text(const struct sid *s)
{
    char text[SID_TEXT];

    sid_format(s, text);
    return mem_strdup(text);
}

enum err point_give(struct point *p, CS_SERVICE_POINT **ret)
{
    CS_SERVICE_POINT *c = mem_zero(sizeof *c);

    if (!c) {
        point_free(p);
        return ERR_NO_MEMORY;
    }
    c->dn = p->dn;
    c->guid = p->guid;
    c->service_class = p->service_class;
    c->dns_name = p->dns_name;
    c->dns_name_type = p->dns_name_type;
    c->keywords = p->keywords;
    c->bindings = p->bindings;
    c->keyword_count = (DWORD)p->keyword_count;
    c->binding_count = (DWORD)p->binding_count;
    c->spn = p->spn;
    c->account = p->holder.dn;
    c->owner = p->has_owner ? sid_text(&p->owner) : NULL;
    c->account_sid = p->holder.dn ? sid_text(&p->holder.sid) : NULL;
    mem_free(p->holder.name);
    if ((p->has_owner && !c->owner) || (c->account && !c->account_sid)) {
        *p = (struct point){ 0 };
        CsFreeServicePoint(c);
        return ERR_NO_MEMORY;
    }
    *p = (struct point){ 0 };
    *ret = c;
    return ERR_OK;
}

static enum err points_give(struct points *p, CS_SERVICE_POINT ***ret, DWORD *ret_count)
{
    CS_SERVICE_POINT **all = mem_array(p->count ? p->count : 1, sizeof *all);
    size_t i;
    enum err e = all ? ERR_OK : ERR_NO_MEMORY;

    for (i = 0; i < p->count && !e; i++)
        e = point_give(&p->point[i], &all[i]);
    if (e) {
        CsFreeServicePoints(all, (DWORD)p->count);
    } else {
        *ret = all;
        *ret_count = (DWORD)p->count;
    }
    points_free(p);
    return e;
}

VOID CsFreeServicePoint(CS_SERVICE_POINT *point)
{
    if (!point)
        return;
    mem_free(point->dn);
    mem_free(point->guid);
    mem_free(point->service_class);
    mem_free(point->dns_name);
    mem_free(point->dns_name_type);
    texts_free(point->keywords, point->keyword_count);
    texts_free(point->bindings, point->binding_count);
    mem_free(point->owner);
    mem_free(point->spn);
    mem_free(point->account);
    mem_free(point->account_sid);
    mem_free(point);
}

VOID CsFreeServicePoints(CS_SERVICE_POINT **points, DWORD count)
{
    DWORD i;

    for (i = 0; points && i < count; i++)
        CsFreeServicePoint(points[i]);
    mem_free(points);
}

static DWORD code_of(enum err e)
{
    return win32_code(e == ERR_MALFORMED ? ERR_INVALID_PARAMETER : e);
}

DWORD CsCreateServicePoint(HANDLE hDS, const CS_SERVICE *service, CS_SERVICE_POINT **point)
{
    struct service_plan plan = { 0 };
    struct service want = { 0 };
    struct held h = { 0 };
    struct point p = { 0 };
    struct detail kept;
    bool created = false;
    enum err e;

    detail_begin("CsCreateServicePoint");
    e = service_of(service, &want);
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = service_plan_make(h.session, &want, &plan);
    if (!e)
        e = point_create(h.session, &plan);
    created = !e;
    if (!e && point)
        e = point_read(h.session, plan.dn, &p);
    if (!e && point)
        e = point_give(&p, point);
    if (e && created) {
        kept = *detail_get();
        if (point_remove(h.session, plan.dn))
            log_warning("%s could not be removed again", plan.dn);
        *detail_get() = kept;
    }
    service_plan_free(&plan);
    binding_release(&h);
    return code_of(e);
}

DWORD CsReadServicePoint(HANDLE hDS, const char *which, CS_SERVICE_POINT **point)
{
    struct held h = { 0 };
    struct point p = { 0 };
    enum err e;

    detail_begin("CsReadServicePoint");
    if (!point)
        return win32_code(ERR_INVALID_PARAMETER);
    e = binding_hold(hDS, &h);
    if (!e)
        e = point_read(h.session, which, &p);
    if (!e)
        e = point_give(&p, point);
    binding_release(&h);
    return code_of(e);
}

DWORD CsUpdateServicePoint(HANDLE hDS, const char *which, const char *dns_name,
                           const char *const *bindings, DWORD binding_count, BOOL *changed)
{
    struct held h = { 0 };
    bool did = false;
    char *host = NULL;
    enum err e = ERR_OK;

    detail_begin("CsUpdateServicePoint");
    if (binding_count > POINT_VALUES_MAX || (binding_count && !bindings))
        return win32_code(ERR_INVALID_PARAMETER);
    if (!dns_name)
        e = host_dns_name(&host);
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = point_update(h.session, which, dns_name ? dns_name : host, bindings, binding_count,
                         &did);
    if (!e && changed)
        *changed = did;
    mem_free(host);
    binding_release(&h);
    return code_of(e);
}

DWORD CsRemoveServicePoint(HANDLE hDS, const char *which)
{
    struct held h = { 0 };
    enum err e;

    detail_begin("CsRemoveServicePoint");
    e = binding_hold(hDS, &h);
    if (!e)
        e = point_remove(h.session, which);
    binding_release(&h);
    return code_of(e);
}

DWORD CsFindServicePoints(HANDLE hDS, const char *keyword, CS_SERVICE_POINT ***points, DWORD *count)
{
    struct points found = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsFindServicePoints");
    if (!points || !count)
        return win32_code(ERR_INVALID_PARAMETER);
    e = binding_hold(hDS, &h);
    if (!e)
        e = points_find(h.session, keyword, &found);
    if (!e)
        e = points_give(&found, points, count);
    binding_release(&h);
    return code_of(e);
}

static enum err give_point(struct point *p, void *arg)
{
    return point_give(p, arg);
}

DWORD CsPublishService(HANDLE hDS, const CS_SERVICE *service, CS_SERVICE_POINT **point)
{
    struct service want = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsPublishService");
    e = service_of(service, &want);
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = service_publish(h.session, &want, point ? give_point : NULL, point);
    binding_release(&h);
    return code_of(e);
}

DWORD CsWithdrawService(HANDLE hDS, const CS_SERVICE *service)
{
    struct service want = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsWithdrawService");
    e = service_of(service, &want);
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = service_withdraw(h.session, &want);
    binding_release(&h);
    return code_of(e);
}

const struct trust *trust_take(const CS_TRUST *from, struct trust *to)
{
    if (!from)
        return NULL;
    *to = (struct trust){ from->container, from->account, from->group, from->owner };
    return to;
}

DWORD CsFindService(HANDLE hDS, const char *keyword, const char *service_class,
                    const CS_TRUST *trust, CS_SERVICE_POINT ***points, DWORD *count)
{
    struct points found = { 0 };
    struct trust t = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsFindService");
    if (!keyword || !*keyword || !service_class || !points || !count)
        return win32_code(ERR_INVALID_PARAMETER);
    e = binding_hold(hDS, &h);
    if (!e)
        e = points_trusted(h.session, keyword, service_class, trust_take(trust, &t), &found);
    if (!e)
        e = points_give(&found, points, count);
    binding_release(&h);
    return code_of(e);
}
