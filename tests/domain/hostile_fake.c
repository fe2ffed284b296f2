/* SPDX-License-Identifier: Apache-2.0
 * hostile_fake.c - a server that answers a client of ours as a test likes.
 */
#include "domain/hostile_fake.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/negotiate.h"

enum { PDU_MOST = 65535, OUT_MOST = 256 << 20 };

const struct bytes fake_sum = { (const uint8_t[]){ 0xd2, 4, 0, 0 }, 4 };

void fake_put_adopt(struct writer *out, struct buf b)
{
    writer_bytes(out, buf_view(b));
    buf_free(&b);
}

static struct buf taken(struct writer *w)
{
    struct buf b = { 0 };

    rpc_pdu_end(w, NULL);
    assert_int_equal(writer_take(w, &b), ERR_OK);
    return b;
}

struct buf fake_response(uint8_t flags, uint32_t call_id, uint16_t context, struct bytes stub)
{
    const struct rpc_response r = { .alloc_hint = (uint32_t)stub.len,
                                    .context_id = context,
                                    .stub = stub };
    struct writer w = writer_new(PDU_MOST);

    rpc_pdu_begin(&w, RPC_RESPONSE, flags, call_id);
    rpc_response_write(&w, &r);
    return taken(&w);
}

struct buf fake_bare(enum rpc_type type, uint32_t call_id, size_t body)
{
    struct writer w = writer_new(PDU_MOST);

    rpc_pdu_begin(&w, type, RPC_FIRST | RPC_LAST, call_id);
    writer_zero(&w, body);
    return taken(&w);
}

static struct buf ack(const struct rpc_pdu *in)
{
    const struct rpc_bind_ack a = { .max_send = 5840, .max_receive = 5840, .group = 0x4711 };
    struct writer w = writer_new(PDU_MOST);
    struct rpc_result results[4];
    enum ndr_syntax syntax;
    struct rpc_offer offer;
    struct rpc_bind b;
    size_t n = 0;

    assert_int_equal(rpc_bind_read(in, &b), ERR_OK);
    while (n < 4 && rpc_offer_next(&b.offers, &offer))
        rpc_negotiate_answer(&offer, true, RPC_SYNTAX_NDR20, &results[n++], &syntax);
    rpc_pdu_begin(&w, in->header.type + 1, RPC_FIRST | RPC_LAST, in->header.call_id);
    rpc_bind_ack_write(&w, &a, results, n);
    return taken(&w);
}

struct buf fake_honest(const struct rpc_pdu *in, struct bytes stub)
{
    struct rpc_request q;

    if (in->header.type != RPC_REQUEST)
        return ack(in);
    assert_int_equal(rpc_request_read(in, &q), ERR_OK);
    return fake_response(RPC_FIRST | RPC_LAST, in->header.call_id, q.context_id, stub);
}

/* ---- connections, one after another ---- */

static bool receive(int fd, uint8_t *in, struct rpc_pdu *ret)
{
    struct rpc_header h;
    size_t n = RPC_HEADER_SIZE;

    if (recv(fd, in, n, MSG_WAITALL) != (ssize_t)n ||
        rpc_header_read(bytes_of(in, n), RPC_FRAGMENT_MAX, &h))
        return false;
    n = h.frag_length - n;
    if (n && recv(fd, in + RPC_HEADER_SIZE, n, MSG_WAITALL) != (ssize_t)n)
        return false;
    return rpc_pdu_read(bytes_of(in, h.frag_length), &h, ret) == ERR_OK;
}

static void send_all(int fd, struct bytes b)
{
    while (b.len) {
        ssize_t n = send(fd, b.ptr, b.len, MSG_NOSIGNAL);

        if (n <= 0)
            return;
        b = bytes_of(b.ptr + n, b.len - (size_t)n);
    }
}

static void serve(struct fake *f, int fd)
{
    static uint8_t in[RPC_FRAGMENT_MAX + 8];
    struct rpc_pdu p;
    bool more = true;

    while (more && receive(fd, in, &p)) {
        struct writer out = writer_new(OUT_MOST);

        if (p.header.type == RPC_REQUEST)
            atomic_fetch_add(&f->requests, 1);
        more = f->answer(f, &p, &out);
        send_all(fd, bytes_of(out.ptr, out.len));
        writer_done(&out);
    }
    shutdown(fd, SHUT_WR);
    while (recv(fd, in, sizeof in, 0) > 0) /* an end, not a reset that eats what was sent */
        ;
    close(fd);
}

static void *accept_all(void *arg)
{
    struct fake *f = arg;
    int fd;

    while ((fd = accept(f->listener, NULL, NULL)) >= 0) {
        atomic_fetch_add(&f->connections, 1);
        serve(f, fd);
    }
    return NULL;
}

void fake_begin(struct fake *f)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;

    f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(f->listener, (void *)&at, sizeof at), 0);
    assert_int_equal(listen(f->listener, 8), 0);
    assert_int_equal(getsockname(f->listener, (void *)&at, &len), 0);
    f->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&f->thread, NULL, accept_all, f), 0);
}

void fake_end(struct fake *f)
{
    shutdown(f->listener, SHUT_RDWR);
    pthread_join(f->thread, NULL);
    close(f->listener);
}
