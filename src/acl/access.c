/* SPDX-License-Identifier: Apache-2.0
 * access.c - the access check.  [MS-DTYP] 2.5.3.2, 2.5.3.1.1 (SidInToken)
 *
 * Entries are read in their order, and the first that speaks of a right decides it. The
 * specification's two modes, and the one with a tree, are one here: each node collects what was
 * granted and what was denied of all that is asked for.
 */
#include "acl/access.h"

struct check {
    const struct sid_set *who;
    const struct acl_request *rq;
    uint32_t needed, asked;          /* what must be granted, and what else there may be */
    bool owner_grants, owner_denies; /* the owner is among the SIDs, enabled or at all */
    struct sid owner_rights, self;
    struct acl_node *nodes;
    size_t count;
};

uint32_t acl_map_generic(uint32_t mask, const struct acl_mapping *m)
{
    uint32_t mapped = mask & 0x0fffffffU;

    if (!m)
        return mask;
    mapped |= mask & RIGHT_GENERIC_READ ? m->read : 0;
    mapped |= mask & RIGHT_GENERIC_WRITE ? m->write : 0;
    mapped |= mask & RIGHT_GENERIC_EXECUTE ? m->execute : 0;
    mapped |= mask & RIGHT_GENERIC_ALL ? m->all : 0;
    return mapped;
}

static bool holds(const struct sid_set *who, const struct sid *sid, bool denial)
{
    size_t i;

    for (i = 0; i < who->count; i++) {
        uint32_t at = who->attributes ? who->attributes[i] : SID_ENABLED;
        bool counts = at & SID_DENY_ONLY ? denial : (at & SID_ENABLED) != 0;

        if (counts && sid_equal(&who->sids[i], sid))
            return true;
    }
    return false;
}

static bool concerns(const struct check *c, const struct sid *sid, bool denial)
{
    if (sid_equal(sid, &c->owner_rights))
        return denial ? c->owner_denies : c->owner_grants;
    if (c->rq->self && sid_equal(sid, &c->self))
        sid = c->rq->self;
    return holds(c->who, sid, denial);
}

static size_t end_of(const struct check *c, size_t at)
{
    size_t end = at + 1;

    while (end < c->count && c->nodes[end].level > c->nodes[at].level)
        end++;
    return end;
}

static size_t parent_of(const struct check *c, size_t at)
{
    size_t p = at;

    while (p > 0 && c->nodes[p].level >= c->nodes[at].level)
        p--;
    return p;
}

/* What every child has been granted its parent has. */
static uint32_t granted_below(const struct check *c, size_t parent)
{
    uint32_t all = UINT32_MAX;
    size_t i, end = end_of(c, parent);

    for (i = parent + 1; i < end; i++)
        if (c->nodes[i].level == c->nodes[parent].level + 1)
            all &= c->nodes[i].granted;
    return all;
}

static void grant(struct check *c, size_t at, uint32_t mask)
{
    size_t i, end = end_of(c, at);

    for (i = at; i < end; i++)
        c->nodes[i].granted |= mask & c->asked & ~c->nodes[i].denied;
    for (i = at; i > 0;) {
        i = parent_of(c, i);
        c->nodes[i].granted |= granted_below(c, i) & mask & c->asked & ~c->nodes[i].denied;
    }
}

static void deny(struct check *c, size_t at, uint32_t mask)
{
    size_t i, end = end_of(c, at);

    for (i = at; i < end; i++)
        c->nodes[i].denied |= mask & ~c->nodes[i].granted;
    for (i = at; i > 0;) {
        i = parent_of(c, i);
        c->nodes[i].denied |= mask & ~c->nodes[i].granted;
    }
}

/* The node an entry speaks of; c->count if none. */
static size_t node_of(const struct check *c, const struct ace *a)
{
    size_t i = 0;

    if (a->has_object)
        while (i < c->count && memcmp(&c->nodes[i].type, &a->object, sizeof a->object) != 0)
            i++;
    return i;
}

static void apply(struct check *c, const struct ace *a)
{
    uint32_t mask = acl_map_generic(a->mask, c->rq->mapping);
    size_t at;

    switch ((enum ace_type)a->type) {
    case ACE_ALLOWED:
    case ACE_ALLOWED_OBJECT:
        at = c->rq->nodes || !a->has_object ? node_of(c, a) : c->count;
        if (at < c->count && concerns(c, &a->who, false))
            grant(c, at, mask);
        break;
    case ACE_DENIED:
    case ACE_DENIED_OBJECT:
    case ACE_DENIED_CALLBACK:
    case ACE_DENIED_CALLBACK_OBJECT:
        at = c->rq->nodes ? node_of(c, a) : 0;
        if (at < c->count && concerns(c, &a->who, true))
            deny(c, at, mask);
        break;
    case ACE_ALLOWED_CALLBACK: /* conditions: nobody is known to meet one */
    case ACE_ALLOWED_CALLBACK_OBJECT:
    case ACE_AUDIT:
    case ACE_ALARM:
    case ACE_AUDIT_OBJECT:
    case ACE_ALARM_OBJECT:
    case ACE_AUDIT_CALLBACK:
    case ACE_AUDIT_CALLBACK_OBJECT:
    case ACE_MANDATORY_LABEL:
    case ACE_RESOURCE_ATTRIBUTE:
    case ACE_SCOPED_POLICY:
        break;
    }
}

static bool is_effective(const struct ace *a)
{
    return a->known && !(a->flags & ACE_INHERIT_ONLY);
}

/* An entry for OWNER RIGHTS takes the place of what an owner has anyway. */
static bool limits_owner(const struct check *c, struct bytes rest)
{
    struct ace a;

    while (rest.len) {
        if (ace_next(&rest, &a))
            return true;
        if (is_effective(&a) && sid_equal(&a.who, &c->owner_rights))
            return true;
    }
    return false;
}

static bool run(struct check *c, const struct descriptor *d)
{
    struct bytes rest = d->dacl.aces;
    struct ace a;

    if (!d->dacl.present) {
        grant(c, 0, c->needed | (c->rq->mapping ? c->rq->mapping->all : UINT32_MAX));
        return true;
    }
    if (c->owner_grants && !limits_owner(c, rest))
        grant(c, 0, RIGHT_READ_CONTROL | RIGHT_WRITE_DAC);
    while (rest.len) {
        if (ace_next(&rest, &a))
            return false;
        if (is_effective(&a))
            apply(c, &a);
    }
    return true;
}

static void clear(struct check *c)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        c->nodes[i].granted = c->nodes[i].denied = 0;
}

static bool is_tree(const struct acl_node *nodes, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (i ? nodes[i].level == 0 || nodes[i].level > nodes[i - 1].level + 1 : nodes[i].level > 0)
            return false;
    return count > 0;
}

bool acl_access_check(const struct descriptor *d, const struct sid_set *who,
                      const struct acl_request *rq, uint32_t *ret_granted)
{
    uint32_t wanted = acl_map_generic(rq->wanted, rq->mapping);
    struct acl_node root = { 0 };
    struct check c = { .who = who,
                       .rq = rq,
                       .needed = wanted & ~(uint32_t)RIGHT_MAXIMUM_ALLOWED,
                       .owner_rights = { .authority = 3, .count = 1, .sub = { 4 } },
                       .self = { .authority = 5, .count = 1, .sub = { 10 } },
                       .nodes = rq->nodes ? rq->nodes : &root,
                       .count = rq->nodes ? rq->node_count : 1 };

    *ret_granted = 0;
    clear(&c);
    if (!is_tree(c.nodes, c.count) || !wanted || wanted & RIGHT_SYSTEM_SECURITY)
        return false;
    c.asked = c.needed;
    if (wanted & RIGHT_MAXIMUM_ALLOWED)
        c.asked |= RIGHT_STANDARD_ALL | RIGHT_SPECIFIC_ALL;
    c.owner_grants = d->has_owner && holds(who, &d->owner, false);
    c.owner_denies = d->has_owner && holds(who, &d->owner, true);
    if (!run(&c, d))
        clear(&c);
    if ((c.nodes[0].granted & c.needed) != c.needed || !c.nodes[0].granted)
        return false;
    *ret_granted = c.nodes[0].granted;
    return true;
}
