/* SPDX-License-Identifier: Apache-2.0
 * checksum.c - the checksum of type 0x8003, read and written.  RFC 4121 4.1.1, little-endian
 *    0 length of bindings 4 (16) | 4 bindings 16 | 20 flags 4
 *   24 option 2 (1) | 26 length 2 | 28 KRB-CRED     only with the delegation flag
 *   .. extensions
 */
#include "kerberos/checksum.h"

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/md5.h"

enum { CHECKSUM_MAX = 128 * 1024, DELEGATION_OPTION = 1 };

enum err kerberos_checksum_read(struct bytes raw, struct kerberos_checksum *ret)
{
    struct reader r = reader_over(raw);
    struct kerberos_checksum c = { 0 };

    if (reader_le32(&r) != KERBEROS_BINDINGS_HASH)
        reader_fail(&r, ERR_MALFORMED);
    reader_copy(&r, c.bindings, sizeof c.bindings);
    c.flags = reader_le32(&r);
    if (c.flags & KERBEROS_WIRE_DELEGATE) {
        if (reader_le16(&r) != DELEGATION_OPTION)
            reader_fail(&r, ERR_MALFORMED);
        c.delegation = reader_take(&r, reader_le16(&r));
    }
    c.extensions = reader_rest(&r);
    if (r.err == ERR_OK)
        *ret = c;
    return r.err;
}

enum err kerberos_checksum_write(const struct kerberos_checksum *c, struct buf *ret)
{
    struct writer w = writer_new(CHECKSUM_MAX);

    writer_le32(&w, KERBEROS_BINDINGS_HASH);
    writer_bytes(&w, bytes_of(c->bindings, sizeof c->bindings));
    writer_le32(&w, c->flags);
    if (c->flags & KERBEROS_WIRE_DELEGATE) {
        writer_le16(&w, DELEGATION_OPTION);
        writer_len16(&w, c->delegation.len);
        writer_bytes(&w, c->delegation);
    }
    writer_bytes(&w, c->extensions);
    return writer_take(&w, ret);
}

static const struct {
    uint32_t context, wire;
} flag_rows[] = {
    { CONTEXT_DELEGATE, KERBEROS_WIRE_DELEGATE },
    { CONTEXT_MUTUAL, KERBEROS_WIRE_MUTUAL },
    { CONTEXT_REPLAY, KERBEROS_WIRE_REPLAY },
    { CONTEXT_SEQUENCE, KERBEROS_WIRE_SEQUENCE },
    { CONTEXT_CONFIDENTIALITY, KERBEROS_WIRE_CONFIDENTIALITY },
    { CONTEXT_INTEGRITY, KERBEROS_WIRE_INTEGRITY },
    { CONTEXT_DCE_STYLE, KERBEROS_WIRE_DCE_STYLE },
    { CONTEXT_IDENTIFY, KERBEROS_WIRE_IDENTIFY },
    { CONTEXT_EXTENDED_ERROR, KERBEROS_WIRE_EXTENDED_ERROR },
};

enum { FLAG_ROWS = sizeof flag_rows / sizeof flag_rows[0] };

uint32_t kerberos_flags_to_wire(uint32_t flags)
{
    uint32_t wire = 0;
    size_t i;

    for (i = 0; i < FLAG_ROWS; i++)
        wire |= flags & flag_rows[i].context ? flag_rows[i].wire : 0;
    return wire;
}

uint32_t kerberos_flags_from_wire(uint32_t wire)
{
    uint32_t flags = 0;
    size_t i;

    for (i = 0; i < FLAG_ROWS; i++)
        flags |= wire & flag_rows[i].wire ? flag_rows[i].context : 0;
    return flags;
}

void kerberos_bindings_hash(const struct bindings *b, uint8_t ret[KERBEROS_BINDINGS_HASH])
{
    uint8_t numbers[20];
    struct writer w = writer_over(numbers, sizeof numbers);
    struct bytes parts[6];

    memset(ret, 0, KERBEROS_BINDINGS_HASH);
    if (!b->present)
        return;
    writer_le32(&w, b->initiator_type);
    writer_le32(&w, (uint32_t)b->initiator.len);
    writer_le32(&w, b->acceptor_type);
    writer_le32(&w, (uint32_t)b->acceptor.len);
    writer_le32(&w, (uint32_t)b->application.len);
    parts[0] = bytes_of(numbers, 8);
    parts[1] = b->initiator;
    parts[2] = bytes_of(numbers + 8, 8);
    parts[3] = b->acceptor;
    parts[4] = bytes_of(numbers + 16, 4);
    parts[5] = b->application;
    crypto_md5(parts, 6, ret);
}
