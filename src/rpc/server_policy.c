/* SPDX-License-Identifier: Apache-2.0
 * server_policy.c - what the policy of a process asks of those who call it.
 */
#include "rpc/server_policy.h"

#include <string.h>
#include <strings.h>

#include "base/detail.h"
#include "base/policy_value.h"
#include "countersign/countersign.h"
#include "rpc/server_link.h"

static const char *name_or(const char *name)
{
    return *name ? name : "nobody";
}

static const char *level_name(uint8_t level)
{
    static const char *const names[] = { "default", "none",      "connect", "call",
                                         "packet",  "integrity", "privacy" };

    return level < sizeof names / sizeof names[0] ? names[level] : "unknown";
}

/* ---- providers ---- */

static uint32_t provider_bit(uint8_t type)
{
    switch (type) {
    case RPC_AUTH_NEGOTIATE:
        return POLICY_NEGOTIATE;
    case RPC_AUTH_KERBEROS:
        return POLICY_KERBEROS;
    case RPC_AUTH_NTLM:
        return POLICY_NTLM_PROVIDER;
    case RPC_AUTH_LOCAL:
        return POLICY_LOCAL;
    default:
        return 0;
    }
}

bool rpc_server_policy_provider(const struct rpc_server_connection *c, uint8_t type)
{
    return (policy_number(POLICY_PROVIDERS) & provider_bit(type)) ||
           !policy_forbids(POLICY_PROVIDERS, "a client of endpoint %s by authentication service %u",
                           c->endpoint, type);
}

/* ---- guests ---- */

/* "Guest" of any realm, or of this host. */
bool rpc_server_policy_guest_name(const char *text)
{
    const char *at = strchr(text, '\\');
    const char *name = at ? at + 1 : text;
    size_t n = strcspn(name, "@");

    return n == 5 && strncasecmp(name, "guest", n) == 0;
}

bool rpc_server_policy_guest_sid(const char *sid)
{
    const char *last = strrchr(sid, '-');

    if (strcmp(sid, "S-1-5-32-546") == 0)
        return true;
    return last && strncmp(sid, "S-1-5-21-", 9) == 0 &&
           (strcmp(last, "-501") == 0 || strcmp(last, "-514") == 0);
}

/* Also one whose SIDs could not be looked at, for want of memory: no guest slips through so. */
static bool has_guest_sid(const struct rpc_security *s)
{
    CtxtHandle context = s->context;
    HANDLE token = NULL;
    char **sids = NULL;
    ULONG count = 0, i;
    bool guest = true;

    if (s->type == RPC_AUTH_LOCAL)
        return false;
    if (QuerySecurityContextToken(&context, &token) != SEC_E_OK)
        return true;
    if (CsTokenGetSids(token, &count, &sids) == SEC_E_OK) {
        guest = false;
        for (i = 0; i < count; i++)
            guest |= rpc_server_policy_guest_sid(sids[i]);
        FreeContextBuffer(sids);
    }
    CloseHandle(token);
    return guest;
}

bool rpc_server_policy_guest(const struct rpc_security *s, const char *text)
{
    return policy_get(POLICY_GUESTS) != POLICY_OFF &&
           (rpc_server_policy_guest_name(text) || has_guest_sid(s));
}

/* ---- a call ---- */

static bool level_allowed(struct rpc_server_call *c)
{
    uint8_t level = rpc_server_call_level(c), least = (uint8_t)policy_number(POLICY_MINIMUM_LEVEL);

    return level >= least ||
           !policy_forbids(POLICY_MINIMUM_LEVEL,
                           "%s with operation %u of interface %s at level %s, lower than %s",
                           name_or(rpc_server_call_caller(c).name), c->opnum,
                           c->registration->face->Head.Name, level_name(level), level_name(least));
}

bool rpc_server_policy_call(struct rpc_server_call *c)
{
    if (!level_allowed(c))
        return false;
    return !rpc_server_link_client_is_guest(c->link, c->security) ||
           !policy_forbids(POLICY_GUESTS, "%s, a guest, with operation %u of interface %s",
                           rpc_server_call_caller(c).name, c->opnum,
                           c->registration->face->Head.Name);
}

/* ---- callbacks ---- */

enum err rpc_server_policy_callback(struct rpc_server_call *c)
{
    const char *name = rpc_server_call_caller(c).name;

    if (policy_get(POLICY_CALLBACK_PRINCIPALS) == POLICY_OFF ||
        (*name && policy_names(POLICY_CALLBACK_PRINCIPALS, name)) ||
        !policy_forbids(POLICY_CALLBACK_PRINCIPALS, "a callback of interface %s to %s",
                        c->registration->face->Head.Name, name_or(name)))
        return ERR_OK;
    detail_remedy("Write its name behind callback-principals in countersign.conf.");
    return detail_fail(ERR_POLICY, "%s is not one of those who may be called back", name_or(name));
}
