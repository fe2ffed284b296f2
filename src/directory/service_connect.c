/* SPDX-License-Identifier: Apache-2.0
 * service_connect.c - a mutually authenticated connection to one service.
 */
#include "directory/service_connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/connect.h"
#include "directory/sspi_error.h"
#include "spn/spn.h"

enum { TOKEN_MAX = 64 * 1024, LEGS_MAX = 10, TIMEOUT_MS = 30000 };

#define WANTED                                                                                     \
    (ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY | ISC_REQ_REPLAY_DETECT |   \
     ISC_REQ_SEQUENCE_DETECT)

/* ---- one of several ---- */

struct service_search service_search_begin(unsigned timeout_ms, size_t places)
{
    return (struct service_search){ turns_begin(timeout_ms ? timeout_ms : TIMEOUT_MS, places),
                                    ERR_NOT_FOUND };
}

bool service_search_next(struct service_search *s, DWORD *ret_timeout_ms)
{
    bool is_away = s->err == ERR_CONNECT || s->err == ERR_TIMEOUT || s->err == ERR_NOT_FOUND;
    unsigned ms = 0;

    if (!is_away)
        return false;
    if (!turns_next(&s->turns, turns_now(), &ms)) {
        if (s->turns.untried)
            s->err = turns_over(&s->turns);
        return false;
    }
    *ret_timeout_ms = ms;
    return true;
}

/* ---- the exchange of tokens ---- */

/* The default one: all of it has an end, so that a byte a second does not hold us. */
struct plain_exchange {
    int64_t until;
};

/* What came while this process was not executed has come in time. */
static int move_all(int fd, bool out, uint8_t *ptr, size_t len, int64_t until)
{
    struct pollfd p = { .fd = fd, .events = out ? POLLOUT : POLLIN };
    ssize_t n;

    while (len) {
        n = poll(&p, 1, (int)turns_left(until));
        if (n == 0)
            return ETIMEDOUT;
        if (n < 0 && errno != EINTR)
            return errno;
        n = out ? send(fd, ptr, len, MSG_NOSIGNAL | MSG_DONTWAIT)
                : recv(fd, ptr, len, MSG_DONTWAIT);
        if (n == 0)
            return ECONNRESET;
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return errno;
        if (n > 0) {
            ptr += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static int plain_send(void *arg, int socket, const void *token, DWORD length)
{
    const struct plain_exchange *x = arg;
    uint32_t head = htonl(length);
    int error = move_all(socket, true, (uint8_t *)&head, sizeof head, x->until);

    return error ? error : move_all(socket, true, (uint8_t *)(uintptr_t)token, length, x->until);
}

static int plain_receive(void *arg, int socket, void *token, DWORD *length)
{
    const struct plain_exchange *x = arg;
    uint32_t head = 0;
    int error = move_all(socket, false, (uint8_t *)&head, sizeof head, x->until);

    head = ntohl(head);
    if (error)
        return error;
    if (head > *length)
        return EMSGSIZE;
    *length = head;
    return move_all(socket, false, token, head, x->until);
}

struct handshake {
    const CS_CONNECT_OPTIONS *options;
    const struct point *point;
    const CS_TOKEN_EXCHANGE *exchange;
    CredHandle own;
    const CredHandle *credential;
    CtxtHandle context;
    bool begun, done;
    ULONG got;
    struct buf room; /* for the service's tokens */
    SecBuffer in;
    int64_t until;
    int socket;
};

/* What an exchange of the caller's own waits for ends then too. A time of 0 would be for ever. */
static void bound_waits(const struct handshake *h)
{
    unsigned left = turns_left(h->until) + 1;
    struct timeval wait = { .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };

    setsockopt(h->socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(h->socket, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static enum err transport_failed(const struct handshake *h, int error)
{
    return detail_fail(error == ETIMEDOUT ? ERR_TIMEOUT : ERR_CONNECT, "authenticating with %s: %s",
                       h->point->dns_name,
                       error > 0 ? strerror(error) : "the exchange of tokens failed");
}

static enum err leg(struct handshake *h)
{
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &h->in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, &out };
    ULONG wanted = WANTED | h->options->context_flags | ISC_REQ_ALLOCATE_MEMORY;
    SECURITY_STATUS status = InitializeSecurityContextA(
        (PCredHandle)(uintptr_t)h->credential, h->begun ? &h->context : NULL, h->point->spn, wanted,
        0, SECURITY_NATIVE_DREP, h->begun ? &in_desc : NULL, 0, &h->context, &out_desc, &h->got,
        NULL);
    int error = 0;

    if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)
        h->begun = true;
    bound_waits(h);
    if (out.cbBuffer) /* an error token too: the service shall know why */
        error = h->exchange->send(h->exchange->arg, h->socket, out.pvBuffer, out.cbBuffer);
    sspi_free_buffer(out.pvBuffer);
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED)
        return sspi_failed(status, "authenticating with the service");
    if (error)
        return transport_failed(h, error);
    h->done = status == SEC_E_OK;
    return ERR_OK;
}

static enum err receive(struct handshake *h)
{
    DWORD length = (DWORD)h->room.len;
    int error;

    bound_waits(h);
    error = h->exchange->receive(h->exchange->arg, h->socket, h->room.ptr, &length);
    if (error)
        return transport_failed(h, error);
    if (length > h->room.len)
        return detail_fail(ERR_UNEXPECTED, "a token of %u bytes", (unsigned)length);
    h->in = (SecBuffer){ length, SECBUFFER_TOKEN, h->room.ptr };
    return ERR_OK;
}

/* The name both sides used, without its realm, must be the one that was asked for. */
static enum err check_name(struct handshake *h)
{
    SecPkgContext_NativeNamesA names = { 0 };
    SECURITY_STATUS status = QueryContextAttributesA(&h->context, SECPKG_ATTR_NATIVE_NAMES, &names);
    char *at;
    bool same;

    if (status != SEC_E_OK)
        return sspi_failed(status, "asking who the service is");
    at = names.sServerName ? strrchr(names.sServerName, '@') : NULL;
    if (at)
        *at = '\0';
    same = names.sServerName && spn_same(names.sServerName, h->point->spn);
    if (!same)
        detail_fail(ERR_WRONG_PRINCIPAL, "the service authenticated as \"%s\", not \"%s\"",
                    names.sServerName ? names.sServerName : "", h->point->spn);
    sspi_free_buffer(names.sServerName);
    sspi_free_buffer(names.sClientName);
    return same ? ERR_OK : ERR_WRONG_PRINCIPAL;
}

static enum err authenticate(struct handshake *h)
{
    int n;
    enum err e = ERR_OK;

    for (n = 0; !e && !h->done; n++) {
        if (n == LEGS_MAX)
            return detail_fail(ERR_UNEXPECTED, "the handshake goes on after %d legs", LEGS_MAX);
        if (n)
            e = receive(h);
        if (!e)
            e = leg(h);
    }
    if (!e && (WANTED & ~h->got))
        e = detail_fail(ERR_NO_MUTUAL_AUTH, "the service grants flags %#x, not all of %#x",
                        (unsigned)h->got, (unsigned)WANTED);
    return e ? e : check_name(h);
}

/* serviceBindingInformation is the service's own affair; ours is its port in decimal. */
static enum err port_of(const CS_CONNECT_OPTIONS *o, const struct point *p, uint16_t *ret)
{
    const char *text = p->binding_count ? p->bindings[0] : "";
    char *end = NULL;
    unsigned long v = strtoul(text, &end, 10);

    if (*text >= '0' && *text <= '9' && *end == '\0' && v > 0 && v <= UINT16_MAX)
        *ret = (uint16_t)v;
    else if (o->default_port)
        *ret = o->default_port;
    else
        return detail_fail(ERR_NOT_FOUND, "%s does not say its port", p->dn);
    return ERR_OK;
}

static enum err begin(struct handshake *h)
{
    const char *package = h->options->package ? h->options->package : "Negotiate";
    SECURITY_STATUS status;
    uint16_t port = 0;
    enum err e = port_of(h->options, h->point, &port);

    if (!e)
        e = connect_tcp(h->options->address ? h->options->address : h->point->dns_name, port,
                        turns_left(h->until), &h->socket);
    if (e || h->options->credential) {
        h->credential = h->options->credential;
        return e;
    }
    status = AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL, NULL,
                                       &h->own, NULL);
    if (status != SEC_E_OK)
        return sspi_failed(status, "acquiring credentials");
    h->credential = &h->own;
    return ERR_OK;
}

enum err service_connect(const CS_CONNECT_OPTIONS *o, const struct point *p, int *ret_socket,
                         CtxtHandle *ret_context)
{
    struct plain_exchange plain = { turns_now() + o->timeout_ms };
    CS_TOKEN_EXCHANGE plain_exchange = { plain_send, plain_receive, &plain };
    struct handshake h = { .options = o,
                           .point = p,
                           .until = plain.until,
                           .socket = -1,
                           .exchange = o->exchange ? o->exchange : &plain_exchange };
    struct timeval forever = { 0 };
    enum err e;

    SecInvalidateHandle(&h.own);
    SecInvalidateHandle(&h.context);
    e = buf_new(TOKEN_MAX, &h.room);
    if (!e)
        e = begin(&h);
    if (!e) {
        e = authenticate(&h);
        /* One that answers and does not prove itself is not one that is away. */
        if (e == ERR_NOT_FOUND)
            e = ERR_WRONG_PRINCIPAL;
    }
    sspi_end_credential(&h.own); /* the context holds what it needs of it */
    buf_free(&h.room);
    if (e) {
        sspi_end_context(&h.context);
        if (h.socket >= 0)
            close(h.socket);
        return e;
    }
    setsockopt(h.socket, SOL_SOCKET, SO_RCVTIMEO, &forever, sizeof forever);
    setsockopt(h.socket, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof forever);
    *ret_socket = h.socket;
    *ret_context = h.context;
    return ERR_OK;
}
