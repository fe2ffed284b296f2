/* SPDX-License-Identifier: Apache-2.0
 * api_rnr_address.c - CSADDR_INFO, from the caller and for it.
 */
#include <netinet/in.h>

#include "base/detail.h"
#include "names/api_rnr.h"

enum rnr_family rnr_family_in(int family)
{
    return family == AF_INET ? RNR_INET : family == AF_INET6 ? RNR_INET6 : RNR_NO_FAMILY;
}

static enum err end_in(const SOCKET_ADDRESS *from, struct rnr_end *ret)
{
    struct rnr_end end = { 0 };
    struct sockaddr_storage at = { 0 };
    const struct sockaddr_in *four = (const struct sockaddr_in *)&at;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&at;
    size_t len = from->iSockaddrLength > 0 ? (size_t)from->iSockaddrLength : 0;

    if (!from->lpSockaddr || len == 0) {
        *ret = end;
        return ERR_OK;
    }
    memcpy(&at, from->lpSockaddr, len < sizeof at ? len : sizeof at);
    end.family = len >= sizeof(sa_family_t) ? rnr_family_in(at.ss_family) : RNR_NO_FAMILY;
    if (end.family == RNR_INET && len >= sizeof *four) {
        end.port = ntohs(four->sin_port);
        memcpy(end.ip, &four->sin_addr, 4);
    } else if (end.family == RNR_INET6 && len >= sizeof *six) {
        end.port = ntohs(six->sin6_port);
        end.flow = ntohl(six->sin6_flowinfo);
        end.scope = six->sin6_scope_id;
        memcpy(end.ip, &six->sin6_addr, 16);
    } else {
        return detail_fail(ERR_INVALID_PARAMETER,
                           "an address of %zu bytes and family %d: only AF_INET and AF_INET6 are "
                           "kept",
                           len, at.ss_family);
    }
    *ret = end;
    return ERR_OK;
}

/* The documented example has PF_INET where the protocol belongs. */
static uint16_t protocol_in(const CSADDR_INFO *from, enum rnr_family family)
{
    bool mistaken = family != RNR_NO_FAMILY && rnr_family_in(from->iProtocol) == family;

    if (mistaken && from->iSocketType == SOCK_STREAM)
        return IPPROTO_TCP;
    if (mistaken && from->iSocketType == SOCK_DGRAM)
        return IPPROTO_UDP;
    return (uint16_t)from->iProtocol;
}

enum err rnr_address_in(const CSADDR_INFO *from, const char *host, struct rnr_address *ret)
{
    struct rnr_address a = { .type = (enum rnr_socket)from->iSocketType };
    size_t len = strlen(host);
    enum err e;

    if (len > HOST_NAME_MOST)
        return detail_fail(ERR_TOO_LONG, "the host's name has %zu bytes", len);
    if (from->iProtocol < 0 || from->iProtocol > UINT16_MAX || from->iSocketType < 0 ||
        from->iSocketType > UINT16_MAX)
        return detail_fail(ERR_INVALID_PARAMETER, "a socket of type %d and protocol %d",
                           from->iSocketType, from->iProtocol);
    memcpy(a.host, host, len);
    e = end_in(&from->LocalAddr, &a.local);
    if (!e)
        e = end_in(&from->RemoteAddr, &a.remote);
    if (!e && a.remote.family == RNR_NO_FAMILY)
        e = detail_fail(ERR_INVALID_PARAMETER, "an address of a service without RemoteAddr");
    a.protocol = protocol_in(from, a.remote.family);
    if (!e)
        *ret = a;
    return e;
}

static SOCKET_ADDRESS end_out(struct rnr_room *r, const struct rnr_end *end)
{
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(end->port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6,
                                .sin6_port = htons(end->port),
                                .sin6_flowinfo = htonl(end->flow),
                                .sin6_scope_id = end->scope };
    SOCKET_ADDRESS to = { 0 };

    memcpy(&four.sin_addr, end->ip, 4);
    memcpy(&six.sin6_addr, end->ip, 16);
    if (end->family == RNR_INET) {
        to.lpSockaddr = rnr_room_put(r, &four, sizeof four);
        to.iSockaddrLength = sizeof four;
    } else {
        to.lpSockaddr = rnr_room_put(r, &six, sizeof six);
        to.iSockaddrLength = sizeof six;
    }
    return to;
}

/* Both ends can be used as they are: where nothing is said it is any address of the family. */
LPCSADDR_INFO rnr_room_addresses(struct rnr_room *r, const struct rnr_address *a, size_t n,
                                 bool to_listen)
{
    size_t i;
    uint8_t *all = rnr_room_put(r, NULL, n * sizeof(CSADDR_INFO));

    for (i = 0; i < n; i++) {
        struct rnr_end other = a[i].local;
        CSADDR_INFO info = { .iSocketType = (INT)a[i].type, .iProtocol = a[i].protocol };

        other.family = a[i].remote.family;
        info.LocalAddr = end_out(r, to_listen ? &a[i].remote : &other);
        info.RemoteAddr = end_out(r, to_listen ? &other : &a[i].remote);
        if (all)
            memcpy(all + i * sizeof info, &info, sizeof info);
    }
    return (LPCSADDR_INFO)(void *)all;
}
