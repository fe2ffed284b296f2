/* SPDX-License-Identifier: Apache-2.0
 * transport_access.c - whom the queue manager lets put messages into a server's queue.
 *
 * A server's descriptor says who may call, by RPC's right, and RPC asks it again of each message,
 * of the sender that the message has proven. The manager asks before: it knows accounts and groups
 * of this host, and those that everybody is in. An entry for somebody of the domain is no use to
 * it: where one allows, every account of this host may put messages in, and RPC tells whose count.
 */
#include <inttypes.h>

#include "acl/access.h"
#include "acl/sddl.h"
#include "base/alloc.h"
#include "base/detail.h"
#include "queue/replay.h"
#include "queue/transport.h"

enum {
    RIGHT_CALL = 1,    /* rpc/access.h */
    RIGHT_SEND = 0x24, /* mqd.idl: send, and look at the queue */
    AUTHORITY_NT = 5,
    NT_NON_UNIQUE = 21, /* of a domain */
};

static const struct acl_mapping call_rights = { .execute = RIGHT_CALL, .all = RIGHT_CALL };

static bool is_of_domain(const struct sid *s)
{
    return s->authority == AUTHORITY_NT && s->count > 0 && s->sub[0] == NT_NON_UNIQUE;
}

static bool is_about_calls(const struct ace *a)
{
    return (a->type == ACE_ALLOWED || a->type == ACE_DENIED) && !(a->flags & ACE_INHERIT_ONLY) &&
           acl_map_generic(a->mask, &call_rights) & (RIGHT_CALL | QUEUE_REPLAY_RIGHT);
}

/* Adds the entry's; *text is the caller's, whatever happens. */
static enum err add(char **text, const struct ace *a, bool *domain)
{
    char sid[SID_TEXT], *more;

    if (!is_about_calls(a))
        return ERR_OK;
    if (is_of_domain(&a->who)) {
        *domain |= a->type == ACE_ALLOWED;
        return ERR_OK;
    }
    sid_format(&a->who, sid);
    more = mem_printf("%s(%c;;0x%x;;;%s)", *text, a->type == ACE_ALLOWED ? 'A' : 'D',
                      (unsigned)RIGHT_SEND, sid);
    if (!more)
        return ERR_NO_MEMORY;
    mem_free(*text);
    *text = more;
    return ERR_OK;
}

enum err queue_access_of_callers(struct bytes descriptor, char **ret)
{
    struct descriptor d = { 0 };
    struct bytes rest;
    struct ace a;
    bool domain = false;
    char *text = NULL, *more;
    enum err e = ERR_OK;

    *ret = NULL;
    if (!descriptor.len)
        return ERR_OK;
    e = descriptor_read(descriptor, &d);
    if (!e && (text = mem_strdup("D:(A;;GA;;;OW)")) == NULL)
        e = ERR_NO_MEMORY;
    for (rest = d.dacl.aces; !e && d.dacl.present && rest.len;) {
        e = ace_next(&rest, &a);
        if (!e && a.known)
            e = add(&text, &a, &domain);
    }
    if (!e && (domain || !d.dacl.present)) {
        more = mem_printf("%s(A;;0x%x;;;%s)", text, (unsigned)RIGHT_SEND, domain ? "AU" : "WD");
        mem_free(text);
        text = more;
        e = more ? ERR_OK : ERR_NO_MEMORY;
    }
    if (e)
        mem_free(text);
    else
        *ret = text;
    return e;
}
