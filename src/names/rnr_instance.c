/* SPDX-License-Identifier: Apache-2.0
 * rnr_instance.c - a serviceInstance object, read: every value is a stranger's.
 *
 * serviceInstanceVersion is the version 4 | how to compare 4, little-endian; ours, since no
 * specification gives its bytes.
 */
#include "names/rnr_instance.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/reader.h"
#include "directory/account.h"
#include "names/place.h"

const char *const rnr_instance_attrs[] = { "objectClass",
                                           "serviceClassID",
                                           "winsockAddresses",
                                           "serviceInstanceVersion",
                                           "description",
                                           "nTSecurityDescriptor",
                                           NULL };

/* The first is kept as text, every one is logged. */
static void tell_damage(struct rnr_instance *i, const char *text)
{
    log_warning("names: %s: %s", i->dn, text);
    if (!i->damage[0])
        snprintf(i->damage, sizeof i->damage, "%s", text);
}

static void tell_value(struct rnr_instance *i, const char *what, size_t n, enum err e)
{
    char text[RNR_DAMAGE_TEXT];

    snprintf(text, sizeof text, "%s, value %zu: %s", what, n + 1,
             e == ERR_UNSUPPORTED ? "a version not known here" : err_text(e));
    tell_damage(i, text);
}

/* Of many damaged values the first stands for all: one object must not fill the log. */
static void tell_values(struct rnr_instance *i, size_t damaged, bool cut)
{
    char text[RNR_DAMAGE_TEXT];

    if (damaged > 1) {
        snprintf(text, sizeof text, "winsockAddresses: %zu values are damaged", damaged);
        tell_damage(i, text);
    }
    if (cut)
        tell_damage(i, "winsockAddresses: too many values, not all are read");
}

static void learn_class(const struct entry *entry, struct rnr_instance *i)
{
    const struct attribute *a = entry_attribute(entry, "serviceClassID");
    enum err e = a ? uuid_read(buf_view(a->value[0]), &i->class_id) : ERR_TRUNCATED;

    i->has_class = !e;
    if (e)
        tell_value(i, "serviceClassID", 0, e);
}

static void learn_version(const struct entry *entry, struct rnr_instance *i)
{
    const struct attribute *a = entry_attribute(entry, "serviceInstanceVersion");
    struct reader r;
    uint32_t how;

    if (!a)
        return;
    r = reader_over(buf_view(a->value[0]));
    i->version.number = reader_le32(&r);
    how = reader_le32(&r);
    reader_end(&r);
    if (how > 1)
        reader_fail(&r, ERR_MALFORMED);
    i->version.not_less = how == 1;
    i->has_version = !r.err;
    if (r.err)
        tell_value(i, "serviceInstanceVersion", 0, r.err);
}

static enum err learn_addresses(const struct entry *entry, struct rnr_instance *i)
{
    const struct attribute *a = entry_attribute(entry, "winsockAddresses");
    size_t damaged = 0, n;
    enum err e;

    if (!a)
        return ERR_OK;
    i->value_count = a->count;
    i->address = mem_array(a->count, sizeof *i->address);
    if (!i->address)
        return ERR_NO_MEMORY;
    for (n = 0; n < a->count; n++) {
        e = rnr_address_read(buf_view(a->value[n]), &i->address[i->address_count]);
        if (!e)
            i->address_count++;
        else if (damaged++ == 0)
            tell_value(i, "winsockAddresses", n, e);
    }
    tell_values(i, damaged, a->cut);
    return ERR_OK;
}

static enum err learn_comment(const struct entry *entry, struct rnr_instance *i)
{
    const char *comment = entry_text(entry, "description");

    if (!comment && entry_attribute(entry, "description"))
        tell_value(i, "description", 0, ERR_MALFORMED);
    i->comment = mem_strdup(comment ? comment : "");
    return i->comment ? ERR_OK : ERR_NO_MEMORY;
}

enum err rnr_instance_from(const struct entry *entry, struct rnr_instance *ret)
{
    struct rnr_instance i = { .dn = mem_strdup(entry->dn) };
    enum err e = i.dn ? place_name(entry->dn, &i.name) : ERR_NO_MEMORY;

    if (!e)
        e = learn_comment(entry, &i);
    if (!e)
        e = learn_addresses(entry, &i);
    if (!e) {
        learn_class(entry, &i);
        learn_version(entry, &i);
        i.has_owner = entry_owner(entry, &i.owner);
        *ret = i;
    } else {
        rnr_instance_free(&i);
    }
    return e;
}

void rnr_instance_free(struct rnr_instance *i)
{
    mem_free(i->dn);
    mem_free(i->name);
    mem_free(i->comment);
    mem_free(i->address);
    *i = (struct rnr_instance){ 0 };
}

enum err rnr_instance_read(struct session *s, const char *name, struct rnr_instance *ret)
{
    struct rnr_find *f = NULL;
    struct rnr_instance *found = NULL;
    enum err e = rnr_find_open(s, name, NULL, &f);

    if (!e)
        e = rnr_find_next(f, &found);
    if (!e && !found)
        e = detail_fail(ERR_NO_OBJECT, "there is no Winsock service \"%s\"", name);
    if (!e) {
        *ret = *found;
        *found = (struct rnr_instance){ 0 };
    }
    rnr_find_close(f);
    return e;
}
