/* SPDX-License-Identifier: Apache-2.0
 * rnr_find.c - Winsock services of the domain, one after the other.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/cursor.h"
#include "directory/filter.h"
#include "names/place.h"
#include "names/rnr_instance.h"

struct rnr_find {
    struct cursor *cursor;
    struct rnr_instance now;   /* what the caller holds */
    const struct entry *entry; /* the cursor's */
};

static enum err make_filter(const struct uuid *class_id, char **ret)
{
    uint8_t bytes[16];
    char *value = NULL;
    enum err e;

    if (!class_id) {
        *ret = mem_strdup("(objectClass=serviceInstance)");
        return *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    uuid_write(class_id, bytes);
    e = filter_escape_bytes(bytes_of(bytes, sizeof bytes), &value);
    if (!e) {
        *ret = mem_printf("(&(objectClass=serviceInstance)(serviceClassID=%s))", value);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    mem_free(value);
    return e;
}

enum err rnr_find_open(struct session *s, const char *name, const struct uuid *class_id,
                       struct rnr_find **ret)
{
    struct search q = { .scope = name ? SEARCH_BASE : SEARCH_ONE,
                        .attrs = rnr_instance_attrs,
                        .owner_and_dacl = true };
    struct rnr_find *f = mem_zero(sizeof *f);
    char *base = NULL;
    char *filter = NULL;
    enum err e = f ? ERR_OK : ERR_NO_MEMORY;

    if (!e && name)
        e = place_entry(PLACE_WINSOCK, session_domain_dn(s), name, &base);
    else if (!e)
        e = place_dn(PLACE_WINSOCK, session_domain_dn(s), &base);
    if (!e)
        e = make_filter(class_id, &filter);
    if (!e) {
        q.base = base;
        q.filter = filter;
        e = cursor_open(s, &q, &f->cursor);
    }
    mem_free(base);
    mem_free(filter);
    if (e)
        rnr_find_close(f);
    else
        *ret = f;
    return e;
}

/* One object that cannot even be named must not hide the others. */
static bool passes_over(const struct rnr_find *f, enum err e)
{
    bool is = e == ERR_MALFORMED || e == ERR_TOO_LONG;

    if (is)
        log_warning("names: %s is passed over: %s", f->entry->dn, err_text(e));
    return is;
}

enum err rnr_find_next(struct rnr_find *f, struct rnr_instance **ret)
{
    const struct detail before = *detail_get();
    bool again = false;
    enum err e;

    do {
        rnr_instance_free(&f->now);
        f->entry = NULL;
        e = cursor_next(f->cursor, &f->entry);
        if (e == ERR_NO_OBJECT) { /* of a name; or the domain has no such container */
            *detail_get() = before;
            *ret = NULL;
            return ERR_OK;
        }
        if (e || !f->entry)
            break;
        e = rnr_instance_from(f->entry, &f->now);
        again = passes_over(f, e);
        if (!e || again)
            *detail_get() = before; /* what is damaged in it is no failure of ours */
    } while (again);
    if (!e)
        *ret = f->entry ? &f->now : NULL;
    return e;
}

const struct entry *rnr_find_entry(const struct rnr_find *f)
{
    return f->entry;
}

void rnr_find_cancel(struct rnr_find *f)
{
    cursor_cancel(f->cursor);
}

void rnr_find_close(struct rnr_find *f)
{
    if (!f)
        return;
    cursor_close(f->cursor);
    rnr_instance_free(&f->now);
    mem_free(f);
}
