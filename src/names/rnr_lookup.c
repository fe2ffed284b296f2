/* SPDX-License-Identifier: Apache-2.0
 * rnr_lookup.c - services found one after the other, those beyond the restrictions left out.
 */
#include "names/rnr_lookup.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "names/gate.h"

struct rnr_lookup {
    pthread_mutex_t lock; /* one caller within at a time */
    struct session *session;
    struct rnr_find *find;
    struct gate *gate;
    struct rnr_instance *front; /* find's; NULL: to be found yet, or done */
    struct rnr_query query;     /* name is not kept: find has it */
    struct rnr_protocol protocol[RNR_PROTOCOLS_MOST];
    bool left_out, done, too_long;
    bool cancelled; /* atomic */
};

static bool version_fits(const struct rnr_query *q, const struct rnr_instance *i)
{
    uint32_t number = i->has_version ? i->version.number : 0;

    if (!q->has_version)
        return true;
    return q->version.not_less ? number >= q->version.number : number == q->version.number;
}

static bool protocol_fits(const struct rnr_query *q, const struct rnr_address *a)
{
    size_t i;

    for (i = 0; i < q->protocol_count; i++) {
        const struct rnr_protocol *p = &q->protocol[i];

        if ((p->family == RNR_NO_FAMILY || p->family == a->remote.family) &&
            (p->protocol == 0 || p->protocol == rnr_address_protocol(a)))
            return true;
    }
    return q->protocol_count == 0;
}

/* Only addresses of these protocols are left. */
static void keep_fitting(const struct rnr_query *q, struct rnr_instance *i)
{
    size_t n;
    size_t kept = 0;

    for (n = 0; n < i->address_count; n++) {
        if (protocol_fits(q, &i->address[n]))
            i->address[kept++] = i->address[n];
    }
    i->address_count = kept;
}

/* Whether it is one of those that are asked for, of its addresses those too. */
static bool fits(const struct rnr_query *q, struct rnr_instance *i)
{
    if (!version_fits(q, i))
        return false;
    keep_fitting(q, i);
    return i->address_count > 0 || q->protocol_count == 0;
}

static bool is_cancelled(const struct rnr_lookup *l)
{
    return __atomic_load_n(&l->cancelled, __ATOMIC_ACQUIRE);
}

/* Whether the service in front is found. Of names and types all are, of addresses those that the
 * policy admits. */
static enum err judge(struct rnr_lookup *l, bool *ret)
{
    *ret = false;
    if (!fits(&l->query, l->front))
        return ERR_OK;
    if (l->query.addresses && l->front->address_count == 0) {
        gate_leave_out(l->gate, l->front->dn,
                       l->front->damage[0] ? l->front->damage : "it has no address");
        return ERR_OK;
    }
    *ret = true;
    return l->query.addresses ? gate_admits(l->gate, rnr_find_entry(l->find), ret) : ERR_OK;
}

/* Goes on to the next service that is found, or to the end. */
static enum err go_on(struct rnr_lookup *l)
{
    bool found = false;
    enum err e = ERR_OK;

    while (!e && !found && !l->done) {
        if (is_cancelled(l))
            return ERR_RPC_CANCELLED;
        e = rnr_find_next(l->find, &l->front);
        l->done = e || !l->front;
        if (!l->done)
            e = judge(l, &found);
        l->left_out |= !l->done && !found;
    }
    if (e || !found)
        l->front = NULL;
    l->done |= e != ERR_OK;
    return is_cancelled(l) ? ERR_RPC_CANCELLED : e;
}

static enum err first(struct rnr_lookup *l, const char *name)
{
    enum err e = go_on(l);

    if (e || l->front)
        return e;
    if (!l->left_out)
        return detail_fail(ERR_NO_OBJECT, "there is no Winsock service%s%s%s of that class",
                           name ? " \"" : "", name ? name : "", name ? "\"" : "");
    return detail_fail(ERR_NOT_FOUND, "no Winsock service of that class fits%s%s",
                       *gate_left_out(l->gate) ? ": " : "", gate_left_out(l->gate));
}

enum err rnr_lookup_open(struct session *s, const struct rnr_query *q, struct rnr_lookup **ret)
{
    struct rnr_lookup *l = NULL;
    enum err e;

    if (q->protocol_count > RNR_PROTOCOLS_MOST)
        return detail_fail(ERR_INVALID_PARAMETER, "%zu protocols in a query, beyond %d",
                           q->protocol_count, RNR_PROTOCOLS_MOST);
    l = mem_zero(sizeof *l);
    if (!l)
        return ERR_NO_MEMORY;
    pthread_mutex_init(&l->lock, NULL);
    l->query = *q;
    if (q->protocol_count)
        memcpy(l->protocol, q->protocol, q->protocol_count * sizeof *q->protocol);
    l->query.protocol = l->protocol;
    l->query.name = NULL;
    e = gate_new(s, &l->gate);
    if (!e)
        e = rnr_find_open(s, q->name, &q->class_id, &l->find);
    if (!e)
        e = first(l, q->name);
    if (e) {
        rnr_lookup_close(l);
    } else {
        l->session = s;
        *ret = l;
    }
    return e;
}

uint32_t rnr_lookup_flags(const struct rnr_lookup *l)
{
    return l->query.flags;
}

void rnr_lookup_enter(struct rnr_lookup *l)
{
    pthread_mutex_lock(&l->lock);
}

void rnr_lookup_leave(struct rnr_lookup *l)
{
    pthread_mutex_unlock(&l->lock);
}

enum err rnr_lookup_front(struct rnr_lookup *l, const struct rnr_instance **ret)
{
    enum err e = is_cancelled(l) ? ERR_RPC_CANCELLED : ERR_OK;

    if (!e && !l->front && !l->done)
        e = go_on(l);
    if (!e)
        *ret = l->front;
    return e;
}

void rnr_lookup_pass(struct rnr_lookup *l)
{
    l->front = NULL;
    l->too_long = false;
}

bool rnr_lookup_too_long(const struct rnr_lookup *l)
{
    return l->too_long;
}

void rnr_lookup_set_too_long(struct rnr_lookup *l)
{
    l->too_long = true;
}

void rnr_lookup_cancel(struct rnr_lookup *l)
{
    __atomic_store_n(&l->cancelled, true, __ATOMIC_RELEASE);
    rnr_find_cancel(l->find);
}

void rnr_lookup_close(struct rnr_lookup *l)
{
    if (!l)
        return;
    rnr_find_close(l->find);
    gate_free(l->gate);
    session_close(l->session);
    pthread_mutex_destroy(&l->lock);
    mem_free(l);
}
