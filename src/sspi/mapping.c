/* SPDX-License-Identifier: Apache-2.0
 * mapping.c - the account of this host a client is.
 *
 * A client that is mapped is that account or is not impersonated: that this process may not, or
 * that a line is not understood, never leaves it acting as the server.
 */
#include "sspi/mapping.h"

#include "base/detail.h"
#include "base/log.h"
#include "base/os_identity.h"
#include "base/policy_file.h"
#include "base/policy_value.h"

static enum err read_map(const char *path, struct buf *ret)
{
    const char *why = NULL;
    enum err e = policy_file_read_of_root(path, ret, &why);

    if (!e || e == ERR_NO_MEMORY)
        return e;
    detail_remedy("chown root:root %.200s; chmod go-w %.200s", path, path);
    return detail_fail(ERR_UNTRUSTED, "the impersonation map %.200s %s", path, why);
}

/* ERR_NOT_FOUND: it is not about this client. */
static enum err look_up(const char *path, const struct token *t, struct os_account *ret)
{
    const struct identity_map_who who = { t->identity ? &t->identity->user : NULL, t->name };
    struct identity_map_target target;
    struct buf text = { 0 };
    enum err e = read_map(path, &text);

    if (!e)
        e = identity_map_find(buf_view(text), &who, &target);
    buf_free(&text);
    return e ? e : os_account_find(&target, ret);
}

/* Whether policy lets the process stay who it is for the kernel. */
static enum err unmapped(const struct token *t, const char *why)
{
    if (!policy_forbids(POLICY_IMPERSONATION_MAP, "the impersonation of %.200s: %s", t->name, why))
        return ERR_OK;
    return detail_fail(ERR_NO_IMPERSONATION, "%.200s is not impersonated: %s", t->name, why);
}

enum err mapping_account(const struct token *t, struct os_account *ret, bool *ret_is)
{
    char path[POLICY_NAMES_MAX];
    enum err e;

    if (policy_get(POLICY_IMPERSONATION_MAP) == POLICY_OFF)
        return ERR_OK;
    policy_value_get(POLICY_IMPERSONATION_MAP, path);
    if (!path[0])
        return unmapped(t, "there is no map to local accounts");
    e = look_up(path, t, ret);
    if (e == ERR_NOT_FOUND)
        return unmapped(t, "no line of the map is about it");
    if (!e && t->flags & CONTEXT_IDENTIFY) /* its own wish must not leave it the server's rights */
        e = detail_fail(ERR_NO_IMPERSONATION,
                        "it lets itself be identified, no more, and is mapped");
    if (e) {
        log_audit("%.200s is not impersonated: %s", t->name, detail_get()->text);
        return e == ERR_NO_MEMORY ? e : ERR_NO_IMPERSONATION;
    }
    *ret_is = ret->uid != os_identity_own_uid();
    return ERR_OK;
}
