/* SPDX-License-Identifier: Apache-2.0
 * ping_steps.c - the way a call goes, one verdict for each part of it.
 *
 * An interface is asked for by calling an operation number that no interface has: a server that
 * offers it answers that the number is out of range, and runs nothing. What is called in earnest is
 * the management interface, which every server has.  C706 appendix Q
 */
#include "ping.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <countersign/countersign.h>

#include "base/detail.h"

#include "ask.h"

#define ENDPOINT_MAPPER "135"
#define LOCAL_ENDPOINT_MAPPER "EPMAPPER"

/* ---- findings ---- */

int64_t ping_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct ping_step *begin(struct ping *p, const char *name)
{
    struct ping_step *s = &p->steps[p->count < PING_STEPS - 1 ? p->count++ : p->count];

    *s = (struct ping_step){ .name = name, .us = ping_now() };
    return s;
}

/* Ends a step; true for PING_OK. */
static bool end(struct ping_step *s, enum ping_state state, int exit, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static bool end(struct ping_step *s, enum ping_state state, int exit, const char *fmt, ...)
{
    va_list ap;

    s->us = ping_now() - s->us;
    s->state = state;
    s->exit = exit;
    va_start(ap, fmt);
    vsnprintf(s->found, sizeof s->found, fmt, ap);
    va_end(ap);
    return state == PING_OK;
}

static void fix(struct ping_step *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void fix(struct ping_step *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(s->fix, sizeof s->fix, fmt, ap);
    va_end(ap);
}

/* The library's own words about what failed last; the status's where it has none. */
static bool end_status(struct ping_step *s, enum ping_state state, int exit, RPC_STATUS status)
{
    char why[PING_TEXT], try[PING_TEXT];

    ask_why(status, why, sizeof why, try, sizeof try);
    if (try[0])
        fix(s, "%s", try);
    return end(s, state, exit, "%s", why);
}

/* ---- the steps ---- */

/* "dc1", "dc1[135]" and "ncacn_ip_tcp:dc1[135]" mean the same kind of thing. Without an endpoint
 * and an interface to look for, it is the endpoint mapper that is asked: most hosts have one. */
static RPC_STATUS take_binding(struct ping *p)
{
    char text[1024];
    const char *prefix = "";
    RPC_CSTR object = NULL, sequence = NULL, host = NULL, endpoint = NULL, whole = NULL;
    RPC_STATUS status;

    /* every protocol sequence begins with "nc"; a colon alone may be of an IPv6 address */
    if (!strchr(p->binding, '@') && (strncmp(p->binding, "nc", 2) != 0 || !strchr(p->binding, ':')))
        prefix = "ncacn_ip_tcp:";
    snprintf(text, sizeof text, "%s%s", prefix, p->binding);
    status = RpcStringBindingParseA(cstr(text), &object, &sequence, &host, &endpoint, NULL);
    if (status != RPC_S_OK)
        return status;
    p->local = strcmp((char *)sequence, "ncalrpc") == 0;
    snprintf(p->host, sizeof p->host, "%s", host[0] ? (char *)host : "localhost");
    snprintf(p->endpoint, sizeof p->endpoint, "%s",
             endpoint[0] || p->chosen ? (char *)endpoint
             : p->local               ? LOCAL_ENDPOINT_MAPPER
                                      : ENDPOINT_MAPPER);
    status =
        RpcStringBindingComposeA(object, sequence, cstr(p->host), cstr(p->endpoint), NULL, &whole);
    if (status == RPC_S_OK)
        status = RpcBindingFromStringBindingA(whole, &p->server);
    RpcStringFreeA(&object);
    RpcStringFreeA(&sequence);
    RpcStringFreeA(&host);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&whole);
    return status;
}

/* afa8bd80-7d8a-11c9-bef4-08002b102989, version 1.0: management, of every server. */
static const CS_CLIENT_INTERFACE management = { {
    .Length = sizeof management,
    .StubAbi = CS_STUB_ABI,
    .Side = CS_INTERFACE_CLIENT,
    .Id = { { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } },
            1,
            0 },
    .Name = "management",
} };

static bool parse(struct ping *p)
{
    struct ping_step *s = begin(p, "parse");
    bool versioned;
    RPC_STATUS status;

    p->face = management;
    p->chosen = p->interface != NULL;
    if (p->chosen)
        p->face.Head.Name = "the interface";
    status = p->chosen ? ask_parse_interface(p->interface, &p->face.Head.Id, &versioned) : RPC_S_OK;
    if (status != RPC_S_OK) {
        fix(s, "an interface is its UUID and version: --interface "
               "12345778-1234-abcd-ef00-0123456789ab,0.0");
        return end(s, PING_FAILED, EXIT_USAGE, "\"%s\" is no interface", p->interface);
    }
    status = take_binding(p);
    if (status != RPC_S_OK)
        return end_status(s, PING_FAILED, EXIT_USAGE, status);
    if (p->spn)
        snprintf(p->name, sizeof p->name, "%s", p->spn);
    else if (!p->local && !ask_is_address(p->host))
        snprintf(p->name, sizeof p->name, "host/%s", p->host);
    (void)RpcBindingSetOption(p->server, RPC_C_OPT_CALL_TIMEOUT, p->timeout * 1000);
    return end(s, PING_OK, 0, "%s, %s%s", p->host, p->endpoint[0] ? "endpoint " : "no endpoint",
               p->endpoint);
}

static bool resolve(struct ping *p)
{
    struct ping_step *s = begin(p, "resolve");
    char first[64];
    enum err e = resolve_host(p->host, 0, p->addresses, &p->address_count);

    if (e) {
        fix(s, "%s",
            detail_get()->remedy[0] ? detail_get()->remedy
                                    : "is the name right, and does DNS know it?");
        return end(s, PING_FAILED, EXIT_NOWHERE, "%s", detail_get()->text);
    }
    resolve_address_format(&p->addresses[0], first, sizeof first);
    first[strcspn(first, first[0] == '[' ? "]" : ":")] = '\0';
    return end(s, PING_OK, 0, "%s%s%s", first + (first[0] == '['),
               p->address_count > 1 ? " and others" : "",
               ask_is_address(p->host) ? ", as given" : "");
}

/* Only where none was given: an interface, and a mapper that may know its endpoint. */
static bool find_endpoint(struct ping *p)
{
    struct ping_step *s = begin(p, "endpoint");
    RPC_CSTR text = NULL, endpoint = NULL;
    RPC_STATUS status = RpcEpResolveBinding(p->server, &p->face);

    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(p->server, &text);
    if (status == RPC_S_OK)
        status = RpcStringBindingParseA(text, NULL, NULL, NULL, &endpoint, NULL);
    if (status == RPC_S_OK)
        snprintf(p->endpoint, sizeof p->endpoint, "%s", (char *)endpoint);
    RpcStringFreeA(&text);
    RpcStringFreeA(&endpoint);
    if (status == RPC_S_OK)
        return end(s, PING_OK, 0, "%s, says the host's endpoint mapper", p->endpoint);
    end_status(s, PING_FAILED, status == EPT_S_NOT_REGISTERED ? EXIT_INTERFACE : EXIT_NOWHERE,
               status);
    if (status == EPT_S_NOT_REGISTERED || !s->fix[0])
        fix(s, "does the server run? If its endpoint is known, name it: \"%s[ENDPOINT]\"", p->host);
    return false;
}

/* Zero, or why not. */
static int connect_one(const struct resolve_address *a, unsigned seconds)
{
    int fd = socket(a->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    socklen_t size = sizeof error;

    if (fd < 0)
        return errno;
    if (connect(fd, (const struct sockaddr *)&a->addr, a->len))
        error = errno;
    if (error == EINPROGRESS) {
        error = poll(&p, 1, (int)seconds * 1000) == 1 ? 0 : ETIMEDOUT;
        if (!error && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
            error = errno;
    }
    close(fd);
    return error;
}

static bool reach(struct ping *p)
{
    struct ping_step *s = begin(p, "connect");
    uint16_t port = (uint16_t)strtoul(p->endpoint, NULL, 10);
    int error = EHOSTUNREACH;
    char where[80] = "";
    size_t i;

    if (resolve_host(p->host, port, p->addresses, &p->address_count))
        return end(s, PING_FAILED, EXIT_NOWHERE, "%s", detail_get()->text);
    for (i = 0; i < p->address_count && error; i++) {
        resolve_address_format(&p->addresses[i], where, sizeof where);
        error = connect_one(&p->addresses[i], p->timeout);
    }
    if (!error)
        return end(s, PING_OK, 0, "%s", where);
    if (error == ECONNREFUSED)
        fix(s, "nothing listens there: does the server run, and is %s its endpoint?", p->endpoint);
    else
        fix(s, "a firewall, a route, or a host that is down: the other end never answered");
    return end(s, PING_FAILED, EXIT_NOWHERE, "%s: %s", where, strerror(error));
}

/* ---- calls ---- */

static RPC_STATUS insist(struct ping *p);

/* There is no connection without the server's account being good: who is expected is said first. */
static bool reach_local(struct ping *p)
{
    struct ping_step *s = begin(p, "connect");
    RPC_STATUS status = p->spn ? insist(p) : RPC_S_OK;

    if (status == RPC_S_OK)
        status = RpcMgmtIsServerListening(p->server);
    if (status == RPC_S_OK || status == RPC_S_NOT_LISTENING)
        return end(s, PING_OK, 0, "ncalrpc:[%s]", p->endpoint);
    return end_status(s, PING_FAILED,
                      status == RPC_S_ACCESS_DENIED || status == RPC_S_UNKNOWN_PRINCIPAL
                          ? EXIT_UNPROVEN
                          : EXIT_NOWHERE,
                      status);
}

/* What a stub that speaks both would speak with it, found by offering it NDR64 alone; "" where it
 * does not tell. */
static const char *syntax_of(const struct ping *p)
{
    CS_CLIENT_INTERFACE face = p->face;

    face.Head.Syntaxes = CS_SYNTAX_NDR64;
    switch (ask_interface(&face, p->server)) {
    case RPC_S_PROCNUM_OUT_OF_RANGE:
    case RPC_S_ACCESS_DENIED:
        return ", in NDR64";
    case RPC_S_UNSUPPORTED_TRANS_SYN:
        return ", in NDR";
    default:
        return "";
    }
}

static bool bind_interface(struct ping *p)
{
    struct ping_step *s = begin(p, "bind");
    RPC_STATUS status =
        p->chosen ? ask_interface(&p->face, p->server) : RpcMgmtIsServerListening(p->server);

    switch (status) {
    case RPC_S_OK:
    case RPC_S_NOT_LISTENING:
    case RPC_S_PROCNUM_OUT_OF_RANGE:
        return end(s, PING_OK, 0, "%s is offered%s, to anybody", p->face.Head.Name, syntax_of(p));
    case RPC_S_ACCESS_DENIED: /* of a call; the interface was accepted before */
        return end(s, PING_OK, 0, "%s is offered%s, not to callers without authentication",
                   p->face.Head.Name, syntax_of(p));
    case RPC_S_UNKNOWN_IF:
        fix(s,
            "another server's endpoint, or another version: `countersign endpoints %s` tells "
            "what is where",
            p->local ? "" : p->host);
        return end(s, PING_FAILED, EXIT_INTERFACE, "%s is not offered here", p->face.Head.Name);
    default:
        return end_status(s, PING_FAILED, EXIT_INTERFACE, status);
    }
}

/* What the server calls itself is hearsay: good for a hint, for nothing else. */
static void hint_at_name(struct ping *p, struct ping_step *s)
{
    CS_ERROR_DETAIL detail = { .size = sizeof detail };
    RPC_BINDING_HANDLE plain = NULL;
    RPC_CSTR said = NULL, text = NULL;

    (void)CsGetErrorDetail(&detail);
    if (RpcBindingToStringBindingA(p->server, &text) == RPC_S_OK &&
        RpcBindingFromStringBindingA(text, &plain) == RPC_S_OK)
        (void)RpcBindingSetOption(plain, RPC_C_OPT_CALL_TIMEOUT, p->timeout * 1000);
    if (plain && RpcMgmtInqServerPrincNameA(plain, p->service, &said) == RPC_S_OK && said[0] &&
        strcmp((char *)said, p->name) != 0)
        fix(s,
            "it calls itself %s: if that is whom you mean, --spn says so; else `countersign "
            "doctor %s`",
            (char *)said, p->name);
    else if (!s->fix[0])
        fix(s, "`countersign doctor %s` walks the whole way", p->name);
    RpcStringFreeA(&said);
    RpcStringFreeA(&text);
    RpcBindingFree(&plain);
}

static RPC_STATUS insist(struct ping *p)
{
    return ask_as_user(p->server, p->name, p->level, p->service);
}

static bool authenticate(struct ping *p)
{
    struct ping_step *s = begin(p, "authenticate");
    RPC_STATUS status;

    if (p->level == RPC_C_AUTHN_LEVEL_NONE)
        return end(s, PING_OK, 0, "not asked for: it may be anybody");
    if (!p->name[0] && !p->local) {
        fix(s, "name the host instead of its address, or give --spn CLASS/HOST");
        return end(s, PING_FAILED, EXIT_UNPROVEN, "%s is no name that anybody could prove",
                   p->host);
    }
    status = insist(p);
    if (status == RPC_S_OK)
        status = RpcMgmtIsServerListening(p->server);
    if (p->local && (status == RPC_S_OK || status == RPC_S_NOT_LISTENING))
        return end(s, PING_OK, 0, "it is %s, and knows you, as the kernel says",
                   p->name[0] ? p->name : "root or yourself");
    if (status == RPC_S_OK || status == RPC_S_NOT_LISTENING)
        return end(s, PING_OK, 0, "it is %s, as both sides proved by %s, level %s", p->name,
                   p->service == RPC_C_AUTHN_GSS_KERBEROS ? "Kerberos" : "Negotiate",
                   ask_level_name(p->level));
    end_status(s, PING_FAILED, EXIT_UNPROVEN, status);
    if (!p->local)
        hint_at_name(p, s);
    return false;
}

static bool offered(const RPC_IF_ID_VECTOR *ids, const RPC_IF_ID *id)
{
    RPC_STATUS status;
    ULONG i;

    for (i = 0; i < ids->Count; i++)
        if (UuidEqual(&ids->IfId[i]->Uuid, (UUID *)(uintptr_t)&id->Uuid, &status) &&
            ids->IfId[i]->VersMajor == id->VersMajor)
            return true;
    return false;
}

/* What the interface says to a caller as well protected as this one, and what the server says it
 * offers at all. */
static bool call(struct ping *p)
{
    struct ping_step *s = begin(p, "call");
    RPC_IF_ID_VECTOR *ids = NULL;
    RPC_STATUS status = p->chosen ? ask_interface(&p->face, p->server) : RPC_S_PROCNUM_OUT_OF_RANGE;
    unsigned count;
    bool listed;

    if (status != RPC_S_PROCNUM_OUT_OF_RANGE) {
        end_status(s, status == RPC_S_ACCESS_DENIED ? PING_REFUSED : PING_FAILED, EXIT_CALLS_FAILED,
                   status);
        fix(s, status == RPC_S_ACCESS_DENIED
                   ? "it may want a higher --level, or not this caller: klist says who you are"
                   : "the server's log may say more");
        return false;
    }
    status = RpcMgmtInqIfIds(p->server, &ids);
    if (status != RPC_S_OK)
        return end_status(s, PING_FAILED, EXIT_CALLS_FAILED, status);
    count = (unsigned)ids->Count;
    listed = offered(ids, &p->face.Head.Id);
    RpcIfIdVectorFree(&ids);
    return end(s, PING_OK, 0, "it answers; interfaces offered: %u%s", count,
               p->chosen && listed ? ", this one among them" : "");
}

int ping_walk(struct ping *p)
{
    bool good = parse(p) && (p->local || resolve(p)) && (p->endpoint[0] || find_endpoint(p)) &&
                (p->local ? reach_local(p) : reach(p)) && bind_interface(p) && authenticate(p) &&
                call(p);

    return good ? EXIT_DONE : p->steps[p->count - 1].exit;
}

void ping_done(struct ping *p)
{
    RpcBindingFree(&p->server);
}
