/* SPDX-License-Identifier: Apache-2.0
 * sddl_format.c - a security descriptor as text.  [MS-DTYP] 2.5.1.1
 */
#include <stdio.h>

#include "acl/sddl_names.h"
#include "base/detail.h"

enum { TEXT_MAX = 1024 * 1024 };

static void put(struct writer *w, const char *s)
{
    writer_bytes(w, bytes_of_text(s));
}

static void put_sid(struct writer *w, const struct sid *s, const struct sddl_domain *domain)
{
    const char *name = sddl_name_of(s, domain);
    char text[SID_TEXT];

    sid_format(s, text);
    put(w, name ? name : text);
}

static void put_bits(struct writer *w, const struct sddl_name *table, uint32_t mask)
{
    for (; table->text[0]; table++)
        if (mask & table->value)
            put(w, table->text);
}

static uint32_t bits_of(const struct sddl_name *table)
{
    uint32_t all = 0;

    for (; table->text[0]; table++)
        all |= table->value;
    return all;
}

static void put_rights(struct writer *w, const struct ace *a)
{
    const struct sddl_name *one = sddl_by_value(sddl_rights, a->mask);
    const struct sddl_name *bits = a->type == ACE_MANDATORY_LABEL ? sddl_label_rights : sddl_bits;
    char hex[16];

    snprintf(hex, sizeof hex, "0x%x", a->mask);
    if (one && a->type != ACE_MANDATORY_LABEL)
        put(w, one->text);
    else if (a->mask & ~bits_of(bits))
        put(w, hex);
    else
        put_bits(w, bits, a->mask);
}

static void put_guid(struct writer *w, bool has, const struct uuid *u)
{
    char text[UUID_TEXT];

    uuid_format(u, text);
    put(w, has ? text : "");
    put(w, ";");
}

static enum err put_ace(struct writer *w, const struct ace *a, bool system,
                        const struct sddl_domain *domain)
{
    const struct sddl_name *type = sddl_by_value(sddl_types, ace_plain_type(a));
    bool in_dacl = a->type == ACE_ALLOWED || a->type == ACE_DENIED ||
                   a->type == ACE_ALLOWED_OBJECT || a->type == ACE_DENIED_OBJECT;

    if (!type || (system ? !sddl_is_system(a->type) : !in_dacl))
        return detail_fail(ERR_UNSUPPORTED, "an entry of type %u in a %s has no form as text",
                           a->type, system ? "SACL" : "DACL");
    put(w, "(");
    put(w, type->text);
    put(w, ";");
    put_bits(w, sddl_ace_flags, a->flags);
    put(w, ";");
    put_rights(w, a);
    put(w, ";");
    put_guid(w, a->has_object, &a->object);
    put_guid(w, a->has_inherited, &a->inherited);
    put_sid(w, &a->who, domain);
    put(w, ")");
    return ERR_OK;
}

static enum err put_acl(struct writer *w, const struct descriptor *d, bool system,
                        const struct sddl_domain *domain)
{
    const struct acl *list = system ? &d->sacl : &d->dacl;
    struct bytes rest = list->aces;
    unsigned flags = d->control >> system;
    struct ace a;
    enum err e = ERR_OK;

    put(w, system ? "S:" : "D:");
    put(w, flags & DESCRIPTOR_DACL_PROTECTED ? "P" : "");
    put(w, flags & DESCRIPTOR_DACL_AUTO_INHERIT_REQ ? "AR" : "");
    put(w, flags & DESCRIPTOR_DACL_AUTO_INHERITED ? "AI" : "");
    put(w, list->present ? "" : "NO_ACCESS_CONTROL");
    while (!e && rest.len) {
        e = ace_next(&rest, &a);
        if (!e)
            e = put_ace(w, &a, system, domain);
    }
    return e;
}

enum err sddl_format(const struct descriptor *d, unsigned parts, const struct sddl_domain *domain,
                     char **ret)
{
    struct writer w = writer_new(TEXT_MAX);
    enum err e = ERR_OK;

    put(&w, "");
    if (parts & SDDL_OWNER && d->has_owner) {
        put(&w, "O:");
        put_sid(&w, &d->owner, domain);
    }
    if (parts & SDDL_GROUP && d->has_group) {
        put(&w, "G:");
        put_sid(&w, &d->group, domain);
    }
    if (parts & SDDL_DACL && d->control & DESCRIPTOR_DACL_PRESENT)
        e = put_acl(&w, d, false, domain);
    if (!e && parts & SDDL_SACL && d->control & DESCRIPTOR_SACL_PRESENT)
        e = put_acl(&w, d, true, domain);
    if (!e)
        e = writer_take_text(&w, ret);
    writer_done(&w);
    return e;
}
