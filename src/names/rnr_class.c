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
#include "directory/cursor.h"
#include "directory/filter.h"
#include "names/place.h"

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

static enum err make_filter(const struct uuid *id, char **ret)
{
    uint8_t bytes[16];
    char *value = NULL;
    enum err e;

    uuid_write(id, bytes);
    e = filter_escape_bytes(bytes_of(bytes, sizeof bytes), &value);
    if (e)
        return e;
    *ret = mem_printf("(&(objectClass=serviceClass)(serviceClassID=%s))", value);
    mem_free(value);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

/* The first object of the class at base, or below it; the cursor is the caller's to close, and
 * *ret its own. NULL: there is none. */
static enum err first_at(struct session *s, const struct uuid *id, const char *base,
                         enum search_scope scope, struct cursor **ret_cursor,
                         const struct entry **ret)
{
    const struct detail before = *detail_get();
    struct search q = { .base = base, .scope = scope, .attrs = attrs };
    char *filter = NULL;
    enum err e = make_filter(id, &filter);

    q.filter = filter;
    if (!e)
        e = cursor_open(s, &q, ret_cursor);
    mem_free(filter);
    if (!e)
        e = cursor_next(*ret_cursor, ret);
    if (e != ERR_NO_OBJECT)
        return e;
    *detail_get() = before;
    *ret = NULL;
    return ERR_OK;
}

/* The object that is named by the GUID, which alone cannot be there twice; else any that is of it.
 */
static enum err find(struct session *s, const struct uuid *id, struct cursor **ret_cursor,
                     const struct entry **ret)
{
    char *dn = NULL;
    char *container = NULL;
    enum err e = class_dn(s, id, &dn);

    if (!e)
        e = first_at(s, id, dn, SEARCH_BASE, ret_cursor, ret);
    if (!e && !*ret) {
        cursor_close(*ret_cursor);
        *ret_cursor = NULL;
        e = place_dn(PLACE_WINSOCK, session_domain_dn(s), &container);
        if (!e)
            e = first_at(s, id, container, SEARCH_ONE, ret_cursor, ret);
        if (!e && *ret)
            log_warning("names: %s is read where %s is not there", (*ret)->dn, dn);
    }
    mem_free(dn);
    mem_free(container);
    return e;
}

enum err rnr_class_read(struct session *s, const struct uuid *id, struct rnr_class *ret)
{
    const struct entry *entry = NULL;
    struct cursor *c = NULL;
    char text[UUID_TEXT];
    enum err e = find(s, id, &c, &entry);

    uuid_format(id, text);
    if (!e && !entry)
        e = detail_fail(ERR_NO_OBJECT, "there is no class %s of Winsock services", text);
    if (!e)
        e = class_from(entry, ret);
    cursor_close(c);
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

/* ERR_EXISTS where the class is there already. */
static enum err check_absent(struct session *s, const struct uuid *id)
{
    const struct entry *entry = NULL;
    struct cursor *c = NULL;
    enum err e = find(s, id, &c, &entry);

    if (!e && entry)
        e = exists(id);
    cursor_close(c);
    return e;
}

/* Its place is taken: by the class, made meanwhile, or by what is none. */
static enum err explain_taken(struct session *s, const struct uuid *id)
{
    char text[UUID_TEXT];
    enum err e = check_absent(s, id);

    uuid_format(id, text);
    if (!e)
        e = detail_fail(ERR_INVALID_PARAMETER,
                        "an object that is no class of Winsock services has the name %s", text);
    return e;
}

enum err rnr_class_install(struct session *s, const struct uuid *id, const char *name,
                           const struct rnr_class_value *value, size_t count)
{
    const struct detail before = *detail_get();
    struct buf stored[RNR_CLASS_VALUES_MOST] = { 0 };
    struct bytes view[RNR_CLASS_VALUES_MOST];
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
        e = check_absent(s, id);
    if (!e) {
        e = add(s, id, name, view, count);
        if (e == ERR_EXISTS) {
            *detail_get() = before;
            e = explain_taken(s, id);
        }
    }
    for (i = 0; i < RNR_CLASS_VALUES_MOST; i++)
        buf_free(&stored[i]);
    return e;
}
