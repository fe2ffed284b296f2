/* SPDX-License-Identifier: Apache-2.0
 * security_time.c - how long a caller stays who he was where no message proves it anew.
 * [MS-RPCE] 3.3.1.5.2.2
 *
 * From level PKT up the package looks at the time of the ticket with each message. At level CONNECT
 * it sees none after the last leg.
 */
#include <time.h>

#include "base/detail.h"
#include "rpc/security.h"

/* SSPI's times are those of a clock on the wall here. */
static int64_t seconds_of(TimeStamp t)
{
    const int64_t steps_per_second = 10000000, from_1601_to_1970 = 11644473600;
    time_t wall = (time_t)(t.QuadPart / steps_per_second - from_1601_to_1970);
    struct tm local = { 0 };

    if (!gmtime_r(&wall, &local))
        return RPC_SECURITY_FOR_EVER;
    local.tm_isdst = -1;
    return mktime(&local);
}

enum err rpc_security_take_time(struct rpc_security *s)
{
    SecPkgContext_Lifespan span = { .tsExpiry = { .QuadPart = INT64_MAX } };
    SECURITY_STATUS status = QueryContextAttributesA(&s->context, SECPKG_ATTR_LIFESPAN, &span);

    if (status != SEC_E_OK)
        return detail_fail(ERR_ACCESS_DENIED,
                           "rpc: asking how long the caller is known: status %#x",
                           (unsigned)status);
    s->expiry =
        span.tsExpiry.QuadPart == INT64_MAX ? RPC_SECURITY_FOR_EVER : seconds_of(span.tsExpiry);
    return ERR_OK;
}

enum err rpc_security_in_time(const struct rpc_security *s)
{
    struct timespec now;

    if (s->expiry == RPC_SECURITY_FOR_EVER)
        return ERR_OK;
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec < s->expiry)
        return ERR_OK;
    detail_remedy("Connect anew, with a ticket that is still good.");
    return detail_fail(ERR_EXPIRED, "rpc: the caller's ticket expired %lld seconds ago",
                       (long long)(now.tv_sec - s->expiry));
}
