/* SPDX-License-Identifier: Apache-2.0
 * publish.c - a service published whole: the connection point and the SPNs, or neither.
 */
#include "directory/publish.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/account_spn.h"
#include "directory/compose.h"
#include "directory/doors.h"

enum { SPNS = 2 };

/* class/host.example.com and class/HOST; with the object's DN behind for a replicable service. */
static enum err plan_spns(const struct service_plan *p, char *ret[SPNS])
{
    const char *service = p->want.replicable ? p->dn : NULL;
    const char *host = p->want.dns_name;
    size_t n = strcspn(host, "."), i;
    char *label = mem_strndup(host, n < 15 ? n : 15);
    enum err e = label ? ERR_OK : ERR_NO_MEMORY;

    for (i = 0; label && label[i]; i++)
        if (label[i] >= 'a' && label[i] <= 'z')
            label[i] = (char)(label[i] - 'a' + 'A');
    if (!e)
        e = compose_spn(p->want.service_class, service ? service : host, service ? host : NULL, 0,
                        NULL, &ret[0]);
    if (!e)
        e = compose_spn(p->want.service_class, service ? service : label, service ? label : NULL, 0,
                        NULL, &ret[1]);
    mem_free(label);
    return e;
}

static void free_spns(char *spns[SPNS])
{
    mem_free(spns[0]);
    mem_free(spns[1]);
}

/* The object that is there is taken over, if it is this service's. */
static enum err create_or_update(struct session *s, const struct service_plan *p, bool *ret_created)
{
    struct detail kept = *detail_get();
    bool changed = false;
    enum err e = point_create(s, p);

    *ret_created = !e;
    if (e != ERR_EXISTS)
        return e;
    *detail_get() = kept;
    e = point_update(s, p->dn, p->want.dns_name, p->want.bindings, p->want.binding_count, &changed);
    return e ? e : point_grant(s, p->dn, &p->account.sid);
}

/* Only those that are missing are written, and only they are taken back. */
static enum err add_spns(struct session *s, const struct service_plan *p, char *spns[SPNS],
                         char ***ret_added, size_t *ret_count)
{
    enum err e = account_missing_spns(s, p->account.dn, (const char *const *)spns, SPNS, ret_added,
                                      ret_count);

    if (!e && *ret_count)
        e = account_write_spns(s, SPN_ADD, p->account.dn, (const char *const *)*ret_added,
                               *ret_count);
    return e;
}

static enum err verify(struct session *s, const struct service_plan *p, char *spns[SPNS],
                       struct point *ret)
{
    char **missing = NULL;
    size_t n = 0;
    enum err e =
        account_missing_spns(s, p->account.dn, (const char *const *)spns, SPNS, &missing, &n);

    if (!e && n)
        e = detail_fail(ERR_DIRECTORY, "%s was written to %s and is not there", missing[0],
                        p->account.dn);
    texts_free(missing, n);
    return e ? e : point_read(s, p->dn, ret);
}

static void undo(struct session *s, const struct service_plan *p, bool created, char **added,
                 size_t n)
{
    struct detail kept = *detail_get();

    if (created && point_remove(s, p->dn))
        log_warning("%s could not be removed again", p->dn);
    if (n && account_write_spns(s, SPN_DELETE, p->account.dn, (const char *const *)added, n))
        log_warning("the SPNs of %s could not be removed again", p->account.dn);
    *detail_get() = kept;
}

enum err service_publish(struct session *s, const struct service *want, struct point *ret)
{
    struct service_plan p = { 0 };
    char *spns[SPNS] = { NULL, NULL }, **added = NULL;
    size_t n = 0;
    bool created = false;
    enum err e = service_plan_make(s, want, &p);

    if (!e)
        e = plan_spns(&p, spns);
    if (!e)
        e = create_or_update(s, &p, &created);
    if (!e)
        e = add_spns(s, &p, spns, &added, &n);
    if (!e)
        e = verify(s, &p, spns, ret);
    if (e && p.dn)
        undo(s, &p, created, added, n);
    texts_free(added, n);
    free_spns(spns);
    service_plan_free(&p);
    return e;
}

enum err service_withdraw(struct session *s, const struct service *want)
{
    struct service_plan p = { 0 };
    char *spns[SPNS] = { NULL, NULL };
    enum err e = service_plan_make(s, want, &p);

    if (!e)
        e = plan_spns(&p, spns);
    if (!e)
        e = account_write_spns(s, SPN_DELETE, p.account.dn, (const char *const *)spns, SPNS);
    if (!e) {
        e = point_remove(s, p.dn);
        if (e == ERR_NO_OBJECT)
            e = ERR_OK;
    }
    free_spns(spns);
    service_plan_free(&p);
    return e;
}
