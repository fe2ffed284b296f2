/* SPDX-License-Identifier: Apache-2.0
 * rnr_class.c - classes of Winsock services, made, read and removed.
 *
 * A class is named by its GUID, its display name says what people call it: so two of one GUID
 * cannot be, and a service may have the name of its class. Those of other names are found too.
 */
#include "names/rnr_class.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/change.h"
#include "directory/filter.h"
#include "directory/search.h"
#include "names/place.h"
#include "spn/dn.h"

enum { SAME_MOST = 16 }; /* objects of one class: more than one is somebody's mistake */

static const char *const attrs[] = { "displayName", "serviceClassInfo", NULL };

void rnr_class_free(struct rnr_class *c)
{
    size_t i;

    for (i = 0; c->stored && i < c->count; i++)
        buf_free(&c->stored[i]);
    mem_free(c->stored);
    mem_free(c->value);
    mem_free(c->dn);
    mem_free(c->name);
    *c = (struct rnr_class){ 0 };
}

static enum err class_dn(struct session *s, const struct uuid *id, char **ret)
{
    char text[UUID_TEXT];

    uuid_format(id, text);
    return place_entry(PLACE_WINSOCK, session_domain_dn(s), text, ret);
}

static enum err learn_values(const struct entry *entry, struct rnr_class *c)
{
    const struct attribute *a = entry_attribute(entry, "serviceClassInfo");
    size_t i;
    enum err e = ERR_OK;

    if (!a)
        return ERR_OK;
    c->stored = mem_array(a->count, sizeof *c->stored);
    c->value = mem_array(a->count, sizeof *c->value);
    if (!c->stored || !c->value)
        return ERR_NO_MEMORY;
    for (i = 0; i < a->count && !e; i++) {
        struct buf *to = &c->stored[c->count];
        enum err damage;

        e = buf_copy(buf_view(a->value[i]), to);
        if (e)
            break;
        damage = rnr_class_value_read(buf_view(*to), &c->value[c->count]);
        if (!damage) {
            c->count++;
            continue;
        }
        log_warning("names: %s: serviceClassInfo, value %zu: %s", c->dn, i + 1, err_text(damage));
        buf_free(to);
        c->damaged++;
    }
    return e;
}

static enum err class_from(const struct entry *entry, struct rnr_class *ret)
{
    const char *name = entry_text(entry, "displayName");
    struct rnr_class c = { .dn = mem_strdup(entry->dn) };
    enum err e = c.dn ? ERR_OK : ERR_NO_MEMORY;

    if (!e && name) {
        c.name = mem_strdup(name);
        e = c.name ? ERR_OK : ERR_NO_MEMORY;
    } else if (!e) {
        e = place_name(entry->dn, &c.name);
    }
    if (!e)
        e = learn_values(entry, &c);
    if (e)
        rnr_class_free(&c);
    else
        *ret = c;
    return e;
}

static enum err search(struct session *s, const struct uuid *id, struct entries *ret)
{
    struct search q = { .scope = SEARCH_ONE, .attrs = attrs, .max = SAME_MOST };
    uint8_t bytes[16];
    char *value = NULL;
    char *filter = NULL;
    char *base = NULL;
    enum err e = place_dn(PLACE_WINSOCK, session_domain_dn(s), &base);

    uuid_write(id, bytes);
    if (!e)
        e = filter_escape_bytes(bytes_of(bytes, sizeof bytes), &value);
    if (!e) {
        filter = mem_printf("(&(objectClass=serviceClass)(serviceClassID=%s))", value);
        e = filter ? ERR_OK : ERR_NO_MEMORY;
    }
    if (!e) {
        q.base = base;
        q.filter = filter;
        e = session_search(s, &q, ret);
    }
    mem_free(value);
    mem_free(filter);
    mem_free(base);
    return e;
}

/* Of several the one named by its GUID: it alone cannot be there twice. */
static const struct entry *choose(const struct entries *found, const char *own_dn)
{
    const struct entry *chosen = &found->entry[0];
    size_t i;

    for (i = 0; i < found->count; i++) {
        if (dn_same(found->entry[i].dn, own_dn))
            chosen = &found->entry[i];
    }
    if (found->count > 1)
        log_warning("names: %zu objects are the same class as %s", found->count, chosen->dn);
    return chosen;
}

enum err rnr_class_read(struct session *s, const struct uuid *id, struct rnr_class *ret)
{
    struct entries found = { 0 };
    char *dn = NULL;
    char text[UUID_TEXT];
    enum err e = class_dn(s, id, &dn);

    uuid_format(id, text);
    if (!e)
        e = search(s, id, &found);
    if (!e && found.count == 0)
        e = detail_fail(ERR_NO_OBJECT, "there is no class %s of Winsock services", text);
    if (!e)
        e = class_from(choose(&found, dn), ret);
    entries_free(&found);
    mem_free(dn);
    return e;
}

enum err rnr_class_remove(struct session *s, const struct uuid *id)
{
    struct rnr_class c = { 0 };
    enum err e = rnr_class_read(s, id, &c);

    if (!e)
        e = session_delete(s, c.dn);
    rnr_class_free(&c);
    return e;
}

static enum err exists(const struct uuid *id)
{
    char text[UUID_TEXT];

    uuid_format(id, text);
    detail_remedy("remove it first (WSARemoveServiceClass)");
    return detail_fail(ERR_EXISTS, "the class %s of Winsock services is there", text);
}

static enum err add(struct session *s, const struct uuid *id, const char *name,
                    const struct bytes *values, size_t count)
{
    uint8_t bytes[16];
    struct bytes kind = bytes_of_text("serviceClass");
    struct bytes called = bytes_of_text(name);
    struct bytes id_view = bytes_of(bytes, sizeof bytes);
    const struct change c[] = {
        { CHANGE_ADD, "objectClass", &kind, 1 },
        { CHANGE_ADD, "serviceClassID", &id_view, 1 },
        { CHANGE_ADD, "displayName", &called, 1 },
        { CHANGE_ADD, "serviceClassInfo", values, count },
    };
    char *dn = NULL;
    enum err e = class_dn(s, id, &dn);

    uuid_write(id, bytes);
    if (!e)
        e = session_add(s, dn, c, count ? 4 : 3);
    mem_free(dn);
    return e;
}

enum err rnr_class_install(struct session *s, const struct uuid *id, const char *name,
                           const struct rnr_class_value *value, size_t count)
{
    struct buf stored[RNR_CLASS_VALUES_MOST] = { 0 };
    struct bytes view[RNR_CLASS_VALUES_MOST];
    struct entries found = { 0 };
    size_t i;
    enum err e = place_name_check(name);

    if (!e && count > RNR_CLASS_VALUES_MOST)
        e = detail_fail(ERR_TOO_LONG, "%zu values of a class, beyond %d", count,
                        RNR_CLASS_VALUES_MOST);
    for (i = 0; i < count && !e; i++) {
        e = rnr_class_value_write(&value[i], &stored[i]);
        view[i] = buf_view(stored[i]);
        if (e == ERR_INVALID_PARAMETER)
            e = detail_fail(e, "value %zu of a class: its name or its data does not do", i + 1);
    }
    if (!e)
        e = search(s, id, &found);
    if (!e && found.count)
        e = exists(id);
    if (!e)
        e = add(s, id, name, view, count);
    if (e == ERR_EXISTS) /* made meanwhile */
        e = exists(id);
    for (i = 0; i < RNR_CLASS_VALUES_MOST; i++)
        buf_free(&stored[i]);
    entries_free(&found);
    return e;
}
