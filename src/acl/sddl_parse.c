/* SPDX-License-Identifier: Apache-2.0
 * sddl_parse.c - text into a security descriptor.  [MS-DTYP] 2.5.1.1
 *
 * O:sid  G:sid  D:flags(ace)(ace)  S:flags(ace)
 * ace: (type;flags;rights;object;inherited;sid)
 */
#include "acl/sddl_names.h"
#include "base/detail.h"

enum { ACL_REVISION = 2, ACL_REVISION_DS = 4, GUID_CHARS = 36 };

struct text {
    const char *at, *begin;
    const struct sddl_domain *domain;
};

static enum err bad(const struct text *t, const char *what)
{
    return detail_fail(ERR_INVALID_PARAMETER, "security descriptor string: %s at character %zu",
                       what, (size_t)(t->at - t->begin));
}

static void skip_space(struct text *t)
{
    while (*t->at == ' ' || (*t->at >= '\t' && *t->at <= '\r'))
        t->at++;
}

static bool take(struct text *t, const char *what)
{
    size_t n = strlen(what);

    if (strncmp(t->at, what, n) != 0)
        return false;
    t->at += n;
    return true;
}

/* The D of "S-1-5-18D:" is no digit but the next part's letter. */
static size_t numeric_sid(const char *s)
{
    size_t n = 2 + strspn(s + 2, "0123456789abcdefABCDEFxX-");

    return s[n] == ':' ? n - 1 : n;
}

static enum err take_sid(struct text *t, struct sid *ret)
{
    char copy[SID_TEXT];
    size_t n = 2;
    enum err e;

    if (t->at[0] == 'S' && t->at[1] == '-') {
        n = numeric_sid(t->at);
        if (n >= sizeof copy)
            return bad(t, "the SID is too long");
        memcpy(copy, t->at, n);
        copy[n] = 0;
        e = sid_parse(copy, ret);
    } else {
        e = sddl_sid_of(t->at, t->domain, ret);
    }
    if (e == ERR_UNSUPPORTED)
        return e;
    if (e)
        return bad(t, "neither a SID nor the name of one");
    t->at += n;
    return ERR_OK;
}

static enum err take_flags(struct text *t, uint8_t *ret)
{
    const struct sddl_name *row;

    while (*t->at != ';') {
        row = sddl_by_text(sddl_ace_flags, t->at);
        if (!row)
            return bad(t, "no flag of an entry");
        *ret |= (uint8_t)row->value;
        t->at += 2;
    }
    t->at++;
    return ERR_OK;
}

/* "0x" and hexadecimal digits, 0 and octal ones, or decimal ones. */
static bool take_number(struct text *t, uint32_t *ret)
{
    unsigned base = *t->at != '0' ? 10 : t->at[1] == 'x' || t->at[1] == 'X' ? 16 : 8;
    const char *s = t->at + (base == 16 ? 2 : 0);
    uint64_t v = 0;
    int digit = hex_digit((uint8_t)*s);

    if (digit < 0)
        return false;
    for (; digit >= 0; digit = hex_digit((uint8_t) * ++s)) {
        v = v * base + (unsigned)digit;
        if ((unsigned)digit >= base || v > UINT32_MAX)
            return false;
    }
    t->at = s;
    *ret = (uint32_t)v;
    return true;
}

static const struct sddl_name *right(const char *s)
{
    const struct sddl_name *row = sddl_by_text(sddl_bits, s);

    if (!row)
        row = sddl_by_text(sddl_rights, s);
    return row ? row : sddl_by_text(sddl_label_rights, s);
}

static enum err take_rights(struct text *t, uint32_t *ret)
{
    const struct sddl_name *row;

    if (*t->at >= '0' && *t->at <= '9' && !take_number(t, ret))
        return bad(t, "no number of 32 bits");
    while (*t->at != ';') {
        row = right(t->at);
        if (!row)
            return bad(t, "no access right");
        *ret |= row->value;
        t->at += 2;
    }
    t->at++;
    return ERR_OK;
}

static enum err take_guid(struct text *t, bool *ret_has, struct uuid *ret)
{
    char copy[GUID_CHARS + 1] = { 0 };
    size_t n = strcspn(t->at, ";)");

    if (n) {
        if (n == GUID_CHARS)
            memcpy(copy, t->at, n);
        if (n != GUID_CHARS || uuid_parse(copy, ret))
            return bad(t, "no GUID");
        *ret_has = true;
        t->at += n;
    }
    return take(t, ";") ? ERR_OK : bad(t, "no \";\"");
}

static enum err take_type(struct text *t, bool system, uint8_t *ret)
{
    const struct sddl_name *row = sddl_types;
    size_t n = strcspn(t->at, ";)");

    while (row->text[0] && (strlen(row->text) != n || strncmp(row->text, t->at, n) != 0))
        row++;
    if (!row->text[0])
        return bad(t, "no type of an entry");
    *ret = (uint8_t)row->value;
    if ((*ret >= ACE_ALLOWED_CALLBACK && *ret <= ACE_AUDIT_CALLBACK) ||
        *ret == ACE_RESOURCE_ATTRIBUTE)
        return detail_fail(ERR_UNSUPPORTED,
                           "security descriptor string: an entry of type %s, with a condition or a "
                           "claim, at character %zu",
                           row->text, (size_t)(t->at - t->begin));
    if (sddl_is_system(*ret) != system)
        return bad(t, system ? "a type that stands in D: only" : "a type that stands in S: only");
    t->at += n;
    return take(t, ";") ? ERR_OK : bad(t, "no \";\"");
}

static enum err take_ace(struct text *t, bool system, struct ace *a)
{
    enum err e = take_type(t, system, &a->type);

    if (!e)
        e = take_flags(t, &a->flags);
    if (!e)
        e = take_rights(t, &a->mask);
    if (!e)
        e = take_guid(t, &a->has_object, &a->object);
    if (!e)
        e = take_guid(t, &a->has_inherited, &a->inherited);
    if (!e && (a->has_object || a->has_inherited) && !sddl_is_object(a->type))
        e = bad(t, "a GUID in an entry without an object");
    if (!e)
        e = take_sid(t, &a->who);
    if (!e && !take(t, ")"))
        e = bad(t, "no \")\"");
    return e;
}

/* What is of one list: the bits of the SACL's flags lie one above the DACL's. */
static bool take_acl_flag(struct text *t, bool system, struct descriptor *d)
{
    unsigned bit = 0;

    if (take(t, "P"))
        bit = DESCRIPTOR_DACL_PROTECTED;
    else if (take(t, "AR"))
        bit = DESCRIPTOR_DACL_AUTO_INHERIT_REQ;
    else if (take(t, "AI"))
        bit = DESCRIPTOR_DACL_AUTO_INHERITED;
    d->control |= (uint16_t)(bit << system);
    return bit;
}

static enum err take_acl(struct text *t, bool system, struct descriptor *d, struct buf *ret_aces)
{
    struct acl list = { .present = true, .revision = ACL_REVISION };
    struct writer w = writer_new(DESCRIPTOR_MAX - 8);
    enum err e = ERR_OK;

    d->control |= system ? DESCRIPTOR_SACL_PRESENT : DESCRIPTOR_DACL_PRESENT;
    while (take_acl_flag(t, system, d))
        continue;
    if (take(t, "NO_ACCESS_CONTROL"))
        return ERR_OK;
    for (skip_space(t); !e && take(t, "("); skip_space(t)) {
        struct ace a = { 0 };

        e = take_ace(t, system, &a);
        ace_put(&w, &a);
        if (sddl_is_object(ace_plain_type(&a)))
            list.revision = ACL_REVISION_DS;
        list.count++;
    }
    if (!e && list.count)
        e = writer_take(&w, ret_aces);
    writer_done(&w);
    if (e)
        return e;
    list.aces = buf_view(*ret_aces);
    *(system ? &d->sacl : &d->dacl) = list;
    return ERR_OK;
}

static enum err take_part(struct text *t, struct descriptor *d, struct buf *dacl, struct buf *sacl)
{
    if (!d->has_owner && take(t, "O:")) {
        d->has_owner = true;
        return take_sid(t, &d->owner);
    }
    if (!d->has_group && take(t, "G:")) {
        d->has_group = true;
        return take_sid(t, &d->group);
    }
    if (!(d->control & DESCRIPTOR_DACL_PRESENT) && take(t, "D:"))
        return take_acl(t, false, d, dacl);
    if (!(d->control & DESCRIPTOR_SACL_PRESENT) && take(t, "S:"))
        return take_acl(t, true, d, sacl);
    return bad(t, "neither O:, G:, D: nor S:, each once,");
}

enum err sddl_parse(const char *text, const struct sddl_domain *domain, struct buf *ret)
{
    struct text t = { text, text, domain };
    struct descriptor d = { 0 };
    struct buf dacl = { 0 }, sacl = { 0 };
    enum err e = ERR_OK;

    for (skip_space(&t); !e && *t.at; skip_space(&t))
        e = take_part(&t, &d, &dacl, &sacl);
    if (!e)
        e = descriptor_write(&d, ret);
    if (e == ERR_TOO_LONG)
        e = detail_fail(e, "a security descriptor of more than %d bytes", DESCRIPTOR_MAX);
    buf_free(&dacl);
    buf_free(&sacl);
    return e;
}

enum err sddl_check_list(const char *text)
{
    struct buf bytes = { 0 };
    struct descriptor d;
    enum err e = sddl_parse(text, NULL, &bytes);

    if (!e)
        e = descriptor_read(buf_view(bytes), &d);
    if (!e && !d.dacl.present)
        e = detail_fail(ERR_INVALID_PARAMETER,
                        "a security descriptor without a list of who may lets everybody");
    buf_free(&bytes);
    return e;
}
