/* SPDX-License-Identifier: Apache-2.0
 * realm_probe.c - does the domain answer? Asked for real: an AS-REQ to the KDC, the root DSE of
 * directory and global catalog, the SRV record of the domain's controllers.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/resolve.h"
#include "base/writer.h"

#include "realm.h"

enum {
    PATIENCE = 3, /* seconds for one answer */
    AS_REP = 0x6b,
    KRB_ERROR = 0x7e,
    SVC_UNAVAILABLE = 29,
    WRONG_REALM = 68,
};

static enum err connect_to(const char *address, uint16_t port, int *ret)
{
    struct timeval patience = { .tv_sec = PATIENCE };
    struct resolve_address at[RESOLVE_MAX];
    size_t n = 0;
    int fd = -1;
    enum err e = resolve_host(address, port, at, &n);

    if (e)
        return e;
    fd = socket(at->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return detail_fail(ERR_CONNECT, "socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&at->addr, at->len) != 0) {
        int error = errno;

        close(fd);
        return detail_fail(ERR_CONNECT, "%s port %u: %s", address, port, strerror(error));
    }
    *ret = fd;
    return ERR_OK;
}

/* One question, and as much of the answer as comes at once: its head is enough. */
static enum err exchange(const char *address, uint16_t port, struct bytes question, uint8_t *answer,
                         size_t size, size_t *ret)
{
    int fd = -1;
    ssize_t n = -1;
    enum err e = connect_to(address, port, &fd);

    if (e)
        return e;
    if (send(fd, question.ptr, question.len, MSG_NOSIGNAL) == (ssize_t)question.len)
        n = recv(fd, answer, size, 0);
    close(fd);
    if (n <= 0)
        return detail_fail(ERR_TIMEOUT, "%s port %u accepts but does not answer", address, port);
    *ret = (size_t)n;
    return ERR_OK;
}

/* Wraps what was written since `from` into one DER element with a length of two bytes or less. */
static void wrap(struct writer *w, size_t from, uint8_t tag)
{
    uint8_t inner[1024];
    size_t n = w->len - from;

    if (w->err || n > sizeof inner) {
        writer_fail(w, ERR_TOO_LONG);
        return;
    }
    memcpy(inner, w->ptr + from, n);
    w->len = from;
    writer_u8(w, tag);
    if (n >= 0x80)
        writer_u8(w, 0x82);
    if (n >= 0x80)
        writer_be16(w, (uint16_t)n);
    else
        writer_u8(w, (uint8_t)n);
    writer_bytes(w, bytes_of(inner, n));
}

static void text(struct writer *w, uint8_t tag, const char *s)
{
    size_t from = w->len;

    writer_bytes(w, bytes_of_text(s));
    wrap(w, from, tag);
}

/* [tag] PrincipalName of one or two components */
static void principal(struct writer *w, uint8_t tag, uint8_t type, const char *a, const char *b)
{
    static const uint8_t name_type[] = { 0xa0, 3, 2, 1 };
    size_t from = w->len;
    size_t names;

    writer_bytes(w, bytes_of(name_type, sizeof name_type));
    writer_u8(w, type);
    names = w->len;
    text(w, 0x1b, a);
    if (b)
        text(w, 0x1b, b);
    wrap(w, names, 0x30);
    wrap(w, names, 0xa1);
    wrap(w, from, 0x30);
    wrap(w, from, tag);
}

/* AS-REQ of RFC 4120 5.4.1 without pre-authentication, which the KDC will ask for. */
static void write_as_req(struct writer *w, const char *realm, const char *person)
{
    static const uint8_t head[] = { 0xa1, 3, 2, 1, 5, 0xa2, 3, 2, 1, 10 };
    static const uint8_t options[] = { 0xa0, 7, 3, 5, 0, 0, 0, 0, 0 };
    static const uint8_t nonce[] = { 0xa7, 6, 2, 4, 0x12, 0x34, 0x56, 0x78 };
    static const uint8_t etypes[] = { 0xa8, 5, 0x30, 3, 2, 1, 18 };
    size_t start = w->len;
    size_t body, field;

    writer_bytes(w, bytes_of(head, sizeof head));
    body = w->len;
    writer_bytes(w, bytes_of(options, sizeof options));
    principal(w, 0xa1, 1, person, NULL);
    field = w->len;
    text(w, 0x1b, realm);
    wrap(w, field, 0xa2);
    principal(w, 0xa3, 2, "krbtgt", realm);
    field = w->len;
    text(w, 0x18, "20370913024805Z");
    wrap(w, field, 0xa5);
    writer_bytes(w, bytes_of(nonce, sizeof nonce));
    writer_bytes(w, bytes_of(etypes, sizeof etypes));
    wrap(w, body, 0x30);
    wrap(w, body, 0xa4);
    wrap(w, start, 0x30);
    wrap(w, start, 0x6a);
}

/* The account may since have been renamed, disabled or rid of pre-authentication: what counts is
 * that somebody looked it up in the directory. */
static enum err check_kdc(const uint8_t *answer, size_t n)
{
    static const uint8_t error_code[] = { 0xa6, 3, 2, 1 };
    const uint8_t *code = memmem(answer, n, error_code, sizeof error_code);
    size_t left = code ? n - (size_t)(code - answer) : 0;

    if (n > 4 && answer[4] == AS_REP)
        return ERR_OK;
    if (n < 5 || answer[4] != KRB_ERROR || left < 5)
        return detail_fail(ERR_UNEXPECTED, "port 88 answered something else than Kerberos");
    if (code[4] == SVC_UNAVAILABLE || code[4] == WRONG_REALM)
        return detail_fail(ERR_UNEXPECTED, "the KDC answered with error %u", code[4]);
    return ERR_OK;
}

static enum err probe_kdc(const struct realm *r)
{
    uint8_t block[1024];
    uint8_t answer[1024];
    struct writer body = writer_over(block, sizeof block);
    struct writer question = writer_new(sizeof block + 4);
    size_t n = 0;
    enum err e;

    write_as_req(&body, realm_get(r, "REALM"), realm_get(r, "PERSON"));
    writer_be32(&question, (uint32_t)body.len);
    writer_bytes(&question, bytes_of(block, body.len));
    e = body.err ? body.err : question.err;
    if (!e)
        e = exchange(r->address, 88, bytes_of(question.ptr, question.len), answer, sizeof answer,
                     &n);
    writer_done(&question);
    return e ? e : check_kdc(answer, n);
}

/* searchRequest for the root DSE's attribute "1.1", message 1.  RFC 4511 4.5.1 */
static enum err probe_ldap(const struct realm *r, uint16_t port)
{
    static const uint8_t question[] = {
        0x30, 0x2a, 2,   1,   1,   0x63, 0x25, 4,    0, 10,   1,  0,   10,  1,   0,
        2,    1,    0,   2,   1,   5,    1,    1,    0, 0x87, 11, 'o', 'b', 'j', 'e',
        'c',  't',  'C', 'l', 'a', 's',  's',  0x30, 5, 4,    3,  '1', '.', '1'
    };
    static const uint8_t entry[] = { 2, 1, 1, 0x64 };
    uint8_t answer[512];
    size_t n = 0;
    enum err e =
        exchange(r->address, port, bytes_of(question, sizeof question), answer, sizeof answer, &n);

    if (e)
        return e;
    if (answer[0] != 0x30 || !memmem(answer, n < 12 ? n : 12, entry, sizeof entry))
        return detail_fail(ERR_UNEXPECTED, "port %u answered something else than a root DSE", port);
    return ERR_OK;
}

static enum err probe_dns(const struct realm *r)
{
    struct resolve_srv srv[RESOLVE_MAX];
    struct resolve_address at[RESOLVE_MAX];
    char name[RESOLVE_NAME];
    char found[64];
    size_t n = 0;
    enum err e;

    if (setenv("COUNTERSIGN_DNS", r->address, 1) != 0)
        return ERR_NO_MEMORY;
    snprintf(name, sizeof name, "_ldap._tcp.dc._msdcs.%s", realm_get(r, "REALM"));
    e = resolve_service(name, srv, &n);
    if (!e)
        e = resolve_host(srv[0].host, 0, at, &n);
    if (e)
        return e;
    resolve_address_format(&at[0], found, sizeof found);
    found[strcspn(found, ":")] = '\0';
    if (strcmp(found, r->address) != 0)
        return detail_fail(ERR_UNEXPECTED, "the domain's DNS says %s is at %s, not %s", srv[0].host,
                           found, r->address);
    return ERR_OK;
}

static enum err probe_tls(const struct realm *r)
{
    int fd = -1;
    enum err e = connect_to(r->address, 636, &fd);

    if (!e)
        close(fd);
    return e;
}

enum err realm_probe(const struct realm *r)
{
    enum err e;

    detail_begin("realm");
    e = probe_kdc(r);
    if (!e)
        e = probe_ldap(r, 389);
    if (!e)
        e = probe_ldap(r, 3268);
    if (!e)
        e = probe_tls(r);
    return e ? e : probe_dns(r);
}
