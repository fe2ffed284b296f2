/* SPDX-License-Identifier: Apache-2.0
 * api_names_find.c - services found by name.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "directory/api_scp.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "names/api_names.h"

enum err names_query(const CS_NAME_QUERY *from, struct found_query *ret)
{
    const DWORD kinds = CS_NAMES_WINSOCK | CS_NAMES_RPC;

    if (!from || from->size != sizeof *from)
        return detail_fail(ERR_INVALID_PARAMETER, "the size in CS_NAME_QUERY is not %zu",
                           sizeof *from);
    if (!from->kinds || (from->kinds & ~kinds))
        return detail_fail(ERR_INVALID_PARAMETER, "kinds %#x of names", (unsigned)from->kinds);
    *ret = (struct found_query){ from->kinds, from->name, from->type };
    return ERR_OK;
}

static CS_FOUND_NAME view_of(const struct found *f)
{
    return (CS_FOUND_NAME){ .kind = f->kind,
                            .dn = f->dn,
                            .name = f->name,
                            .comment = f->comment,
                            .dns_name = f->host,
                            .type = f->type,
                            .addresses = f->address,
                            .objects = f->object,
                            .address_count = (DWORD)f->address_count,
                            .object_count = (DWORD)f->object_count,
                            .damage = f->damage,
                            .spn = f->spn,
                            .account = f->holder.dn };
}

struct listener {
    CS_NAME_CALLBACK callback;
    void *arg;
};

static enum err tell(struct found *f, void *arg, bool *ret_more)
{
    const struct listener *l = arg;
    CS_FOUND_NAME view = view_of(f);
    char owner[SID_TEXT];

    if (f->has_owner) {
        sid_format(&f->owner, owner);
        view.owner = owner;
    }
    *ret_more = l->callback(l->arg, &view) != 0;
    return ERR_OK;
}

DWORD CsFindNames(HANDLE hDS, const CS_NAME_QUERY *query, CS_NAME_CALLBACK callback, void *arg)
{
    struct listener l = { callback, arg };
    struct found_query q = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsFindNames");
    e = names_query(query, &q);
    if (!e && !callback)
        e = detail_fail(ERR_INVALID_PARAMETER, "nobody to tell what is found");
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = found_each(h.session, &q, tell, &l);
    binding_release(&h);
    return win32_text_code(e);
}

static char *sid_text(const struct sid *s)
{
    char text[SID_TEXT];

    sid_format(s, text);
    return mem_strdup(text);
}

/* Hands everything over; f is empty afterwards, whatever the outcome. */
static enum err give(struct found *f, CS_FOUND_NAME **ret)
{
    CS_FOUND_NAME *c = mem_zero(sizeof *c);

    if (!c) {
        found_free(f);
        return ERR_NO_MEMORY;
    }
    *c = view_of(f);
    c->owner = f->has_owner ? sid_text(&f->owner) : NULL;
    c->account_sid = sid_text(&f->holder.sid);
    mem_free(f->holder.name);
    *ret = c;
    if ((f->has_owner && !c->owner) || !c->account_sid) {
        *f = (struct found){ 0 };
        return ERR_NO_MEMORY;
    }
    *f = (struct found){ 0 };
    return ERR_OK;
}

static void free_one(CS_FOUND_NAME *f)
{
    if (!f)
        return;
    mem_free(f->dn);
    mem_free(f->name);
    mem_free(f->comment);
    mem_free(f->dns_name);
    mem_free(f->type);
    texts_free(f->addresses, f->address_count);
    texts_free(f->objects, f->object_count);
    mem_free(f->damage);
    mem_free(f->owner);
    mem_free(f->spn);
    mem_free(f->account);
    mem_free(f->account_sid);
    mem_free(f);
}

VOID CsFreeNames(CS_FOUND_NAME **found, DWORD count)
{
    DWORD i;

    for (i = 0; found && i < count; i++)
        free_one(found[i]);
    mem_free(found);
}

DWORD CsNameSpn(HANDLE hDS, const CS_NAME_QUERY *query, const char *service_class,
                const CS_TRUST *trust, CS_FOUND_NAME ***found, DWORD *count)
{
    CS_FOUND_NAME **all = NULL;
    struct founds list = { 0 };
    struct found_query q = { 0 };
    struct trust t = { 0 };
    struct held h = { 0 };
    size_t i;
    enum err e;

    detail_begin("CsNameSpn");
    e = names_query(query, &q);
    if (!e && (!service_class || !*service_class || !found || !count))
        e = detail_fail(ERR_INVALID_PARAMETER, "no service class, or nowhere to put what is found");
    if (!e)
        e = binding_hold(hDS, &h);
    if (!e)
        e = founds_trusted(h.session, &q, service_class, trust_take(trust, &t), &list);
    if (!e) {
        all = mem_array(list.count, sizeof *all);
        e = all ? ERR_OK : ERR_NO_MEMORY;
    }
    for (i = 0; i < list.count && !e; i++)
        e = give(&list.found[i], &all[i]);
    if (!e) {
        *found = all;
        *count = (DWORD)list.count;
    } else {
        CsFreeNames(all, (DWORD)list.count);
    }
    founds_free(&list);
    binding_release(&h);
    return win32_text_code(e);
}
