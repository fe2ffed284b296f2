/* SPDX-License-Identifier: Apache-2.0
 * publish.c - a service published whole: the connection point and the SPNs, or neither.
 */
#include "directory/publish.h"

#include <strings.h>

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

/* What was done, to be undone when the rest fails. */
struct done {
    bool created, amended;
    struct point before; /* amended: what the object said */
    char **added;        /* SPNs the account did not hold */
    size_t added_count;
};

static void done_free(struct done *d)
{
    point_free(&d->before);
    texts_free(d->added, d->added_count);
}

/* The object that is there is taken over, if it is this service's. */
static enum err take_over(struct session *s, const struct service_plan *p, struct done *d)
{
    const struct service *w = &p->want;
    struct point_facts facts = { w->dns_name, w->dns_name_type, w->bindings,
                                 w->keywords, w->binding_count, w->keyword_count };
    enum err e = point_read(s, p->dn, &d->before);

    if (!e && strcasecmp(d->before.service_class, w->service_class) != 0) {
        detail_remedy("withdraw that service first, or give this one another name");
        return detail_fail(ERR_EXISTS, "%s is of the service class \"%s\"", p->dn,
                           d->before.service_class);
    }
    d->amended = !e;
    if (!e)
        e = point_amend(s, &d->before, &facts);
    return e ? e : point_grant(s, p->dn, &p->account.sid);
}

static enum err create_or_update(struct session *s, const struct service_plan *p, struct done *d)
{
    struct detail kept = *detail_get();
    enum err e = point_create(s, p);

    d->created = !e;
    if (e != ERR_EXISTS)
        return e;
    *detail_get() = kept;
    return take_over(s, p, d);
}

/* Only those that are missing are written, and only they are taken back. */
static enum err add_spns(struct session *s, const struct service_plan *p, char *spns[SPNS],
                         struct done *d)
{
    const char *const *names = (const char *const *)spns;
    char **missing = NULL;
    size_t n = 0;
    enum err e = account_lacking_spns(s, p->account.dn, names, SPNS, &d->added, &d->added_count);

    if (!e)
        e = account_missing_spns(s, p->account.dn, names, SPNS, &missing, &n);
    if (!e && n)
        e = account_write_spns(s, SPN_ADD, p->account.dn, (const char *const *)missing, n);
    texts_free(missing, n);
    return e;
}

static enum err verify(struct session *s, const struct service_plan *p, char *spns[SPNS],
                       struct point *ret)
{
    char **lacking = NULL;
    size_t n = 0;
    enum err e =
        account_lacking_spns(s, p->account.dn, (const char *const *)spns, SPNS, &lacking, &n);

    if (!e && n)
        e = detail_fail(ERR_DIRECTORY, "%s was written to %s and is not there", lacking[0],
                        p->account.dn);
    texts_free(lacking, n);
    return e ? e : point_read(s, p->dn, ret);
}

static enum err say_as_before(struct session *s, const struct point *before)
{
    struct point_facts facts = { before->dns_name,
                                 before->dns_name_type,
                                 (const char *const *)before->bindings,
                                 (const char *const *)before->keywords,
                                 before->binding_count,
                                 before->keyword_count };
    struct point now = { 0 };
    enum err e = point_read(s, before->dn, &now);

    if (!e)
        e = point_amend(s, &now, &facts);
    point_free(&now);
    return e;
}

static void undo(struct session *s, const struct service_plan *p, const struct done *d)
{
    struct detail kept = *detail_get();

    if (d->created && point_remove(s, p->dn))
        log_warning("%s could not be removed again", p->dn);
    if (d->amended && say_as_before(s, &d->before))
        log_warning("%s could not be made to say again what it said", p->dn);
    if (d->added_count && account_write_spns(s, SPN_DELETE, p->account.dn,
                                             (const char *const *)d->added, d->added_count))
        log_warning("the SPNs of %s could not be removed again", p->account.dn);
    *detail_get() = kept;
}

enum err service_publish(struct session *s, const struct service *want, publish_give give,
                         void *arg)
{
    struct service_plan p = { 0 };
    struct point made = { 0 };
    struct done d = { 0 };
    char *spns[SPNS] = { NULL, NULL };
    enum err e = service_plan_make(s, want, &p);

    if (!e)
        e = plan_spns(&p, spns);
    if (!e)
        e = create_or_update(s, &p, &d);
    if (!e)
        e = add_spns(s, &p, spns, &d);
    if (!e)
        e = verify(s, &p, spns, &made);
    if (!e && give)
        e = give(&made, arg);
    if (e)
        undo(s, &p, &d);
    point_free(&made);
    done_free(&d);
    free_spns(spns);
    service_plan_free(&p);
    return e;
}

/* Those of spns that the account holds: for the others no right is needed. */
static enum err held_spns(struct session *s, const struct service_plan *p, char *spns[SPNS],
                          const char *held[SPNS], size_t *ret_count)
{
    char **lacking = NULL;
    size_t lacks = 0, i, k;
    enum err e =
        account_lacking_spns(s, p->account.dn, (const char *const *)spns, SPNS, &lacking, &lacks);

    *ret_count = 0;
    for (i = 0; i < SPNS && !e; i++) {
        for (k = 0; k < lacks && strcmp(lacking[k], spns[i]) != 0; k++)
            ;
        if (k == lacks)
            held[(*ret_count)++] = spns[i];
    }
    texts_free(lacking, lacks);
    return e;
}

/* The names come back where the object stays: without them it would mislead. */
static enum err remove_point(struct session *s, const struct service_plan *p,
                             const char *const *held, size_t n)
{
    const struct detail before = *detail_get();
    struct detail kept;
    enum err e = point_remove(s, p->dn);

    if (e == ERR_NO_OBJECT) {
        *detail_get() = before;
        return ERR_OK;
    }
    if (!e || !n)
        return e;
    kept = *detail_get();
    if (account_write_spns(s, SPN_ADD, p->account.dn, held, n))
        log_warning("the SPNs of %s could not be registered again", p->account.dn);
    *detail_get() = kept;
    return e;
}

enum err service_withdraw(struct session *s, const struct service *want)
{
    struct service_plan p = { 0 };
    char *spns[SPNS] = { NULL, NULL };
    const char *held[SPNS] = { NULL, NULL };
    size_t n = 0;
    enum err e = service_plan_make(s, want, &p);

    if (!e)
        e = plan_spns(&p, spns);
    if (!e)
        e = held_spns(s, &p, spns, held, &n);
    if (!e && n)
        e = account_write_spns(s, SPN_DELETE, p.account.dn, held, n);
    if (!e)
        e = remove_point(s, &p, held, n);
    free_spns(spns);
    service_plan_free(&p);
    return e;
}
