/* SPDX-License-Identifier: Apache-2.0
 * resolve.c - host names and SRV records.  RFC 1035, RFC 2782
 *
 * libresolv sends the question (random id and port, TCP when the answer is long); we read the
 * reply ourselves. Its state is a local variable, so no thread sees another's servers.
 */
#include "base/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/detail.h"
#include "base/dns.h"

#define SERVERS_VARIABLE "COUNTERSIGN_DNS"

enum {
    SECONDS = 3, /* as long as a person waits before suspecting something */
    DNS_PORT = 53,
    QUERY_SIZE = 512,
    REPLY_SIZE = 16384, /* sixteen SRV records with names of 255 octets fit thrice */
    RCODE_NXDOMAIN = 3,
};

struct servers {
    size_t count;
    struct resolve_address at[MAXNS];
};

static void set_port(struct sockaddr_storage *a, uint16_t port)
{
    if (a->ss_family == AF_INET6)
        ((struct sockaddr_in6 *)a)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)a)->sin_port = htons(port);
}

/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0"; nothing else, and nobody is asked. */
static bool numeric_parse(const char *text, uint16_t port, struct resolve_address *ret)
{
    struct resolve_address a = { 0 };
    struct sockaddr_in *v4 = (struct sockaddr_in *)&a.addr;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a.addr;
    char copy[INET6_ADDRSTRLEN + IF_NAMESIZE];
    char *zone = NULL;

    if (strlen(text) >= sizeof copy)
        return false;
    memcpy(copy, text, strlen(text) + 1);
    if (inet_pton(AF_INET, copy, &v4->sin_addr) == 1) {
        a.addr.ss_family = AF_INET;
        a.len = sizeof *v4;
    } else {
        zone = strchr(copy, '%');
        if (zone)
            *zone++ = '\0';
        if (inet_pton(AF_INET6, copy, &v6->sin6_addr) != 1)
            return false;
        if (zone && !(v6->sin6_scope_id = if_nametoindex(zone)))
            return false;
        a.addr.ss_family = AF_INET6;
        a.len = sizeof *v6;
    }
    set_port(&a.addr, port);
    *ret = a;
    return true;
}

static bool port_parse(const char *text, uint16_t *ret)
{
    unsigned v = 0;
    size_t n = strspn(text, "0123456789");

    if (n == 0 || n > 5 || text[n])
        return false;
    sscanf(text, "%5u", &v);
    if (v == 0 || v > 65535)
        return false;
    *ret = (uint16_t)v;
    return true;
}

/* "192.0.2.1[:PORT]" or "[2001:db8::1][:PORT]". Cuts text up. */
static bool server_parse(char *text, struct resolve_address *ret)
{
    uint16_t port = DNS_PORT;
    char *end = NULL;

    if (*text == '[') {
        end = strchr(++text, ']');
        if (!end)
            return false;
        *end++ = '\0';
        if (!strchr(text, ':') || (*end && *end != ':'))
            return false;
    } else {
        end = strchr(text, ':');
    }
    if (end && *end == ':') {
        *end++ = '\0';
        if (!port_parse(end, &port))
            return false;
    }
    return numeric_parse(text, port, ret);
}

/* count 0: ask as the system does. A list that is not understood is refused: asking somebody
 * else instead would be the surprise. */
static enum err servers_parse(const char *list, struct servers *ret)
{
    struct servers s = { 0 };
    char copy[256];
    char *next = copy;
    char *item = NULL;

    if (!list || !*list) {
        *ret = s;
        return ERR_OK;
    }
    if (strlen(list) >= sizeof copy)
        return detail_fail(ERR_INVALID_PARAMETER, "%s is longer than %zu characters",
                           SERVERS_VARIABLE, sizeof copy - 1);
    memcpy(copy, list, strlen(list) + 1);
    while ((item = strsep(&next, ","))) {
        if (s.count == MAXNS)
            return detail_fail(ERR_INVALID_PARAMETER, "%s=\"%s\" names more than %d servers",
                               SERVERS_VARIABLE, list, MAXNS);
        if (!server_parse(item, &s.at[s.count++])) {
            detail_remedy("write ADDRESS[:PORT],..., an IPv6 address in brackets");
            return detail_fail(ERR_INVALID_PARAMETER, "%s=\"%s\": item %zu is no address",
                               SERVERS_VARIABLE, list, s.count);
        }
    }
    *ret = s;
    return ERR_OK;
}

/* Where libresolv keeps IPv6 servers: blocks it frees itself, hence malloc and not mem_alloc.
 * NOLINTBEGIN(clang-analyzer-unix.Malloc) */
static enum err servers_install(struct __res_state *state, const struct servers *s)
{
    size_t i;

    for (i = 0; i < MAXNS; i++) {
        free(state->_u._ext.nsaddrs[i]); /* libc's block */
        state->_u._ext.nsaddrs[i] = NULL;
        memset(&state->nsaddr_list[i], 0, sizeof state->nsaddr_list[i]);
    }
    state->nscount = (int)s->count;
    state->_u._ext.nscount = 0;
    for (i = 0; i < s->count; i++) {
        if (s->at[i].addr.ss_family == AF_INET) {
            memcpy(&state->nsaddr_list[i], &s->at[i].addr, sizeof state->nsaddr_list[i]);
            continue;
        }
        state->_u._ext.nsaddrs[i] = malloc(sizeof(struct sockaddr_in6)); /* libc's block */
        if (!state->_u._ext.nsaddrs[i])
            return ERR_NO_MEMORY;
        memcpy(state->_u._ext.nsaddrs[i], &s->at[i].addr, sizeof(struct sockaddr_in6));
    }
    return ERR_OK;
}
/* NOLINTEND(clang-analyzer-unix.Malloc) */

static void servers_format(const struct servers *s, char *to, size_t size)
{
    size_t used = 0;
    size_t i;

    snprintf(to, size, "the system's DNS servers");
    for (i = 0; i < s->count && used < size; i++) {
        char one[64];

        resolve_address_format(&s->at[i], one, sizeof one);
        used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "", one);
    }
}

/* What a reply without answers, or no reply, means. */
static enum err no_answer(const char *name, const struct servers *s, int sent, unsigned rcode)
{
    char asked[DETAIL_NAME];
    enum err e = ERR_NOT_FOUND;

    servers_format(s, asked, sizeof asked);
    detail_set(detail_get()->asked, name);
    detail_set(detail_get()->server, asked);
    if (sent < 0) {
        e = errno == ETIMEDOUT ? ERR_TIMEOUT : ERR_CONNECT;
        detail_remedy("check that a DNS server answers there, or set %s", SERVERS_VARIABLE);
        return detail_fail(e, "resolve: %s: no answer from %s (%s)", name, asked, strerror(errno));
    }
    if (rcode != 0 && rcode != RCODE_NXDOMAIN)
        return detail_fail(ERR_CONNECT, "resolve: %s: %s answered with code %u", name, asked,
                           rcode);
    return detail_fail(e, "resolve: %s: %s knows no such name", name, asked);
}

static int exchange(struct __res_state *state, const char *name, uint16_t type, uint8_t *reply)
{
    uint8_t query[QUERY_SIZE];
    int n = res_nmkquery(state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, query, QUERY_SIZE);

    if (n < 0) {
        errno = EINVAL;
        return -1;
    }
    errno = 0;
    n = res_nsend(state, query, n, reply, REPLY_SIZE);
    return n > REPLY_SIZE ? REPLY_SIZE : n;
}

static enum err ask(const struct servers *s, const char *name, uint16_t type, struct dns_reply *ret)
{
    struct __res_state state = { 0 };
    uint8_t reply[REPLY_SIZE];
    enum err e = ERR_OK;
    int n = -1;

    if (res_ninit(&state) < 0)
        return detail_fail(ERR_INTERNAL, "resolve: res_ninit failed: %s", strerror(errno));
    state.retrans = SECONDS;
    state.retry = 1;
    if (s->count)
        e = servers_install(&state, s);
    if (!e)
        n = exchange(&state, name, type, reply);
    if (!e && n < 0)
        e = no_answer(name, s, n, 0);
    if (!e) {
        e = dns_reply_read(bytes_of(reply, (size_t)n), name, type, ret);
        if (e)
            detail_fail(e, "resolve: %s: the reply of %d bytes was not understood: %s", name, n,
                        err_text(e));
    }
    res_nclose(&state);
    return e;
}

static void add_records(const struct dns_reply *reply, int family, uint16_t port,
                        struct resolve_address ret[RESOLVE_MAX], size_t *count)
{
    size_t i;

    for (i = 0; i < reply->count && *count < RESOLVE_MAX; i++) {
        struct resolve_address a = { 0 };
        struct sockaddr_in *v4 = (struct sockaddr_in *)&a.addr;
        struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&a.addr;

        a.addr.ss_family = (sa_family_t)family;
        a.len = family == AF_INET ? sizeof *v4 : sizeof *v6;
        if (family == AF_INET)
            memcpy(&v4->sin_addr, reply->records[i].address, 4);
        else
            memcpy(&v6->sin6_addr, reply->records[i].address, 16);
        set_port(&a.addr, port);
        ret[(*count)++] = a;
    }
}

static enum err host_by_dns(const struct servers *s, const char *host, uint16_t port,
                            struct resolve_address ret[RESOLVE_MAX], size_t *ret_count)
{
    static const struct {
        uint16_t type;
        int family;
    } kinds[] = { { DNS_A, AF_INET }, { DNS_AAAA, AF_INET6 } };
    struct dns_reply reply = { 0 };
    size_t count = 0;
    size_t i;

    for (i = 0; i < 2; i++) {
        enum err e = ask(s, host, kinds[i].type, &reply);

        if (e && !count)
            return e;
        if (!e)
            add_records(&reply, kinds[i].family, port, ret, &count);
    }
    if (!count)
        return no_answer(host, s, 0, reply.rcode);
    *ret_count = count;
    return ERR_OK;
}

static enum err host_by_system(const char *host, uint16_t port,
                               struct resolve_address ret[RESOLVE_MAX], size_t *ret_count)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *list = NULL;
    struct addrinfo *a = NULL;
    size_t count = 0;
    int rc = getaddrinfo(host, NULL, &hints, &list);

    if (rc) {
        detail_set(detail_get()->asked, host);
        return detail_fail(rc == EAI_MEMORY  ? ERR_NO_MEMORY
                           : rc == EAI_AGAIN ? ERR_TIMEOUT
                                             : ERR_NOT_FOUND,
                           "resolve: %s: %s", host, gai_strerror(rc));
    }
    for (a = list; a && count < RESOLVE_MAX; a = a->ai_next) {
        if (a->ai_addrlen > sizeof ret->addr)
            continue;
        ret[count] = (struct resolve_address){ .len = a->ai_addrlen };
        memcpy(&ret[count].addr, a->ai_addr, a->ai_addrlen);
        set_port(&ret[count++].addr, port);
    }
    freeaddrinfo(list);
    *ret_count = count;
    return count ? ERR_OK : detail_fail(ERR_NOT_FOUND, "resolve: %s has no address", host);
}

/* RFC 6761 6.3: the name never leaves the machine. */
static bool is_localhost(const char *host)
{
    return strcasecmp(host, "localhost") == 0 || strcasecmp(host, "localhost.") == 0;
}

enum err resolve_host(const char *host, uint16_t port, struct resolve_address ret[RESOLVE_MAX],
                      size_t *ret_count)
{
    struct servers s = { 0 };
    enum err e;

    if (!*host || strlen(host) >= RESOLVE_NAME)
        return detail_fail(ERR_INVALID_PARAMETER, "resolve: a host name of %zu characters",
                           strlen(host));
    if (numeric_parse(host, port, &ret[0])) {
        *ret_count = 1;
        return ERR_OK;
    }
    e = servers_parse(secure_getenv(SERVERS_VARIABLE), &s);
    if (e)
        return e;
    if (s.count && !is_localhost(host))
        return host_by_dns(&s, host, port, ret, ret_count);
    return host_by_system(host, port, ret, ret_count);
}

static int by_priority(const void *a, const void *b)
{
    const struct resolve_srv *x = a;
    const struct resolve_srv *y = b;

    if (x->priority != y->priority)
        return x->priority < y->priority ? -1 : 1;
    return (x->weight != 0) - (y->weight != 0); /* weight 0 first, as the selection wants it */
}

/* RFC 2782: among n of one priority, each place is drawn with chances by weight. */
static void shuffle(struct resolve_srv *at, size_t n)
{
    for (; n > 1; at++, n--) {
        struct resolve_srv chosen;
        uint32_t sum = 0;
        uint32_t run = 0;
        uint32_t draw = 0;
        size_t i;

        for (i = 0; i < n; i++)
            sum += at[i].weight;
        if (getrandom(&draw, sizeof draw, GRND_NONBLOCK) != sizeof draw)
            draw = 0; /* without chance the order is still a valid one */
        draw %= sum + 1;
        for (i = 0; i < n - 1; i++) {
            run += at[i].weight;
            if (run >= draw)
                break;
        }
        chosen = at[i];
        memmove(at + 1, at, i * sizeof *at);
        at[0] = chosen;
    }
}

static void order(struct resolve_srv *all, size_t count)
{
    size_t from = 0;

    qsort(all, count, sizeof *all, by_priority);
    while (from < count) {
        size_t to = from;

        while (to < count && all[to].priority == all[from].priority)
            to++;
        shuffle(all + from, to - from);
        from = to;
    }
}

enum err resolve_service(const char *name, struct resolve_srv ret[RESOLVE_MAX], size_t *ret_count)
{
    struct dns_reply reply = { 0 };
    struct servers s = { 0 };
    size_t count = 0;
    size_t i;
    enum err e = servers_parse(secure_getenv(SERVERS_VARIABLE), &s);

    if (e)
        return e;
    if (!*name || strlen(name) >= RESOLVE_NAME)
        return detail_fail(ERR_INVALID_PARAMETER, "resolve: a service name of %zu characters",
                           strlen(name));
    e = ask(&s, name, DNS_SRV, &reply);
    if (e)
        return e;
    for (i = 0; i < reply.count && count < RESOLVE_MAX; i++) {
        struct resolve_srv *r = &ret[count];

        if (!reply.records[i].srv.host[0])
            continue;
        memcpy(r->host, reply.records[i].srv.host, sizeof r->host);
        r->port = reply.records[i].srv.port;
        r->priority = reply.records[i].srv.priority;
        r->weight = reply.records[i].srv.weight;
        count++;
    }
    if (!count)
        return no_answer(name, &s, 0, reply.rcode);
    order(ret, count);
    *ret_count = count;
    return ERR_OK;
}

void resolve_address_format(const struct resolve_address *a, char *to, size_t size)
{
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    char port[8];

    if (getnameinfo((const struct sockaddr *)&a->addr, a->len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV)) {
        snprintf(to, size, "?");
        return;
    }
    snprintf(to, size, a->addr.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}
