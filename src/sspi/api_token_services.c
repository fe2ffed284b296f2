/* SPDX-License-Identifier: Apache-2.0
 * api_token_services.c - through whom a client comes: the services that act for it.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "countersign/countersign.h"
#include "sspi/status.h"
#include "sspi/token.h"

/* The array and its texts, in one block. */
static enum err texts(const struct identity *i, ULONG *ret_count, char ***ret)
{
    size_t size = i->service_count * sizeof(char *), k;
    char **each = NULL;
    char *to = NULL;

    for (k = 0; k < i->service_count; k++)
        size += strlen(i->services[k]) + 1;
    each = mem_alloc(size);
    if (!each)
        return ERR_NO_MEMORY;
    to = (char *)(each + i->service_count);
    for (k = 0; k < i->service_count; k++) {
        each[k] = to;
        to = stpcpy(to, i->services[k]) + 1;
    }
    *ret = each;
    *ret_count = (ULONG)i->service_count;
    return ERR_OK;
}

SECURITY_STATUS CsTokenGetServices(HANDLE token, ULONG *count, char ***services)
{
    handle_id id = (handle_id)(uintptr_t)token;
    const struct token *t = NULL;
    enum err e = ERR_INVALID_PARAMETER;

    detail_begin("CsTokenGetServices");
    if (!count || !services)
        return sec_status(e);
    e = token_get(id, &t);
    if (e)
        return sec_status(e);
    *count = 0;
    *services = NULL;
    if (t->identity && t->identity->service_count)
        e = texts(t->identity, count, services);
    handle_put(id);
    return sec_status(e);
}
