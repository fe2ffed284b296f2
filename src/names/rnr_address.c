/* SPDX-License-Identifier: Apache-2.0
 * rnr_address.c - a value of winsockAddresses. The format is ours: no specification gives one.
 *
 *    0 "CSWA" 4 | 4 version 2 | 6 socket type 2 | 8 protocol 2 | 10 local end | remote end |
 *      length 1, DNS name of the host
 *
 * An end: family 2 | of INET: port 2, address 4 | of INET6: port 2, flow label 4, address 16,
 * scope 4. Little-endian but for ports and addresses, which are as on the wire. Equal addresses
 * are equal bytes, so that a value can be deleted by what it says.
 */
#include "names/rnr_address.h"

#include <netinet/in.h>

#include "base/host_name.h"
#include "base/reader.h"
#include "base/writer.h"

static const uint8_t magic[4] = { 'C', 'S', 'W', 'A' };

static struct rnr_end end_read(struct reader *r)
{
    struct rnr_end end = { 0 };
    uint16_t family = reader_le16(r);

    if (family == RNR_INET) {
        end.port = reader_be16(r);
        reader_copy(r, end.ip, 4);
    } else if (family == RNR_INET6) {
        end.port = reader_be16(r);
        end.flow = reader_le32(r);
        reader_copy(r, end.ip, 16);
        end.scope = reader_le32(r);
    } else if (family != RNR_NO_FAMILY) {
        reader_fail(r, ERR_MALFORMED);
    }
    end.family = (enum rnr_family)family;
    return end;
}

static void end_write(struct writer *w, const struct rnr_end *end)
{
    writer_le16(w, (uint16_t)end->family);
    if (end->family == RNR_INET) {
        writer_be16(w, end->port);
        writer_bytes(w, bytes_of(end->ip, 4));
    } else if (end->family == RNR_INET6) {
        writer_be16(w, end->port);
        writer_le32(w, end->flow);
        writer_bytes(w, bytes_of(end->ip, 16));
        writer_le32(w, end->scope);
    }
}

static bool type_known(unsigned type)
{
    return type >= RNR_STREAM && type <= RNR_SEQPACKET;
}

/* A service is somewhere, and both its ends are of one family where both are said. */
static bool ends_fit(const struct rnr_end *local, const struct rnr_end *remote)
{
    return remote->family != RNR_NO_FAMILY &&
           (local->family == RNR_NO_FAMILY || local->family == remote->family);
}

enum err rnr_address_read(struct bytes value, struct rnr_address *ret)
{
    struct reader r = reader_over(value);
    struct rnr_address a = { 0 };
    struct bytes host;
    uint16_t version;

    if (value.len > RNR_ADDRESS_MAX)
        return ERR_TOO_LONG;
    reader_expect(&r, magic, sizeof magic);
    version = reader_le16(&r);
    if (!r.err && version != RNR_ADDRESS_VERSION)
        return ERR_UNSUPPORTED;
    a.type = (enum rnr_socket)reader_le16(&r);
    a.protocol = reader_le16(&r);
    a.local = end_read(&r);
    a.remote = end_read(&r);
    host = reader_take(&r, reader_u8(&r));
    reader_end(&r);
    if (!r.err && (!type_known(a.type) || !ends_fit(&a.local, &a.remote) || !host_name_valid(host)))
        reader_fail(&r, ERR_MALFORMED);
    if (r.err)
        return r.err;
    memcpy(a.host, host.ptr, host.len);
    *ret = a;
    return ERR_OK;
}

enum err rnr_address_write(const struct rnr_address *a, struct buf *ret)
{
    struct writer w = writer_new(RNR_ADDRESS_MAX);
    struct bytes host = bytes_of_text(a->host);

    if (!type_known(a->type) || !ends_fit(&a->local, &a->remote) || !host_name_valid(host))
        return ERR_INVALID_PARAMETER;
    writer_bytes(&w, bytes_of(magic, sizeof magic));
    writer_le16(&w, RNR_ADDRESS_VERSION);
    writer_le16(&w, (uint16_t)a->type);
    writer_le16(&w, a->protocol);
    end_write(&w, &a->local);
    end_write(&w, &a->remote);
    writer_u8(&w, (uint8_t)host.len);
    writer_bytes(&w, host);
    return writer_take(&w, ret);
}

uint16_t rnr_address_protocol(const struct rnr_address *a)
{
    if (a->protocol)
        return a->protocol;
    return a->type == RNR_STREAM ? IPPROTO_TCP : a->type == RNR_DGRAM ? IPPROTO_UDP : 0;
}
