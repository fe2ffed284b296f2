/* SPDX-License-Identifier: Apache-2.0
 * pac_logon.c - KERB_VALIDATION_INFO, read.  [MS-PAC] 2.5, [MS-RPCE] 2.2.6
 *
 * pickle header 8, private header 8, unique pointer 4, then in NDR:
 *   six times 8 each | six strings | counts of logons 2 2 | user 4 | primary group 4
 *   groups: count 4, pointer 4 | flags 4 | session key 16 | server, domain: strings | domain SID 4
 *   reserved 8 | account control 4 | status 4 | two times | failures 4 | reserved 4
 *   extra SIDs: count 4, pointer 4 | resource groups: domain SID 4, count 4, pointer 4
 * and what the pointers refer to, in their order. A string: length 2, room 2, pointer 4.
 */
#include "base/detail.h"
#include "kerberos/pac.h"
#include "ndr/pickle.h"

enum { NAMES = 6, TIMES = 6, SESSION_KEY = 16, RID_BYTES = 8, EXTRA_BYTES = 8 };

struct rid {
    uint32_t id, attributes;
};

struct rids { /* GROUP_MEMBERSHIP[].  [MS-PAC] 2.2.2 */
    uint32_t count;
    void *place;
    struct rid *each;
};

struct extra { /* KERB_SID_AND_ATTRIBUTES.  [MS-PAC] 2.2.1 */
    void *place;
    uint32_t attributes;
    struct sid sid;
};

struct logon {
    void *names[NAMES], *server, *domain; /* strings' places: nothing here needs what they say */
    uint32_t user, primary;
    struct rids groups, resource;
    void *domain_place, *resource_place, *extra_place;
    struct sid domain_sid, resource_sid;
    uint32_t extra_count;
    struct extra *extra;
};

static void skip_times(struct ndr_in *in, size_t n)
{
    size_t i;

    for (i = 0; i < 2 * n; i++)
        ndr_in_u32(in);
}

static void *take_string(struct ndr_in *in)
{
    ndr_in_align(in, 4);
    ndr_in_u16(in);
    ndr_in_u16(in);
    return ndr_in_pointer(in, NDR_UNIQUE);
}

static void skip_text(struct ndr_in *in, const void *place)
{
    struct ndr_span span = { 0 };

    if (!place)
        return;
    ndr_in_conformance(in, &span, 1);
    ndr_in_variance(in, &span, 1);
    (void)ndr_in_array_view(in, ndr_in_count(in, &span, 1, 2), 2);
}

static void take_rids(struct ndr_in *in, struct rids *ret)
{
    ret->count = ndr_in_u32(in);
    ret->place = ndr_in_pointer(in, NDR_UNIQUE);
}

static void take_fields(struct ndr_in *in, struct logon *l)
{
    size_t i;

    skip_times(in, TIMES);
    for (i = 0; i < NAMES; i++)
        l->names[i] = take_string(in);
    ndr_in_u16(in);
    ndr_in_u16(in);
    l->user = ndr_in_u32(in);
    l->primary = ndr_in_u32(in);
    take_rids(in, &l->groups);
    ndr_in_u32(in); /* which parts are there is seen from the pointers */
    reader_take(&in->r, SESSION_KEY);
    l->server = take_string(in);
    l->domain = take_string(in);
    l->domain_place = ndr_in_pointer(in, NDR_UNIQUE);
    for (i = 0; i < 4; i++)
        ndr_in_u32(in);
    skip_times(in, 2);
    ndr_in_u32(in);
    ndr_in_u32(in);
    l->extra_count = ndr_in_u32(in);
    l->extra_place = ndr_in_pointer(in, NDR_UNIQUE);
    l->resource_place = ndr_in_pointer(in, NDR_UNIQUE);
    take_rids(in, &l->resource);
}

/* The elements of an array that a count stands before, too: both must be one. */
static size_t array_count(struct ndr_in *in, const void *place, uint32_t said, size_t smallest)
{
    struct ndr_span span = { 0 };

    if (place) {
        ndr_in_conformance(in, &span, 1);
        ndr_in_same(in, span.max, said);
    } else if (said) {
        ndr_in_fail(in, ERR_MALFORMED, "%u elements, and none there", (unsigned)said);
    }
    return ndr_in_count(in, &span, 1, smallest);
}

static void take_memberships(struct ndr_in *in, struct rids *r)
{
    size_t n = array_count(in, r->place, r->count, RID_BYTES), i;

    r->each = ndr_in_new(in, n, sizeof *r->each);
    for (i = 0; i < n && !in->r.err; i++) {
        r->each[i].id = ndr_in_u32(in);
        r->each[i].attributes = ndr_in_u32(in);
    }
}

/* RPC_SID: a SID behind the number of its subauthorities.  [MS-DTYP] 2.4.2.3 */
static void take_sid(struct ndr_in *in, const void *place, struct sid *ret)
{
    struct ndr_span span = { 0 };
    struct sid s = { 0 };
    size_t n, i;

    if (!place)
        return;
    ndr_in_conformance(in, &span, 1);
    n = ndr_in_count(in, &span, 1, 4);
    if (n > SID_SUBS_MAX)
        ndr_in_fail(in, ERR_MALFORMED, "a SID of %zu subauthorities", n);
    ndr_in_same(in, ndr_in_u8(in), 1);
    s.count = ndr_in_u8(in);
    ndr_in_same(in, s.count, n);
    s.authority = reader_be(&in->r, 6);
    for (i = 0; i < n && !in->r.err; i++)
        s.sub[i] = ndr_in_u32(in);
    if (!in->r.err)
        *ret = s;
}

static void take_extra(struct ndr_in *in, struct logon *l)
{
    size_t n = array_count(in, l->extra_place, l->extra_count, EXTRA_BYTES), i;

    l->extra = ndr_in_new(in, n, sizeof *l->extra);
    for (i = 0; i < n && !in->r.err; i++) {
        l->extra[i].place = ndr_in_pointer(in, NDR_UNIQUE);
        l->extra[i].attributes = ndr_in_u32(in);
    }
    for (i = 0; i < n && !in->r.err; i++) {
        if (!l->extra[i].place)
            ndr_in_fail(in, ERR_MALFORMED, "an extra SID that is not there");
        take_sid(in, l->extra[i].place, &l->extra[i].sid);
    }
}

static void take_referents(struct ndr_in *in, struct logon *l)
{
    size_t i;

    for (i = 0; i < NAMES; i++)
        skip_text(in, l->names[i]);
    take_memberships(in, &l->groups);
    skip_text(in, l->server);
    skip_text(in, l->domain);
    take_sid(in, l->domain_place, &l->domain_sid);
    take_extra(in, l);
    take_sid(in, l->resource_place, &l->resource_sid);
    take_memberships(in, &l->resource);
}

static enum err within(const struct sid *domain, const void *place, uint32_t rid, struct sid *ret)
{
    if (!place || domain->count == SID_SUBS_MAX)
        return detail_fail(ERR_MALFORMED, "the PAC has number %u of no domain", (unsigned)rid);
    *ret = *domain;
    ret->sub[ret->count++] = rid;
    return ERR_OK;
}

static enum err add_rids(struct identity *i, const struct sid *domain, const void *place,
                         const struct rids *r)
{
    struct sid sid;
    enum err e = ERR_OK;
    size_t k;

    for (k = 0; k < r->count && !e; k++) {
        e = within(domain, place, r->each[k].id, &sid);
        if (!e)
            e = identity_add(i, &sid, r->each[k].attributes);
    }
    return e;
}

/* A user number of 0: the first extra SID is the user's, who is of no domain of the KDC's. */
static enum err add_user(struct identity *i, const struct logon *l, size_t *ret_used)
{
    enum err e = ERR_OK;

    if (l->user)
        e = within(&l->domain_sid, l->domain_place, l->user, &i->user);
    else if (!l->extra_count)
        e = detail_fail(ERR_MALFORMED, "the PAC names no user");
    else
        i->user = l->extra[(*ret_used)++].sid;
    i->has_primary_group = l->domain_place && l->primary;
    if (!e && i->has_primary_group)
        e = within(&l->domain_sid, l->domain_place, l->primary, &i->primary_group);
    return e;
}

static enum err gather(const struct logon *l, struct identity *i)
{
    size_t k = 0;
    enum err e = add_user(i, l, &k);

    if (!e)
        e = add_rids(i, &l->domain_sid, l->domain_place, &l->groups);
    for (; k < l->extra_count && !e; k++)
        e = identity_add(i, &l->extra[k].sid, l->extra[k].attributes);
    if (!e)
        e = add_rids(i, &l->resource_sid, l->resource_place, &l->resource);
    return e;
}

static enum err read_logon(struct ndr_in *in, struct logon *l)
{
    if (!ndr_in_pointer(in, NDR_UNIQUE))
        ndr_in_fail(in, ERR_MALFORMED, "logon information that is not there");
    take_fields(in, l);
    take_referents(in, l);
    return ndr_pickle_end(in);
}

enum err kerberos_pac_read_logon(struct bytes msg, struct identity **ret)
{
    struct reader r = reader_over(msg);
    struct ndr_arena arena = ndr_arena_with(ndr_budget(msg.len));
    struct identity *i = NULL;
    struct logon l = { 0 };
    struct ndr_drep drep;
    struct ndr_in in;
    struct bytes object;
    enum err e;

    e = ndr_pickle_begin(&r, &drep);
    if (!e)
        e = ndr_pickle_next(&r, drep, &object);
    if (!e)
        e = ndr_in_begin(object, NDR_20, drep, &arena, NULL, &in);
    if (!e)
        e = read_logon(&in, &l);
    if (!e)
        e = identity_new(&i);
    if (!e)
        e = gather(&l, i);
    ndr_arena_done(&arena);
    if (e) {
        identity_unref(i);
        return e;
    }
    *ret = i;
    return ERR_OK;
}

enum err kerberos_pac_read_requestor(struct bytes msg, struct sid *ret)
{
    struct reader r = reader_over(msg);
    struct sid s = { 0 };

    sid_take(&r, &s);
    if (!r.err)
        *ret = s;
    return r.err;
}
