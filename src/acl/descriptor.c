/* SPDX-License-Identifier: Apache-2.0
 * descriptor.c - security descriptors, self-relative.  [MS-DTYP] 2.4.6
 *
 *    0 revision 1 | 1 zero 1 | 2 control 2 | 4 owner 4 | 8 group 4 | 12 SACL 4 | 16 DACL 4
 * ACL:  0 revision 1 | 1 zero 1 | 2 size 2 | 4 count 2 | 6 zero 2 | 8 entries
 * ACE:  0 type 1 | 1 flags 1 | 2 size 2 | 4 mask 4 | [object: flags 4, up to two UUIDs] | SID
 */
#include "acl/descriptor.h"

#include "base/detail.h"

enum { HEAD = 20, ACL_HEAD = 8, ACE_HEAD = 8, ACL_REVISION_DS = 4 };
enum { OBJECT_PRESENT = 1, INHERITED_PRESENT = 2 };

static bool is_object(uint8_t type)
{
    switch ((enum ace_type)type) {
    case ACE_ALLOWED_OBJECT:
    case ACE_DENIED_OBJECT:
    case ACE_AUDIT_OBJECT:
    case ACE_ALARM_OBJECT:
    case ACE_ALLOWED_CALLBACK_OBJECT:
    case ACE_DENIED_CALLBACK_OBJECT:
    case ACE_AUDIT_CALLBACK_OBJECT:
        return true;
    case ACE_ALLOWED:
    case ACE_DENIED:
    case ACE_AUDIT:
    case ACE_ALARM:
    case ACE_ALLOWED_CALLBACK:
    case ACE_DENIED_CALLBACK:
    case ACE_AUDIT_CALLBACK:
    case ACE_MANDATORY_LABEL:
    case ACE_RESOURCE_ATTRIBUTE:
    case ACE_SCOPED_POLICY:
        break;
    }
    return false;
}

static bool is_known(uint8_t type)
{
    return type <= ACE_SCOPED_POLICY && type != 4 && type != 14 && type != 16;
}

static void take_uuid(struct reader *r, struct uuid *ret)
{
    struct bytes b = reader_take(r, 16);
    enum err e = r->err ? r->err : uuid_read(b, ret);

    if (e)
        reader_fail(r, e);
}

/* What stands behind the mask of the types we know. Windows lets bytes follow the SID. */
static void take_body(struct reader *r, struct ace *a)
{
    uint32_t flags;

    if (is_object(a->type)) {
        flags = reader_le32(r);
        a->has_object = flags & OBJECT_PRESENT;
        a->has_inherited = flags & INHERITED_PRESENT;
        if (a->has_object)
            take_uuid(r, &a->object);
        if (a->has_inherited)
            take_uuid(r, &a->inherited);
    }
    sid_take(r, &a->who);
    a->data = reader_rest(r);
}

enum err ace_next(struct bytes *rest, struct ace *ret)
{
    struct reader r = reader_over(*rest), body;
    struct ace a = { 0 };
    uint16_t size;

    a.type = reader_u8(&r);
    a.flags = reader_u8(&r);
    size = reader_le16(&r);
    if (!r.err && (size < ACE_HEAD || size % 4))
        reader_fail(&r, ERR_MALFORMED);
    body = reader_sub(&r, size - 4U);
    a.mask = reader_le32(&body);
    a.known = is_known(a.type);
    if (a.known)
        take_body(&body, &a);
    if (body.err)
        return body.err;
    a.whole = bytes_of(rest->ptr, size);
    *rest = reader_rest(&r);
    *ret = a;
    return ERR_OK;
}

static enum err acl_read(struct reader *r, struct acl *ret)
{
    struct acl a = { .present = true };
    struct bytes rest;
    struct ace ace;
    uint16_t size, i;
    enum err e = ERR_OK;

    a.revision = reader_u8(r);
    reader_u8(r);
    size = reader_le16(r);
    a.count = reader_le16(r);
    reader_le16(r);
    if (!r->err && size < ACL_HEAD)
        reader_fail(r, ERR_MALFORMED);
    rest = reader_take(r, size - (size_t)ACL_HEAD);
    if (r->err)
        return r->err;
    a.aces = rest;
    for (i = 0; i < a.count && !e; i++)
        e = ace_next(&rest, &ace);
    if (e)
        return e;
    a.aces.len -= rest.len; /* room the ACL keeps behind its last entry */
    *ret = a;
    return ERR_OK;
}

static struct reader at(struct bytes msg, uint32_t offset)
{
    struct reader r = reader_over(msg);

    if (offset < HEAD)
        reader_fail(&r, ERR_MALFORMED);
    reader_take(&r, offset);
    return r;
}

static enum err read_sid(struct bytes msg, uint32_t offset, bool *ret_has, struct sid *ret)
{
    struct reader r;

    if (!offset)
        return ERR_OK;
    r = at(msg, offset);
    sid_take(&r, ret);
    *ret_has = !r.err;
    return r.err;
}

static enum err read_acl(struct bytes msg, uint32_t offset, bool present, struct acl *ret)
{
    struct reader r;

    if (!offset || !present)
        return ERR_OK;
    r = at(msg, offset);
    return acl_read(&r, ret);
}

enum err descriptor_read(struct bytes msg, struct descriptor *ret)
{
    struct reader r = reader_over(msg);
    struct descriptor d = { 0 };
    uint32_t owner, group, sacl, dacl;
    enum err e;

    if (reader_u8(&r) != 1)
        reader_fail(&r, ERR_MALFORMED);
    reader_u8(&r);
    d.control = reader_le16(&r);
    owner = reader_le32(&r);
    group = reader_le32(&r);
    sacl = reader_le32(&r);
    dacl = reader_le32(&r);
    e = r.err;
    if (!e && (!(d.control & DESCRIPTOR_SELF_RELATIVE) || msg.len > DESCRIPTOR_MAX))
        e = ERR_MALFORMED;
    if (!e)
        e = read_sid(msg, owner, &d.has_owner, &d.owner);
    if (!e)
        e = read_sid(msg, group, &d.has_group, &d.group);
    if (!e)
        e = read_acl(msg, sacl, d.control & DESCRIPTOR_SACL_PRESENT, &d.sacl);
    if (!e)
        e = read_acl(msg, dacl, d.control & DESCRIPTOR_DACL_PRESENT, &d.dacl);
    if (e)
        return detail_fail(e, "a security descriptor of %zu bytes is malformed", msg.len);
    *ret = d;
    return ERR_OK;
}

static void put_acl(struct writer *w, size_t hole, const struct acl *a)
{
    if (!a->present)
        return;
    writer_fill_le32(w, hole, w->len);
    writer_u8(w, a->revision);
    writer_u8(w, 0);
    writer_len16(w, ACL_HEAD + a->aces.len);
    writer_le16(w, a->count);
    writer_le16(w, 0);
    writer_bytes(w, a->aces);
}

enum err descriptor_write(const struct descriptor *d, struct buf *ret)
{
    struct writer w = writer_new(DESCRIPTOR_MAX);
    size_t owner, group, sacl, dacl;

    writer_u8(&w, 1);
    writer_u8(&w, 0);
    writer_le16(&w, d->control | DESCRIPTOR_SELF_RELATIVE);
    owner = writer_hole32(&w);
    group = writer_hole32(&w);
    sacl = writer_hole32(&w);
    dacl = writer_hole32(&w);
    put_acl(&w, sacl, &d->sacl);
    put_acl(&w, dacl, &d->dacl);
    if (d->has_owner) {
        writer_fill_le32(&w, owner, w.len);
        sid_put(&w, &d->owner);
    }
    if (d->has_group) {
        writer_fill_le32(&w, group, w.len);
        sid_put(&w, &d->group);
    }
    return writer_take(&w, ret);
}

uint8_t ace_plain_type(const struct ace *a)
{
    bool plain = a->type >= ACE_ALLOWED_OBJECT && a->type <= ACE_ALARM_OBJECT && !a->has_object &&
                 !a->has_inherited;

    return plain ? (uint8_t)(a->type - ACE_ALLOWED_OBJECT) : a->type;
}

static void put_uuid(struct writer *w, bool has, const struct uuid *u)
{
    uint8_t raw[16];

    if (!has)
        return;
    uuid_write(u, raw);
    writer_bytes(w, bytes_of(raw, sizeof raw));
}

void ace_put(struct writer *w, const struct ace *a)
{
    uint8_t type = ace_plain_type(a);
    size_t more = is_object(type) ? 4 + 16 * ((size_t)a->has_object + a->has_inherited) : 0;

    writer_u8(w, type);
    writer_u8(w, a->flags);
    writer_len16(w, ACE_HEAD + more + sid_size(&a->who));
    writer_le32(w, a->mask);
    if (more) {
        writer_le32(w, (a->has_object ? OBJECT_PRESENT : 0U) |
                           (a->has_inherited ? INHERITED_PRESENT : 0U));
        put_uuid(w, a->has_object, &a->object);
        put_uuid(w, a->has_inherited, &a->inherited);
    }
    sid_put(w, &a->who);
}

static bool has_grant(const struct acl *dacl, const struct sid *who, uint32_t mask,
                      const struct uuid *attribute)
{
    struct bytes rest = dacl->aces;
    struct ace a;

    while (rest.len && !ace_next(&rest, &a))
        if (a.type == ACE_ALLOWED_OBJECT && a.has_object && !a.has_inherited &&
            (a.flags & ~(unsigned)ACE_INHERITED) == 0 && (a.mask & mask) == mask &&
            memcmp(&a.object, attribute, sizeof *attribute) == 0 && sid_equal(&a.who, who))
            return true;
    return false;
}

/* The order Windows keeps: explicit denials, explicit grants, then what was inherited. */
static size_t place_for_grant(const struct acl *dacl)
{
    struct bytes rest = dacl->aces;
    struct ace a;

    while (rest.len && !ace_next(&rest, &a))
        if (a.flags & ACE_INHERITED)
            return (size_t)(a.whole.ptr - dacl->aces.ptr);
    return dacl->aces.len;
}

enum err descriptor_grant(const struct descriptor *d, const struct sid *who, uint32_t mask,
                          const struct uuid *attributes, size_t n, struct buf *ret,
                          size_t *ret_added)
{
    struct descriptor more = { .control = d->control & (uint16_t)~DESCRIPTOR_SACL_PRESENT };
    struct writer w = writer_new(DESCRIPTOR_MAX);
    struct ace grant = {
        .type = ACE_ALLOWED_OBJECT, .mask = mask, .has_object = true, .who = *who
    };
    size_t place, added = 0, i;
    struct buf aces = { 0 };
    enum err e;

    if (!d->dacl.present) {
        writer_done(&w);
        return detail_fail(ERR_INVALID_PARAMETER, "a descriptor without a DACL grants everything");
    }
    place = place_for_grant(&d->dacl);
    writer_bytes(&w, bytes_of(d->dacl.aces.ptr, place));
    for (i = 0; i < n; i++)
        if (!has_grant(&d->dacl, who, mask, &attributes[i])) {
            grant.object = attributes[i];
            ace_put(&w, &grant);
            added++;
        }
    writer_bytes(&w, bytes_of(d->dacl.aces.ptr + place, d->dacl.aces.len - place));
    e = writer_take(&w, &aces);
    if (e)
        return e;
    more.dacl = d->dacl;
    more.dacl.revision = ACL_REVISION_DS;
    more.dacl.count = (uint16_t)(d->dacl.count + added);
    more.dacl.aces = buf_view(aces);
    e = descriptor_write(&more, ret);
    buf_free(&aces);
    if (!e)
        *ret_added = added;
    return e;
}
