/* SPDX-License-Identifier: Apache-2.0
 * tower.c - a protocol tower, read and written.  C706 appendix L and appendix I
 *
 *   0 number of floors 2 | each floor: left length 2, left side, right length 2, right side
 *
 *   floor  left side                           right side
 *     1    0x0d, interface UUID 16, major 2    minor 2
 *     2    0x0d, syntax UUID 16, major 2       minor 2
 *     3    the protocol of RPC                 minor 2
 *     4    the endpoint's protocol             port 2, big-endian; or text with its zero
 *     5    the address' protocol               IPv4 4, big-endian; or text with its zero
 *
 *   ncacn_ip_tcp 0x0b 0x07 0x09 | ncalrpc 0x0c 0x10, no fifth | ncacn_np 0x0b 0x0f 0x11
 *   ncacn_http 0x0b 0x1f 0x09 | ncadg_ip_udp 0x0a 0x08 0x09
 *
 * Counts, lengths and UUIDs are little-endian, and nothing is aligned.
 */
#include "rpc/tower.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/utf16.h"

enum {
    FLOORS = 5,
    FLOORS_MAX = 16, /* of a tower that is not ours to understand */
    PROTOCOL_UUID = 0x0d,
    UUID_SIDE = 1 + 16 + 2,
    ENDPOINT = 3, /* floors, counted from 0 */
    ADDRESS = 4,
};

struct floor {
    struct bytes left, right;
};

enum form { NOTHING, PORT, IPV4, TEXT };

struct sequence {
    const char *protseq;
    uint8_t rpc;
    struct {
        uint8_t protocol;
        enum form form;
    } endpoint, address;
};

static const struct sequence sequences[] = {
    { "ncacn_ip_tcp", 0x0b, { 0x07, PORT }, { 0x09, IPV4 } },
    { "ncalrpc", 0x0c, { 0x10, TEXT }, { 0, NOTHING } },
    { "ncacn_np", 0x0b, { 0x0f, TEXT }, { 0x11, TEXT } },
    { "ncacn_http", 0x0b, { 0x1f, PORT }, { 0x09, IPV4 } },
    { "ncadg_ip_udp", 0x0a, { 0x08, PORT }, { 0x09, IPV4 } },
};

enum { SEQUENCES = sizeof sequences / sizeof sequences[0] };

static const struct sequence *find(const char *protseq)
{
    size_t i;

    for (i = 0; i < SEQUENCES; i++)
        if (strcmp(sequences[i].protseq, protseq) == 0)
            return &sequences[i];
    return NULL;
}

const char *rpc_tower_protseq(const char *name)
{
    const struct sequence *s = find(name);

    return s ? s->protseq : NULL;
}

/* ---- written ---- */

static void write_uuid_floor(struct writer *w, const struct uuid *u, uint16_t major, uint16_t minor)
{
    uint8_t wire[16];

    uuid_write(u, wire);
    writer_le16(w, UUID_SIDE);
    writer_u8(w, PROTOCOL_UUID);
    writer_bytes(w, bytes_of(wire, sizeof wire));
    writer_le16(w, major);
    writer_le16(w, 2);
    writer_le16(w, minor);
}

static void write_port(struct writer *w, const char *text)
{
    unsigned port = 0;
    size_t i;

    for (i = 0; text[i] >= '0' && text[i] <= '9' && port <= UINT16_MAX; i++)
        port = port * 10 + (unsigned)(text[i] - '0');
    if (text[i] || port > UINT16_MAX)
        writer_fail(w, ERR_RPC_ENDPOINT_FORMAT);
    writer_le16(w, 2);
    writer_be16(w, (uint16_t)port);
}

static void write_ipv4(struct writer *w, const char *text)
{
    struct in_addr a;

    if (inet_pton(AF_INET, text, &a) != 1)
        a.s_addr = 0;
    writer_le16(w, sizeof a);
    writer_bytes(w, bytes_of(&a, sizeof a));
}

static void write_floor(struct writer *w, uint8_t protocol, enum form form, const char *text)
{
    if (form == NOTHING)
        return;
    writer_le16(w, 1);
    writer_u8(w, protocol);
    if (form == PORT) {
        write_port(w, text);
    } else if (form == IPV4) {
        write_ipv4(w, text);
    } else {
        writer_len16(w, strlen(text) + 1);
        writer_bytes(w, bytes_of(text, strlen(text) + 1));
    }
}

void rpc_tower_write(struct writer *w, const struct rpc_tower *t)
{
    const struct sequence *s = find(t->protseq);

    if (!s) {
        writer_fail(w, ERR_RPC_PROTSEQ);
        return;
    }
    writer_le16(w, s->address.form == NOTHING ? FLOORS - 1 : FLOORS);
    write_uuid_floor(w, &t->interface, t->interface_major, t->interface_minor);
    write_uuid_floor(w, &t->syntax, t->syntax_major, t->syntax_minor);
    writer_le16(w, 1);
    writer_u8(w, s->rpc);
    writer_le16(w, 2);
    writer_le16(w, 0);
    write_floor(w, s->endpoint.protocol, s->endpoint.form, t->endpoint);
    write_floor(w, s->address.protocol, s->address.form, t->address);
}

/* ---- read ---- */

static void read_floors(struct reader *r, struct floor f[FLOORS], size_t *ret_count)
{
    size_t count = reader_le16(r);
    size_t i;

    if (count > FLOORS_MAX)
        reader_fail(r, ERR_MALFORMED);
    for (i = 0; i < count && !r->err; i++) {
        struct floor one;

        one.left = reader_take(r, reader_le16(r));
        one.right = reader_take(r, reader_le16(r));
        if (!r->err && !one.left.len)
            reader_fail(r, ERR_MALFORMED);
        if (i < FLOORS)
            f[i] = one;
    }
    *ret_count = r->err ? 0 : count;
}

static bool floor_is(const struct floor *f, uint8_t protocol, size_t left)
{
    return f->left.ptr[0] == protocol && f->left.len == left;
}

static bool form_fits(const struct floor *f, uint8_t protocol, enum form form)
{
    static const size_t sizes[] = { [PORT] = 2, [IPV4] = 4 };

    return floor_is(f, protocol, 1) && (form == TEXT || f->right.len == sizes[form]);
}

static const struct sequence *sequence_of(const struct floor f[FLOORS], size_t count)
{
    size_t i;

    if (count < FLOORS - 1 || !floor_is(&f[0], PROTOCOL_UUID, UUID_SIDE) || f[0].right.len != 2 ||
        !floor_is(&f[1], PROTOCOL_UUID, UUID_SIDE) || f[1].right.len != 2 || f[2].right.len != 2)
        return NULL;
    for (i = 0; i < SEQUENCES; i++) {
        const struct sequence *s = &sequences[i];
        bool addressed = s->address.form != NOTHING;

        if (count == (addressed ? FLOORS : FLOORS - 1) && floor_is(&f[2], s->rpc, 1) &&
            form_fits(&f[ENDPOINT], s->endpoint.protocol, s->endpoint.form) &&
            (!addressed || form_fits(&f[ADDRESS], s->address.protocol, s->address.form)))
            return s;
    }
    return NULL;
}

static enum err read_uuid_floor(const struct floor *f, struct uuid *u, uint16_t *major,
                                uint16_t *minor)
{
    struct reader left = reader_over(f->left);
    struct reader right = reader_over(f->right);
    enum err e;

    reader_take(&left, 1);
    e = uuid_read(reader_take(&left, 16), u);
    *major = reader_le16(&left);
    *minor = reader_le16(&right);
    return e ? e : left.err ? left.err : right.err;
}

/* With its zero, or without: some leave it out. What a peer sends here is shown to people. */
static enum err read_text(struct bytes b, char ret[RPC_TOWER_TEXT])
{
    size_t n = b.len && !b.ptr[b.len - 1] ? b.len - 1 : b.len, i;
    char text[RPC_TOWER_TEXT] = "";

    if (n >= RPC_TOWER_TEXT || !utf8_valid(bytes_of(b.ptr, n)))
        return ERR_MALFORMED;
    if (n)
        memcpy(text, b.ptr, n);
    for (i = 0; i < n; i++)
        if (utf8_steering(text + i))
            return ERR_MALFORMED;
    memcpy(ret, text, sizeof text);
    return ERR_OK;
}

/* ret is empty. */
static enum err read_form(const struct floor *f, enum form form, char ret[RPC_TOWER_TEXT])
{
    struct reader r = reader_over(f->right);
    unsigned port;
    uint32_t ip;

    switch (form) {
    case PORT:
        port = reader_be16(&r);
        if (port)
            (void)snprintf(ret, RPC_TOWER_TEXT, "%u", port);
        return r.err;
    case IPV4:
        ip = reader_be32(&r);
        if (ip)
            (void)snprintf(ret, RPC_TOWER_TEXT, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 0xff,
                           ip >> 8 & 0xff, ip & 0xff);
        return r.err;
    case TEXT:
        return read_text(f->right, ret);
    case NOTHING:
        break;
    }
    return ERR_OK;
}

enum err rpc_tower_read(struct bytes b, struct rpc_tower *ret)
{
    struct reader r = reader_over(b);
    const struct sequence *s;
    struct rpc_tower t = { 0 };
    struct floor f[FLOORS];
    size_t count = 0;
    enum err e;

    read_floors(&r, f, &count);
    if (r.err)
        return r.err;
    s = sequence_of(f, count);
    if (!s)
        return ERR_UNSUPPORTED;
    t.protseq = s->protseq;
    e = read_uuid_floor(&f[0], &t.interface, &t.interface_major, &t.interface_minor);
    if (!e)
        e = read_uuid_floor(&f[1], &t.syntax, &t.syntax_major, &t.syntax_minor);
    if (!e)
        e = read_form(&f[ENDPOINT], s->endpoint.form, t.endpoint);
    if (!e && s->address.form != NOTHING)
        e = read_form(&f[ADDRESS], s->address.form, t.address);
    if (!e)
        *ret = t;
    return e;
}
