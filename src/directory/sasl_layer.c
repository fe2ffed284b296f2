/* SPDX-License-Identifier: Apache-2.0
 * sasl_layer.c - signing and sealing below libldap: a layer of its socket buffer.  RFC 4752 3.1
 *
 *    0 length 4, big-endian | 4 sealed message
 */
#include "directory/sasl.h"

#include <errno.h>

#include "base/alloc.h"
#include "base/detail.h"

struct layer {
    struct sasl *sasl;
    uint8_t head[4];
    size_t head_got;
    struct buf packet; /* the one being received; opened in place */
    size_t packet_got;
    struct bytes plain; /* what is left of the opened packet */
    struct buf out;     /* a sealed packet on its way */
    size_t out_sent, out_plain;
    bool broken; /* after a failure nothing passes any more */
};

static int layer_setup(Sockbuf_IO_Desc *d, void *arg)
{
    d->sbiod_pvt = arg;
    return 0;
}

static int layer_remove(Sockbuf_IO_Desc *d)
{
    struct layer *l = d->sbiod_pvt;

    if (l) {
        buf_free(&l->packet);
        buf_free(&l->out);
        mem_free(l);
    }
    d->sbiod_pvt = NULL;
    return 0;
}

static int layer_ctrl(Sockbuf_IO_Desc *d, int opt, void *arg)
{
    struct layer *l = d->sbiod_pvt;

    if (opt == LBER_SB_OPT_DATA_READY && l->plain.len)
        return 1;
    return LBER_SBIOD_CTRL_NEXT(d, opt, arg);
}

static ber_slen_t break_off(struct layer *l)
{
    l->broken = true;
    errno = ECONNABORTED;
    return -1;
}

/* 1: complete; 0: the server closed; -1: an error, or nothing more for now (errno). One read a
 * call: whoever sends a byte at a time meets the deadline of libldap, which counts between them. */
static ber_slen_t fill(Sockbuf_IO_Desc *d, uint8_t *to, size_t size, size_t *got)
{
    ber_slen_t n;

    do
        n = LBER_SBIOD_READ_NEXT(d, to + *got, size - *got);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n;
    *got += (size_t)n;
    if (*got == size)
        return 1;
    errno = EWOULDBLOCK;
    return -1;
}

static ber_slen_t begin_packet(struct layer *l)
{
    size_t n =
        (size_t)l->head[0] << 24 | (size_t)l->head[1] << 16 | (size_t)l->head[2] << 8 | l->head[3];

    /* The peer's number is not believed before the bytes arrive: the system gives pages only as
     * they are touched, and the limit is what a server may send. */
    if (n == 0 || n > SASL_RECEIVE_MAX) {
        detail_fail(ERR_MALFORMED,
                    "the directory announces a sealed packet of %zu bytes, at most "
                    "%d are taken",
                    n, SASL_RECEIVE_MAX);
        return break_off(l);
    }
    buf_free(&l->packet);
    l->packet_got = 0;
    if (buf_new(n, &l->packet))
        return break_off(l);
    return 1;
}

static ber_slen_t next_packet(Sockbuf_IO_Desc *d)
{
    struct layer *l = d->sbiod_pvt;
    ber_slen_t n;

    if (l->head_got < 4) {
        n = fill(d, l->head, 4, &l->head_got);
        if (n == 1)
            n = begin_packet(l);
        if (n <= 0)
            return n;
    }
    n = fill(d, l->packet.ptr, l->packet.len, &l->packet_got);
    if (n <= 0)
        return n;
    l->head_got = 0;
    if (sasl_unseal(l->sasl, l->packet, &l->plain))
        return break_off(l);
    return 1;
}

static ber_slen_t layer_read(Sockbuf_IO_Desc *d, void *to, ber_len_t size)
{
    struct layer *l = d->sbiod_pvt;
    size_t take;
    ber_slen_t n;

    if (l->broken)
        return break_off(l);
    while (!l->plain.len) {
        n = next_packet(d);
        if (n <= 0)
            return n;
    }
    take = size < l->plain.len ? size : l->plain.len;
    memcpy(to, l->plain.ptr, take);
    l->plain = bytes_of(l->plain.ptr + take, l->plain.len - take);
    return (ber_slen_t)take;
}

/* Sends what is left of the packet; the plain bytes in it count as written when all of it went. */
static ber_slen_t flush(Sockbuf_IO_Desc *d)
{
    struct layer *l = d->sbiod_pvt;
    ber_slen_t n;

    while (l->out_sent < l->out.len) {
        n = LBER_SBIOD_WRITE_NEXT(d, l->out.ptr + l->out_sent, l->out.len - l->out_sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        l->out_sent += (size_t)n;
    }
    buf_free(&l->out);
    l->out_sent = 0;
    return (ber_slen_t)l->out_plain;
}

static ber_slen_t layer_write(Sockbuf_IO_Desc *d, void *from, ber_len_t size)
{
    struct layer *l = d->sbiod_pvt;
    size_t n = size < SASL_SEND_MAX ? size : SASL_SEND_MAX;

    if (l->broken)
        return break_off(l);
    if (!l->out.len) { /* else libldap repeats the write that could not be finished */
        if (sasl_seal(l->sasl, bytes_of(from, n), &l->out))
            return break_off(l);
        l->out_plain = n;
    }
    return flush(d);
}

static int layer_close(Sockbuf_IO_Desc *d)
{
    (void)d;
    return 0;
}

enum err sasl_layer_add(struct sasl *s, LDAP *ld)
{
    static Sockbuf_IO io = { layer_setup, layer_remove, layer_ctrl,
                             layer_read,  layer_write,  layer_close };
    struct layer *l = mem_zero(sizeof *l);
    Sockbuf *sb = NULL;

    if (!l)
        return ERR_NO_MEMORY;
    l->sasl = s;
    if (ldap_get_option(ld, LDAP_OPT_SOCKBUF, &sb) || !sb ||
        ber_sockbuf_add_io(sb, &io, LBER_SBIOD_LEVEL_APPLICATION, l)) {
        mem_free(l);
        return detail_fail(ERR_INTERNAL, "libldap refuses a layer of its socket buffer");
    }
    return ERR_OK;
}
