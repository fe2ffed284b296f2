/* SPDX-License-Identifier: Apache-2.0
 * address_text.c - addresses of Winsock services as text.  RFC 3986 3.2.2, RFC 5952 6
 */
#include "names/address_text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/detail.h"

static enum err no_address(const char *text)
{
    detail_remedy("write 192.0.2.1:5001, [2001:db8::1]:5001, or either with /udp behind it");
    return detail_fail(ERR_INVALID_PARAMETER, "\"%s\" is no address with a port", text);
}

/* Decimal digits up to the end. */
static bool number(const char *text, unsigned long most, uint16_t *ret)
{
    char *end = NULL;
    unsigned long v;

    if (*text < '0' || *text > '9')
        return false;
    v = strtoul(text, &end, 10);
    if (*end || v == 0 || v > most)
        return false;
    *ret = (uint16_t)v;
    return true;
}

/* Takes "/protocol" off the end. */
static bool take_protocol(char *text, struct rnr_address *a)
{
    char *slash = strchr(text, '/');

    a->type = RNR_STREAM;
    a->protocol = IPPROTO_TCP;
    if (!slash)
        return true;
    *slash++ = '\0';
    if (strcmp(slash, "tcp") == 0)
        return true;
    a->type = strcmp(slash, "udp") == 0 ? RNR_DGRAM : RNR_RAW;
    a->protocol = IPPROTO_UDP;
    return a->type == RNR_DGRAM || number(slash, 255, &a->protocol);
}

enum err address_parse(const char *text, const char *host, struct rnr_address *ret)
{
    struct rnr_address a = { 0 };
    char copy[ADDRESS_TEXT], *ip = copy, *port;

    if (strlen(text) >= sizeof copy || strlen(host) > HOST_NAME_MOST)
        return no_address(text);
    memcpy(copy, text, strlen(text) + 1);
    memcpy(a.host, host, strlen(host) + 1);
    if (!take_protocol(copy, &a))
        return no_address(text);
    port = strrchr(copy, ':');
    if (!port || !number(port + 1, UINT16_MAX, &a.remote.port))
        return no_address(text);
    *port = '\0';
    a.remote.family = RNR_INET;
    if (*ip == '[' && port[-1] == ']') {
        port[-1] = '\0';
        ip++;
        a.remote.family = RNR_INET6;
    }
    if (inet_pton(a.remote.family == RNR_INET ? AF_INET : AF_INET6, ip, a.remote.ip) != 1)
        return no_address(text);
    *ret = a;
    return ERR_OK;
}

void address_format_ip(const struct rnr_address *a, char to[ADDRESS_TEXT])
{
    to[0] = '\0';
    (void)inet_ntop(a->remote.family == RNR_INET6 ? AF_INET6 : AF_INET, a->remote.ip, to,
                    ADDRESS_TEXT);
}

void address_format(const struct rnr_address *a, char to[ADDRESS_TEXT])
{
    uint16_t protocol = rnr_address_protocol(a);
    bool six = a->remote.family == RNR_INET6;
    char ip[ADDRESS_TEXT], behind[8] = "";

    address_format_ip(a, ip);
    if (protocol == IPPROTO_UDP)
        (void)snprintf(behind, sizeof behind, "/udp");
    else if (protocol != IPPROTO_TCP)
        (void)snprintf(behind, sizeof behind, "/%u", protocol);
    (void)snprintf(to, ADDRESS_TEXT, "%s%.46s%s:%u%s", six ? "[" : "", ip, six ? "]" : "",
                   a->remote.port, behind);
}
