/* SPDX-License-Identifier: Apache-2.0
 * rights.c - the access-control entries on the containers of names.  [MS-DTYP] 2.4.4.3, 2.5.3.4.1
 *
 * "Security Issues for Service Publication": create-child rights for the class in the container,
 * and rights on the object itself to change and delete it. The latter stand in the container as
 * inheritable entries for CREATOR OWNER, which become the creator's on each new object.
 */
#include "names/rights.h"

#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/change.h"
#include "directory/doors.h"
#include "names/place.h"

enum {
    CREATE_CHILD = 0x1,
    /* create and delete children 3, list 4, read and write properties 0x30, delete tree 0x40, list
     * object 0x80, delete 0x10000, read the descriptor 0x20000 */
    OWN = 0x000300f7,
    OWN_FLAGS = ACE_CONTAINER_INHERIT | ACE_INHERIT_ONLY,
    CLASSES_MOST = 4, /* of one of RIGHTS_xxx */
    ACES_MOST = 2 * CLASSES_MOST,
};

static const struct sid creator_owner = { .authority = 3, .sub = { 0 }, .count = 1 };

/* schemaIDGUID, as the schema's pages have them; a part is created below another one's own object
 * alone. */
static const struct class
{
    enum rights of;
    const char *name;
    bool part;
    struct uuid id;
} classes[] = {
    { RIGHTS_WINSOCK,
      "serviceInstance",
      false,
      { 0xbf967ab2, 0x0de6, 0x11d0, { 0xa2, 0x85, 0x00, 0xaa, 0x00, 0x30, 0x49, 0xe2 } } },
    { RIGHTS_WINSOCK_CLASSES,
      "serviceClass",
      false,
      { 0xbf967ab1, 0x0de6, 0x11d0, { 0xa2, 0x85, 0x00, 0xaa, 0x00, 0x30, 0x49, 0xe2 } } },
    { RIGHTS_RPC,
      "rpcServer",
      false,
      { 0x88611be0, 0x8cf4, 0x11d0, { 0xaf, 0xda, 0x00, 0xc0, 0x4f, 0xd9, 0x30, 0xc9 } } },
    { RIGHTS_RPC,
      "rpcServerElement",
      true,
      { 0xf29653d0, 0x7ad0, 0x11d0, { 0xaf, 0xd6, 0x00, 0xc0, 0x4f, 0xd9, 0x30, 0xc9 } } },
    { RIGHTS_RPC_GROUPS,
      "rpcGroup",
      false,
      { 0x88611bdf, 0x8cf4, 0x11d0, { 0xaf, 0xda, 0x00, 0xc0, 0x4f, 0xd9, 0x30, 0xc9 } } },
    { RIGHTS_RPC_GROUPS,
      "rpcProfile",
      false,
      { 0x88611be1, 0x8cf4, 0x11d0, { 0xaf, 0xda, 0x00, 0xc0, 0x4f, 0xd9, 0x30, 0xc9 } } },
    { RIGHTS_RPC_GROUPS,
      "rpcProfileElement",
      true,
      { 0xf29653cf, 0x7ad0, 0x11d0, { 0xaf, 0xd6, 0x00, 0xc0, 0x4f, 0xd9, 0x30, 0xc9 } } },
};

enum { CLASSES = sizeof classes / sizeof classes[0] };

static enum place place_of(enum rights which)
{
    return which == RIGHTS_WINSOCK || which == RIGHTS_WINSOCK_CLASSES ? PLACE_WINSOCK : PLACE_RPC;
}

static struct ace create_entry(const struct class *c, const struct sid *who)
{
    return (struct ace){ .type = ACE_ALLOWED_OBJECT,
                         .mask = CREATE_CHILD,
                         .has_object = true,
                         .object = c->id,
                         .who = *who };
}

static struct ace own_entry(const struct class *c)
{
    return (struct ace){ .type = ACE_ALLOWED_OBJECT,
                         .flags = OWN_FLAGS,
                         .mask = OWN,
                         .has_inherited = true,
                         .inherited = c->id,
                         .who = creator_owner };
}

static bool same(const struct ace *a, const struct ace *b)
{
    return a->type == b->type && a->flags == b->flags && a->mask == b->mask &&
           a->has_object == b->has_object && a->has_inherited == b->has_inherited &&
           (!a->has_object || memcmp(&a->object, &b->object, sizeof a->object) == 0) &&
           (!a->has_inherited || memcmp(&a->inherited, &b->inherited, sizeof a->inherited) == 0) &&
           sid_equal(&a->who, &b->who);
}

static bool among(const struct ace *a, const struct ace *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (same(a, &list[i]))
            return true;
    return false;
}

static bool stands_in(const struct acl *dacl, const struct ace *wanted)
{
    struct bytes rest = dacl->aces;
    struct ace a;

    while (rest.len && !ace_next(&rest, &a))
        if (a.known && same(&a, wanted))
            return true;
    return false;
}

/* Whether an account besides who was granted the creation of such objects. */
static bool others_create(const struct acl *dacl, const struct class *c, const struct sid *who)
{
    struct bytes rest = dacl->aces;
    struct ace a, wanted;

    while (rest.len && !ace_next(&rest, &a)) {
        wanted = create_entry(c, &a.who);
        if (a.known && same(&a, &wanted) && !sid_equal(&a.who, who))
            return true;
    }
    return false;
}

/* What is to be added, or taken away. */
static size_t plan(const struct acl *dacl, enum rights which, const struct sid *who, bool grant,
                   struct ace ret[ACES_MOST])
{
    const struct class *whole = classes;
    struct ace a;
    size_t n = 0, i;

    for (i = 0; i < CLASSES; i++) {
        if (classes[i].of != which)
            continue;
        if (!classes[i].part) {
            whole = &classes[i];
            a = create_entry(whole, who);
            if (stands_in(dacl, &a) != grant)
                ret[n++] = a;
        }
        a = own_entry(&classes[i]);
        if (stands_in(dacl, &a) != grant && (grant || !others_create(dacl, whole, who)))
            ret[n++] = a;
    }
    return n;
}

/* The order Windows keeps: explicit denials, explicit grants, then what was inherited. */
static void write_dacl(const struct acl *dacl, const struct ace *changed, size_t n, bool grant,
                       struct writer *w, uint16_t *ret_count)
{
    struct bytes rest = dacl->aces;
    bool added = !grant;
    uint16_t count = 0;
    struct ace a;
    size_t i;

    while (rest.len && !ace_next(&rest, &a)) {
        for (i = 0; i < n && !added && (a.flags & ACE_INHERITED); i++, count++)
            ace_put(w, &changed[i]);
        added = added || (a.flags & ACE_INHERITED);
        if (!grant && a.known && among(&a, changed, n))
            continue;
        writer_bytes(w, a.whole);
        count++;
    }
    for (i = 0; i < n && !added; i++, count++)
        ace_put(w, &changed[i]);
    *ret_count = count;
}

enum err rights_change(const struct descriptor *d, enum rights which, const struct sid *who,
                       bool grant, struct buf *ret, bool *ret_changed)
{
    struct descriptor more = { .control = d->control & (uint16_t)~DESCRIPTOR_SACL_PRESENT };
    struct writer w = writer_new(DESCRIPTOR_MAX);
    struct ace changed[ACES_MOST];
    struct buf aces = { 0 };
    size_t n;
    enum err e;

    if (!d->dacl.present) {
        writer_done(&w);
        return detail_fail(ERR_INVALID_PARAMETER, "a descriptor without a DACL grants everything");
    }
    n = plan(&d->dacl, which, who, grant, changed);
    more.dacl = d->dacl;
    more.dacl.revision = 4; /* ACL_REVISION_DS: entries of objects */
    write_dacl(&d->dacl, changed, n, grant, &w, &more.dacl.count);
    e = writer_take(&w, &aces);
    if (e)
        return e;
    more.dacl.aces = buf_view(aces);
    if (n)
        e = descriptor_write(&more, ret);
    buf_free(&aces);
    if (!e)
        *ret_changed = n > 0;
    return e;
}

static enum err change_one(struct session *s, enum rights which, const struct sid *who, bool grant)
{
    static const char *const attrs[] = { "nTSecurityDescriptor", NULL };
    struct search q = {
        .scope = SEARCH_BASE, .filter = "(objectClass=*)", .attrs = attrs, .dacl_only = true
    };
    struct entries found = { 0 };
    const struct attribute *a = NULL;
    struct descriptor d;
    struct buf now = { 0 };
    struct bytes value;
    struct change c = { CHANGE_REPLACE, "nTSecurityDescriptor", &value, 1 };
    bool changed = false;
    char *dn = NULL;
    enum err e = place_dn(place_of(which), session_domain_dn(s), &dn);

    q.base = dn;
    if (!e)
        e = session_search(s, &q, &found);
    if (!e && found.count)
        a = entry_attribute(&found.entry[0], "nTSecurityDescriptor");
    if (!e && !a)
        e = detail_fail(ERR_ACCESS_DENIED, "the access control of %s cannot be read", dn);
    if (!e)
        e = descriptor_read(buf_view(a->value[0]), &d);
    if (!e)
        e = rights_change(&d, which, who, grant, &now, &changed);
    value = buf_view(now);
    if (!e && changed)
        e = session_modify(s, dn, &c, 1, false, true);
    if (e == ERR_ACCESS_DENIED)
        detail_remedy("who may change the access control of %s: a domain administrator", dn);
    buf_free(&now);
    entries_free(&found);
    mem_free(dn);
    return e;
}

/* As SDDL has the entry: what an administrator finds in the container's descriptor. */
static enum err ace_sddl(const struct ace *a, char **ret)
{
    struct descriptor d = { .control = DESCRIPTOR_SELF_RELATIVE | DESCRIPTOR_DACL_PRESENT };
    struct writer w = writer_new(DESCRIPTOR_MAX);
    struct buf entry = { 0 };
    char *text = NULL;
    enum err e;

    ace_put(&w, a);
    e = writer_take(&w, &entry);
    d.dacl = (struct acl){ .present = true, .revision = 4, .count = 1, .aces = buf_view(entry) };
    if (!e)
        e = sddl_format(&d, SDDL_DACL, NULL, &text);
    if (!e) {
        *ret = mem_strdup(text + strlen("D:"));
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    mem_free(text);
    buf_free(&entry);
    return e;
}

/* "WORDS CLASS REST: (ENTRY)" */
static enum err say(struct rights_said *r, const char *words, const struct class *c,
                    const char *rest, const struct ace *a)
{
    char *entry = NULL, *text = NULL;
    enum err e = ace_sddl(a, &entry);

    if (!e) {
        text = mem_printf("%s %s %s: %s", words, c->name, rest, entry);
        e = text ? ERR_OK : ERR_NO_MEMORY;
    }
    if (!e)
        r->text[r->count++] = text;
    mem_free(entry);
    return e;
}

static enum err say_create(struct session *s, const struct class *c, const struct account *who,
                           bool grant, struct rights_said *r)
{
    struct ace a = create_entry(c, &who->sid);
    char *container = NULL, *words = NULL, *rest = NULL;
    enum err e = place_dn(place_of(c->of), session_domain_dn(s), &container);

    if (!e) {
        words =
            mem_printf("%s %s create objects of class", who->name, grant ? "may" : "may no longer");
        rest = mem_printf("in %s", container);
        e = words && rest ? say(r, words, c, rest, &a) : ERR_NO_MEMORY;
    }
    mem_free(words);
    mem_free(rest);
    mem_free(container);
    return e;
}

static enum err say_own(const struct class *c, struct rights_said *r)
{
    struct ace a = own_entry(c);

    return say(r, "who creates an object of class", c,
               c->part ? "in one of these may read, change and delete it"
                       : "there may read, change and delete it",
               &a);
}

static enum err say_all(struct session *s, unsigned which, const struct account *who, bool grant,
                        struct rights_said *ret)
{
    struct rights_said r = { .text = mem_array(2 * (size_t)CLASSES, sizeof *r.text) };
    enum err e = r.text ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    for (i = 0; i < CLASSES && !e; i++) {
        const struct class *c = &classes[i];

        if (!(which & (unsigned)c->of))
            continue;
        if (!c->part)
            e = say_create(s, c, who, grant, &r);
        if (!e && grant)
            e = say_own(c, &r);
    }
    if (e)
        texts_free(r.text, r.count);
    else
        *ret = r;
    return e;
}

static enum err change_all(struct session *s, unsigned which, const struct account *who, bool grant,
                           struct rights_said *ret)
{
    unsigned one;
    enum err e = ERR_OK;

    if (!which || (which & ~(unsigned)RIGHTS_ALL))
        return detail_fail(ERR_INVALID_PARAMETER, "rights %#x are none of those for names", which);
    for (one = 1; one <= which && !e; one <<= 1)
        if (which & one)
            e = change_one(s, (enum rights)one, &who->sid, grant);
    return e || !ret ? e : say_all(s, which, who, grant, ret);
}

enum err rights_grant(struct session *s, unsigned which, const struct account *who,
                      struct rights_said *ret)
{
    return change_all(s, which, who, true, ret);
}

enum err rights_revoke(struct session *s, unsigned which, const struct account *who,
                       struct rights_said *ret)
{
    return change_all(s, which, who, false, ret);
}
