/* SPDX-License-Identifier: Apache-2.0
 * tower.c - protocol towers, read.  C706 appendix L and appendix I, [MS-RPCE] 2.2.1.2.2
 *
 *   0 number of floors 2 | each floor: left length 2, left side, right length 2, right side
 *
 *   floor  left side                           right side
 *     1    0x0d, interface UUID 16, major 2    minor 2
 *     2    0x0d, syntax UUID 16, major 2       minor 2
 *     3    the protocol of RPC                 minor 2
 *     4    the transport's                     endpoint: port 2, big-endian; or text with its zero
 *     5    the network's, but not of ncalrpc   host: IPv4 address 4, big-endian; or text
 */
#include "tower.h"

#include <stdio.h>

#include "base/detail.h"
#include "base/reader.h"

enum {
    PROTOCOL_DG = 0x0a, /* connectionless RPC */
    PROTOCOL_CN = 0x0b,
    PROTOCOL_LRPC = 0x0c,
    PROTOCOL_UUID = 0x0d,
    PROTOCOL_TCP = 0x07,
    PROTOCOL_UDP = 0x08,
    PROTOCOL_IP = 0x09,
    PROTOCOL_SMB = 0x0f,
    PROTOCOL_PIPE = 0x10,
    PROTOCOL_NETBIOS = 0x11,
    PROTOCOL_HTTP = 0x1f,
    NAMING_FLOORS = 2, /* the interface's and the transfer syntax's */
    UUID_SIDE = 1 + 16 + 2,
    PORT = 2,
    ADDRESS = 4,
};

struct sequence {
    const char *name;
    uint8_t floors;
    uint8_t left[3];
    bool has_port; /* or its endpoint is text */
};

static const struct sequence sequences[] = {
    { "ncacn_ip_tcp", 3, { PROTOCOL_CN, PROTOCOL_TCP, PROTOCOL_IP }, true },
    { "ncalrpc", 2, { PROTOCOL_LRPC, PROTOCOL_PIPE, 0 }, false },
    { "ncacn_np", 3, { PROTOCOL_CN, PROTOCOL_SMB, PROTOCOL_NETBIOS }, false },
    { "ncacn_http", 3, { PROTOCOL_CN, PROTOCOL_HTTP, PROTOCOL_IP }, true },
    { "ncadg_ip_udp", 3, { PROTOCOL_DG, PROTOCOL_UDP, PROTOCOL_IP }, true },
};

static const struct sequence *sequence_of(const struct tower *t)
{
    const struct sequence *s;
    size_t i;

    for (s = sequences; s < sequences + sizeof sequences / sizeof *sequences; s++) {
        for (i = 0; i < t->protocols && i < s->floors; i++)
            if (t->protocol[i].left.len != 1 || t->protocol[i].left.ptr[0] != s->left[i])
                break;
        if (i == s->floors && i == t->protocols)
            return s;
    }
    return NULL;
}

/* ---- reading ---- */

static struct tower_floor read_floor(struct reader *r)
{
    struct tower_floor f;

    f.left = reader_take(r, reader_le16(r));
    f.right = reader_take(r, reader_le16(r));
    if (!r->err && !f.left.len)
        reader_fail(r, ERR_MALFORMED);
    return f;
}

static void read_id(struct reader *r, struct tower_id *ret)
{
    const struct tower_floor f = read_floor(r);
    struct reader left = reader_over(f.left), right = reader_over(f.right);

    if (r->err)
        return;
    if (f.left.len != UUID_SIDE || reader_u8(&left) != PROTOCOL_UUID || f.right.len != 2)
        reader_fail(r, ERR_MALFORMED);
    else if (uuid_read(reader_take(&left, 16), &ret->uuid))
        reader_fail(r, ERR_MALFORMED);
    ret->major = reader_le16(&left);
    ret->minor = reader_le16(&right);
}

static bool is_host(const struct tower_floor *f)
{
    return f->left.len == 1 && f->left.ptr[0] == PROTOCOL_IP && f->right.len == ADDRESS;
}

enum err tower_read(struct bytes octets, struct tower *ret)
{
    struct reader r = reader_over(octets);
    struct tower t = { .octets = octets };
    size_t floors = reader_le16(&r), i;

    if (octets.len > TOWER_MOST || floors <= NAMING_FLOORS ||
        floors > NAMING_FLOORS + TOWER_PROTOCOLS)
        reader_fail(&r, ERR_MALFORMED);
    read_id(&r, &t.interface);
    read_id(&r, &t.syntax);
    t.protocols = r.err ? 0 : floors - NAMING_FLOORS;
    for (i = 0; i < t.protocols && !r.err; i++) {
        t.protocol[i] = read_floor(&r);
        if (!r.err && is_host(&t.protocol[i]))
            t.host_at = r.pos - ADDRESS;
    }
    reader_end(&r);
    if (!r.err)
        *ret = t;
    return r.err;
}

/* ---- what it says ---- */

/* Printable, not empty, and its zero is its last octet. */
static bool is_text(struct bytes b)
{
    size_t i;

    if (b.len < 2 || b.ptr[b.len - 1] != '\0')
        return false;
    for (i = 0; i + 1 < b.len; i++)
        if (b.ptr[i] <= ' ' || b.ptr[i] > '~')
            return false;
    return true;
}

static unsigned port_of(const struct tower *t)
{
    const struct bytes b = t->protocol[1].right;

    return b.len == PORT ? (unsigned)b.ptr[0] << 8 | b.ptr[1] : 0;
}

enum err tower_check(const struct tower *t)
{
    const struct sequence *s = sequence_of(t);

    if (!s)
        return detail_fail(ERR_INVALID_PARAMETER, "its %zu protocols are no known sequence",
                           t->protocols);
    if (s->has_port ? !port_of(t) : !is_text(t->protocol[1].right))
        return detail_fail(ERR_INVALID_PARAMETER, "it names no endpoint of %s", s->name);
    if (s->floors > 2 && s->left[2] == PROTOCOL_IP && !t->host_at)
        return detail_fail(ERR_INVALID_PARAMETER, "its host is no IPv4 address");
    return ERR_OK;
}

/* ---- writing ---- */

static void write_floor(struct writer *w, uint8_t protocol, struct bytes right)
{
    writer_le16(w, 1);
    writer_u8(w, protocol);
    writer_len16(w, right.len);
    writer_bytes(w, right);
}

static void write_id(struct writer *w, const struct tower_id *id)
{
    uint8_t wire[16];

    uuid_write(&id->uuid, wire);
    writer_le16(w, UUID_SIDE);
    writer_u8(w, PROTOCOL_UUID);
    writer_bytes(w, bytes_of(wire, sizeof wire));
    writer_le16(w, id->major);
    writer_le16(w, 2);
    writer_le16(w, id->minor);
}

static void write_begin(struct writer *w, size_t protocols, const struct tower_id *interface,
                        const struct tower_id *syntax)
{
    writer_len16(w, NAMING_FLOORS + protocols);
    write_id(w, interface);
    write_id(w, syntax);
}

static const uint8_t minor_version[2]; /* of the protocols of RPC: 0 */

void tower_write_tcp(struct writer *w, const struct tower_id *interface,
                     const struct tower_id *syntax, const uint8_t host[4], uint16_t port)
{
    const uint8_t wire[PORT] = { (uint8_t)(port >> 8), (uint8_t)port };

    write_begin(w, 3, interface, syntax);
    write_floor(w, PROTOCOL_CN, bytes_of(minor_version, sizeof minor_version));
    write_floor(w, PROTOCOL_TCP, bytes_of(wire, sizeof wire));
    write_floor(w, PROTOCOL_IP, bytes_of(host, ADDRESS));
}

void tower_write_local(struct writer *w, const struct tower_id *interface,
                       const struct tower_id *syntax, const char *endpoint)
{
    write_begin(w, 2, interface, syntax);
    write_floor(w, PROTOCOL_LRPC, bytes_of(minor_version, sizeof minor_version));
    write_floor(w, PROTOCOL_PIPE, bytes_of(endpoint, strlen(endpoint) + 1));
}

/* ---- comparing and showing ---- */

bool tower_same_protocol(const struct tower *a, const struct tower *b)
{
    size_t i;

    if (a->protocols != b->protocols)
        return false;
    for (i = 0; i < a->protocols; i++)
        if (!bytes_equal(a->protocol[i].left, b->protocol[i].left))
            return false;
    return true;
}

bool tower_same_place(const struct tower *a, const struct tower *b)
{
    size_t i;

    if (!tower_same_protocol(a, b))
        return false;
    for (i = 1; i < a->protocols; i++)
        if (!bytes_equal(a->protocol[i].right, b->protocol[i].right))
            return false;
    return true;
}

void tower_host(const struct tower *t, uint8_t ret[4])
{
    memset(ret, 0, ADDRESS);
    if (t->host_at)
        memcpy(ret, t->octets.ptr + t->host_at, ADDRESS);
}

static int text_length(struct bytes b)
{
    return is_text(b) ? (int)b.len - 1 : 0;
}

void tower_format(const struct tower *t, char ret[TOWER_TEXT])
{
    const struct sequence *s = sequence_of(t);
    uint8_t host[ADDRESS];
    char address[64] = "";

    if (!s) {
        (void)snprintf(ret, TOWER_TEXT, "(unknown)");
        return;
    }
    tower_host(t, host);
    if (t->host_at)
        (void)snprintf(address, sizeof address, "%u.%u.%u.%u", host[0], host[1], host[2], host[3]);
    else if (s->floors > 2)
        (void)snprintf(address, sizeof address, "%.*s", text_length(t->protocol[2].right),
                       (const char *)t->protocol[2].right.ptr);
    if (s->has_port)
        (void)snprintf(ret, TOWER_TEXT, "%s:%s[%u]", s->name, address, port_of(t));
    else
        (void)snprintf(ret, TOWER_TEXT, "%s:%s[%.*s]", s->name, address,
                       text_length(t->protocol[1].right), (const char *)t->protocol[1].right.ptr);
}
