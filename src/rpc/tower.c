/* SPDX-License-Identifier: Apache-2.0
 * tower.c - a protocol tower, read and written.  C706 appendix L and appendix I
 *
 *   0 number of floors 2 | each floor: left length 2, left side, right length 2, right side
 *
 *   floor  left side                           right side
 *     1    0x0d, interface UUID 16, major 2    minor 2
 *     2    0x0d, syntax UUID 16, major 2       minor 2
 *     3    0x0b, connection-oriented RPC       minor 2
 *     4    0x07, TCP                           port 2, big-endian
 *     5    0x09, IP                            address 4, big-endian
 *
 * Counts, lengths and UUIDs are little-endian, and nothing is aligned.
 */
#include "rpc/tower.h"

enum {
    FLOORS = 5,
    FLOORS_MAX = 16, /* of a tower that is not ours to understand */
    PROTOCOL_TCP = 0x07,
    PROTOCOL_IP = 0x09,
    PROTOCOL_CN = 0x0b,
    PROTOCOL_UUID = 0x0d,
    UUID_SIDE = 1 + 16 + 2,
};

struct floor {
    struct bytes left, right;
};

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

static void write_floor(struct writer *w, uint8_t protocol, size_t right)
{
    writer_le16(w, 1);
    writer_u8(w, protocol);
    writer_len16(w, right);
}

void rpc_tower_write(struct writer *w, const struct rpc_tower *t)
{
    writer_le16(w, FLOORS);
    write_uuid_floor(w, &t->interface, t->interface_major, t->interface_minor);
    write_uuid_floor(w, &t->syntax, t->syntax_major, t->syntax_minor);
    write_floor(w, PROTOCOL_CN, 2);
    writer_le16(w, 0);
    write_floor(w, PROTOCOL_TCP, 2);
    writer_be16(w, t->port);
    write_floor(w, PROTOCOL_IP, sizeof t->host);
    writer_bytes(w, bytes_of(t->host, sizeof t->host));
}

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

static bool floor_is(const struct floor *f, uint8_t protocol, size_t left, size_t right)
{
    return f->left.ptr[0] == protocol && f->left.len == left && f->right.len == right;
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

enum err rpc_tower_read(struct bytes b, struct rpc_tower *ret)
{
    struct reader r = reader_over(b);
    struct rpc_tower t = { 0 };
    struct floor f[FLOORS];
    size_t count = 0;
    enum err e;

    read_floors(&r, f, &count);
    if (r.err)
        return r.err;
    if (count != FLOORS || !floor_is(&f[0], PROTOCOL_UUID, UUID_SIDE, 2) ||
        !floor_is(&f[1], PROTOCOL_UUID, UUID_SIDE, 2) || !floor_is(&f[2], PROTOCOL_CN, 1, 2) ||
        !floor_is(&f[3], PROTOCOL_TCP, 1, 2) || !floor_is(&f[4], PROTOCOL_IP, 1, sizeof t.host))
        return ERR_UNSUPPORTED;
    e = read_uuid_floor(&f[0], &t.interface, &t.interface_major, &t.interface_minor);
    if (!e)
        e = read_uuid_floor(&f[1], &t.syntax, &t.syntax_major, &t.syntax_minor);
    if (e)
        return e;
    t.port = (uint16_t)(f[3].right.ptr[0] << 8 | f[3].right.ptr[1]);
    memcpy(t.host, f[4].right.ptr, sizeof t.host);
    *ret = t;
    return ERR_OK;
}
