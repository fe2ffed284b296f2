/* SPDX-License-Identifier: Apache-2.0
 * rnr_set.c - Winsock services published and withdrawn. Addresses are added and deleted value by
 * value, each in one request, so that instances on several hosts do not overwrite each other.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/writer.h"
#include "directory/change.h"
#include "names/place.h"
#include "names/rnr_instance.h"

enum {
    TRIES = 8, /* of a registration whose object others make and remove meanwhile */
};

/* What goes into the object; values_free ends it. */
struct values {
    struct buf address[RNR_ADDRESSES_MOST];
    struct bytes view[RNR_ADDRESSES_MOST];
    size_t count;
    uint8_t class_id[16], version[8];
    struct bytes class_view, version_view, comment, name, kind;
    char *dn;
};

static void values_free(struct values *v)
{
    size_t i;

    if (!v)
        return;
    for (i = 0; i < v->count; i++)
        buf_free(&v->address[i]);
    mem_free(v->dn);
    mem_free(v);
}

/* Equal addresses are one value: a directory refuses the second. */
static enum err add_address(struct values *v, const struct rnr_address *a)
{
    struct buf b = { 0 };
    enum err e = rnr_address_write(a, &b);
    size_t i;

    if (e == ERR_INVALID_PARAMETER)
        return detail_fail(e, "an address of a Winsock service that is none, or of host \"%s\"",
                           a->host);
    for (i = 0; i < v->count && !e; i++) {
        if (bytes_equal(v->view[i], buf_view(b))) {
            buf_free(&b);
            return ERR_OK;
        }
    }
    if (!e) {
        v->address[v->count] = b;
        v->view[v->count++] = buf_view(b);
    }
    return e;
}

static enum err check(const struct rnr_service *want)
{
    if (want->name && strcmp(want->name, "*") == 0)
        return detail_fail(ERR_INVALID_PARAMETER, "\"*\" stands for every service, names none");
    if (want->comment && strlen(want->comment) > RNR_COMMENT_MOST)
        return detail_fail(ERR_TOO_LONG, "a comment of %zu bytes, beyond %d", strlen(want->comment),
                           RNR_COMMENT_MOST);
    if (want->address_count > RNR_ADDRESSES_MOST)
        return detail_fail(ERR_TOO_LONG, "%zu addresses of a service, beyond %d",
                           want->address_count, RNR_ADDRESSES_MOST);
    return place_name_check(want->name);
}

static enum err values_make(struct session *s, const struct rnr_service *want, struct values **ret)
{
    struct values *v = NULL;
    struct writer w;
    size_t i;
    enum err e = check(want);

    if (e)
        return e;
    v = mem_zero(sizeof *v);
    if (!v)
        return ERR_NO_MEMORY;
    for (i = 0; i < want->address_count && !e; i++)
        e = add_address(v, &want->address[i]);
    if (!e)
        e = place_entry(PLACE_WINSOCK, session_domain_dn(s), want->name, &v->dn);
    uuid_write(&want->class_id, v->class_id);
    w = writer_over(v->version, sizeof v->version);
    writer_le32(&w, want->version.number);
    writer_le32(&w, want->version.not_less);
    v->class_view = bytes_of(v->class_id, sizeof v->class_id);
    v->version_view = bytes_of(v->version, sizeof v->version);
    v->comment = bytes_of_text(want->comment);
    v->name = bytes_of_text(want->name);
    v->kind = bytes_of_text("serviceInstance");
    if (e)
        values_free(v);
    else
        *ret = v;
    return e;
}

static enum err create(struct session *s, const struct values *v, bool has_version)
{
    struct change c[6] = {
        { CHANGE_ADD, "objectClass", &v->kind, 1 },
        { CHANGE_ADD, "serviceClassID", &v->class_view, 1 },
        { CHANGE_ADD, "displayName", &v->name, 1 },
    };
    size_t n = 3;

    if (v->count)
        c[n++] = (struct change){ CHANGE_ADD, "winsockAddresses", v->view, v->count };
    if (has_version)
        c[n++] = (struct change){ CHANGE_ADD, "serviceInstanceVersion", &v->version_view, 1 };
    if (v->comment.len)
        c[n++] = (struct change){ CHANGE_ADD, "description", &v->comment, 1 };
    return session_add(s, v->dn, c, n);
}

/* Everything the object says becomes what v says. */
static enum err overwrite(struct session *s, const struct values *v, bool has_version)
{
    const struct change c[] = {
        { CHANGE_REPLACE, "serviceClassID", &v->class_view, 1 },
        { CHANGE_REPLACE, "displayName", &v->name, 1 },
        { CHANGE_REPLACE, "winsockAddresses", v->view, v->count },
        { CHANGE_REPLACE, "serviceInstanceVersion", &v->version_view, has_version },
        { CHANGE_REPLACE, "description", &v->comment, v->comment.len != 0 },
    };

    return session_modify(s, v->dn, c, sizeof c / sizeof c[0], true, false);
}

static enum err add_to(struct session *s, const struct values *v, bool has_version)
{
    struct change c[3] = { 0 };
    size_t n = 0;

    if (v->count)
        c[n++] = (struct change){ CHANGE_ADD, "winsockAddresses", v->view, v->count };
    if (has_version)
        c[n++] = (struct change){ CHANGE_REPLACE, "serviceInstanceVersion", &v->version_view, 1 };
    if (v->comment.len)
        c[n++] = (struct change){ CHANGE_REPLACE, "description", &v->comment, 1 };
    return n ? session_modify(s, v->dn, c, n, true, false) : ERR_OK;
}

static enum err take_addresses(struct session *s, const struct values *v)
{
    const struct change c = { CHANGE_DELETE, "winsockAddresses", v->view, v->count };

    return v->count ? session_modify(s, v->dn, &c, 1, true, false) : ERR_OK;
}

static bool same_class(const struct rnr_instance *i, const struct values *v)
{
    uint8_t class_id[16];

    uuid_write(&i->class_id, class_id);
    return i->has_class && memcmp(class_id, v->class_id, sizeof class_id) == 0;
}

static enum err register_once(struct session *s, const struct rnr_service *want,
                              const struct values *v, bool multiple)
{
    struct rnr_instance is = { 0 };
    struct detail kept = *detail_get();
    enum err e = rnr_instance_read(s, want->name, &is);

    if (e == ERR_NO_OBJECT) {
        *detail_get() = kept; /* that it is not there is no failure */
        e = create(s, v, want->has_version);
    } else if (!e && multiple && !same_class(&is, v)) {
        detail_remedy("register under another name, or delete %s first", is.dn);
        e = detail_fail(ERR_INVALID_PARAMETER,
                        "the Winsock service \"%s\" is there and of another class", is.name);
    } else if (!e && multiple) {
        e = add_to(s, v, want->has_version);
    } else if (!e) {
        e = overwrite(s, v, want->has_version);
    }
    if (e == ERR_EXISTS || e == ERR_NO_OBJECT)
        *detail_get() = kept; /* it is tried again */
    rnr_instance_free(&is);
    return e;
}

enum err rnr_register(struct session *s, const struct rnr_service *want, bool multiple)
{
    struct values *v = NULL;
    enum err e = values_make(s, want, &v);
    int i;

    if (e)
        return e;
    /* Between the look and the change others may make the object or remove it. */
    e = ERR_EXISTS;
    for (i = 0; i < TRIES && (e == ERR_EXISTS || e == ERR_NO_OBJECT); i++)
        e = register_once(s, want, v, multiple);
    if (e == ERR_EXISTS)
        e = detail_fail(ERR_INVALID_PARAMETER, "%s is there and no Winsock service", v->dn);
    else if (e == ERR_NO_OBJECT)
        e = detail_fail(e, "%s cannot be made: its container is not there, or others remove it",
                        v->dn);
    values_free(v);
    return e;
}

/* The service that which is about: one of another class is not it. */
static enum err find_own(struct session *s, const struct rnr_service *which, const struct values *v,
                         struct rnr_instance *ret)
{
    struct rnr_instance is = { 0 };
    enum err e = rnr_instance_read(s, which->name, &is);

    if (!e && !same_class(&is, v))
        e = detail_fail(ERR_NO_OBJECT, "the Winsock service \"%s\" is of another class", is.name);
    if (e)
        rnr_instance_free(&is);
    else
        *ret = is;
    return e;
}

enum err rnr_deregister(struct session *s, const struct rnr_service *which, bool multiple)
{
    const struct change all = { CHANGE_REPLACE, "winsockAddresses", NULL, 0 };
    struct rnr_instance is = { 0 };
    struct values *v = NULL;
    enum err e = values_make(s, which, &v);

    if (!e)
        e = find_own(s, which, v, &is);
    if (!e && multiple)
        e = take_addresses(s, v);
    else if (!e)
        e = session_modify(s, v->dn, &all, 1, true, false);
    rnr_instance_free(&is);
    values_free(v);
    return e;
}

/* With an address somebody added meanwhile it stays. What is added between this look and the
 * deletion is lost with the object: LDAP has no condition on a deletion. */
static enum err delete_if_empty(struct session *s, const struct rnr_service *which,
                                const struct values *v)
{
    struct rnr_instance is = { 0 };
    enum err e = find_own(s, which, v, &is);

    if (!e && is.value_count == 0)
        e = session_delete(s, v->dn);
    rnr_instance_free(&is);
    return e == ERR_NO_OBJECT ? ERR_OK : e;
}

enum err rnr_delete(struct session *s, const struct rnr_service *which, bool multiple)
{
    struct rnr_instance is = { 0 };
    struct values *v = NULL;
    enum err e = values_make(s, which, &v);

    if (!e)
        e = find_own(s, which, v, &is);
    if (!e && !multiple)
        e = session_delete(s, v->dn);
    else if (!e)
        e = take_addresses(s, v);
    if (!e && multiple)
        e = delete_if_empty(s, which, v);
    rnr_instance_free(&is);
    values_free(v);
    return e;
}
