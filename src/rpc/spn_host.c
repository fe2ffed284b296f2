/* SPDX-License-Identifier: Apache-2.0
 * spn_host.c - whether the server a client expects is of the host it connects to.
 */
#include "rpc/spn_host.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "spn/spn.h"

static bool is_address(const char *host)
{
    struct in6_addr any;

    return strchr(host, ':') || inet_pton(AF_INET, host, &any) == 1;
}

static size_t length(const char *host)
{
    size_t n = strlen(host);

    return n && host[n - 1] == '.' ? n - 1 : n;
}

static bool same_host(const char *a, const char *b)
{
    size_t n = length(a), m = length(b), label = strcspn(a, ".");

    if (n == m)
        return strncasecmp(a, b, n) == 0;
    if (label != strcspn(b, ".") || (label != n && label != m))
        return false;
    return strncasecmp(a, b, label) == 0;
}

enum err rpc_spn_host_judge(const char *principal, const char *host, enum rpc_spn_host *ret)
{
    struct spn spn = { 0 };
    enum err e;

    if (!strchr(principal, '/')) {
        *ret = RPC_SPN_HOST_SUITS;
        return ERR_OK;
    }
    e = spn_parse_target(principal, &spn);
    if (e == ERR_NO_MEMORY)
        return e;
    if (e)
        *ret = RPC_SPN_HOST_MALFORMED;
    else if (!host || !*host || is_address(host) || same_host(spn.instance, host))
        *ret = RPC_SPN_HOST_SUITS;
    else
        *ret = RPC_SPN_HOST_OTHER;
    spn_free(&spn);
    return ERR_OK;
}
